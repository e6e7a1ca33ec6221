//! Rules about spam: who sets them, what is refused, and what a mailbox believes.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{Answer, World};

const RULES: &str = "/api/v1/spam-rules";

struct Desk {
    world: Arc<World>,
    agent: String,
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        Self {
            agent: world.token_of("agent@cloudmanager.test").await,
            world,
        }
    }

    async fn add(&self, verdict: &str, field: &str, value: &str) -> Answer {
        self.world
            .own("POST", RULES, &self.agent, body(verdict, field, value))
            .await
    }

    async fn values(&self, query: &str) -> Vec<String> {
        let path = format!("{RULES}{query}");
        let found = self.world.own("GET", &path, &self.agent, Value::Null).await;
        assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
        let items = found.body["items"].as_array().unwrap();
        items
            .iter()
            .map(|rule| rule["value"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn body(verdict: &str, field: &str, value: &str) -> Value {
    json!({ "verdict": verdict, "field": field, "value": value, "note": " Seen twice ", "enabled": true })
}

/// Where and why a request was refused.
fn fault(answer: &Answer) -> (StatusCode, &str, &str) {
    let error = &answer.body["errors"][0];
    (
        answer.status,
        error["pointer"].as_str().unwrap_or_default(),
        error["code"].as_str().unwrap_or_default(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_added_found_changed_and_deleted() {
    let desk = Desk::new().await;
    let made = desk.add("block", "domain", "@Shop.Example").await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    assert_eq!(made.body["value"], "shop.example");
    assert_eq!(made.body["note"], "Seen twice");
    assert_eq!(
        (&made.body["hits"], &made.body["last_hit_at"]),
        (&json!(0), &Value::Null)
    );
    assert_eq!(
        desk.add("allow", "address", "Ana@Example.dz").await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        desk.add("block", "header", "X-Mailer: Bulk Sender").await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        desk.values("").await,
        ["x-mailer: bulk sender", "ana@example.dz", "shop.example"]
    );
    assert_eq!(desk.values("?verdict=block&field=domain").await, ["shop.example"]);
    assert_eq!(desk.values("?q=EXAMPLE.dz").await, ["ana@example.dz"]);
    assert_eq!(desk.values("?q=twice&limit=2").await.len(), 2);

    let path = format!("{RULES}/{}", made.body["id"].as_str().unwrap());
    let other = json!({ "verdict": "block", "field": "domain", "value": "shop.example", "note": "", "enabled": false });
    let changed = desk.world.act(&desk.agent, "PUT", &path, Some(1), other.clone()).await;
    assert_eq!(
        (changed.status, &changed.body["enabled"]),
        (StatusCode::OK, &json!(false))
    );
    let stale = desk.world.act(&desk.agent, "PUT", &path, Some(1), other).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let taken = desk
        .world
        .act(
            &desk.agent,
            "PUT",
            &path,
            Some(2),
            body("block", "address", "ana@example.dz"),
        )
        .await;
    assert_eq!(
        fault(&taken),
        (StatusCode::UNPROCESSABLE_ENTITY, "/value", "spam_rule_exists")
    );
    let stale = desk.world.act(&desk.agent, "DELETE", &path, Some(1), Value::Null).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let gone = desk.world.act(&desk.agent, "DELETE", &path, Some(2), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.values("").await.len(), 2);
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'spam_rule' ORDER BY id";
    assert_eq!(
        desk.world.db.texts(trail).await,
        [
            "spam_rule.create",
            "spam_rule.create",
            "spam_rule.create",
            "spam_rule.change",
            "spam_rule.delete"
        ]
    );
    let told = "SELECT DISTINCT permission FROM events WHERE type = 'spam_rule.changed'";
    assert_eq!(desk.world.db.texts(told).await, ["mail.manage"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_cannot_look_for_is_refused_with_its_reason() {
    let desk = Desk::new().await;
    let long = "x".repeat(201);
    for (field, value, code) in [
        ("address", "not an address", "not_an_address"),
        ("address", "support@cloudmanager.test", "own_address"),
        ("domain", "cloudmanager.test", "own_domain"),
        ("domain", "a b.example", "not_a_domain"),
        ("domain", "com", "domain_too_broad"),
        ("subject", "ab", "too_short"),
        ("text", long.as_str(), "too_long"),
        ("text", "   ", "empty"),
        ("header", "bulk sender", "not_a_header"),
    ] {
        let refused = desk.add("block", field, value).await;
        assert_eq!(
            fault(&refused),
            (StatusCode::UNPROCESSABLE_ENTITY, "/value", code),
            "{field} {value}"
        );
    }
    let ours = desk.add("allow", "domain", "cloudmanager.test").await;
    assert_eq!(ours.status, StatusCode::CREATED, "{:?}", ours.body);
    let twice = desk.add("block", "domain", "example.dz").await;
    assert_eq!(twice.status, StatusCode::CREATED);
    let twice = desk.add("allow", "domain", "Example.DZ").await;
    assert_eq!(
        fault(&twice),
        (StatusCode::UNPROCESSABLE_ENTITY, "/value", "spam_rule_exists")
    );
    let mut wordy = body("block", "domain", "other.example");
    wordy["note"] = json!(long);
    let refused = desk.world.own("POST", RULES, &desk.agent, wordy).await;
    assert_eq!(fault(&refused), (StatusCode::UNPROCESSABLE_ENTITY, "/note", "too_long"));
    let unknown = desk.add("maybe", "domain", "other.example").await;
    assert!(unknown.status.is_client_error(), "{:?}", unknown.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_neither_see_rules_nor_say_that_something_is_spam() {
    let desk = Desk::new().await;
    let client = desk.world.token_of("client@cloudmanager.test").await;
    let seen = desk.world.own("GET", RULES, &client, Value::Null).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    let set = desk
        .world
        .own("POST", RULES, &client, body("allow", "address", "me@example.dz"))
        .await;
    assert_eq!(set.status, StatusCode::FORBIDDEN);

    let asked = json!({ "subject": "Help", "body": "The disk is full" });
    let made = desk.world.own("POST", "/api/v1/tickets", &client, asked).await;
    let path = format!("/api/v1/tickets/{}", made.body["id"].as_str().unwrap());
    let spam = json!({ "to": "closed", "reason": "spam", "block_sender": true });
    let state = format!("{path}/state");
    let version = made.body["version"].as_i64();
    let refused = desk.world.act(&client, "POST", &state, version, spam.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{:?}", refused.body);
    let wrong = json!({ "to": "in_progress", "block_sender": true });
    let wrong = desk.world.act(&desk.agent, "POST", &state, version, wrong).await;
    assert_eq!(
        fault(&wrong),
        (StatusCode::UNPROCESSABLE_ENTITY, "/block_sender", "only_with_spam")
    );
    let closed = desk.world.act(&desk.agent, "POST", &state, version, spam).await;
    assert_eq!((closed.status, &closed.body["spam"]), (StatusCode::OK, &json!(true)));
    assert_eq!(desk.values("").await, ["client@cloudmanager.test"]);
    let own = desk.world.own("GET", &path, &client, Value::Null).await;
    assert_eq!(
        (&own.body["state"], &own.body["spam"]),
        (&json!("closed"), &json!(false)),
        "he is not told what staff take it for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_names_its_filter_and_its_limit() {
    let desk = Desk::new().await;
    let admin = desk.world.token_of("admin@cloudmanager.test").await;
    let found = desk.world.own("GET", "/api/v1/mailboxes", &admin, Value::Null).await;
    let mailbox = &found.body["items"][0];
    assert_eq!(
        (&mailbox["spam_filter"], &mailbox["spam_threshold"]),
        (&json!("none"), &json!(10))
    );
    let path = format!("/api/v1/mailboxes/{}", mailbox["id"].as_str().unwrap());
    let version = mailbox["version"].as_i64();
    for points in [0, 101] {
        let wrong = json!({ "spam_threshold": points });
        let refused = desk.world.act(&admin, "PATCH", &path, version, wrong).await;
        assert_eq!(
            fault(&refused),
            (StatusCode::UNPROCESSABLE_ENTITY, "/spam_threshold", "out_of_range")
        );
    }
    let wanted = json!({ "spam_filter": "rspamd", "spam_threshold": 15 });
    let set = desk.world.act(&admin, "PATCH", &path, version, wanted).await;
    assert_eq!(set.status, StatusCode::OK, "{:?}", set.body);
    assert_eq!(
        (&set.body["spam_filter"], &set.body["spam_threshold"]),
        (&json!("rspamd"), &json!(15))
    );
    // What is not said stays.
    let name = json!({ "name": "Help" });
    let kept = desk
        .world
        .act(&admin, "PATCH", &path, set.body["version"].as_i64(), name)
        .await;
    assert_eq!(kept.body["spam_filter"], "rspamd");
}
