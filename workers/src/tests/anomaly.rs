//! Mailboxes that suddenly get far more mail than usual.

use app::mail::{Arrival, arrive, resume_automation};
use chrono::TimeDelta;
use domain::mail::words::StartPoint;
use jobs::{NewJob, WatchMailFlow};
use uuid::Uuid;

use super::desk::{Desk, mail};

async fn receive(desk: &Desk, mailbox_id: Uuid, name: &str) {
    let raw = mail(
        &format!("{name}@example.dz"),
        &format!("From {name}"),
        &format!("{name}@example.dz"),
        "",
        "Help",
    );
    let arrival = Arrival {
        mailbox_id,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: raw.into(),
        full_size: None,
    };
    arrive(&desk.app, arrival).await.unwrap();
}

async fn watch(desk: &Desk) {
    desk.enqueue(&[NewJob::of(&WatchMailFlow {})]).await;
    desk.run().await;
}

/// Rows as if this many mails had come in some hour.
async fn past(desk: &Desk, mailbox: Uuid, hours_ago: i64, count: i64) {
    desk.db
        .execute(&format!(
            "INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state)
             SELECT lpad(nextval('ticket_numbers')::text, 32, '0')::uuid, '{mailbox}', '\\x00', 1, now() - interval '{hours_ago} hours 30 minutes', 'processed'
             FROM generate_series(1, {count})"
        ))
        .await;
}

#[tokio::test]
async fn machines_fall_silent_people_are_told_and_mail_still_becomes_tickets() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    past(&desk, mailbox, 40, 1).await;
    for hour in 1..40 {
        past(&desk, mailbox, hour, 20).await;
    }
    watch(&desk).await;
    receive(&desk, mailbox, "before").await;
    desk.run().await;
    assert_eq!(desk.outbox().len(), 1, "a normal mailbox acknowledges");
    assert_eq!(desk.mailbox_now(mailbox).await.hourly_normal, Some(20));

    past(&desk, mailbox, 0, 200).await;
    watch(&desk).await;
    let sent = desk.outbox();
    assert_eq!(sent.len(), 2, "the administrator is told");
    let alert = &sent[1];
    assert!(
        alert.contains("To: \"Admin\" <admin@desk.test>") || alert.contains("To: Admin <admin@desk.test>"),
        "{alert}"
    );
    assert!(alert.contains("Auto-Submitted: auto-generated"), "{alert}");
    watch(&desk).await;
    assert_eq!(desk.outbox().len(), 2, "once");

    receive(&desk, mailbox, "meanwhile").await;
    desk.run().await;
    let mut conn = desk.db.pool.get().await.unwrap();
    let found = store::mail::list(&mut conn, &[], None, None, Some("meanwhile@"), None, 1)
        .await
        .unwrap();
    let last = store::mail::find(&mut conn, found[0].id).await.unwrap();
    drop(conn);
    assert_eq!(last.summary.state, "processed");
    assert!(last.summary.ticket_id.is_some());
    assert!(
        last.effects.to_string().contains("automation_paused"),
        "{}",
        last.effects
    );
    assert_eq!(desk.outbox().len(), 2, "no acknowledgement");

    desk.clock.turn(TimeDelta::hours(2));
    watch(&desk).await;
    receive(&desk, mailbox, "after").await;
    desk.run().await;
    assert_eq!(desk.outbox().len(), 3, "back to normal");
}

#[tokio::test]
async fn a_person_lets_it_go_on_and_as_much_again_pauses_it_again() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    past(&desk, mailbox, 40, 1).await;
    past(&desk, mailbox, 0, 200).await;
    watch(&desk).await;
    assert!(desk.mailbox_now(mailbox).await.automation_paused_at.is_some());
    let told = desk.outbox().len();

    let resumed = resume_automation(&desk.app, &desk.caller, mailbox).await.unwrap();
    assert_eq!(resumed.automation_paused_at, None);
    // Nothing to resume is nothing done.
    resume_automation(&desk.app, &desk.caller, mailbox).await.unwrap();
    let trail = "SELECT action || ' ' || (actor_id IS NOT NULL)::text FROM audit_log WHERE action ~ '^mailbox.automation' ORDER BY id";
    let trail = desk.db.texts(trail).await;
    assert_eq!(
        trail,
        ["mailbox.automation_pause false", "mailbox.automation_resume true"]
    );
    watch(&desk).await;
    assert_eq!(
        desk.mailbox_now(mailbox).await.automation_paused_at,
        None,
        "the past counts no longer"
    );
    receive(&desk, mailbox, "resumed").await;
    desk.run().await;
    assert_eq!(desk.outbox().len(), told + 1, "an acknowledgement");

    desk.clock.turn(TimeDelta::minutes(2));
    desk.db
        .execute(&format!(
            "INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state)
             SELECT gen_random_uuid(), '{mailbox}', '\\x00', 1, now() + interval '1 minute', 'processed' FROM generate_series(1, 101)"
        ))
        .await;
    watch(&desk).await;
    assert!(
        desk.mailbox_now(mailbox).await.automation_paused_at.is_some(),
        "as much again"
    );
}

#[tokio::test]
async fn the_limit_holds_before_anybody_looked() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    past(&desk, mailbox, 30, 1).await;
    watch(&desk).await;
    assert_eq!(desk.mailbox_now(mailbox).await.hourly_normal, Some(0));
    for n in 0..105 {
        receive(&desk, mailbox, &format!("p{n}")).await;
    }
    desk.run().await;
    assert_eq!(
        desk.outbox().len(),
        100,
        "a hundred acknowledgements an hour, and no more"
    );
}

#[tokio::test]
async fn a_new_mailbox_has_no_normal_yet() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    past(&desk, mailbox, 0, 500).await;
    watch(&desk).await;
    receive(&desk, mailbox, "first").await;
    desk.run().await;
    assert_eq!(desk.outbox().len(), 1);
}
