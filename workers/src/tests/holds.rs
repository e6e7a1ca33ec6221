//! Tickets on hold until a moment: open when it has come, once, whoever looks and however late.

use app::ticket::{self as tickets, Move, NewTicket, Requester, Selection};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    mail::words::StartPoint,
    ticket::{State, bulk::Change, writing::Format},
};
use jobs::{EndHolds, NewJob};
use store::ticket::{self, Ticket};
use uuid::Uuid;

use super::desk::Desk;

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.db.execute("UPDATE automation_rules SET enabled = false").await;
    desk.mailbox(None, StartPoint::Now).await;
    desk
}

async fn opened(desk: &Desk, subject: &str) -> Uuid {
    let new = NewTicket {
        subject: subject.to_owned(),
        body: "Please help.".to_owned(),
        format: Format::Plain,
        priority: None,
        requester: Some(Requester {
            email: "ana@example.dz".to_owned(),
            name: None,
        }),
        category_id: None,
        project_id: None,
        related: store::ticket::Related::default(),
        attachment_ids: Vec::new(),
    };
    tickets::create(&desk.app, &desk.caller, new).await.unwrap().summary.id
}

async fn now(desk: &Desk, id: Uuid) -> Ticket {
    ticket::find(&mut desk.db.pool.get().await.unwrap(), id, None)
        .await
        .unwrap()
}

async fn hold(desk: &Desk, id: Uuid, until: Option<DateTime<Utc>>) {
    let wanted = Move {
        to: State::OnHold,
        reason: Some("vendor".to_owned()),
        on_hold_until: until,
        no_reply_needed: None,
        version: now(desk, id).await.summary.version,
    };
    tickets::transition(&desk.app, &desk.caller, id, wanted).await.unwrap();
}

async fn look(desk: &Desk) {
    desk.enqueue(&[NewJob::of(&EndHolds {})]).await;
    desk.run().await;
}

/// How the ticket's history tells of holds that ended.
async fn ended(desk: &Desk, id: Uuid) -> Vec<String> {
    let said = format!(
        "SELECT concat_ws(' ', actor_name, data->>'from', data->>'to') FROM ticket_events
         WHERE ticket_id = '{id}' AND kind = 'state_changed' AND data->>'reason' = 'hold_ended'"
    );
    desk.db.texts(&said).await
}

#[tokio::test]
async fn a_hold_ends_at_its_time_once_and_an_endless_one_never() {
    let desk = desk().await;
    let (short, long, endless) = (
        opened(&desk, "short").await,
        opened(&desk, "long").await,
        opened(&desk, "endless").await,
    );
    let start = desk.app.clock.now();
    hold(&desk, short, Some(start + TimeDelta::minutes(30))).await;
    hold(&desk, long, Some(start + TimeDelta::hours(5))).await;
    hold(&desk, endless, None).await;
    look(&desk).await;
    for id in [short, long, endless] {
        assert_eq!(now(&desk, id).await.summary.state, "on_hold", "nothing is due yet");
    }

    desk.clock.turn(TimeDelta::minutes(31));
    look(&desk).await;
    look(&desk).await;
    let open = now(&desk, short).await;
    assert_eq!((open.summary.state.as_str(), open.on_hold_until), ("open", None));
    assert_eq!(ended(&desk, short).await, ["CloudManager on_hold open"]);
    assert_eq!(now(&desk, long).await.summary.state, "on_hold");

    desk.clock.turn(TimeDelta::days(40));
    look(&desk).await;
    assert_eq!(now(&desk, long).await.summary.state, "open", "late is not never");
    assert_eq!(now(&desk, endless).await.summary.state, "on_hold");
    let audited =
        "SELECT count(*)::text FROM audit_log WHERE action = 'ticket.transition' AND data->>'reason' = 'hold_ended'";
    assert_eq!(desk.db.texts(audited).await, ["2"]);
}

#[tokio::test]
async fn what_was_opened_and_held_again_keeps_its_new_moment() {
    let desk = desk().await;
    let id = opened(&desk, "moved").await;
    let start = desk.app.clock.now();
    hold(&desk, id, Some(start + TimeDelta::minutes(10))).await;
    let wanted = Move {
        to: State::Open,
        reason: None,
        on_hold_until: None,
        no_reply_needed: None,
        version: now(&desk, id).await.summary.version,
    };
    tickets::transition(&desk.app, &desk.caller, id, wanted).await.unwrap();
    hold(&desk, id, Some(start + TimeDelta::hours(2))).await;
    desk.clock.turn(TimeDelta::minutes(20));
    look(&desk).await;
    assert_eq!(
        now(&desk, id).await.summary.state,
        "on_hold",
        "its first moment means nothing any more"
    );
    desk.clock.turn(TimeDelta::hours(2));
    look(&desk).await;
    assert_eq!(ended(&desk, id).await.len(), 1);
}

#[tokio::test]
async fn many_are_put_on_hold_until_one_moment_and_all_come_back() {
    let desk = desk().await;
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.push(opened(&desk, &format!("planned work {n}")).await);
    }
    let change = Change {
        state: Some(State::OnHold),
        reason: Some("scheduled".to_owned()),
        on_hold_until: Some(desk.app.clock.now() + TimeDelta::hours(1)),
        ..Change::default()
    };
    let bulk = tickets::start_bulk(&desk.app, &desk.caller, Selection::Tickets(ids.clone()), change)
        .await
        .unwrap();
    tickets::run_bulk(&desk.app, bulk.id).await.unwrap();
    let held = "SELECT count(*)::text FROM tickets WHERE state = 'on_hold' AND on_hold_until IS NOT NULL";
    assert_eq!(desk.db.texts(held).await, ["60"]);
    desk.clock.turn(TimeDelta::minutes(61));
    look(&desk).await;
    for id in ids {
        assert_eq!(ended(&desk, id).await.len(), 1);
    }
}
