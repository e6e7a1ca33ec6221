//! Files that a real virus scanner judges before anybody is served them.

use app::{
    AppError,
    mail::{Arrival, arrive},
    ticket::{self, NewMessage},
    upload::{self, Upload},
};
use domain::mail::words::StartPoint;
use integrations::antivirus;
use jobs::Queue;
use store::attachment::Attachment;
use testkit::Clamd;
use uuid::Uuid;

use super::desk::{Desk, mail, reply};
use crate::handlers::Surroundings;

/// A desk whose files are scanned, with its scanner.
async fn guarded() -> Option<(Desk, Clamd)> {
    let clamd = Clamd::start()?;
    let mut desk = Desk::new().await;
    desk.db.execute("UPDATE automation_rules SET enabled = false").await;
    desk.app.scan_files = true;
    let with = Surroundings {
        antivirus: antivirus::Clamd::parse(&clamd.address()),
        ..desk.surroundings()
    };
    desk.equip(&with);
    desk.mailbox(None, StartPoint::Now).await;
    Some((desk, clamd))
}

async fn uploaded(desk: &Desk, name: &str, bytes: &'static [u8]) -> Attachment {
    let upload = Upload {
        name: name.to_owned(),
        content_type: "text/plain".to_owned(),
        bytes: bytes.into(),
    };
    upload::store(&desk.app, &desk.caller, upload).await.unwrap()
}

async fn code(desk: &Desk, id: Uuid) -> String {
    match upload::read(&desk.app, &desk.caller, id).await {
        Ok(_) => "served".to_owned(),
        Err(AppError::Refused { code, .. }) => code,
        Err(other) => panic!("{other}"),
    }
}

/// A mail of Ana's with these lines as an attachment, as it becomes a ticket.
async fn written(desk: &Desk, id: &str, attached: &str) {
    let extra = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nHelp\r\n--b\r\nContent-Type: text/plain\r\n\
         Content-Disposition: attachment; filename=a.txt\r\n\r\n{attached}\r\n--b--"
    );
    let mailbox = desk.db.texts("SELECT id::text FROM mailboxes LIMIT 1").await[0]
        .parse()
        .unwrap();
    let arrival = Arrival {
        mailbox_id: mailbox,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: mail("Ana <ana@example.dz>", "Down", id, extra, &body).into(),
        full_size: None,
    };
    arrive(&desk.app, arrival).await.unwrap();
}

#[tokio::test]
async fn nobody_is_served_what_the_scanner_has_not_seen_or_calls_infected() {
    let Some((desk, _clamd)) = guarded().await else { return };
    let good = uploaded(&desk, "good.txt", b"harmless").await;
    let bad = uploaded(&desk, "bad.txt", Clamd::BAD).await;
    assert_eq!(good.state, "checking");
    assert_eq!(code(&desk, good.id).await, "file_checking");
    assert_eq!(code(&desk, bad.id).await, "file_checking");

    desk.run().await;
    assert_eq!(code(&desk, good.id).await, "served");
    assert_eq!(code(&desk, bad.id).await, "file_blocked");
    let reason = format!("SELECT reason FROM attachments WHERE id = '{}'", bad.id);
    assert_eq!(desk.db.texts(&reason).await, [format!("infected: {}", Clamd::FINDING)]);
    let alerts = "SELECT data->>'name' FROM security_alerts WHERE kind = 'infected_file'";
    assert_eq!(desk.db.texts(alerts).await, ["bad.txt"]);
    let lines = "SELECT data->>'found' FROM audit_log WHERE action = 'attachment.infected'";
    assert_eq!(desk.db.texts(lines).await, [Clamd::FINDING]);

    // The scanner's word is taken once: a second one changes nothing.
    upload::judge(&desk.app, bad.id, &domain::file::Verdict::Clean)
        .await
        .unwrap();
    assert_eq!(code(&desk, bad.id).await, "file_blocked");
}

#[tokio::test]
async fn a_file_of_a_mail_is_judged_as_well() {
    let Some((desk, _clamd)) = guarded().await else { return };
    written(&desk, "1@example.dz", "this file is bad").await;
    written(&desk, "2@example.dz", "harmless").await;
    desk.run().await;
    let states = "SELECT state FROM attachments WHERE message_id IS NOT NULL ORDER BY state";
    assert_eq!(desk.db.texts(states).await, ["clean", "refused"]);
}

#[tokio::test]
async fn an_answer_waits_for_the_scanner_and_goes_without_what_is_infected() {
    let Some((desk, _clamd)) = guarded().await else { return };
    written(&desk, "1@example.dz", "harmless").await;
    desk.run().await;
    let ticket: Uuid = desk.db.texts("SELECT id::text FROM tickets").await[0].parse().unwrap();
    let earlier = desk.outbox().len();
    let good = uploaded(&desk, "good.txt", b"harmless too").await;
    let bad = uploaded(&desk, "bad.txt", Clamd::BAD).await;
    let answer = NewMessage {
        attachment_ids: vec![good.id, bad.id],
        ..reply("Here you are.")
    };
    ticket::send(&desk.app, &desk.caller, ticket, answer).await.unwrap();
    desk.run_side_by_side(Queue::MailOut).await;
    assert_eq!(desk.outbox().len(), earlier, "it waits");

    desk.run_side_by_side(Queue::Files).await;
    desk.db
        .execute("UPDATE jobs SET run_at = now() WHERE kind = 'send_mail'")
        .await;
    desk.run().await;
    let sent = &desk.outbox()[earlier..];
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].contains("good.txt") && !sent[0].contains("bad.txt"),
        "{}",
        sent[0]
    );

    // One that is known to be infected is not taken at all.
    let late = uploaded(&desk, "again.txt", Clamd::BAD).await;
    desk.run().await;
    let answer = NewMessage {
        attachment_ids: vec![late.id],
        ..reply("Once more.")
    };
    assert!(matches!(
        ticket::send(&desk.app, &desk.caller, ticket, answer).await,
        Err(AppError::Invalid(_))
    ));
}

#[tokio::test]
async fn a_scanner_that_is_away_is_waited_for() {
    let Some((mut desk, clamd)) = guarded().await else {
        return;
    };
    let good = uploaded(&desk, "good.txt", b"harmless").await;
    let address = clamd.address();
    drop(clamd);
    let with = Surroundings {
        antivirus: antivirus::Clamd::parse(&address),
        ..desk.surroundings()
    };
    let outcome = crate::handlers::check_file::check(
        &with,
        desk.context(Uuid::now_v7()),
        jobs::CheckFile { attachment_id: good.id },
    )
    .await;
    assert!(matches!(outcome, jobs::Outcome::Retry(_)), "{outcome:?}");
    assert_eq!(code(&desk, good.id).await, "file_checking");
    // At the end of its patience the file is refused: mails go without it.
    let mut last = desk.context(Uuid::now_v7());
    last.failures = last.max_attempts - 1;
    let job = jobs::CheckFile { attachment_id: good.id };
    let outcome = crate::handlers::check_file::check(&with, last, job).await;
    assert!(matches!(outcome, jobs::Outcome::Retry(_)), "{outcome:?}");
    assert_eq!(code(&desk, good.id).await, "file_blocked");
    let late = uploaded(&desk, "late.txt", b"harmless as well").await;
    desk.db
        .execute("UPDATE jobs SET state = 'dead' WHERE kind = 'check_file'")
        .await;
    assert_eq!(app::abandoned::give_up(&desk.app).await.unwrap(), 1);
    assert_eq!(code(&desk, late.id).await, "file_blocked");
    // An operator has the job tried again: what has no word yet may still get one.
    desk.db
        .execute("UPDATE jobs SET state = 'queued', run_at = now() WHERE kind = 'check_file'")
        .await;
    // Switched off, it holds nothing up any longer.
    desk.app.scan_files = false;
    let with = desk.surroundings();
    desk.equip(&with);
    desk.run().await;
    assert_eq!(code(&desk, good.id).await, "served");
    assert_eq!(code(&desk, late.id).await, "served");
}

#[tokio::test]
async fn a_mail_whose_file_is_lost_fails_for_all_to_see() {
    let Some((desk, _clamd)) = guarded().await else { return };
    written(&desk, "1@example.dz", "harmless").await;
    desk.run().await;
    let ticket: Uuid = desk.db.texts("SELECT id::text FROM tickets").await[0].parse().unwrap();
    let file = uploaded(&desk, "good.txt", b"harmless too").await;
    desk.run().await;
    let answer = NewMessage {
        attachment_ids: vec![file.id],
        ..reply("Here you are.")
    };
    ticket::send(&desk.app, &desk.caller, ticket, answer).await.unwrap();
    assert!(desk.app.blobs.remove(&file.sha256).await.unwrap());
    let mail = desk
        .db
        .texts("SELECT id::text FROM outgoing_mails WHERE kind = 'reply' AND state = 'queued'")
        .await;
    let job = jobs::SendMail {
        outgoing_mail_id: mail[0].parse().unwrap(),
    };
    let outcome = crate::handlers::mail_out::send(&desk.surroundings(), desk.context(Uuid::now_v7()), job).await;
    assert!(matches!(outcome, jobs::Outcome::Retry(_)), "{outcome:?}");
    // Its job is over without a word: whoever looks at the ticket learns that nobody got the answer.
    desk.db
        .execute("UPDATE jobs SET state = 'dead' WHERE kind = 'send_mail'")
        .await;
    assert_eq!(app::abandoned::give_up(&desk.app).await.unwrap(), 1);
    let state = format!("SELECT state FROM outgoing_mails WHERE id = '{}'", mail[0]);
    assert_eq!(desk.db.texts(&state).await, ["failed"]);
}
