//! Tickets of somebody who wrote before he had an account.

use axum::http::StatusCode;
use domain::account::times::LinkPurpose;
use serde_json::{Value, json};

use super::client::{AGENT, World};

const GOOD: &str = "orage lent gris bleu";

async fn asked(world: &World, agent: &str, email: &str, subject: &str) -> String {
    let new = json!({ "subject": subject, "body": "Down.", "requester": { "email": email, "name": "Sara" } });
    let bearer = format!("Bearer {agent}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", subject)];
    let made = world.call("POST", "/api/v1/tickets", &headers, new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

async fn sees(world: &World, token: &str) -> Vec<String> {
    let list = world.own("GET", "/api/v1/tickets", token, Value::Null).await;
    assert_eq!(list.status, StatusCode::OK, "{:?}", list.body);
    let items = list.body["items"].as_array().unwrap();
    items
        .iter()
        .map(|each| each["subject"].as_str().unwrap().to_owned())
        .collect()
}

async fn register(world: &World, email: &str) -> String {
    let new = json!({ "email": email, "name": "Sara", "password": GOOD, "locale": "fr" });
    world.post("/api/v1/auth/register", new).await;
    let token = world.mailed_token(email, LinkPurpose::Verify).await;
    let before = world
        .db
        .texts("SELECT email FROM users u JOIN tickets t ON t.requester_user_id = u.id")
        .await;
    assert!(
        !before.contains(&email.to_owned()),
        "asking for an account claims nothing"
    );
    let body = json!({ "token": token, "password": GOOD });
    let done = world.post("/api/v1/auth/register/confirm", body).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
    world.try_login(email, GOOD).await.token()
}

#[tokio::test]
async fn a_proven_address_brings_its_tickets_and_nobody_elses() {
    let world = World::new().await;
    let agent = world.token_of(AGENT).await;
    let hers = asked(&world, &agent, "sara@example.dz", "Mine").await;
    asked(&world, &agent, "omar@example.dz", "Of another").await;
    let forged = asked(&world, &agent, "sara@example.dz", "Forged").await;
    world
        .db
        .execute(&format!(
            "UPDATE ticket_messages SET verified = false WHERE ticket_id = '{forged}'"
        ))
        .await;
    let watched = asked(&world, &agent, "lina@example.dz", "Watched").await;
    let path = format!("/api/v1/tickets/{watched}/watchers");
    let watcher = json!({ "email": "sara@example.dz", "name": "" });
    world.own("POST", &path, &agent, watcher).await;

    let sara = register(&world, "sara@example.dz").await;
    let mut seen = sees(&world, &sara).await;
    seen.sort();
    assert_eq!(seen, ["Mine", "Watched"]);
    let page = world
        .own("GET", &format!("/api/v1/tickets/{hers}"), &sara, Value::Null)
        .await;
    assert_eq!(page.status, StatusCode::OK, "{:?}", page.body);
    let foreign = world
        .own("GET", &format!("/api/v1/tickets/{forged}"), &sara, Value::Null)
        .await;
    assert_eq!(
        foreign.status,
        StatusCode::NOT_FOUND,
        "what a forger wrote in her name stays with staff"
    );
    let trail = "SELECT data->>'tickets' FROM audit_log WHERE action = 'user.tickets_claimed'";
    assert_eq!(world.db.texts(trail).await, ["1"]);
    let history = "SELECT ticket_id::text FROM ticket_events WHERE kind = 'claimed'";
    assert_eq!(world.db.texts(history).await, std::slice::from_ref(&hers));
    let told = format!("SELECT type FROM events WHERE subject_id = '{hers}' AND cardinality(audience) > 0");
    assert_eq!(world.db.texts(&told).await, ["ticket.updated"]);
}

#[tokio::test]
async fn a_new_address_brings_its_tickets_once_it_is_proven() {
    let world = World::new().await;
    let agent = world.token_of(AGENT).await;
    let sara = register(&world, "sara@example.dz").await;
    asked(&world, &agent, "sara@work.dz", "From work").await;
    let change = json!({ "email": "sara@work.dz", "password": GOOD });
    let wanted = world.own("POST", "/api/v1/me/email", &sara, change).await;
    assert_eq!(wanted.status, StatusCode::ACCEPTED, "{:?}", wanted.body);
    assert!(sees(&world, &sara).await.is_empty());
    let token = world.mailed_token("sara@work.dz", LinkPurpose::EmailChange).await;
    let done = world
        .post("/api/v1/auth/email-change/confirm", json!({ "token": token }))
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
    assert_eq!(sees(&world, &sara).await, ["From work"]);
}
