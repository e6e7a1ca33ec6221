//! The IMAP source against a real Dovecot over TLS.

use std::time::Duration;

use integrations::mail::imap::{After, ImapConfig, ImapError, ImapSource, MailSource, Tls, Woken};
use testkit::Dovecot;

fn config(server: &Dovecot, tls: Tls) -> ImapConfig {
    ImapConfig {
        host: "localhost".into(),
        port: if tls == Tls::Implicit {
            server.secure
        } else {
            server.plain
        },
        tls,
        ca_file: Some(server.ca_file()),
        user: "support".into(),
        password: "secret".into(),
        folder: "INBOX".into(),
        timeout: Duration::from_secs(10),
    }
}

#[tokio::test]
async fn mails_are_listed_fetched_marked_and_waited_for() {
    let Some(server) = Dovecot::start() else { return };
    let mut source = ImapSource::connect(&config(&server, Tls::Implicit)).await.unwrap();
    let empty = source.select().await.unwrap();
    assert_eq!((empty.exists, empty.uid_next), (0, Some(1)));
    assert!(source.list_from(1).await.unwrap().is_empty());

    server.deliver("1.a", "Subject: one\r\n\r\nfirst\r\n");
    server.deliver("2.b", format!("Subject: two\r\n\r\n{}", "x".repeat(300_000)));
    source.select().await.unwrap();
    let heads = source.list_from(1).await.unwrap();
    assert_eq!(heads.iter().map(|h| h.uid).collect::<Vec<_>>(), [1, 2]);
    assert!(heads[1].size >= 300_000 && heads[0].internal_date.is_some());
    assert_eq!(
        source.fetch(1, 1_000_000).await.unwrap(),
        "Subject: one\r\n\r\nfirst\r\n"
    );
    assert_eq!(source.fetch(2, 1_000_000).await.unwrap().len(), heads[1].size as usize);
    assert_eq!(source.fetch(2, 100_000).await.unwrap().len(), 100_000);
    assert_eq!(source.fetch_header(2, 1_000).await.unwrap(), "Subject: two\r\n\r\n");
    assert_eq!(source.fetch_header(2, 9).await.unwrap(), "Subject: ");
    assert!(matches!(source.fetch(99, 10).await, Err(ImapError::Gone(99))));

    let both = source.fetch_many(&[1, 2, 99], 100_000).await.unwrap();
    assert_eq!(both.len(), 2, "what is gone is left out");
    assert_eq!(
        (&both[&1][..], both[&2].len()),
        (&b"Subject: one\r\n\r\nfirst\r\n"[..], 100_000)
    );
    assert!(source.fetch_many(&[], 10).await.unwrap().is_empty());

    let now = chrono::Utc::now();
    assert_eq!(
        source.uids_since(now - Duration::from_secs(86_400)).await.unwrap(),
        [1, 2]
    );
    assert!(
        source
            .uids_since(now + Duration::from_secs(2 * 86_400))
            .await
            .unwrap()
            .is_empty()
    );
    source.mark(&[1, 2, 99], &After::Seen).await.unwrap();
    source.mark(&[1], &After::Seen).await.unwrap();
    source.mark(&[], &After::Seen).await.unwrap();
    source.mark(&[2, 99], &After::Move("Done".into())).await.unwrap();
    assert_eq!(source.list_from(2).await.unwrap(), []);
    assert_eq!(source.wait(Duration::from_millis(200)).await.unwrap(), Woken::TimedOut);

    let (woken, ()) = tokio::join!(source.wait(Duration::from_secs(60)), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.deliver("3.c", "Subject: three\r\n\r\n");
    });
    assert_eq!(woken.unwrap(), Woken::Changed);
    source.select().await.unwrap();
    assert_eq!(
        source
            .list_from(2)
            .await
            .unwrap()
            .iter()
            .map(|h| h.uid)
            .collect::<Vec<_>>(),
        [3]
    );
    source.logout().await.unwrap();
}

#[tokio::test]
async fn starttls_certificates_and_passwords_are_checked() {
    let Some(server) = Dovecot::start() else { return };
    let mut source = ImapSource::connect(&config(&server, Tls::StartTls)).await.unwrap();
    assert_eq!(source.select().await.unwrap().exists, 0);
    let wrong = ImapConfig {
        password: "wrong".into(),
        ..config(&server, Tls::Implicit)
    };
    assert!(matches!(ImapSource::connect(&wrong).await, Err(ImapError::Login(_))));
    let stranger = ImapConfig {
        ca_file: None,
        ..config(&server, Tls::Implicit)
    };
    let error = ImapSource::connect(&stranger).await.unwrap_err();
    assert!(
        matches!(&error, ImapError::Connection(text) if text.contains("certificate")),
        "{error}"
    );
    let other_name = ImapConfig {
        host: "127.0.0.1".into(),
        ..config(&server, Tls::Implicit)
    };
    assert!(ImapSource::connect(&other_name).await.is_err());
    // Dovecot takes connections of the same machine as safe.
    assert!(ImapSource::connect(&config(&server, Tls::None)).await.is_ok());
}
