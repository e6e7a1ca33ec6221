//! Mailboxes whose mails get new UIDs: nothing is processed twice, nothing is missed.

use app::mailbox::{Imap, Settings};
use chrono::{TimeDelta, Utc};
use domain::mail::words::{StartPoint, TlsMode};
use integrations::mail::imap::{FakeSource, ImapError, MailSource};
use testkit::Dovecot;

use super::desk::{Desk, connect, mail};

fn letter(n: u32, body: &str) -> String {
    let id = format!("{n}@example.dz");
    mail(&format!("p{n}@example.dz"), &format!("no. {n}"), &id, "", body)
}

/// This many hours from now, as IMAP writes it.
fn date(hours: i64) -> String {
    (Utc::now() + TimeDelta::hours(hours))
        .format("%d-%b-%Y %H:%M:%S +0000")
        .to_string()
}

/// Puts a mail into a folder as somebody's program does, with a date of its own.
fn append(server: &Dovecot, folder: &str, date: &str, raw: &str) {
    let command = format!("APPEND {folder} \"{date}\" {{{}}}", raw.len());
    server.commands(&[(&command, raw)]);
}

/// State and subject of what is recorded, in the order it came.
async fn recorded(desk: &Desk) -> Vec<String> {
    desk.run().await;
    let mails = desk.mails().await;
    let line = |mail: &store::mail::Mail| {
        format!(
            "{} {}",
            mail.summary.state,
            mail.summary.subject.as_deref().unwrap_or("?")
        )
    };
    mails.iter().map(line).collect()
}

#[tokio::test]
async fn a_folder_that_was_deleted_and_made_anew() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "Desk", StartPoint::All).await;
    let day = &date(0);
    server.commands(&[("CREATE Desk", "")]);
    for n in 1..=4 {
        append(&server, "Desk", day, &letter(n, "Hello"));
    }
    desk.fetch(&mut connect(server.plain, "Desk").await, mailbox.id)
        .await
        .unwrap();
    assert_eq!(recorded(&desk).await.len(), 4);
    let answers = desk.outbox().len();
    let before = desk.mails().await;

    server.commands(&[("DELETE Desk", ""), ("CREATE Desk", "")]);
    append(&server, "Desk", day, &letter(5, "New"));
    append(&server, "Desk", day, &letter(3, "Hello"));
    // No. 1 comes back under another date; no. 4 is not there any more.
    append(&server, "Desk", &date(1), &letter(1, "Hello"));
    append(&server, "Desk", day, &letter(2, "Hello"));
    // The Message-ID and the size of no. 2, but not its words: not the same mail.
    append(&server, "Desk", &date(2), &letter(2, "Adieu"));
    desk.fetch(&mut connect(server.plain, "Desk").await, mailbox.id)
        .await
        .unwrap();
    let now = recorded(&desk).await;
    assert_eq!(
        now,
        [
            "processed no. 1",
            "processed no. 2",
            "processed no. 3",
            "processed no. 4",
            "processed no. 5",
            "processed no. 2"
        ]
    );
    assert_eq!(
        desk.outbox().len(),
        answers + 1,
        "p2 was answered a moment ago, p5 is new"
    );
    for (old, mail) in before.iter().zip(desk.mails().await) {
        assert_eq!(
            (old.summary.id, old.summary.ticket_id),
            (mail.summary.id, mail.summary.ticket_id)
        );
        assert_eq!(old.version, mail.version, "what was known was not processed again");
    }

    // From here on it is a mailbox like any other.
    append(&server, "Desk", day, &letter(6, "Hello"));
    desk.fetch(&mut connect(server.plain, "Desk").await, mailbox.id)
        .await
        .unwrap();
    assert_eq!(recorded(&desk).await.len(), 7);
    desk.fetch(&mut connect(server.plain, "Desk").await, mailbox.id)
        .await
        .unwrap();
    assert_eq!(recorded(&desk).await.len(), 7);
}

#[tokio::test]
async fn a_server_that_was_restored_without_its_index() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::All).await;
    server.deliver("1.a", letter(1, "Hello"));
    server.deliver("2.b", "Subject: no id\r\nFrom: nobody@example.dz\r\n\r\nHello\r\n");
    desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
        .await
        .unwrap();
    // Taken, but not yet read: only its bytes can tell it.
    server.deliver("3.c", letter(3, "Hello"));
    recorded(&desk).await;
    desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
        .await
        .unwrap();

    let old = connect(server.plain, "INBOX").await.select().await.unwrap().uidvalidity;
    // Dovecot makes a UIDVALIDITY of the second it is in.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    server.forget_uids();
    let new = connect(server.plain, "INBOX").await.select().await.unwrap().uidvalidity;
    assert_ne!(old, new, "the server counts anew");
    server.deliver("4.d", letter(4, "Hello"));
    for _ in 0..2 {
        desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
            .await
            .unwrap();
        assert_eq!(
            recorded(&desk).await,
            [
                "processed no. 1",
                "processed no id",
                "processed no. 3",
                "processed no. 4"
            ]
        );
    }
}

#[tokio::test]
async fn a_resync_that_breaks_off_goes_on_where_it_was() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    let source = FakeSource::default();
    let at = Utc::now();
    for n in 1..=5 {
        source.deliver(letter(n, "Hello"), at);
    }
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    recorded(&desk).await;
    source.renumber();
    source.deliver(letter(6, "Hello"), at);
    let whole = source.downloaded();
    let mut tries = 0;
    // Whatever call breaks, the next try goes on: each call of a try succeeds once more than in the try before.
    loop {
        tries += 1;
        source.fail_after(tries, ImapError::Connection("broken".to_owned()));
        if desk.fetch(&mut source.clone(), mailbox.id).await.is_ok() {
            break;
        }
        assert!(tries < 100, "it never ends");
    }
    assert!(tries > 5, "it did break off");
    assert_eq!(recorded(&desk).await.len(), 6);
    assert!(recorded(&desk).await.iter().all(|line| line.starts_with("processed")));
    let headers_and_one = source.downloaded() - whole;
    assert!(headers_and_one < 20_000, "{headers_and_one}");
}

#[tokio::test]
async fn a_server_that_forgets_its_uids_without_saying_so() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    let source = FakeSource::default();
    for n in 1..=3 {
        source.deliver(letter(n, "Hello"), Utc::now());
    }
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    source.clear();
    // The same UIDVALIDITY, the same UID 1, another mail.
    source.deliver(letter(4, "Hello"), Utc::now());
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(recorded(&desk).await.last().unwrap(), "processed no. 4");
    assert_eq!(recorded(&desk).await.len(), 4);
}

#[tokio::test]
async fn mail_of_before_the_start_stays_out_under_new_uids_too() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await;
    let source = FakeSource::default();
    source.deliver(letter(1, "Hello"), Utc::now() - TimeDelta::days(2));
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    source.deliver(letter(2, "Hello"), Utc::now() + TimeDelta::seconds(1));
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    source.renumber();
    source.deliver(letter(3, "Hello"), Utc::now() + TimeDelta::seconds(1));
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(recorded(&desk).await, ["processed no. 2", "processed no. 3"]);
}

#[tokio::test]
async fn a_mailbox_may_begin_with_the_mail_of_the_last_days() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Recent).await;
    let source = FakeSource::default();
    source.deliver(letter(1, "Hello"), Utc::now() - TimeDelta::days(9));
    source.deliver(letter(2, "Hello"), Utc::now() - TimeDelta::days(2));
    source.deliver(letter(3, "Hello"), Utc::now());
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(recorded(&desk).await, ["processed no. 2", "processed no. 3"]);
    source.renumber();
    source.deliver(letter(4, "Hello"), Utc::now() + TimeDelta::seconds(1));
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(
        recorded(&desk).await,
        ["processed no. 2", "processed no. 3", "processed no. 4"]
    );
}

#[tokio::test]
async fn two_mails_alike_stay_two() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    let source = FakeSource::default();
    let at = Utc::now();
    source.deliver(letter(1, "Hello"), at);
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    recorded(&desk).await;
    source.renumber();
    // Delivered a second time while the server was away.
    source.deliver(letter(1, "Hello"), at);
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    assert_eq!(
        recorded(&desk).await,
        ["processed no. 1", "duplicate no. 1"],
        "both have a record, one a ticket"
    );
}

#[tokio::test]
async fn another_folder_with_the_same_numbers_is_another_folder() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::All).await;
    server.deliver("1.a", letter(1, "Hello"));
    server.deliver("2.b", letter(2, "Hello"));
    desk.fetch(&mut connect(server.plain, "INBOX").await, mailbox.id)
        .await
        .unwrap();
    append(&server, "Done", &date(0), &letter(3, "Hello"));
    let folder = Imap {
        host: "localhost".to_owned(),
        port: server.plain,
        tls: TlsMode::None,
        username: "support".to_owned(),
        password: None,
        folder: Some("Done".to_owned()),
    };
    let settings = Settings {
        imap: Some(folder),
        ..Settings::default()
    };
    let changed = app::mailbox::change(&desk.app, &desk.caller, mailbox.id, mailbox.version, settings)
        .await
        .unwrap();
    assert_eq!(
        (changed.generation, changed.uidvalidity, changed.last_uid),
        (1, None, 0)
    );
    // Servers of big providers give every INBOX the same UIDVALIDITY.
    desk.db.execute("UPDATE raw_mails SET uidvalidity = 1").await;
    desk.fetch(&mut connect(server.plain, "Done").await, mailbox.id)
        .await
        .unwrap();
    assert_eq!(
        recorded(&desk).await,
        ["processed no. 1", "processed no. 2", "processed no. 3"]
    );

    // Other settings of the same folder change nothing about its numbers.
    let settings = Settings {
        name: Some("Desk".to_owned()),
        ..Settings::default()
    };
    let renamed = app::mailbox::change(&desk.app, &desk.caller, mailbox.id, changed.version, settings)
        .await
        .unwrap();
    assert_eq!((renamed.generation, renamed.last_uid), (2, 1));
}
