//! The log of events as webhooks follow it: all of it, once, whatever happens in between.

use std::time::Duration;

use app::ticket::{self as tickets, Judgement};
use serde_json::{Value, json};
use testkit::wait_for;
use uuid::Uuid;

use super::{
    desk::reply,
    webhooks::{Got, Place},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_late_commit_is_not_missed_and_another_server_s_log_is_taken_over() {
    let place = Place::new(&["ticket.created", "user.registered"]).await;
    let mut late = place.desk.app.begin().await.unwrap();
    let event = store::event::NewEvent {
        kind: "user.registered",
        subject_type: "user",
        subject_id: Uuid::now_v7(),
        permission: Some("users.view"),
        user_id: None,
        data: serde_json::json!({}),
    };
    store::event::append(late.conn().unwrap(), event).await.unwrap();
    place.ticket().await;
    place.look().await;
    assert_eq!(
        place.receiver.got().len(),
        0,
        "what came after a transaction that still runs waits for it"
    );
    late.commit().await.unwrap();
    place.run().await;
    assert_eq!(place.receiver.got().len(), 2);

    place.desk.db.execute("UPDATE events SET xid = '9000000000'").await;
    place
        .desk
        .db
        .execute("UPDATE event_cursors SET xid = '9000000000', id = (SELECT max(id) FROM events)")
        .await;
    place.ticket().await;
    place.run().await;
    let types: Vec<Value> = place
        .receiver
        .got()
        .iter()
        .map(|got| got.json()["type"].clone())
        .collect();
    assert_eq!(types.len(), 3, "one more, and none of those before: {types:?}");
    place.ticket().await;
    place.run().await;
    assert_eq!(place.receiver.got().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_had_not_told_yet_is_told_whole() {
    let place = Place::new(&["message.created", "ticket.updated"]).await;
    let id = place.ticket().await;
    place.run().await;
    let reply = reply("It is up again.");
    let sent = tickets::send(&place.desk.app, &place.desk.caller, id, reply)
        .await
        .unwrap();
    // As in a dump of a server that was a thousand million transactions further.
    for table in ["events", "event_cursors", "ticket_events", "ticket_messages"] {
        let later = format!("UPDATE {table} SET xid = (xid::text::bigint + 1000000000)::text::xid8");
        place.desk.db.execute(&later).await;
    }
    place.run().await;
    let mut told: Vec<Value> = place.receiver.got().iter().map(Got::json).collect();
    told.sort_by_key(|one| one["type"].to_string());
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["data"]["message"]["id"], json!(sent.message.id));
    assert_eq!(told[1]["data"]["changes"][0]["to"], "answered");
    place.run().await;
    assert_eq!(place.receiver.got().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_with_more_events_than_a_page_is_told_once() {
    let place = Place::new(&["ticket.updated"]).await;
    let id = place.ticket().await;
    place.run().await;
    let mut tx = place.desk.app.begin().await.unwrap();
    let conn = tx.conn().unwrap();
    let (actor, now) = (&place.caller.actor, place.desk.app.clock.now());
    let data = json!({ "from": "low", "to": "high" });
    store::ticket::add_event(conn, id, "priority_changed", actor, data, now)
        .await
        .unwrap();
    for _ in 0..250 {
        let event = store::event::NewEvent {
            kind: "ticket.updated",
            subject_type: "ticket",
            subject_id: id,
            permission: Some("tickets.view"),
            user_id: None,
            data: json!({}),
        };
        store::event::append(conn, event).await.unwrap();
    }
    tx.commit().await.unwrap();
    place.run().await;
    let told = "SELECT count(*)::text FROM webhook_deliveries WHERE body::jsonb #> '{data,changes,0}' IS NOT NULL";
    assert_eq!(place.texts(told).await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_let_out_or_moved_is_told_as_well() {
    let place = Place::new(&["message.created"]).await;
    let (app, caller) = (&place.desk.app, &place.desk.caller);
    let (first, second) = (place.ticket().await, place.ticket().await);
    let (stays, goes) = (
        place.desk.held_message(first).await,
        place.desk.held_message(first).await,
    );
    place.run().await;
    assert_eq!(place.receiver.got().len(), 0);
    tickets::judge(app, caller, first, stays, Judgement::Accept)
        .await
        .unwrap();
    tickets::judge(app, caller, first, goes, Judgement::MoveTo(second))
        .await
        .unwrap();
    place.run().await;
    let told = |n: usize| {
        let told = place.receiver.got()[n].json()["data"].clone();
        [
            told["ticket"]["id"].clone(),
            told["message"]["id"].clone(),
            told["message"]["from_staff"].clone(),
        ]
    };
    assert_eq!(place.receiver.got().len(), 2);
    let mut both = [told(0), told(1)];
    both.sort_by_key(|one| one[1].to_string());
    let facts = |ticket: Uuid, message: Uuid| [json!(ticket), json!(message), json!(false)];
    assert_eq!(both, [facts(first, stays), facts(second, goes)]);
    let counts = "SELECT count(*)::text FROM tickets t WHERE message_count <>
        (SELECT count(*) FROM ticket_messages m WHERE m.ticket_id = t.id)";
    place
        .desk
        .db
        .execute(
            "UPDATE tickets t SET message_count = (SELECT count(*) FROM ticket_messages m WHERE m.ticket_id = t.id)",
        )
        .await;
    let goes = place.desk.held_message(second).await;
    place
        .desk
        .db
        .execute(&format!(
            "UPDATE tickets SET message_count = message_count + 1 WHERE id = '{second}'"
        ))
        .await;
    tickets::judge(app, caller, second, goes, Judgement::MoveTo(first))
        .await
        .unwrap();
    assert_eq!(place.texts(counts).await, ["0"], "both tickets count what they have");
    place.run().await;

    let reply = reply("It is up again.");
    let sent = tickets::send(app, caller, second, reply).await.unwrap();
    tickets::merge(app, caller, second, first, true, sent.version)
        .await
        .unwrap();
    place.run().await;
    assert_eq!(place.receiver.got().len(), 4);
    assert_eq!(
        told(3),
        [json!(second), json!(sent.message.id), json!(true)],
        "where it happened"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_waits_for_its_endpoint_before_it_holds_its_delivery() {
    let place = Place::new(&["ticket.created"]).await;
    place.ticket().await;
    wait_for("a delivery", Duration::from_secs(60), async || {
        app::webhook::tell(&place.desk.app).await.unwrap();
        !place.texts("SELECT id::text FROM webhook_deliveries").await.is_empty()
    })
    .await;
    let id = Uuid::parse_str(&place.texts("SELECT id::text FROM webhook_deliveries").await[0]).unwrap();
    let mut tx = place.desk.app.begin().await.unwrap();
    let endpoint = store::webhook::delivery::find(tx.conn().unwrap(), id)
        .await
        .unwrap()
        .endpoint_id;
    store::webhook::endpoint::lock(tx.conn().unwrap(), endpoint)
        .await
        .unwrap();
    let app = place.desk.app.clone();
    let trying = tokio::spawn(async move {
        let heard = app::webhook::Heard {
            at: app.clock.now(),
            took: Duration::from_millis(1),
            answer: Ok((200, b"heard")),
            retry_after: None,
        };
        app::webhook::tried(&app, id, (Uuid::now_v7(), 1), &heard).await
    });
    wait_for("the try waits", Duration::from_secs(60), async || {
        let waiting = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        place.texts(waiting).await == ["1"]
    })
    .await;
    let free = format!("SELECT id::text FROM webhook_deliveries WHERE id = '{id}' FOR UPDATE SKIP LOCKED");
    assert_eq!(
        place.texts(&free).await,
        [id.to_string()],
        "whoever removes the endpoint gets at it"
    );
    tx.commit().await.unwrap();
    // It was in no ledger, so that nothing of it is kept.
    assert!(trying.await.unwrap().is_err());
}
