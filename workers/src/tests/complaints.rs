//! Reports of recipients who complain (RFC 5965), true and forged ones.

use app::ticket;
use domain::mail::words::StartPoint;
use uuid::Uuid;

use super::{
    desk::{Desk, mail, reply},
    release::{newest_ticket, receive},
};

/// A report of a feedback loop. `fields` are lines of its machine-readable part, `original` the header of the returned mail.
fn report(id: &str, to: &str, fields: &str, original: Option<&str>) -> String {
    let returned = original.map_or_else(String::new, |header| {
        format!("--F\r\nContent-Type: text/rfc822-headers\r\n\r\n{header}\r\n")
    });
    format!(
        "From: feedback@isp.test\r\nTo: {to}\r\nSubject: FW: your mail\r\nMessage-ID: <{id}>\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=F\r\n\r\n\
         --F\r\n\r\nSomebody does not want this.\r\n\
         --F\r\nContent-Type: message/feedback-report\r\n\r\nUser-Agent: isp/1.0\r\nVersion: 1\r\n{fields}\
         {returned}--F--\r\n"
    )
}

/// A ticket of Ana's that was answered.
struct Answered {
    desk: Desk,
    mailbox: Uuid,
    ticket: Uuid,
    /// The answer's row, and its Message-ID without brackets.
    mail: Uuid,
    message_id: String,
}

async fn answered() -> Answered {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    receive(
        &desk,
        mailbox,
        mail("Ana <ana@example.dz>", "My server", "1@example.dz", "", "Is down"),
    )
    .await;
    let ticket = newest_ticket(&desk).await;
    ticket::send(&desk.app, &desk.caller, ticket, reply("Look again."))
        .await
        .unwrap();
    desk.run().await;
    let sent = desk
        .db
        .texts("SELECT id || ' ' || mail_message_id FROM outgoing_mails WHERE kind = 'reply'")
        .await;
    let (id, message_id) = sent[0].split_once(' ').unwrap();
    let (mail, message_id) = (id.parse().unwrap(), message_id.to_owned());
    Answered {
        desk,
        mailbox,
        ticket,
        mail,
        message_id,
    }
}

impl Answered {
    async fn hear(&self, report: String) {
        receive(&self.desk, self.mailbox, report).await;
    }

    /// Address, reason and detail of those who get no mail.
    async fn silenced(&self) -> Vec<String> {
        let rows = "SELECT concat_ws(' ', address, reason, detail) FROM suppressions ORDER BY address";
        self.desk.db.texts(rows).await
    }

    async fn state(&self) -> String {
        let state = format!("SELECT state FROM outgoing_mails WHERE id = '{}'", self.mail);
        self.desk.db.texts(&state).await.remove(0)
    }

    /// Where the newest mail is, and why.
    async fn newest(&self) -> (String, Option<String>) {
        let mail = self.desk.mails().await.pop().unwrap();
        (mail.summary.state, mail.summary.reason)
    }
}

#[tokio::test]
async fn who_complains_about_our_mail_gets_no_more() {
    let it = answered().await;
    let original = format!(
        "From: support@desk.test\r\nMessage-ID: <{}>\r\nSubject: x",
        it.message_id
    );
    let fields = "Feedback-Type: abuse\r\nOriginal-Rcpt-To: <ana@example.dz>\r\n";
    for id in ["a@isp.test", "b@isp.test"] {
        it.hear(report(id, "support@desk.test", fields, Some(&original))).await;
        assert_eq!(it.newest().await, ("bounce".to_owned(), None));
        assert_eq!(it.state().await, "complained");
        assert_eq!(it.silenced().await, ["ana@example.dz complaint abuse"]);
    }
    let db = &it.desk.db;
    let told = "SELECT data->>'recipient' FROM ticket_events WHERE kind = 'mail_complained'";
    assert_eq!(db.texts(told).await, ["ana@example.dz"], "once");
    let trail = "SELECT data->>'address' || ' ' || (data->>'reason') FROM audit_log WHERE action = 'suppression.add'";
    assert_eq!(db.texts(trail).await, ["ana@example.dz complaint"], "once");
    let ticket = format!(
        "SELECT concat_ws(' ', state, delivery_failed) FROM tickets WHERE id = '{}'",
        it.ticket
    );
    assert_eq!(db.texts(&ticket).await, ["answered f"], "the answer arrived");

    let before = it.desk.outbox().len();
    ticket::send(&it.desk.app, &it.desk.caller, it.ticket, reply("And now?"))
        .await
        .unwrap();
    it.desk.run().await;
    assert_eq!(it.desk.outbox().len(), before, "not even an answer");
    let states = "SELECT state FROM outgoing_mails WHERE kind = 'reply' ORDER BY id";
    assert_eq!(db.texts(states).await, ["complained", "suppressed"]);
}

#[tokio::test]
async fn nobody_is_silenced_by_what_we_did_not_sign() {
    let it = answered().await;
    let fields = "Feedback-Type: abuse\r\nOriginal-Rcpt-To: <ana@example.dz>\r\n";
    let stranger = app::mail::tokens(&it.desk.app)
        .unwrap()
        .bounce_address(it.mail, "elsewhere.test");
    let mut forged = it.message_id.clone();
    forged.replace_range(2..3, "9");
    let forged = format!("Message-ID: <{forged}>\r\nSubject: x");
    for (id, to, fields, original) in [
        ("a@isp.test", "support@desk.test", fields.to_owned(), None),
        (
            "b@isp.test",
            "support@desk.test",
            fields.to_owned(),
            Some(forged.as_str()),
        ),
        (
            "c@isp.test",
            "support@desk.test",
            format!("{fields}Original-Mail-From: <{stranger}>\r\n"),
            Some("Message-ID: <1@example.dz>\r\nSubject: x"),
        ),
    ] {
        it.hear(report(id, to, &fields, original)).await;
        assert_eq!(
            it.newest().await,
            ("bounce".to_owned(), Some("other_report".to_owned()))
        );
        assert_eq!(it.silenced().await, Vec::<String>::new(), "{id}");
        assert_eq!(it.state().await, "sent", "{id}");
    }
    assert_eq!(it.desk.db.texts("SELECT subject FROM tickets").await.len(), 1);
}

#[tokio::test]
async fn a_report_silences_the_address_we_wrote_to_whomever_it_names() {
    let it = answered().await;
    let signed = app::mail::tokens(&it.desk.app)
        .unwrap()
        .bounce_address(it.mail, "desk.test");
    // Without the mail itself, and of several people: what proves it is the envelope sender that we signed.
    let fields = format!(
        "Feedback-Type: abuse\r\nOriginal-Mail-From: <{signed}>\r\nOriginal-Rcpt-To: <bob@example.dz>\r\n\
         Original-Rcpt-To: <ana@example.dz>\r\n"
    );
    it.hear(report("a@isp.test", "support@desk.test", &fields, None)).await;
    assert_eq!(it.state().await, "complained");
    assert_eq!(it.silenced().await, ["ana@example.dz complaint abuse"]);
    let place = format!(
        "SELECT ticket_id::text FROM raw_mails WHERE ticket_id = '{}' AND class = 'arf'",
        it.ticket
    );
    assert_eq!(it.desk.db.texts(&place).await.len(), 1, "filed with its ticket");
}

#[tokio::test]
async fn a_provider_may_send_it_to_the_envelope_sender_and_hide_who_complains() {
    let it = answered().await;
    let signed = app::mail::tokens(&it.desk.app)
        .unwrap()
        .bounce_address(it.mail, "desk.test");
    it.hear(report("a@isp.test", &signed, "Feedback-Type: abuse\r\n", None))
        .await;
    assert_eq!(it.silenced().await, ["ana@example.dz complaint abuse"]);
}

#[tokio::test]
async fn not_every_report_is_a_complaint() {
    let it = answered().await;
    let original = format!("Message-ID: <{}>\r\nSubject: x", it.message_id);
    for feedback in ["not-spam", "auth-failure", "virus"] {
        let fields = format!("Feedback-Type: {feedback}\r\nOriginal-Rcpt-To: <ana@example.dz>\r\n");
        let id = format!("{feedback}@isp.test");
        it.hear(report(&id, "support@desk.test", &fields, Some(&original)))
            .await;
        assert_eq!(
            it.newest().await,
            ("bounce".to_owned(), Some("other_report".to_owned()))
        );
    }
    assert_eq!(it.silenced().await, Vec::<String>::new());
    assert_eq!(it.state().await, "sent");
}
