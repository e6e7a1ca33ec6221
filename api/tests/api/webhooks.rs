//! Endpoints of outgoing webhooks over the API: who may, what is refused, and that a secret is shown once.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::client::World;

const PATH: &str = "/api/v1/webhook-endpoints";

fn settings(url: &str) -> Value {
    json!({ "url": url, "types": ["ticket.created"], "description": "ERP" })
}

#[tokio::test]
async fn a_secret_is_shown_once_and_settings_are_checked() {
    let world = World::new().await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    let made = world
        .own("POST", PATH, &admin, settings("https://hooks.example.dz/in"))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let secret = made.body["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() > 40);
    let one = format!("{PATH}/{}", made.body["endpoint"]["id"].as_str().unwrap());
    for path in [PATH.to_owned(), one.clone()] {
        let read = world.own("GET", &path, &admin, Value::Null).await;
        assert_eq!(read.status, StatusCode::OK);
        assert!(!read.body.to_string().contains("whsec_"), "{path}");
    }
    let rotated = world
        .act(&admin, "POST", &format!("{one}/secret"), Some(1), Value::Null)
        .await;
    assert_ne!(rotated.body["secret"], secret);
    assert!(rotated.body["endpoint"]["old_secret_until"].is_string());
    let stale = world
        .act(&admin, "PATCH", &one, Some(1), json!({ "enabled": false }))
        .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let changed = world
        .act(&admin, "PATCH", &one, Some(2), json!({ "enabled": false }))
        .await;
    assert_eq!(
        (changed.status, &changed.body["enabled"]),
        (StatusCode::OK, &json!(false))
    );
    let again = json!({ "since": "2026-01-01T00:00:00Z" });
    let off = world.own("POST", &format!("{one}/replay"), &admin, again).await;
    assert_eq!((off.status, off.code()), (StatusCode::CONFLICT, "endpoint_off"));
    let tested = world.own("POST", &format!("{one}/test"), &admin, Value::Null).await;
    assert_eq!(
        (tested.status, &tested.body["delivery"]["state"]),
        (StatusCode::ACCEPTED, &json!("queued"))
    );
    let delivery = format!(
        "/api/v1/webhook-deliveries/{}",
        tested.body["delivery"]["id"].as_str().unwrap()
    );
    let waits = world
        .own("POST", &format!("{delivery}/replay"), &admin, Value::Null)
        .await;
    assert_eq!((waits.status, waits.code()), (StatusCode::CONFLICT, "delivery_waiting"));
    let list = world
        .own("GET", &format!("{one}/deliveries?state=queued"), &admin, Value::Null)
        .await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        world.act(&admin, "DELETE", &one, Some(3), Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        world.own("GET", &delivery, &admin, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    let trail = world
        .db
        .texts("SELECT data::text FROM audit_log WHERE action LIKE 'webhook%'")
        .await;
    assert_eq!(trail.len(), 5);
    assert!(trail.iter().all(|line| !line.contains("whsec_")));
}

#[tokio::test]
async fn addresses_inside_and_unknown_events_are_refused() {
    let world = World::new().await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    for url in [
        "http://hooks.example.dz/",
        "https://127.0.0.1/",
        "https://localhost.localdomain:99999/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://user:pass@hooks.example.dz/",
        "javascript:alert(1)",
        "",
    ] {
        let made = world.own("POST", PATH, &admin, settings(url)).await;
        let error = &made.body["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!("/url"), &json!("invalid_webhook_url")),
            "{url}"
        );
    }
    let wrong = [
        ("types", json!([]), "empty"),
        ("types", json!(["ticket.deleted"]), "unknown_event_type"),
        ("types", json!(["webhook.test"]), "unknown_event_type"),
        ("description", json!("x".repeat(201)), "too_long"),
    ];
    for (name, value, code) in wrong {
        let mut body = settings("https://hooks.example.dz/");
        body[name] = value;
        let made = world.own("POST", PATH, &admin, body).await;
        assert_eq!(made.body["errors"][0]["code"], code, "{name}");
    }
}

#[tokio::test]
async fn an_old_proof_does_not_suffice() {
    let world = World::new().await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    let made = world
        .own("POST", PATH, &admin, settings("https://hooks.example.dz/in"))
        .await;
    let one = format!("{PATH}/{}", made.body["endpoint"]["id"].as_str().unwrap());
    world.db.execute("UPDATE sessions SET factor_at = NULL").await;
    let me = world.me(&admin).await.body["id"].clone();
    world.state.sessions.forget_user(serde_json::from_value(me).unwrap());
    let calls = [
        ("POST", PATH.to_owned(), None, settings("https://other.example.dz/")),
        (
            "PATCH",
            one.clone(),
            Some(1),
            json!({ "url": "https://other.example.dz/" }),
        ),
        ("POST", format!("{one}/secret"), Some(1), Value::Null),
        ("DELETE", one.clone(), Some(1), Value::Null),
    ];
    for (method, path, version, body) in calls {
        let answer = world.act(&admin, method, &path, version, body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "step_up_required"),
            "{method} {path}"
        );
    }
}
