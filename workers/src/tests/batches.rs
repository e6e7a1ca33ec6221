//! Mails that are fetched together: each has its place, however badly one of them goes.

use chrono::Utc;
use domain::mail::words::StartPoint;
use integrations::mail::imap::{FakeSource, ImapError};
use jobs::Queue;
use store::mailbox::Mailbox;
use testkit::Dovecot;

use super::desk::{Desk, connect, mail};
use crate::handlers::{fetch::FetchError, reconcile::reconcile};

fn letter(n: u32) -> String {
    let id = format!("{n}@example.dz");
    mail(&format!("p{n}@example.dz"), &format!("no. {n}"), &id, "", "Hello")
}

async fn inbox(mails: u32) -> (Desk, Mailbox, FakeSource) {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    let source = FakeSource::default();
    for n in 1..=mails {
        source.deliver(letter(n), Utc::now());
    }
    (desk, mailbox, source)
}

/// State and subject of what is recorded, in the order it came.
async fn recorded(desk: &Desk) -> Vec<String> {
    desk.run().await;
    let mails = desk.mails().await.into_iter();
    let line = |mail: store::mail::Mail| format!("{} {}", mail.summary.state, mail.summary.subject.unwrap_or_default());
    mails.map(line).collect()
}

fn processed(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("processed no. {n}")).collect()
}

#[tokio::test]
async fn a_full_inbox_is_fetched_and_marked_in_batches() {
    let (desk, mailbox, source) = inbox(120).await;
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(source.fetches(), 3);
    let marked: Vec<u32> = source.marked().into_iter().map(|(uid, _)| uid).collect();
    assert_eq!(marked, (1..=120).collect::<Vec<_>>());
    assert_eq!(recorded(&desk).await, processed(1..=120));
    assert_eq!(desk.mailbox_now(mailbox.id).await.last_uid, 120);
}

#[tokio::test]
async fn a_batch_from_a_real_server() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::All).await;
    for n in 1..=60 {
        server.deliver(&format!("{n}.a"), letter(n));
    }
    let mut source = connect(server.plain, "INBOX").await;
    desk.fetch(&mut source, mailbox.id).await.unwrap();
    let mails = recorded(&desk).await;
    assert_eq!(mails.len(), 60);
    assert!(mails.iter().all(|line| line.starts_with("processed")));
}

#[tokio::test]
async fn the_same_mail_twice_in_a_batch_is_one_ticket_and_one_duplicate() {
    let (desk, mailbox, source) = inbox(2).await;
    source.deliver(letter(1), Utc::now());
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    let mut found = recorded(&desk).await;
    found.sort();
    assert_eq!(found, ["duplicate no. 1", "processed no. 1", "processed no. 2"]);
}

#[tokio::test]
async fn the_same_mail_many_times_read_side_by_side_is_one_ticket() {
    let (desk, mailbox, source) = inbox(0).await;
    (0..8).for_each(|_| {
        source.deliver(letter(1), Utc::now());
    });
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    desk.run_side_by_side(Queue::MailIn).await;
    let mails = desk.mails().await;
    let opened = mails.iter().filter(|mail| mail.summary.state == "processed").count();
    let repeated = mails.iter().filter(|mail| mail.summary.state == "duplicate").count();
    assert_eq!((opened, repeated), (1, 7));
}

#[tokio::test]
async fn a_batch_that_was_committed_but_not_marked_is_known_when_it_comes_again() {
    let (desk, mailbox, source) = inbox(5).await;
    // Selecting, listing and fetching succeed; then the connection is gone.
    source.fail_after(3, ImapError::Connection("broken".to_owned()));
    let error = desk.fetch(&mut source.clone(), mailbox.id).await.unwrap_err();
    assert!(matches!(error, FetchError::Imap(ImapError::Connection(_))), "{error}");
    assert!(source.marked().is_empty());
    assert_eq!(desk.mails().await.len(), 5, "they are ours all the same");
    let before: Vec<_> = desk.mails().await.iter().map(|mail| mail.summary.id).collect();

    // As after a restore of the mailbox's row: the same UIDs are offered again, beside a new one.
    desk.db.execute("UPDATE mailboxes SET last_uid = 0").await;
    source.deliver(letter(6), Utc::now());
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(source.marked().len(), 6);
    let after: Vec<_> = desk.mails().await.iter().map(|mail| mail.summary.id).collect();
    assert_eq!(after[..5], before);
    assert_eq!(desk.jobs("process_mail").await.len(), 6, "one job each");
    assert_eq!(recorded(&desk).await, processed(1..=6));
    assert_eq!(desk.outbox().len(), 6, "one answer each");
}

#[tokio::test]
async fn nothing_is_taken_of_a_batch_that_cannot_be_fetched() {
    let (desk, mailbox, source) = inbox(5).await;
    source.fail_after(2, ImapError::TimedOut("FETCH"));
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap_err();
    assert!(desk.mails().await.is_empty() && source.marked().is_empty());
    assert_eq!(desk.mailbox_now(mailbox.id).await.last_uid, 0);
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(recorded(&desk).await, processed(1..=5));
}

#[tokio::test]
async fn an_unreadable_mail_stays_and_the_others_are_taken() {
    let (desk, mailbox, source) = inbox(6).await;
    source.spoil(3);
    let error = desk.fetch(&mut source.clone(), mailbox.id).await.unwrap_err();
    assert!(
        matches!(error, FetchError::Imap(ImapError::Refused(_))),
        "the mailbox page says so: {error}"
    );
    assert_eq!(recorded(&desk).await, processed([1, 2, 4, 5, 6]));
    assert!(
        source.marked().iter().all(|(uid, _)| *uid != 3),
        "it is not marked as ours"
    );

    // Once the server can read it, the comparison finds it.
    source.repair();
    let now = desk.mailbox_now(mailbox.id).await;
    assert_eq!(reconcile(&desk.app, &mut source.clone(), &now).await.unwrap(), 1);
    assert_eq!(recorded(&desk).await, processed([1, 2, 4, 5, 6, 3]));
}

#[tokio::test]
async fn a_server_that_refuses_everything_loses_nothing() {
    let (desk, mailbox, source) = inbox(30).await;
    (1..=20).for_each(|uid| source.spoil(uid));
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap_err();
    assert!(desk.mails().await.is_empty());
    assert_eq!(
        desk.mailbox_now(mailbox.id).await.last_uid,
        0,
        "they are asked for again"
    );
    source.repair();
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(recorded(&desk).await, processed(1..=30));
}

#[tokio::test]
async fn a_mail_that_is_longer_than_its_server_says_is_taken_whole() {
    let (desk, mailbox, source) = inbox(3).await;
    let long = mail(
        "Ana <ana@example.dz>",
        "Long",
        "long@example.dz",
        "",
        &"x".repeat(200_000),
    );
    let uid = source.deliver(long.clone(), Utc::now());
    source.misreport(uid, 100);
    source.deliver(letter(4), Utc::now());
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    let mails = desk.mails().await;
    let sizes: Vec<i64> = mails.iter().map(|mail| mail.size).collect();
    assert_eq!(sizes[3], i64::try_from(long.len()).unwrap(), "in its order, and whole");
    let ends = recorded(&desk).await.split_off(3);
    assert_eq!(ends, ["processed Long", "processed no. 4"]);
}

#[tokio::test]
async fn a_mail_deleted_between_listing_and_fetching_is_no_hindrance() {
    let (desk, mailbox, source) = inbox(4).await;
    source.lose(2);
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(recorded(&desk).await, processed([1, 3, 4]));
}

#[tokio::test]
async fn a_mail_above_the_limit_in_the_midst_is_not_downloaded() {
    let (desk, mailbox, source) = inbox(2).await;
    let uid = source.deliver(letter(3), Utc::now());
    source.misreport(uid, 50 << 20);
    source.deliver(letter(4), Utc::now());
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    let mails = desk.mails().await;
    let whole: Vec<Option<i64>> = mails.iter().map(|mail| mail.full_size).collect();
    assert_eq!(whole, [None, None, Some(50 << 20), None]);
    assert_eq!(recorded(&desk).await, processed(1..=4));
}
