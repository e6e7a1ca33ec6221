//! The job that watches a mailbox.

use std::time::Duration;

use app::mailbox::{Imap, Settings};
use domain::mail::words::{StartPoint, TlsMode};
use jobs::{Outcome, WatchMailbox};
use testkit::Dovecot;
use uuid::Uuid;

use super::desk::{Desk, mail};
use crate::handlers::watch;

fn letter(n: u32) -> String {
    let id = format!("{n}@example.dz");
    mail(&format!("p{n}@example.dz"), &format!("no. {n}"), &id, "", "Hello")
}

/// Waits until this many mails were taken.
async fn taken(desk: &Desk, count: usize) {
    for _ in 0..200 {
        if desk.mails().await.len() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} mails were not taken within ten seconds");
}

#[tokio::test]
async fn a_watch_ends_soon_after_its_mailbox_got_other_settings() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::All).await;
    let with = desk.surroundings();
    let job = WatchMailbox { mailbox_id: mailbox.id };
    let watched = tokio::spawn({
        let (context, job) = (desk.context(Uuid::now_v7()), job.clone());
        let with = with.clone();
        async move { watch::one(&with, context, job).await }
    });
    server.deliver("1.a", letter(1));
    taken(&desk, 1).await;

    server.commands(&[("CREATE Other", "")]);
    let settings = Settings {
        imap: Some(Imap {
            host: "localhost".to_owned(),
            port: server.plain,
            tls: TlsMode::None,
            username: "support".to_owned(),
            password: None,
            folder: Some("Other".to_owned()),
        }),
        ..Settings::default()
    };
    app::mailbox::change(&desk.app, &desk.caller, mailbox.id, mailbox.version, settings)
        .await
        .unwrap();
    let outcome = tokio::time::timeout(Duration::from_secs(10), watched).await.unwrap();
    assert_eq!(
        outcome.unwrap(),
        Outcome::Snooze(Duration::ZERO),
        "the next attempt follows at once"
    );

    let raw = letter(2);
    server.commands(&[(&format!("APPEND Other {{{}}}", raw.len()), &raw)]);
    let next = tokio::spawn({
        let context = desk.context(Uuid::now_v7());
        async move { watch::one(&with, context, job).await }
    });
    taken(&desk, 2).await;
    next.abort();
}
