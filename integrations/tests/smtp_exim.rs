//! The SMTP client against a real Exim over TLS.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panic as tests do")]

use std::time::Duration;

use domain::mail::address::MailAddress;
use integrations::mail::compose::{Composed, OutgoingMail, compose};
use integrations::mail::smtp::{
    MailTransport, Refusal, SendOutcome, SendReport, SmtpConfig, SmtpOptions, SmtpTransport,
};
use testkit::{MailServers, wait_for};

const ADA: &str = "ada@client.test";
const BEN: &str = "ben@client.test";

fn mail(to: &[&str], text: &str) -> Composed {
    let out = OutgoingMail {
        message_id: format!("{}@cloudmanager.test", uuid::Uuid::now_v7()),
        from: MailAddress::new("Support", "support@cloudmanager.test"),
        to: to.iter().map(|a| MailAddress::new("", *a)).collect(),
        subject: "Votre demande n° 100001".into(),
        text: text.into(),
        envelope_from: Some("bounce+x@cloudmanager.test".into()),
        ..OutgoingMail::default()
    };
    compose(&out).unwrap()
}

/// A client of an address such as `smtp://support:secret@localhost:{smtp}?tls=required`.
fn client(server: &MailServers, url: &str) -> SmtpTransport {
    let url = url
        .replace("{smtp}", &server.smtp.to_string())
        .replace("{smtps}", &server.smtps.to_string());
    let options = SmtpOptions {
        timeout: Duration::from_secs(10),
        data_timeout: Duration::from_secs(20),
        extra_roots: vec![std::fs::read(server.ca_file()).unwrap()],
        ..SmtpOptions::default()
    };
    SmtpTransport::new(SmtpConfig::parse(&url).unwrap(), options).unwrap()
}

fn outcomes(report: &SendReport) -> Vec<&SendOutcome> {
    report.recipients.iter().map(|r| &r.outcome).collect()
}

fn temporary(report: &SendReport) -> &Refusal {
    match &report.recipients[0].outcome {
        SendOutcome::Temporary(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn mails_arrive_over_starttls_and_tls_as_they_were_written() {
    let server = MailServers::start(&[ADA]);
    for (n, url) in [
        "smtp://support:secret@localhost:{smtp}?tls=required",
        "smtps://support:secret@localhost:{smtps}",
    ]
    .into_iter()
    .enumerate()
    {
        let transport = client(&server, url);
        assert_eq!(transport.check().await, Ok(()), "{url}");
        // Lines that begin with a dot, an empty end, accents, and more than one mail on a connection.
        for text in ["Bonjour,\n\n.\n..deux points\nà bientôt\n\n", "Second"] {
            let composed = mail(&[ADA], text);
            let report = transport.send(&composed).await;
            assert!(
                matches!(outcomes(&report)[..], [SendOutcome::Sent { response }] if response.starts_with("OK id=")),
                "{report:?}"
            );
            wait_for("the mail in the mailbox", Duration::from_secs(20), async || {
                server.received(ADA).iter().any(|m| m.contains(&composed.message_id))
            })
            .await;
            let arrived = server.received(ADA);
            let arrived = arrived.iter().find(|m| m.contains(&composed.message_id)).unwrap();
            let sent = String::from_utf8(composed.bytes.clone()).unwrap().replace("\r\n", "\n");

            assert!(
                arrived.trim_end().ends_with(sent.trim_end()),
                "{arrived}\n\nwas written as\n\n{sent}"
            );
            assert!(
                arrived.starts_with("Return-path: <bounce+x@cloudmanager.test>\n"),
                "{arrived}"
            );
        }
        assert_eq!(server.received(ADA).len(), 2 * (n + 1));
    }
}

#[tokio::test]
async fn each_recipient_hears_what_the_server_said_of_it() {
    let server = MailServers::start(&[ADA, BEN]);
    let transport = client(&server, "smtps://support:secret@localhost:{smtps}");
    let composed = mail(&[ADA, "unknown@client.test", "later@client.test", BEN], "Hello");
    let report = transport.send(&composed).await;
    let said = outcomes(&report);
    assert!(matches!(said[0], SendOutcome::Sent { .. }), "{report:?}");
    assert!(
        matches!(said[1], SendOutcome::Permanent(r) if r.code == 550 && r.text.contains("No such user")),
        "{report:?}"
    );
    assert!(
        matches!(said[2], SendOutcome::Temporary(r) if r.code == 451 && r.enhanced == "4.7.1"),
        "{report:?}"
    );
    assert!(matches!(said[3], SendOutcome::Sent { .. }), "{report:?}");
    wait_for("the mail in both mailboxes", Duration::from_secs(20), async || {
        server.received(ADA).len() == 1 && server.received(BEN).len() == 1
    })
    .await;

    // A connection on which everything was refused is good for the next mail.
    let nobody = transport.send(&mail(&["unknown@client.test"], "Hello")).await;
    assert!(
        matches!(outcomes(&nobody)[..], [SendOutcome::Permanent(_)]),
        "{nobody:?}"
    );
    let again = transport.send(&mail(&[ADA], "Again")).await;
    assert!(matches!(outcomes(&again)[..], [SendOutcome::Sent { .. }]), "{again:?}");
}

#[tokio::test]
async fn a_wrong_password_is_our_fault_and_not_the_recipients() {
    let server = MailServers::start(&[ADA]);
    let transport = client(&server, "smtps://support:wrong@localhost:{smtps}");
    let refusal = transport.check().await.unwrap_err();
    assert_eq!(refusal.code, 535, "{refusal:?}");
    assert!(refusal.text.contains("Incorrect authentication data"), "{refusal:?}");
    let report = transport.send(&mail(&[ADA], "Hello")).await;
    assert_eq!(
        temporary(&report).code,
        535,
        "an address is not given up because of our password"
    );

    let anonymous = client(&server, "smtps://localhost:{smtps}");
    let report = anonymous.send(&mail(&[ADA], "Hello")).await;
    assert!(
        matches!(outcomes(&report)[..], [SendOutcome::Permanent(r) | SendOutcome::Temporary(r)] if r.code == 550),
        "{report:?}"
    );
    assert!(server.received(ADA).is_empty());
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_is_not_the_right_one() {
    let server = MailServers::start(&[ADA]);
    let url = format!("smtps://support:secret@localhost:{}", server.smtps);
    let stranger = SmtpTransport::new(SmtpConfig::parse(&url).unwrap(), SmtpOptions::default()).unwrap();
    let refusal = stranger.check().await.unwrap_err();
    assert!(refusal.code == 0 && refusal.text.contains("certificate"), "{refusal:?}");
    assert_eq!(temporary(&stranger.send(&mail(&[ADA], "Hello")).await).code, 0);
    let other_name = client(&server, "smtps://support:secret@127.0.0.1:{smtps}");
    assert!(other_name.check().await.unwrap_err().text.contains("certificate"));
}

#[tokio::test]
async fn a_server_that_goes_away_is_tried_again_later() {
    let server = MailServers::start(&[ADA]);
    let transport = client(&server, "smtp://support:secret@localhost:{smtp}?tls=required");
    let first = transport.send(&mail(&[ADA], "Hello")).await;
    assert!(matches!(outcomes(&first)[..], [SendOutcome::Sent { .. }]), "{first:?}");
    // It goes while a connection to it rests in the pool.
    drop(server);
    let report = transport.send(&mail(&[ADA], "Hello")).await;
    temporary(&report);
    let refusal = transport.check().await.unwrap_err();
    assert!(
        refusal.code == 0 && refusal.text.to_lowercase().contains("refused"),
        "{refusal:?}"
    );
}
