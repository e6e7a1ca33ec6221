//! Events that programs outside raise.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, AGENT, World};

const PATH: &str = "/api/v1/events";

#[tokio::test]
async fn an_event_is_raised_once_for_its_key_and_stands_in_the_log() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let bearer = format!("Bearer {admin}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("idempotency-key", "backup-2026-03-01"),
    ];
    let body = json!({ "name": "backup.failed", "title": "Night backup", "data": { "server": "db-1" } });
    let first = world.call("POST", PATH, &headers, body.clone()).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{:?}", first.body);
    let again = world.call("POST", PATH, &headers, body).await;
    assert_eq!(
        (again.status, &again.body["id"]),
        (StatusCode::ACCEPTED, &first.body["id"])
    );
    let log = "SELECT data::text FROM events WHERE type = 'custom.raised'";
    let log = world.db.texts(log).await;
    assert_eq!(log.len(), 1);
    let data: Value = serde_json::from_str(&log[0]).unwrap();
    assert_eq!(
        (&data["name"], &data["data"]["server"]),
        (&json!("backup.failed"), &json!("db-1"))
    );
    let trail = "SELECT data->>'name' FROM audit_log WHERE action = 'custom_event.raise'";
    assert_eq!(world.db.texts(trail).await, ["backup.failed"]);
}

#[tokio::test]
async fn what_is_none_is_refused_and_so_is_whoever_may_not() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let nowhere = "01890000-0000-7000-8000-000000000000";
    for (body, pointer, code) in [
        (
            json!({ "name": "Backup failed", "data": {} }),
            "/name",
            "bad_event_name",
        ),
        (
            json!({ "name": "a", "data": { "text": "x".repeat(5000) } }),
            "/data",
            "bad_event_data",
        ),
        (
            json!({ "name": "a", "data": {}, "title": "x".repeat(201) }),
            "/title",
            "too_long",
        ),
        (
            json!({ "name": "a", "data": {}, "ticket_id": nowhere }),
            "/ticket_id",
            "unknown_ticket",
        ),
    ] {
        let refused = world.own("POST", PATH, &admin, body).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{code}: {:?}",
            refused.body
        );
        let error = &refused.body["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)));
    }
    let agent = world.token_of(AGENT).await;
    let refused = world
        .own("POST", PATH, &agent, json!({ "name": "a", "data": {} }))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let log = "SELECT count(*)::text FROM events WHERE type = 'custom.raised'";
    assert_eq!(world.db.texts(log).await, ["0"]);
}
