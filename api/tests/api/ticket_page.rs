//! What a ticket's page asks for: what happened since a moment, another subject, and a customer who reopens his ticket.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{ADMIN, Answer},
    desk::Desk,
};

/// The ticket as this person sees it.
async fn seen(desk: &Desk, token: &str) -> Value {
    let found = desk.world.own("GET", &desk.ticket, token, Value::Null).await;
    assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
    found.body
}

/// Changes the ticket as it is now.
async fn change(desk: &Desk, token: &str, method: &str, part: &str, body: Value) -> Answer {
    let version = seen(desk, token).await["version"].as_i64();
    let path = format!("{}{part}", desk.ticket);
    desk.world.act(token, method, &path, version, body).await
}

async fn rename(desk: &Desk, token: &str, subject: &str) -> Answer {
    change(desk, token, "PATCH", "", json!({ "subject": subject })).await
}

/// A page of the conversation, asked for with this query.
async fn page(desk: &Desk, token: &str, query: &str) -> Answer {
    let path = format!("{}/timeline?{query}", desk.ticket);
    desk.world.own("GET", &path, token, Value::Null).await
}

/// What a page of the conversation tells, in short.
fn told(page: &Answer) -> Vec<&str> {
    assert_eq!(page.status, StatusCode::OK, "{:?}", page.body);
    let items = page.body["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["event"].as_str().or_else(|| item["body_text"].as_str()).unwrap())
        .collect()
}

#[tokio::test]
async fn what_happened_since_a_moment_is_told_without_what_was_before() {
    let desk = Desk::new().await;
    let before = seen(&desk, &desk.agent).await["updated_at"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.clock.forward(TimeDelta::seconds(1));
    let reply = json!({ "kind": "reply", "body": "Have you tried?" });
    let path = format!("{}/messages", desk.ticket);
    let sent = desk.world.own("POST", &path, &desk.agent, reply).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    desk.clock.forward(TimeDelta::seconds(1));
    let urgent = change(&desk, &desk.agent, "PATCH", "", json!({ "priority": "urgent" })).await;
    assert_eq!(urgent.status, StatusCode::OK, "{:?}", urgent.body);

    let since = format!("since={before}");
    assert_eq!(
        told(&page(&desk, &desk.agent, &since).await),
        ["state_changed", "Have you tried?", "priority_changed"]
    );
    let now = format!("since={}", urgent.body["updated_at"].as_str().unwrap());
    assert!(told(&page(&desk, &desk.agent, &now).await).is_empty());
    // To a customer as the whole conversation is.
    assert_eq!(told(&page(&desk, &desk.client, &since).await), ["Have you tried?"]);
    // Page by page.
    let first = page(&desk, &desk.agent, &format!("{since}&limit=1")).await;
    assert_eq!(told(&first), ["state_changed", "Have you tried?"]);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = page(&desk, &desk.agent, &format!("{since}&limit=1&cursor={cursor}")).await;
    assert_eq!(told(&rest), ["priority_changed"]);
    // Long before it was opened, and what is no moment.
    let all = page(&desk, &desk.agent, "since=0001-01-01T00:00:00Z").await;
    assert!(told(&all).contains(&"Help"), "{:?}", all.body);
    let odd = page(&desk, &desk.agent, "since=yesterday").await;
    assert_eq!((odd.status, odd.code()), (StatusCode::BAD_REQUEST, "invalid_query"));
}

#[tokio::test]
async fn staff_change_the_subject_and_the_history_says_from_what() {
    let desk = Desk::new().await;
    let done = rename(&desk, &desk.agent, "  Printer\non  fire ").await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    assert_eq!(done.body["subject"], "Printer on fire");
    let kept = "SELECT concat_ws(' > ', data->>'from', data->>'to') FROM ticket_events WHERE kind = 'subject_changed'";
    assert_eq!(desk.world.db.texts(kept).await, ["Printer > Printer on fire"]);
    let trail = "SELECT data->'subject'->>'to' FROM audit_log WHERE action = 'ticket.edit'";
    assert_eq!(desk.world.db.texts(trail).await, ["Printer on fire"]);

    let long = "x".repeat(251);
    for (subject, code) in [(" \n ", "empty"), (long.as_str(), "too_long")] {
        let refused = rename(&desk, &desk.agent, subject).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", refused.body);
        assert_eq!(refused.body["errors"][0]["pointer"], "/subject");
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    // What somebody else changed meanwhile is not written over, and a customer changes no subject.
    let late = json!({ "subject": "Late" });
    let late = desk.world.act(&desk.agent, "PATCH", &desk.ticket, Some(1), late).await;
    assert_eq!(late.code(), "version_mismatch", "{:?}", late.body);
    let own = rename(&desk, &desk.client, "Mine").await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "{:?}", own.body);
    assert_eq!(seen(&desk, &desk.agent).await["subject"], "Printer on fire");
}

#[tokio::test]
async fn a_customer_reopens_what_is_resolved() {
    let desk = Desk::new().await;
    let offered = async || {
        let ticket = seen(&desk, &desk.client).await;
        let actions = ticket["allowed_actions"].as_array().unwrap();
        actions.iter().any(|one| one["to"] == "open" && one["allowed"] == true)
    };
    assert!(!offered().await, "it is open");
    let done = change(&desk, &desk.client, "POST", "/state", json!({ "to": "resolved" })).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    assert!(offered().await);
    let again = change(&desk, &desk.client, "POST", "/state", json!({ "to": "open" })).await;
    assert_eq!(again.status, StatusCode::OK, "{:?}", again.body);
    assert_eq!(again.body["state"], "open");
    assert!(!offered().await);
    let kept = "SELECT concat_ws(' > ', data->>'from', data->>'to') FROM ticket_events WHERE kind = 'state_changed' ORDER BY seq";
    assert_eq!(desk.world.db.texts(kept).await, ["open > resolved", "resolved > open"]);
}

#[tokio::test]
async fn staff_say_what_a_ticket_is_about_and_customers_are_not_told() {
    let desk = Desk::new().await;
    assert_eq!(seen(&desk, &desk.agent).await["related"], Value::Null);
    let (order, invoice) = (Uuid::now_v7(), Uuid::now_v7());
    let about = json!({ "related": { "order_id": order, "invoice_id": invoice } });
    let done = change(&desk, &desk.agent, "PATCH", "", about.clone()).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let known = json!({ "order_id": order, "service_id": null, "invoice_id": invoice });
    assert_eq!(done.body["related"], known);
    assert_eq!(seen(&desk, &desk.client).await["related"], Value::Null);
    // The same again is no change.
    let same = change(&desk, &desk.agent, "PATCH", "", about).await;
    assert_eq!(same.body["version"], done.body["version"], "{:?}", same.body);
    // What is absent is taken away; what else there is stays.
    let less = change(
        &desk,
        &desk.agent,
        "PATCH",
        "",
        json!({ "related": { "order_id": order } }),
    )
    .await;
    assert_eq!(less.body["related"]["invoice_id"], Value::Null, "{:?}", less.body);
    assert_eq!(less.body["subject"], "Printer");
    let kept = "SELECT concat_ws(' > ', data->'invoice_id'->>'from', data->'invoice_id'->>'to') FROM ticket_events
        WHERE kind = 'related_changed' ORDER BY seq";
    assert_eq!(
        desk.world.db.texts(kept).await,
        [invoice.to_string(), invoice.to_string()]
    );
    let trail = "SELECT coalesce(data->'order_id'->>'to', '-') FROM audit_log WHERE action = 'ticket.edit' ORDER BY id";
    assert_eq!(desk.world.db.texts(trail).await, [order.to_string(), "-".to_owned()]);
    let own = change(&desk, &desk.client, "PATCH", "", json!({ "related": {} })).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "{:?}", own.body);
}

#[tokio::test]
async fn a_ticket_is_opened_about_something_and_what_is_split_off_is_about_the_same() {
    let desk = Desk::new().await;
    let service = Uuid::now_v7();
    let new = json!({ "subject": "Slow", "body": "Since noon", "related": { "service_id": service } });
    let refused = desk
        .world
        .own("POST", "/api/v1/tickets", &desk.client, new.clone())
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{:?}", refused.body);
    let made = desk.world.own("POST", "/api/v1/tickets", &desk.agent, new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    assert_eq!(made.body["related"]["service_id"], json!(service));
    assert_eq!(made.body["version"], 1);
    let id = made.body["id"].as_str().unwrap();
    let trail =
        format!("SELECT data->>'service_id' FROM audit_log WHERE action = 'ticket.create' AND subject_id = '{id}'");
    assert_eq!(desk.world.db.texts(&trail).await, [service.to_string()]);

    let path = format!("/api/v1/tickets/{id}");
    let note = json!({ "kind": "note", "body": "Another thing." });
    let note = desk
        .world
        .own("POST", &format!("{path}/messages"), &desk.agent, note)
        .await;
    let body = json!({ "subject": "The other one", "message_ids": [note.body["id"]] });
    let split = desk
        .world
        .own("POST", &format!("{path}/split"), &desk.agent, body)
        .await;
    assert_eq!(split.status, StatusCode::CREATED, "{:?}", split.body);
    assert_eq!(split.body["related"]["service_id"], json!(service));
}

#[tokio::test]
async fn a_customer_writes_to_what_was_closed_as_long_as_its_group_wants_to_hear() {
    let desk = Desk::new().await;
    let admin = desk.world.token_of(ADMIN).await;
    let close = json!({ "to": "closed", "reason": "done" });
    let done = change(&desk, &admin, "POST", "/state", close).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let may_write = async |token: &str| {
        let ticket = seen(&desk, token).await;
        let actions = ticket["allowed_actions"].as_array().unwrap().clone();
        actions
            .iter()
            .any(|one| one["action"] == "reply" && one["allowed"] == true)
    };
    let write = async || {
        let path = format!("{}/messages", desk.ticket);
        let body = json!({ "kind": "reply", "body": "It is down again" });
        desk.world.own("POST", &path, &desk.client, body).await
    };
    assert!(!may_write(&desk.client).await);
    let refused = write().await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "ticket_closed")
    );

    let window = "UPDATE support_groups SET reopen_window_hours = 24";
    desk.world.db.execute(window).await;
    let yesterday = "UPDATE ticket_events SET at = at - interval '25 hours'";
    desk.world.db.execute(yesterday).await;
    assert!(!may_write(&desk.client).await, "it is over");
    desk.world
        .db
        .execute("UPDATE support_groups SET reopen_window_hours = 48")
        .await;
    assert!(may_write(&desk.client).await);
    assert!(!may_write(&desk.agent).await, "staff reopens it first");
    let sent = write().await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    let ticket = seen(&desk, &desk.agent).await;
    assert_eq!(ticket["state"], "open");
    let kept = "SELECT concat_ws(' > ', data->>'from', data->>'to') FROM ticket_events WHERE kind = 'state_changed' ORDER BY seq";
    assert_eq!(desk.world.db.texts(kept).await, ["open > closed", "closed > open"]);
}
