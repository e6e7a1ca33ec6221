//! Mail above the size limit.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use app::mail::{Arrival, arrive};
use bytes::Bytes;
use chrono::TimeDelta;
use domain::mail::limits::MailLimits;
use domain::mail::words::StartPoint;
use integrations::mail::imap::FakeSource;
use testkit::Dovecot;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::desk::{Desk, connect, mail};

const MEGABYTE: usize = 1 << 20;

fn large(id: &str, from: &str, extra: &str) -> String {
    mail(from, "Photos", id, extra, &"x".repeat(41 * MEGABYTE))
}

/// Passes a connection on to `to` and counts what comes back.
async fn counting_proxy(to: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let (mut read, mut write) = client.into_split();
        let (mut back, mut forth) = TcpStream::connect(("127.0.0.1", to)).await.unwrap().into_split();
        tokio::spawn(async move { tokio::io::copy(&mut read, &mut forth).await });
        let mut buffer = vec![0; 65_536];
        while let Ok(n @ 1..) = back.read(&mut buffer).await {
            counter.fetch_add(n, Relaxed);
            if write.write_all(&buffer[..n]).await.is_err() {
                return;
            }
        }
    });
    (port, count)
}

#[tokio::test]
async fn it_becomes_a_ticket_and_an_answer_without_being_downloaded() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new().await;
    let mailbox = desk.imap(&server, "INBOX", StartPoint::All).await;
    server.deliver("1.a", large("big@example.dz", "Ana <ana@example.dz>", ""));
    server.deliver(
        "2.b",
        mail("Omar <omar@example.dz>", "Small", "small@example.dz", "", "Hello"),
    );
    let (port, downloaded) = counting_proxy(server.plain).await;
    let mut source = connect(port, "INBOX").await;
    desk.fetch(&mut source, mailbox.id).await.unwrap();
    assert!(
        downloaded.load(Relaxed) < 20_000,
        "{downloaded:?} bytes came over the wire"
    );
    desk.run().await;

    let mails = desk.mails().await;
    assert_eq!(mails.len(), 2, "the mail behind it is not held up");
    let stub = &mails[0];
    assert_eq!(stub.summary.state, "processed");
    assert_eq!(stub.summary.reason.as_deref(), Some("message_too_large"));
    assert!(stub.full_size.unwrap() > 41 * MEGABYTE as i64 && stub.size < 1000);
    let bodies = desk.bodies(stub.summary.ticket_id.unwrap()).await;
    assert_eq!(
        bodies,
        ["[Message too large: 42 MB, the limit is 40 MB. Only its headers were kept.]"]
    );
    let outbox = desk.outbox();
    let answer = outbox
        .iter()
        .find(|text| text.contains("To: Ana <ana@example.dz>"))
        .unwrap();
    assert!(
        answer.contains("message too large") && answer.contains("larger than 40 MB"),
        "{answer}"
    );
    assert!(answer.contains("Auto-Submitted: auto-replied") && answer.contains("In-Reply-To: <big@example.dz>"));
    assert!(
        !answer.contains("Photos"),
        "nothing of an unverified sender is repeated"
    );
    assert_eq!(outbox.len(), 2, "one answer for each mail");

    // A worker that died before it could mark them finds them taken already.
    desk.db.execute("UPDATE mailboxes SET last_uid = 0").await;
    desk.fetch(&mut source, mailbox.id).await.unwrap();
    desk.run().await;
    assert_eq!((desk.mails().await.len(), desk.outbox().len()), (2, 2));
}

#[tokio::test]
async fn a_server_that_tells_a_wrong_size_is_not_believed() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    let source = FakeSource::default();
    let uid = source.deliver(large("liar@example.dz", "ana@example.dz", ""), chrono::Utc::now());
    source.misreport(uid, 10);
    let endless = format!("Subject: {}", "x".repeat(45 * MEGABYTE));
    source.deliver(endless, chrono::Utc::now());
    desk.fetch(&mut source.clone(), mailbox.id).await.unwrap();
    let limits = MailLimits::default();
    assert!(source.downloaded() <= limits.message + 1 + limits.header);
    desk.run().await;
    let mails = desk.mails().await;
    assert_eq!(mails.len(), 2);
    for stub in mails {
        assert_eq!(stub.summary.state, "processed");
        assert!(stub.full_size.unwrap() > limits.message as i64 && stub.size <= limits.header as i64);
    }
}

/// Takes the headers of a mail above the limit, as the webhook does.
async fn take(desk: &Desk, mailbox: &store::mailbox::Mailbox, headers: &str) {
    let arrival = Arrival {
        mailbox_id: mailbox.id,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: Bytes::from(headers.to_owned()),
        full_size: Some(50 * MEGABYTE as u64),
    };
    arrive(&desk.app, arrival).await.unwrap();
    desk.run().await;
}

#[tokio::test]
async fn the_answer_obeys_the_rules_against_loops() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    for (n, (from, extra)) in [
        ("robot@example.dz", "Auto-Submitted: auto-generated\r\n"),
        ("list@example.dz", "List-Id: <news.example.dz>\r\n"),
        ("null@example.dz", "Return-Path: <>\r\n"),
        ("mailer-daemon@example.dz", ""),
        ("support@desk.test", ""),
        ("quiet@example.dz", "X-Auto-Response-Suppress: All\r\n"),
        ("hops@example.dz", "X-CloudManager-Instance: other; hops=3\r\n"),
    ]
    .iter()
    .enumerate()
    {
        take(&desk, &mailbox, &mail(from, "x", &format!("{n}@rules"), extra, "")).await;
    }
    assert_eq!(desk.outbox(), [""; 0]);
    assert_eq!(desk.mails().await.len(), 7, "each is recorded all the same");
    assert!(desk.mails().await.iter().all(|mail| mail.summary.ticket_id.is_some()));
}

#[tokio::test]
async fn a_sender_who_keeps_sending_is_told_now_and_then() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    for n in 0..3 {
        take(
            &desk,
            &mailbox,
            &mail("ana@example.dz", "x", &format!("{n}@keen"), "", ""),
        )
        .await;
    }
    assert_eq!(desk.outbox().len(), 1, "once in a quarter of an hour");
    for n in 3..12 {
        desk.clock.turn(TimeDelta::minutes(16));
        take(
            &desk,
            &mailbox,
            &mail("ana@example.dz", "x", &format!("{n}@keen"), "", ""),
        )
        .await;
    }
    assert_eq!(desk.outbox().len(), 5, "five in a day");
}

#[tokio::test]
async fn a_reply_that_is_too_large_lands_in_its_ticket_and_an_agent_s_goes_to_nobody() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await;
    let first = mail("ana@example.dz", "Help", "first@example.dz", "", "Help");
    let arrival = Arrival {
        mailbox_id: mailbox.id,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: first.into(),
        full_size: None,
    };
    arrive(&desk.app, arrival).await.unwrap();
    desk.run().await;
    let ticket = desk.mails().await[0].summary.ticket_id.unwrap();
    let acknowledged = desk.outbox().remove(0);
    let header = |name: &str| {
        let line = acknowledged.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].trim().to_owned()
    };

    let references = format!("References: {}\r\n", header("Message-ID:"));
    take(
        &desk,
        &mailbox,
        &mail("ana@example.dz", "Re: Help", "reply@example.dz", &references, ""),
    )
    .await;
    let bodies = desk.bodies(ticket).await;
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert!(bodies[1].starts_with("[Message too large: 50 MB"));
    assert_eq!(
        desk.outbox().len(),
        2,
        "the acknowledgement does not stand in for this answer"
    );
    assert!(desk.outbox()[1].contains("message too large"));

    // A stranger who holds the token is told nothing.
    take(
        &desk,
        &mailbox,
        &mail("eve@elsewhere.example", "Re: Help", "eve@x", &references, ""),
    )
    .await;
    assert_eq!(desk.outbox().len(), 2);

    // The token of an agent, and DMARC passed: his word would go to the customer, but there are no words.
    let keys = app::mail::tokens(&desk.app).unwrap();
    let number = desk.mails().await[0].summary.ticket_number.unwrap();
    let claim = domain::mail::token::ReplyClaim {
        ticket: number,
        recipient: domain::mail::token::recipient_fp("admin@desk.test"),
    };
    let passed = format!(
        "Cc: {}\r\nAuthentication-Results: desk.test; dmarc=pass header.from=desk.test\r\n",
        keys.reply_address(&claim, "desk.test")
    );
    take(
        &desk,
        &mailbox,
        &mail("admin@desk.test", "Re: Help", "agent@x", &passed, ""),
    )
    .await;
    let note = desk.mails().await.pop().unwrap();
    assert_eq!(note.summary.ticket_id, Some(ticket), "{:?}", note.threading);
    let mut conn = desk.db.pool.get().await.unwrap();
    let messages = store::ticket::messages(&mut conn, ticket, true, None, 100)
        .await
        .unwrap();
    let last = messages.last().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.direction.as_str(), last.is_staff),
        ("note", "internal", true)
    );
    let outbox = desk.outbox();
    assert_eq!(outbox.len(), 3, "{outbox:#?}");
    assert!(outbox[2].contains("To: admin@desk.test") || outbox[2].contains("<admin@desk.test>"));
}
