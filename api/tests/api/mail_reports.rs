//! What providers of outgoing mail report by themselves: believed when they signed it, worked in once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use app::{App, AppError, mail::provider::MailReports, ports::Fetch};
use async_trait::async_trait;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::client::{AGENT, Answer, URL, World, quiet};

const SENDGRID: &str = "/api/v1/mail/reports/sendgrid";
/// What stands before the point of a public key of P-256 (RFC 5480).
const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

struct Post {
    world: Arc<World>,
    pair: EcdsaKeyPair,
}

impl Post {
    async fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        // The prefix above holds the first byte of the point as well.
        let mut spki = STANDARD.decode(P256).unwrap();
        spki.extend_from_slice(&pair.public_key().as_ref()[1..]);
        let reports = MailReports::default()
            .with_sendgrid(Some(&STANDARD.encode(spki)))
            .unwrap();
        let world = World::over(quiet(URL), |app| App {
            mail_reports: Arc::new(reports),
            ..app
        })
        .await;
        Self { world, pair }
    }

    /// Posts a batch as SendGrid would.
    async fn report(&self, events: &Value) -> StatusCode {
        self.report_of(TimeDelta::zero(), events).await
    }

    /// One that was signed so long ago.
    async fn report_of(&self, age: TimeDelta, events: &Value) -> StatusCode {
        let body = events.to_string();
        let moment = (self.world.state.app.now() - age).timestamp().to_string();
        let signature = self
            .pair
            .sign(&SystemRandom::new(), format!("{moment}{body}").as_bytes())
            .unwrap();
        self.post(&STANDARD.encode(signature.as_ref()), &moment, body)
            .await
            .status
    }

    async fn post(&self, signature: &str, moment: &str, body: String) -> Answer {
        let request = Request::post(SENDGRID)
            .header("content-type", "application/json")
            .header("x-twilio-email-event-webhook-signature", signature)
            .header("x-twilio-email-event-webhook-timestamp", moment)
            .body(Body::from(body))
            .unwrap();
        self.world.send(request).await
    }

    /// An answer to a customer that went out; its Message-ID.
    async fn answered(&self) -> String {
        let client = self.world.token_of("client@cloudmanager.test").await;
        let agent = self.world.token_of(AGENT).await;
        let made = self
            .world
            .own(
                "POST",
                "/api/v1/tickets",
                &client,
                json!({ "subject": "Printer", "body": "Help" }),
            )
            .await;
        let messages = format!("/api/v1/tickets/{}/messages", made.body["id"].as_str().unwrap());
        let sent = self
            .world
            .own(
                "POST",
                &messages,
                &agent,
                json!({ "kind": "reply", "body": "Try again." }),
            )
            .await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
        self.world
            .db
            .execute("UPDATE outgoing_mails SET state = 'sent' WHERE kind = 'reply'")
            .await;
        let id = "SELECT mail_message_id FROM outgoing_mails WHERE kind = 'reply' ORDER BY created_at DESC";
        self.world.db.texts(id).await.remove(0)
    }

    async fn states(&self) -> Vec<String> {
        let sql = "SELECT state FROM outgoing_mails WHERE kind = 'reply' ORDER BY created_at";
        self.world.db.texts(sql).await
    }

    async fn count(&self, sql: &str) -> String {
        self.world.db.texts(sql).await.remove(0)
    }
}

fn event(id: &str, message: &str, kind: &str, extra: Value) -> Value {
    let mut event = json!({ "email": "client@cloudmanager.test", "timestamp": 1_700_000_000, "event": kind,
        "smtp-id": format!("<{message}>"), "sg_event_id": id, "sg_message_id": format!("{id}.filter.0") });
    for (name, value) in extra.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

#[tokio::test]
async fn what_sendgrid_signed_becomes_the_truth_of_a_mail_once() {
    let post = Post::new().await;
    let message = post.answered().await;
    let delivered = json!([event("e1", &message, "delivered", json!({ "response": "250 OK" }))]);
    assert_eq!(post.report(&delivered).await, StatusCode::NO_CONTENT);
    assert_eq!(post.states().await, ["delivered"]);
    let gone = json!({ "type": "bounce", "status": "5.1.1", "reason": "550 no such user" });
    let bounced = json!([event("e2", &message, "bounce", gone)]);
    for _ in 0..2 {
        assert_eq!(post.report(&bounced).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(post.states().await, ["bounced"]);
    let suppressed = "SELECT address || ' ' || reason FROM suppressions";
    assert_eq!(
        post.world.db.texts(suppressed).await,
        ["client@cloudmanager.test bounce"]
    );
    let told = "SELECT count(*)::text FROM ticket_events WHERE kind = 'delivery_failed'";
    assert_eq!(post.count(told).await, "1");
    assert_eq!(post.count("SELECT count(*)::text FROM bounces").await, "1");
    assert_eq!(post.count("SELECT count(*)::text FROM mail_provider_events").await, "2");
    // What came back is not delivered after all.
    let late = json!([event("e3", &message, "delivered", json!({}))]);
    assert_eq!(post.report(&late).await, StatusCode::NO_CONTENT);
    assert_eq!(post.states().await, ["bounced"]);
}

#[tokio::test]
async fn a_complaint_is_found_by_what_the_provider_calls_the_mail_and_silences() {
    let post = Post::new().await;
    let message = post.answered().await;
    let named = json!({ "sg_message_id": "abc.filter.0" });
    let first = json!([event("e1", &message, "delivered", named.clone())]);
    assert_eq!(post.report(&first).await, StatusCode::NO_CONTENT);
    let mut complaint = event("e2", &message, "spamreport", named);
    complaint.as_object_mut().unwrap().remove("smtp-id");
    assert_eq!(post.report(&json!([complaint])).await, StatusCode::NO_CONTENT);
    assert_eq!(post.states().await, ["complained"]);
    let suppressed = "SELECT reason FROM suppressions";
    assert_eq!(post.world.db.texts(suppressed).await, ["complaint"]);
    // A block is no fault of the address.
    let other = post.answered().await;
    let blocked = json!({ "type": "blocked", "status": "4.7.1", "reason": "later" });
    assert_eq!(
        post.report(&json!([event("e3", &other, "bounce", blocked)])).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(post.count("SELECT count(*)::text FROM bounces").await, "0");
}

#[tokio::test]
async fn what_was_signed_days_ago_is_posted_by_somebody_else() {
    let post = Post::new().await;
    let message = post.answered().await;
    let gone = json!({ "type": "bounce", "status": "5.1.1", "reason": "550 no such user" });
    let bounced = json!([event("e1", &message, "bounce", gone)]);
    // Its first coming is forgotten by now.
    let old = post.report_of(TimeDelta::days(400), &bounced).await;
    assert_eq!(old, StatusCode::UNAUTHORIZED);
    assert_eq!(post.states().await, ["sent"]);
    assert_eq!(post.count("SELECT count(*)::text FROM suppressions").await, "0");
    // What SendGrid could not hand over for a day is taken.
    let late = post.report_of(TimeDelta::hours(25), &bounced).await;
    assert_eq!(late, StatusCode::NO_CONTENT);
    assert_eq!(post.states().await, ["bounced"]);
}

/// Amazon, where no such certificate is, and how often somebody looked.
#[derive(Debug, Default)]
struct Amazon(AtomicUsize);

#[async_trait]
impl Fetch for Amazon {
    async fn get(&self, _address: &str) -> Result<Vec<u8>, AppError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn amazon_is_asked_about_nothing_old_and_not_twice_where_it_has_no_certificate() {
    let topic = "arn:aws:sns:eu-west-3:123456789012:ses";
    let amazon = Arc::new(Amazon::default());
    let reports = MailReports::default().with_topic(Some(topic.to_owned()), amazon.clone());
    let world = World::over(quiet(URL), |app| App {
        mail_reports: Arc::new(reports),
        ..app
    })
    .await;
    for (days, status, asked) in [
        (4, StatusCode::UNAUTHORIZED, 0),
        (0, StatusCode::UNAUTHORIZED, 1),
        (0, StatusCode::SERVICE_UNAVAILABLE, 1),
    ] {
        let moment = world.state.app.now() - TimeDelta::days(days);
        let body = json!({ "Type": "Notification", "MessageId": "1", "TopicArn": topic, "Message": "{}",
            "Timestamp": moment.to_rfc3339(), "SignatureVersion": "2", "Signature": "AAAA",
            "SigningCertURL": "https://sns.eu-west-3.amazonaws.com/SimpleNotificationService-01d088a6f77103d0.pem" });
        let answer = world.call("POST", "/api/v1/mail/reports/ses", &[], body).await;
        assert_eq!(answer.status, status, "{days} {:?}", answer.body);
        assert_eq!(amazon.0.load(Ordering::Relaxed), asked, "{days}");
    }
}

#[tokio::test]
async fn what_is_not_signed_or_about_nothing_of_ours_changes_nothing() {
    let post = Post::new().await;
    let message = post.answered().await;
    let body = json!([event(
        "e1",
        &message,
        "bounce",
        json!({ "type": "bounce", "status": "5.1.1" })
    )]);
    let moment = post.world.state.app.now().timestamp().to_string();
    let forged = post.post("AAAA", &moment, body.to_string()).await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
    assert_eq!(post.states().await, ["sent"]);
    let strange = json!([
        event(
            "e2",
            "nobody@elsewhere",
            "bounce",
            json!({ "type": "bounce", "status": "5.1.1" })
        ),
        event("e3", &message, "open", json!({})),
    ]);
    assert_eq!(post.report(&strange).await, StatusCode::NO_CONTENT);
    assert_eq!(post.count("SELECT count(*)::text FROM suppressions").await, "0");
    assert_eq!(post.count("SELECT count(*)::text FROM mail_provider_events").await, "0");
    let figures = "SELECT concat_ws(' ', provider, ours, unknown) FROM mail_provider_figures";
    assert_eq!(post.world.db.texts(figures).await, ["sendgrid 0 1"]);
    assert_eq!(
        post.report(&json!({ "no": "list" })).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // Where nothing is set up there is no such door.
    let plain = World::new().await;
    for path in [SENDGRID, "/api/v1/mail/reports/ses"] {
        let nothing = plain.call("POST", path, &[], json!([])).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND, "{path}");
    }
}
