//! Text messages through the handler, over a real database and simulated providers.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use app::sms::{NewSms, queue};
use chrono::TimeDelta;
use integrations::sms::{Infobip, InfobipConfig, SmsGateway, Twilio, TwilioConfig};
use jobs::{Outcome, SendSms};
use simulators::sms::{Account, Fault, Provider, SmsSimulator};
use testkit::wait_for;
use uuid::Uuid;

use super::desk::Desk;
use crate::handlers::{Surroundings, sms_out};

const BODY: &str = "CloudManager: your code is 123456";

async fn phone(provider: Provider) -> SmsSimulator {
    let account = Account {
        id: "AC1".to_owned(),
        secret: "hunter2".to_owned(),
    };
    let address = (Ipv4Addr::LOCALHOST, 0).into();
    SmsSimulator::start(provider, address, account).await.unwrap()
}

fn gateway(provider: Provider, phone: &SmsSimulator, secret: &str) -> Arc<dyn SmsGateway> {
    let (base_url, timeout) = (phone.url(), Some(Duration::from_secs(20)));
    match provider {
        Provider::Twilio => Arc::new(
            Twilio::new(TwilioConfig {
                base_url,
                account: "AC1".to_owned(),
                token: secret.to_owned(),
                sender: "CloudMgr".to_owned(),
                reports_url: None,
                timeout,
            })
            .unwrap(),
        ),
        Provider::Infobip => Arc::new(
            Infobip::new(InfobipConfig {
                base_url,
                key: secret.to_owned(),
                sender: "CloudMgr".to_owned(),
                reports_url: None,
                reports_key: [7; 32],
                former_reports_keys: Vec::new(),
                timeout,
            })
            .unwrap(),
        ),
    }
}

/// A desk whose texts go to this phone.
struct Texts {
    desk: Desk,
    phone: SmsSimulator,
    with: Surroundings,
}

impl Texts {
    async fn new(provider: Provider) -> Self {
        let (desk, phone) = (Desk::new().await, phone(provider).await);
        let with = Surroundings {
            sms: Some(gateway(provider, &phone, "hunter2")),
            ..desk.surroundings()
        };
        Self { desk, phone, with }
    }

    async fn queue(&self) -> Uuid {
        let app = &self.desk.app;
        let sms = NewSms {
            user_id: None,
            phone: "+213550123456",
            purpose: "login",
            body: BODY,
            network: "test",
            not_before: None,
            expires_at: app.now() + TimeDelta::minutes(5),
        };
        let mut tx = app.begin().await.unwrap();
        let id = queue(app, &mut tx, &sms).await.unwrap().id;
        tx.commit().await.unwrap();
        id
    }

    async fn attempt(&self, id: Uuid) -> Outcome {
        let context = self.desk.context(Uuid::now_v7());
        sms_out::send(&self.with, context, SendSms { sms_id: id }).await
    }

    async fn last_attempt(&self, id: Uuid) -> Outcome {
        let context = crate::JobContext {
            failures: 9,
            ..self.desk.context(Uuid::now_v7())
        };
        sms_out::send(&self.with, context, SendSms { sms_id: id }).await
    }

    /// State, attempts, credits, and whether the text is still kept.
    async fn row(&self, id: Uuid) -> String {
        let columns = "concat_ws(' ', state, attempts, segments, CASE WHEN body IS NULL THEN 'wiped' ELSE 'kept' END)";
        self.desk
            .db
            .texts(&format!("SELECT {columns} FROM sms_messages WHERE id = '{id}'"))
            .await
            .remove(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_sent_once_and_then_forgotten() {
    for provider in [Provider::Twilio, Provider::Infobip] {
        let texts = Texts::new(provider).await;
        let id = texts.queue().await;
        let payload = texts
            .desk
            .db
            .texts("SELECT payload::text FROM jobs WHERE kind = 'send_sms'")
            .await
            .remove(0);
        assert!(!payload.contains("123456") && !payload.contains("+213"), "{payload}");
        assert_eq!(texts.row(id).await, "queued 0 1 kept");
        assert_eq!(texts.attempt(id).await, Outcome::Done);
        assert_eq!(texts.row(id).await, "sent 1 1 wiped");
        assert_eq!(texts.attempt(id).await, Outcome::Done, "again, by mistake");
        let sent = texts.phone.book().sent();
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].to.as_str(), sent[0].text.as_str()), ("+213550123456", BODY));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_too_late_is_not_sent_and_says_so() {
    let texts = Texts::new(Provider::Twilio).await;
    let id = texts.queue().await;
    texts.phone.book().set_fault(Fault::Unavailable);
    assert!(matches!(texts.attempt(id).await, Outcome::Retry(_)));
    texts.phone.book().set_fault(Fault::None);
    texts.desk.clock.turn(TimeDelta::minutes(5));
    let Outcome::Cancel(reason) = texts.attempt(id).await else {
        panic!("it was sent")
    };
    assert!(reason.contains("not sent"), "{reason}");
    assert_eq!(texts.row(id).await, "expired 1 1 wiped");
    assert!(texts.phone.book().sent().is_empty());
    // One whose job went missing is ended by the clean-up.
    let lost = texts.queue().await;
    texts.desk.clock.turn(TimeDelta::minutes(5));
    app::retention::clean_up(&texts.desk.app).await.unwrap();
    assert_eq!(texts.row(lost).await, "expired 0 1 wiped");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_ends_or_repeats_the_job() {
    for provider in [Provider::Twilio, Provider::Infobip] {
        let texts = Texts::new(provider).await;
        let book = texts.phone.book();
        let id = texts.queue().await;
        book.set_fault(Fault::RateLimited);
        assert_eq!(texts.attempt(id).await, Outcome::Snooze(Duration::from_secs(1)));
        book.set_fault(Fault::Html);
        assert!(matches!(texts.attempt(id).await, Outcome::Retry(_)));
        assert_eq!(texts.row(id).await, "queued 2 1 kept");
        assert!(matches!(texts.last_attempt(id).await, Outcome::Retry(_)));
        assert_eq!(texts.row(id).await, "failed 3 1 wiped");
        for (fault, dead) in [(Fault::InvalidNumber, false), (Fault::NoCredit, true)] {
            let id = texts.queue().await;
            book.set_fault(fault);
            let outcome = texts.attempt(id).await;
            assert_eq!(matches!(outcome, Outcome::Dead(_)), dead, "{fault:?}: {outcome:?}");
            assert_eq!(matches!(outcome, Outcome::Cancel(_)), !dead, "{fault:?}: {outcome:?}");
            assert_eq!(texts.row(id).await, "failed 1 1 wiped");
        }
        assert!(book.sent().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_and_no_provider_are_dead_letters_without_a_secret() {
    let mut texts = Texts::new(Provider::Infobip).await;
    texts.with.sms = Some(gateway(Provider::Infobip, &texts.phone, "*******"));
    let id = texts.queue().await;
    let Outcome::Dead(reason) = texts.attempt(id).await else {
        panic!("not dead")
    };
    assert!(
        reason.contains("UNAUTHORIZED") && !reason.contains("*******"),
        "{reason}"
    );
    texts.with.sms = None;
    let id = texts.queue().await;
    assert!(matches!(texts.attempt(id).await, Outcome::Dead(_)));
    assert_eq!(texts.row(id).await, "failed 1 1 wiped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_before_it_noted_the_answer_sends_at_least_once() {
    for provider in [Provider::Twilio, Provider::Infobip] {
        let texts = Arc::new(Texts::new(provider).await);
        let id = texts.queue().await;
        // The provider takes the text at once and answers seconds later; in between the worker is gone.
        texts.phone.book().set_fault(Fault::Slow);
        let dying = tokio::spawn({
            let texts = texts.clone();
            async move { texts.attempt(id).await }
        });
        wait_for("the provider to have the text", Duration::from_secs(10), async || {
            !texts.phone.book().sent().is_empty()
        })
        .await;
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());
        assert_eq!(texts.row(id).await, "queued 0 1 kept");
        texts.phone.book().set_fault(Fault::None);
        assert_eq!(texts.attempt(id).await, Outcome::Done);
        assert_eq!(texts.row(id).await, "sent 1 1 wiped");
        let sent = texts.phone.book().sent();
        // Infobip knows the text by its id; Twilio has no way to, and sends the same code again.
        assert_eq!(sent.len(), if provider == Provider::Twilio { 2 } else { 1 });
        assert!(sent.iter().all(|text| text.text == BODY));
    }
}
