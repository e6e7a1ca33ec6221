//! What every route of a kind has in common, read off the API's description; and the figures for operators.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::client::World;

/// Changes without a version: of one's own settings, of what is only there or not, and of parts of a customer, which are
/// replaced whole.
const UNVERSIONED: &[(&str, &str)] = &[
    ("put", "/api/v1/notifications/{id}/read"),
    ("delete", "/api/v1/suppressions/{address}"),
    ("put", "/api/v1/agents/{id}/workload"),
    ("put", "/api/v1/help/articles/{slug}/vote"),
    ("put", "/api/v1/help/articles/{slug}/solved"),
    ("put", "/api/v1/me/availability"),
    ("put", "/api/v1/tickets/{id}/survey"),
    // What was looked at once stays so.
    ("put", "/api/v1/tickets/{id}/viewed"),
    // Who is there is true for a moment.
    ("put", "/api/v1/tickets/{id}/presence"),
    ("delete", "/api/v1/tickets/{id}/presence"),
    // The version it follows is in the body, since there may be none yet.
    ("put", "/api/v1/tickets/{id}/drafts/{kind}"),
    ("delete", "/api/v1/tickets/{id}/drafts/{kind}"),
    ("delete", "/api/v1/api-tokens/{id}"),
    ("delete", "/api/v1/me/sessions"),
    ("delete", "/api/v1/me/sessions/{id}"),
    ("delete", "/api/v1/users/{id}/sessions"),
    ("delete", "/api/v1/users/{id}/sessions/{session_id}"),
    ("delete", "/api/v1/me/factors/totp"),
    ("delete", "/api/v1/me/factors/phone"),
    ("patch", "/api/v1/me/factors/passkeys/{id}"),
    ("delete", "/api/v1/me/factors/passkeys/{id}"),
    ("delete", "/api/v1/networks/{id}"),
    ("delete", "/api/v1/sms/prices/{id}"),
    ("delete", "/api/v1/me/identities/{id}"),
    ("delete", "/api/v1/me/erasure"),
    ("put", "/api/v1/customers/{id}/members/{user_id}"),
    ("delete", "/api/v1/customers/{id}/members/{user_id}"),
    ("delete", "/api/v1/customers/{id}/invitations/{invitation_id}"),
    ("delete", "/api/v1/customers/{id}/contacts/{contact_id}"),
    ("delete", "/api/v1/customers/{id}/addresses/{address_id}"),
    ("delete", "/api/v1/customers/{id}/documents/{document_id}"),
    ("delete", "/api/v1/customers/{id}/kyc/documents/{document_id}"),
    ("delete", "/api/v1/customers/{id}/notes/{note_id}"),
    ("delete", "/api/v1/saved-views/{id}"),
    ("put", "/api/v1/saved-views/arrangement"),
    ("put", "/api/v1/me/calendar"),
    ("delete", "/api/v1/me/calendar"),
    ("delete", "/api/v1/tickets/{id}/links/{other_id}"),
    ("delete", "/api/v1/tickets/{id}/participants/{address}"),
];
/// Lists without pages: sets that the product fixes, what nobody makes long, and parts of one customer.
const WHOLE: &[&str] = &[
    "/api/v1/notification-groups",
    "/api/v1/notification-triggers",
    "/api/v1/groups",
    "/api/v1/automation-rules",
    "/api/v1/tags",
    "/api/v1/canned-replies",
    "/api/v1/message-templates",
    "/api/v1/custom-templates",
    "/api/v1/tickets/{id}/templates",
    "/api/v1/tickets/{id}/canned-replies",
    "/api/v1/tickets/{id}/articles",
    "/api/v1/knowledge/sections",
    "/api/v1/webhook-endpoints",
    "/api/v1/webhook-event-types",
    "/api/v1/tickets/{id}/links",
    "/api/v1/tickets/{id}/drafts",
    "/api/v1/permissions",
    "/api/v1/personal-data/register",
    "/api/v1/api-tokens",
    "/api/v1/me/factors/passkeys",
    "/api/v1/auth/oidc/providers",
    "/api/v1/me/identities",
    "/api/v1/oidc-providers",
    "/api/v1/queues",
    "/api/v1/schedules",
    "/api/v1/mailboxes",
    "/api/v1/roles",
    "/api/v1/customers/{id}/addresses",
    "/api/v1/customers/{id}/contacts",
    "/api/v1/customers/{id}/invitations",
    "/api/v1/customers/{id}/status",
    "/api/v1/customers/{id}/documents",
    "/api/v1/customers/{id}/notes",
    "/api/v1/customers/{id}/kyc/views",
    "/api/v1/saved-views",
    "/api/v1/sla/calendars",
    "/api/v1/sla/policies",
    "/api/v1/ticket-categories",
    "/api/v1/support-groups",
    "/api/v1/ticket-categories/usage",
];

fn operations() -> Vec<(String, String, Value)> {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(|(method, operation)| (method.clone(), path.clone(), operation.clone()))
    });
    each.collect()
}

fn takes(operation: &Value, name: &str) -> bool {
    let parameters = operation["parameters"].as_array();
    parameters.is_some_and(|all| all.iter().any(|parameter| parameter["name"] == name))
}

#[test]
fn every_post_takes_an_idempotency_key() {
    let posts: Vec<_> = operations()
        .into_iter()
        .filter(|(method, ..)| method == "post")
        .collect();
    assert!(posts.len() > 10);
    for (_, path, operation) in posts {
        assert_eq!(
            takes(&operation, "Idempotency-Key"),
            !path.starts_with("/api/v1/auth/"),
            "{path}"
        );
    }
}

#[test]
fn every_change_wants_the_version_it_is_based_on() {
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let changes = ["put", "patch", "delete"].contains(&method.as_str());
        if changes && takes(&operation, "If-Match") == UNVERSIONED.contains(&(method.as_str(), path.as_str())) {
            wrong.push((method, path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_list_has_pages() {
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let reference = answer["$ref"].as_str().unwrap_or_default();
        let list = reference.contains("/List_") || answer["type"] == "array";
        let pages = takes(&operation, "cursor") && takes(&operation, "limit");
        if method == "get" && list && pages == WHOLE.contains(&path.as_str()) {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let world = World::new().await;
    let token = world.login().await.token();
    let whole = world.act(&token, "GET", "/api/v1/agents", None, Value::Null).await;
    let whole = whole.body["items"].as_array().unwrap().clone();
    assert!(whole.len() > 1);
    let mut found = Vec::new();
    let mut path = "/api/v1/agents?limit=1".to_owned();
    loop {
        let page = world.act(&token, "GET", &path, None, Value::Null).await;
        found.extend(page.body["items"].as_array().unwrap().clone());
        let Some(cursor) = page.body["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/agents?limit=1&cursor={cursor}");
    }
    assert_eq!(found, whole);
    // A cursor somebody made himself is refused before the database sees it.
    let cursor = path.rsplit('=').next().unwrap();
    let mut made: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    made["k"][0] = json!("a\0b");
    let made = URL_SAFE_NO_PAD.encode(made.to_string());
    let refused = world
        .act(
            &token,
            "GET",
            &format!("/api/v1/agents?cursor={made}"),
            None,
            Value::Null,
        )
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::BAD_REQUEST, "invalid_cursor")
    );
}

#[tokio::test]
async fn a_mailbox_that_changed_is_not_deleted() {
    let world = World::new().await;
    let token = world.token_of("admin@cloudmanager.test").await;
    let new = json!({ "address": "sales@cloudmanager.test", "name": "Sales" });
    let made = world.act(&token, "POST", "/api/v1/mailboxes", None, new).await;
    let path = format!("/api/v1/mailboxes/{}", made.body["id"].as_str().unwrap());
    let version = made.body["version"].as_i64().unwrap();
    let change = json!({ "name": "Other" });
    world.act(&token, "PATCH", &path, Some(version), change).await;
    for (given, status) in [
        (None, 428),
        (Some(version), 412),
        (Some(version + 1), 204),
        (Some(version + 2), 404),
    ] {
        let answer = world.act(&token, "DELETE", &path, given, Value::Null).await;
        assert_eq!(answer.status, status, "{given:?}: {:?}", answer.body);
    }
}

#[tokio::test]
async fn figures_tell_what_is_served_and_what_waits() {
    let world = World::new().await;
    let token = world.login().await.token();
    let body = json!({ "subject": "S", "body": "B", "requester": { "email": "lina@example.dz" } });
    let made = world.act(&token, "POST", "/api/v1/tickets", None, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let local: SocketAddr = "127.0.0.1:1".parse().unwrap();
    let request = Request::get("/metrics")
        .extension(ConnectInfo(local))
        .body(Body::empty())
        .unwrap();
    let answer = world.send(request).await;
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.body.as_str().unwrap();
    for line in [
        "# TYPE http_request_duration_seconds histogram",
        r#"http_request_duration_seconds_count{method="POST",route="/api/v1/tickets",status="201"} 1"#,
        "http_requests_in_flight 1",
        "cloudmanager_database_up 1",
        "cloudmanager_workers 0",
        r#"cloudmanager_jobs{queue="notifications",state="due"} 1"#,
        r#"cloudmanager_queue_paused{queue="notifications"} 0"#,
        r#"cloudmanager_worker_slots{queue="notifications"} 0"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    // Each line is a comment or a sample, and each sample belongs to a family that was announced.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = (line.split(['{', ' ']).next().unwrap(), line.rsplit(' ').next().unwrap());
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name);
        assert!(text.contains(&format!("# HELP {family} ")), "{line}");
    }
}

#[tokio::test]
async fn a_mailbox_says_which_group_its_tickets_enter() {
    let world = World::new().await;
    let token = world.token_of("admin@cloudmanager.test").await;
    let groups = "INSERT INTO support_groups (id, name) VALUES
        ('ffffffff-0000-4000-8000-000000000001', 'Billing'), ('ffffffff-0000-4000-8000-000000000002', 'Old')";
    world.db.execute(groups).await;
    let retire = "UPDATE support_groups SET retired_at = now() WHERE name = 'Old'";
    world.db.execute(retire).await;
    let id_of = async |name: &str| {
        let sql = format!("SELECT id::text FROM support_groups WHERE name = '{name}'");
        json!(world.db.texts(&sql).await[0])
    };
    let (support, billing, old) = (id_of("Support").await, id_of("Billing").await, id_of("Old").await);
    let new = json!({ "address": "sales@cloudmanager.test", "name": "Sales" });
    let made = world.act(&token, "POST", "/api/v1/mailboxes", None, new).await;
    assert_eq!(made.body["group_id"], support, "the first one in use: {:?}", made.body);
    let path = format!("/api/v1/mailboxes/{}", made.body["id"].as_str().unwrap());
    let change = async |group: &Value| {
        let version = world.act(&token, "GET", &path, None, Value::Null).await.body["version"].as_i64();
        let change = json!({ "group_id": group });
        world.act(&token, "PATCH", &path, version, change).await
    };
    let changed = change(&billing).await;
    assert_eq!((changed.status, &changed.body["group_id"]), (StatusCode::OK, &billing));
    for wrong in [&old, &json!("01890000-0000-7000-8000-000000000000")] {
        let refused = change(wrong).await;
        assert_eq!(refused.body["errors"][0]["code"], "unknown_group", "{:?}", refused.body);
    }
    let other = json!({ "name": "Bills" });
    let version = world.act(&token, "GET", &path, None, Value::Null).await.body["version"].as_i64();
    let kept = world.act(&token, "PATCH", &path, version, other).await;
    assert_eq!(kept.body["group_id"], billing, "what is not said stays");
    let given = json!({ "address": "bills@cloudmanager.test", "name": "Bills", "group_id": billing });
    let given = world.act(&token, "POST", "/api/v1/mailboxes", None, given).await;
    assert_eq!(given.body["group_id"], billing);
}
