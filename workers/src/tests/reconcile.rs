//! Mail that watching has missed.

use domain::mail::words::StartPoint;
use jobs::{NewJob, ReconcileMailboxes};
use testkit::Dovecot;

use super::desk::{Desk, connect, mail};

/// Subjects of what is recorded, in the order it came.
async fn subjects(desk: &Desk) -> Vec<String> {
    desk.run().await;
    let mails = desk.mails().await;
    mails
        .into_iter()
        .map(|mail| mail.summary.subject.unwrap_or_default())
        .collect()
}

async fn reconcile(desk: &Desk) {
    desk.enqueue(&[NewJob::of(&ReconcileMailboxes {})]).await;
    desk.run().await;
}

fn letter(n: u32) -> String {
    mail(
        &format!("p{n}@example.dz"),
        &format!("no. {n}"),
        &format!("{n}@example.dz"),
        "",
        "Hello",
    )
}

#[tokio::test]
async fn what_was_missed_is_taken_once() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::All).await;
    server.deliver("1.a", letter(1));
    desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
        .await
        .unwrap();
    reconcile(&desk).await;
    assert_eq!(subjects(&desk).await, ["no. 1"], "nothing was missed");

    // As when a server shows mail no. 4 before no. 2 and no. 3, which were being delivered at the same time.
    server.deliver("2.b", letter(2));
    server.deliver("3.c", letter(3));
    server.deliver("4.d", letter(4));
    connect(server.plain, "INBOX").await;
    desk.db.execute("UPDATE mailboxes SET last_uid = 3").await;
    desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
        .await
        .unwrap();
    assert_eq!(subjects(&desk).await, ["no. 1", "no. 4"]);
    reconcile(&desk).await;
    assert_eq!(subjects(&desk).await, ["no. 1", "no. 4", "no. 2", "no. 3"]);
    reconcile(&desk).await;
    desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
        .await
        .unwrap();
    assert_eq!(subjects(&desk).await.len(), 4);
    assert!(desk.mails().await.iter().all(|mail| mail.summary.state == "processed"));
}

#[tokio::test]
async fn what_lies_before_the_start_or_is_old_is_left_alone() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::Now).await;
    server.deliver("1.a", letter(1));
    desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
        .await
        .unwrap();
    let old = letter(2);
    let append = format!("APPEND INBOX \"01-Jan-2020 10:00:00 +0000\" {{{}}}", old.len());
    server.commands(&[(&append, &old)]);
    server.deliver("3.c", letter(3));
    connect(server.plain, "INBOX").await;
    desk.db.execute("UPDATE mailboxes SET last_uid = 3").await;
    reconcile(&desk).await;
    assert_eq!(subjects(&desk).await, ["no. 3"]);
}

#[tokio::test]
async fn a_server_that_is_away_leaves_no_dead_job() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    desk.imap(&server, "INBOX", StartPoint::All).await;
    drop(server);
    reconcile(&desk).await;
    reconcile(&desk).await;
    let jobs = desk.jobs("reconcile_mailbox").await;
    assert!(
        !jobs.is_empty() && jobs.iter().all(|job| job.state == "cancelled"),
        "{jobs:?}"
    );
}
