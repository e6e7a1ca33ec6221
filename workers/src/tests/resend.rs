//! A mail that was refused, and the operator who has it sent again.

use app::{
    mail::{Arrival, arrive},
    queues::{JobAction, act_on_job},
};
use domain::mail::words::StartPoint;
use integrations::mail::smtp::{Refusal, SendOutcome};

use super::desk::{Desk, mail};

#[tokio::test]
async fn a_retried_job_sends_the_mail_that_was_refused() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await;
    desk.sent.answer(SendOutcome::Permanent(Refusal {
        code: 550,
        enhanced: "5.7.1".to_owned(),
        text: "5.7.1 you are on a list".to_owned(),
        of_recipient: true,
    }));
    let arrival = Arrival {
        mailbox_id: mailbox.id,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: mail("Ana <ana@example.dz>", "Down", "1@example.dz", "", "Help").into(),
        full_size: None,
    };
    arrive(&desk.app, arrival).await.unwrap();
    desk.run().await;
    let dead = desk.jobs("send_mail").await.remove(0);
    assert_eq!(dead.state, "dead");
    assert_eq!(dead.last_error.as_deref(), Some("550 5.7.1 you are on a list"));

    act_on_job(&desk.app, &desk.caller, dead.id, JobAction::Retry)
        .await
        .unwrap();
    desk.run().await;
    assert_eq!(desk.jobs("send_mail").await[0].state, "succeeded");
    let sent = desk.outbox();
    assert_eq!(sent.len(), 2, "each attempt reached the transport");
    assert_eq!(sent[0], sent[1], "and was the same mail");
    let mut conn = desk.db.pool.get().await.unwrap();
    let mail = store::outgoing::find(&mut conn, dead.subject_id.unwrap())
        .await
        .unwrap();
    assert_eq!(mail.state, "sent");
}
