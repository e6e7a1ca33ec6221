//! Messages that people let in, and the ticket they choose.

use app::{
    AppError,
    mail::{Arrival, arrive, release},
    ticket::{Judgement, judge},
};
use domain::mail::words::StartPoint;
use uuid::Uuid;

use super::desk::{Desk, mail};

pub(super) async fn receive(desk: &Desk, mailbox_id: Uuid, raw: String) {
    let arrival = Arrival {
        mailbox_id,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: raw.into(),
        full_size: None,
    };
    arrive(&desk.app, arrival).await.unwrap();
    desk.run().await;
}

/// The ticket of the newest mail.
pub(super) async fn newest_ticket(desk: &Desk) -> Uuid {
    desk.mails().await.last().unwrap().summary.ticket_id.unwrap()
}

#[tokio::test]
async fn a_quarantined_mail_goes_to_the_ticket_that_was_chosen() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    receive(
        &desk,
        mailbox,
        mail("ana@example.dz", "Down", "1@example.dz", "", "Help"),
    )
    .await;
    let ticket = newest_ticket(&desk).await;
    receive(
        &desk,
        mailbox,
        mail("bob@example.dz", "Closed", "2@example.dz", "", "Old"),
    )
    .await;
    let closed = newest_ticket(&desk).await;
    desk.db
        .execute(&format!("UPDATE tickets SET state = 'closed' WHERE id = '{closed}'"))
        .await;
    let away = mail(
        "ana@example.dz",
        "Out of office",
        "3@example.dz",
        "Auto-Submitted: auto-replied\r\n",
        "I am away",
    );
    receive(&desk, mailbox, away).await;
    let quarantined = desk.mails().await.pop().unwrap();
    assert_eq!(quarantined.summary.state, "quarantined");
    assert_eq!(quarantined.summary.reason.as_deref(), Some("orphan_auto_reply"));

    let id = quarantined.summary.id;
    let refused = release(&desk.app, &desk.caller, id, Some(closed), false).await;
    assert!(
        matches!(refused, Err(AppError::Invalid(_))),
        "nobody looks into a closed ticket"
    );
    let refused = release(&desk.app, &desk.caller, id, Some(Uuid::now_v7()), false).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "there is no such ticket");
    release(&desk.app, &desk.caller, id, Some(ticket), false).await.unwrap();
    desk.run().await;
    let bodies = desk.bodies(ticket).await;
    assert_eq!(bodies.len(), 2);
    assert!(bodies[1].contains("I am away"));
    let released = desk.mails().await.pop().unwrap();
    assert!(
        released.effects.to_string().contains("\"by\": \"Admin\"")
            || released.effects.to_string().contains("\"by\":\"Admin\"")
    );
}

#[tokio::test]
async fn a_held_reply_goes_to_the_ticket_it_was_meant_for() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    receive(
        &desk,
        mailbox,
        mail("eve@example.dz", "Billing", "1@example.dz", "", "My bill"),
    )
    .await;
    let meant = newest_ticket(&desk).await;
    receive(
        &desk,
        mailbox,
        mail("ana@example.dz", "Down", "2@example.dz", "", "Help"),
    )
    .await;
    let ticket = newest_ticket(&desk).await;
    let acknowledgement = desk.outbox().pop().unwrap();
    let to_ana = acknowledgement
        .lines()
        .find_map(|line| line.strip_prefix("Reply-To: "))
        .unwrap()
        .to_owned();
    let stray = mail("eve@example.dz", "Hello", "3@example.dz", "", "About my bill")
        .replace("To: support@desk.test", &format!("To: {to_ana}"));
    receive(&desk, mailbox, stray).await;
    assert_eq!(newest_ticket(&desk).await, ticket);
    let mut conn = desk.db.pool.get().await.unwrap();
    let messages = store::ticket::messages(&mut conn, ticket, true, None, 10)
        .await
        .unwrap();
    drop(conn);
    let held = messages.iter().find(|message| message.held).expect("a held message");

    let there = Judgement::MoveTo(ticket);
    let refused = judge(&desk.app, &desk.caller, ticket, held.id, there).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "it is there already");
    let home = judge(&desk.app, &desk.caller, ticket, held.id, Judgement::MoveTo(meant))
        .await
        .unwrap();
    assert_eq!(home.summary.id, meant);
    assert_eq!(desk.bodies(ticket).await.len(), 1);
    let bodies = desk.bodies(meant).await;
    assert!(bodies[1].contains("About my bill"), "{bodies:?}");
    let again = judge(&desk.app, &desk.caller, ticket, held.id, Judgement::Accept).await;
    assert!(again.is_err(), "it is judged once");
}
