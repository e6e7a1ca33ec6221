//! Canned replies: managed, filled in for a ticket, counted.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{Answer, World};

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";
const PATH: &str = "/api/v1/canned-replies";

struct Desk {
    world: Arc<World>,
    agent: String,
    client: String,
}

fn input(shortcut: &str, fr: &str) -> Value {
    json!({
        "title": format!("Title of {shortcut}"), "shortcut": shortcut, "category": "Accès", "group_id": null,
        "texts": { "fr": fr, "en": null, "ar": "مرحبا {{ requester.name }}" }, "retired": false,
    })
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        Self {
            agent: world.token_of(AGENT).await,
            client: world.token_of(CLIENT).await,
            world,
        }
    }

    async fn create(&self, body: Value) -> Answer {
        self.world.own("POST", PATH, &self.agent, body).await
    }

    async fn made(&self, shortcut: &str, fr: &str) -> String {
        let made = self.create(input(shortcut, fr)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str) -> Value {
        let found = self.world.own("GET", path, &self.agent, Value::Null).await;
        assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
        found.body
    }

    async fn ticket(&self) -> String {
        let body = json!({ "subject": "Serveur <lent>", "body": "Please look." });
        let made = self.world.own("POST", "/api/v1/tickets", &self.client, body).await;
        made.body["id"].as_str().unwrap().to_owned()
    }

    async fn answer(&self, ticket: &str, kind: &str, ids: Value) -> Answer {
        let path = format!("/api/v1/tickets/{ticket}/messages");
        let body = json!({ "kind": kind, "body": "Bonjour", "canned_reply_ids": ids });
        self.world.own("POST", &path, &self.agent, body).await
    }

    async fn offered(&self, ticket: &str, query: &str) -> Vec<(String, String)> {
        let found = self
            .get(&format!("/api/v1/tickets/{ticket}/canned-replies{query}"))
            .await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = found.as_array().unwrap();
        all.iter()
            .map(|each| (text(&each["shortcut"]), text(&each["filled"]["text"])))
            .collect()
    }
}

fn errors(answer: &Answer) -> Vec<(String, String, Value)> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", answer.body);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = answer.body["errors"].as_array().unwrap();
    all.iter()
        .map(|each| (text(&each["pointer"]), text(&each["code"]), each["params"].clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_speaks_the_requesters_language_and_says_what_the_ticket_says() {
    let desk = Desk::new().await;
    let ticket = desk.ticket().await;
    let text = "Bonjour {{ requester.name }},\n\nau sujet de « {{ ticket.subject }} »{% if customer.name %} ({{ customer.name }}){% endif %}.";
    desk.made("hello", text).await;
    // The demonstration's customer speaks French; nothing is escaped in a plain text.
    let [(_, said)] = &desk.offered(&ticket, "").await[..] else {
        panic!("one is offered")
    };
    assert!(
        said.starts_with("Bonjour ") && said.contains("« Serveur <lent> »"),
        "{said}"
    );
    // Into Markdown it comes with what the ticket says as text; what the reply itself says may format.
    let path = format!("/api/v1/tickets/{ticket}/canned-replies");
    let markdown = desk.get(&path).await[0]["filled"]["markdown"].clone();
    assert!(
        markdown.as_str().unwrap().contains("« Serveur \\<lent> »"),
        "{markdown}"
    );
    assert!(desk.offered(&ticket, "?locale=ar").await[0].1.starts_with("مرحبا "));
    assert_eq!(
        desk.offered(&ticket, "?locale=en").await[0].1,
        *said,
        "French stands in for English"
    );
    // His account's language goes before the ticket's.
    let sql = format!("UPDATE users SET locale = 'ar' WHERE email = '{CLIENT}'");
    desk.world.db.execute(&sql).await;
    assert!(desk.offered(&ticket, "").await[0].1.starts_with("مرحبا "));
    // Nobody else is told what staff say.
    let path = format!("/api/v1/tickets/{ticket}/canned-replies");
    let refused = desk.world.own("GET", &path, &desk.client, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_text_is_said_with_its_line_and_name() {
    let desk = Desk::new().await;
    let refused = desk.create(input("a b", "Bonjour\n{{ ticket.nmber }}")).await;
    assert_eq!(
        errors(&refused),
        [
            ("/shortcut".to_owned(), "invalid_shortcut".to_owned(), Value::Null),
            (
                "/texts/fr".to_owned(),
                "unknown_variable".to_owned(),
                json!({ "line": "2", "name": "ticket.nmber" })
            ),
        ]
    );
    let mut empty = input("empty", " ");
    empty["texts"]["ar"] = Value::Null;
    assert_eq!(errors(&desk.create(empty).await)[0].0, "/texts/fr");
    let mut nowhere = input("nowhere", "x");
    nowhere["group_id"] = json!("01890000-0000-7000-8000-000000000000");
    assert_eq!(errors(&desk.create(nowhere).await)[0].1, "unknown_group");
    desk.made("one", "x").await;
    assert_eq!(errors(&desk.create(input("One", "x")).await)[0].1, "shortcut_taken");

    let ticket = desk.ticket().await;
    let ask = json!({ "texts": { "fr": "{{ ticket.number }}", "en": "{% for x in today %}{% endfor %}", "ar": null }, "ticket_id": ticket });
    let said = desk
        .world
        .own("POST", &format!("{PATH}/preview"), &desk.agent, ask)
        .await;
    let number = desk.get(&format!("/api/v1/tickets/{ticket}")).await["number"].to_string();
    assert_eq!(said.body[0]["text"], json!(number), "{:?}", said.body);
    assert_eq!(said.body[1]["text"], Value::Null);
    assert_eq!(
        said.body[1]["flaws"],
        json!([{ "line": 1, "code": "template_not_allowed", "name": "for" }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_is_counted_once_for_each_answer_that_was_sent() {
    let desk = Desk::new().await;
    let ticket = desk.ticket().await;
    let (one, other) = (desk.made("one", "Bonjour").await, desk.made("other", "Salut").await);
    let sent = desk.answer(&ticket, "reply", json!([one, one, other])).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    assert_eq!(
        desk.answer(&ticket, "note", json!([one])).await.status,
        StatusCode::CREATED
    );
    let gone = json!([one, "01890000-0000-7000-8000-000000000000"]);
    assert_eq!(desk.answer(&ticket, "reply", gone).await.status, StatusCode::CREATED);

    let found = desk.get(&format!("{PATH}/{one}")).await;
    assert_eq!(
        (&found["reply"]["uses"], &found["reply"]["users"]),
        (&json!(2), &json!(1)),
        "{found:?}"
    );
    assert_eq!(found["used_by"][0]["uses"], 2);
    let list = desk.get(&format!("{PATH}?sort=uses")).await;
    assert_eq!(list["items"][0]["id"], json!(one));
    assert_eq!(list["items"][1]["uses"], 1);
    assert_eq!(desk.offered(&ticket, "").await[0].0, "one", "the most used comes first");

    let body = json!({ "kind": "reply", "body": "x", "canned_reply_ids": [one] });
    let path = format!("/api/v1/tickets/{ticket}/messages");
    let refused = desk.world.own("POST", &path, &desk.client, body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let many: Vec<&String> = std::iter::repeat_n(&one, 21).collect();
    assert_eq!(
        errors(&desk.answer(&ticket, "reply", json!(many)).await)[0].1,
        "too_many"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_depends_on_the_group_and_ends_with_retirement() {
    let desk = Desk::new().await;
    let ticket = desk.ticket().await;
    let world = &desk.world;
    world
        .db
        .execute("INSERT INTO support_groups (id, name) VALUES ('01890000-0000-7000-8000-0000000000a1', 'Network')")
        .await;
    let id = desk.made("all", "Bonjour {{ today }}").await;
    let mut network = input("network", "Réseau 100 %");
    network["group_id"] = json!("01890000-0000-7000-8000-0000000000a1");
    assert_eq!(desk.create(network).await.status, StatusCode::CREATED);
    assert_eq!(desk.offered(&ticket, "").await.len(), 1);
    world
        .db
        .execute("UPDATE tickets SET group_id = '01890000-0000-7000-8000-0000000000a1'")
        .await;
    assert_eq!(desk.offered(&ticket, "").await.len(), 2);

    // Words are found without their accents, signs are no wildcards.
    for (query, found) in [
        ("q=reseau", 1),
        ("q=100%20%25", 1),
        ("q=_%25", 0),
        ("category=Acc%C3%A8s", 2),
    ] {
        let list = desk.get(&format!("{PATH}?{query}")).await;
        assert_eq!(list["items"].as_array().unwrap().len(), found, "{query}");
    }

    let one = format!("{PATH}/{id}");
    let early = world.act(&desk.agent, "DELETE", &one, Some(1), Value::Null).await;
    assert_eq!(
        (early.status, early.body["code"].as_str()),
        (StatusCode::CONFLICT, Some("retire_first"))
    );
    let mut retired = input("all", "Bonjour {{ today }}");
    retired["retired"] = json!(true);
    let changed = world.act(&desk.agent, "PUT", &one, Some(1), retired.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{:?}", changed.body);
    assert_eq!(desk.offered(&ticket, "").await.len(), 1);
    let stale = world.act(&desk.agent, "PUT", &one, Some(1), retired).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let gone = world.act(&desk.agent, "DELETE", &one, Some(2), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    // Its shortcut is free again, and the trail has it all.
    desk.made("all", "Bonjour").await;
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'canned_reply' ORDER BY id";
    let trail = world.db.texts(trail).await;
    assert_eq!(
        trail,
        [
            "canned_reply.create",
            "canned_reply.create",
            "canned_reply.change",
            "canned_reply.delete",
            "canned_reply.create"
        ]
    );
    let told = "SELECT count(*)::text FROM events WHERE type = 'canned_reply.changed'";
    assert_eq!(world.db.texts(told).await, ["5"]);
    // NUL is in no text, and the database refuses to look for it.
    for path in [
        "canned-replies?q=%00&category=%00",
        "tags/statistics?q=%00a",
        "tickets?tag=%00",
        "canned-replies?q=%%0000",
    ] {
        desk.get(&format!("/api/v1/{path}")).await;
    }
    let missing = world
        .own("GET", "/api/v1/help/articles/a%00", &desk.agent, Value::Null)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let admin = world.token_of("admin@cloudmanager.test").await;
    let tag = json!({ "name": "nul\u{0}less", "colour": "red" });
    let made = world.own("POST", "/api/v1/tags", &admin, tag).await;
    assert_eq!(
        (made.status, &made.body["name"]),
        (StatusCode::CREATED, &json!("nulless")),
        "{:?}",
        made.body
    );
}
