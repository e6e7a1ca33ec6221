//! The client against scripted servers on this machine.

use domain::mail::address::MailAddress;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::mail::compose::{OutgoingMail, compose};
use crate::mail::smtp::{FakeTransport, FileTransport};

/// A server that answers RCPT by address and the message by `data`; `None` closes the connection instead.
async fn server(data: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let _ = write.write_all(b"220 test\r\n").await;
                let mut in_data = false;
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match (in_data, line.as_str()) {
                        (true, ".") => {
                            in_data = false;
                            match data {
                                Some(answer) => answer,
                                None => return,
                            }
                        }
                        (true, _) => continue,
                        (false, l) if l.starts_with("EHLO") => "250 test",
                        (false, l) if l.contains("unknown@") => "550 5.1.1 no such user",
                        (false, l) if l.contains("abroad@") => "554 5.7.1 Relay access denied",
                        (false, l) if l.contains("later@") => "451 4.7.1 greylisted",
                        (false, l) if l.contains("FROM:<refused@") => "550 5.7.1 sender refused",
                        (false, "DATA") => {
                            in_data = true;
                            "354 go"
                        }
                        (false, "QUIT") => "221 bye",
                        _ => "250 2.0.0 fine",
                    };
                    let _ = write.write_all(format!("{answer}\r\n").as_bytes()).await;
                }
            });
        }
    });
    port
}

fn mail(to: &[&str], from: &str) -> Composed {
    let out = OutgoingMail {
        message_id: "1@x".into(),
        from: MailAddress::new("", "support@cloudmanager.test"),
        to: to.iter().map(|a| MailAddress::new("", *a)).collect(),
        subject: "x".into(),
        text: ".hidden dot\n.\nend".into(),
        envelope_from: Some(from.to_owned()),
        ..OutgoingMail::default()
    };
    compose(&out).unwrap()
}

fn client(port: u16) -> SmtpTransport {
    let config = SmtpConfig::parse(&format!("smtp://127.0.0.1:{port}")).unwrap();
    let options = SmtpOptions {
        timeout: Duration::from_secs(2),
        data_timeout: Duration::from_secs(2),
        ..SmtpOptions::default()
    };
    SmtpTransport::new(config, options).unwrap()
}

#[tokio::test]
async fn each_recipient_has_its_own_outcome() {
    let transport = client(server(Some("250 2.0.0 queued as 1")).await);
    for _ in 0..3 {
        let report = transport
            .send(&mail(&["ada@x.test", "unknown@x.test", "later@x.test"], "b@y.test"))
            .await;
        let outcomes: Vec<&SendOutcome> = report.recipients.iter().map(|r| &r.outcome).collect();
        assert!(
            matches!(outcomes[0], SendOutcome::Sent { response } if response.contains("queued")),
            "{outcomes:?}"
        );
        assert!(
            matches!(outcomes[1], SendOutcome::Permanent(r) if r.code == 550 && r.enhanced == "5.1.1" && r.of_recipient),
            "{outcomes:?}"
        );
        assert!(
            matches!(outcomes[2], SendOutcome::Temporary(r) if r.code == 451),
            "{outcomes:?}"
        );
    }
    let nobody = transport.send(&mail(&["unknown@x.test"], "b@y.test")).await;
    assert!(matches!(nobody.recipients[0].outcome, SendOutcome::Permanent(_)));
    let refused = transport.send(&mail(&["ada@x.test"], "refused@y.test")).await;
    assert!(
        matches!(&refused.recipients[0].outcome, SendOutcome::Permanent(r) if r.enhanced == "5.7.1" && !r.of_recipient)
    );
    let abroad = transport.send(&mail(&["abroad@x.test"], "b@y.test")).await;
    assert!(
        matches!(&abroad.recipients[0].outcome, SendOutcome::Permanent(r) if !r.of_recipient),
        "we may not send there; his address is not at fault: {abroad:?}"
    );
    assert_eq!(transport.check().await, Ok(()));
}

#[tokio::test]
async fn answers_to_the_message_are_classified() {
    let later = client(server(Some("452 4.3.1 disk full")).await)
        .send(&mail(&["ada@x.test"], "b@y.test"))
        .await;
    assert!(
        matches!(later.recipients[0].outcome, SendOutcome::Temporary(_)),
        "{later:?}"
    );
    let never = client(server(Some("554 5.7.1 spam")).await)
        .send(&mail(&["ada@x.test"], "b@y.test"))
        .await;
    assert!(
        matches!(never.recipients[0].outcome, SendOutcome::Permanent(_)),
        "{never:?}"
    );
    let broken = client(server(None).await)
        .send(&mail(&["ada@x.test"], "b@y.test"))
        .await;
    assert!(
        matches!(broken.recipients[0].outcome, SendOutcome::Ambiguous { .. }),
        "{broken:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again_later() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let transport = client(free);
    let report = transport.send(&mail(&["ada@x.test"], "b@y.test")).await;
    assert!(
        matches!(&report.recipients[0].outcome, SendOutcome::Temporary(r) if r.code == 0),
        "{report:?}"
    );
    assert!(transport.check().await.is_err());
}

#[tokio::test]
async fn files_and_fakes() {
    let directory = std::env::temp_dir().join(format!("mail-{}", uuid::Uuid::now_v7()));
    let files = FileTransport::new(&directory);
    let composed = mail(&["ada@x.test"], "b@y.test");
    for _ in 0..2 {
        assert!(matches!(
            files.send(&composed).await.recipients[0].outcome,
            SendOutcome::Sent { .. }
        ));
    }
    let written: Vec<_> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(std::fs::read(&written[0]).unwrap(), composed.bytes);
    assert_eq!(written.len(), 1);
    std::fs::remove_dir_all(&directory).unwrap();
    let fake = FakeTransport::default();
    fake.answer(SendOutcome::Ambiguous { text: "x".into() });
    assert!(matches!(
        fake.send(&composed).await.recipients[0].outcome,
        SendOutcome::Ambiguous { .. }
    ));
    assert!(matches!(
        fake.send(&composed).await.recipients[0].outcome,
        SendOutcome::Sent { .. }
    ));
    assert_eq!(fake.sent().len(), 2);
}
