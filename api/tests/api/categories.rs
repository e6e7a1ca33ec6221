//! Categories of tickets, and where they send them.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, World};

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";
const LIST: &str = "/api/v1/ticket-categories";

struct Desk {
    world: Arc<World>,
    admin: String,
    agent: String,
    client: String,
}

fn said(name: &str) -> Value {
    json!({
        "names": { "fr": name, "en": format!("{name} en"), "ar": format!("{name} ع") },
        "descriptions": { "fr": "", "en": "", "ar": "" },
        "active": true, "is_default": false, "group_id": null, "priority": null, "skills": [],
    })
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        Self {
            admin: world.token_of(ADMIN).await,
            agent: world.token_of(AGENT).await,
            client: world.token_of(CLIENT).await,
            world,
        }
    }

    async fn add(&self, parent: Option<&str>, category: Value) -> Value {
        let body = json!({ "parent_id": parent, "category": category });
        let made = self.world.act(&self.admin, "POST", LIST, None, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body
    }

    async fn group(&self, name: &str) -> String {
        let sql = format!("INSERT INTO support_groups (id, name) VALUES (gen_random_uuid(), '{name}')");
        self.world.db.execute(&sql).await;
        let groups = self
            .world
            .own("GET", "/api/v1/groups", &self.admin, Value::Null)
            .await
            .body;
        let found = groups["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name);
        id(found.unwrap()).to_owned()
    }

    async fn open(&self, token: &str, body: Value) -> Value {
        let made = self.world.own("POST", "/api/v1/tickets", token, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body
    }

    async fn get(&self, path: &str) -> Value {
        self.world.own("GET", path, &self.agent, Value::Null).await.body
    }

    async fn line(&self, ticket: &Value, kind: &str) -> Value {
        let told = self.get(&format!("/api/v1/tickets/{}/timeline", id(ticket))).await;
        let items = told["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["event"] == kind);
        found.cloned().unwrap_or_else(|| panic!("no {kind} in {told}"))["data"].clone()
    }

    async fn edit(&self, ticket: &Value, change: Value) -> (StatusCode, Value) {
        let path = format!("/api/v1/tickets/{}", id(ticket));
        let now = self.get(&path).await["version"].as_i64();
        let done = self.world.act(&self.agent, "PATCH", &path, now, change).await;
        (done.status, done.body)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_sends_new_tickets_to_its_group_and_the_history_says_so() {
    let desk = Desk::new().await;
    let group = desk.group("Servers").await;
    let mut above = said("Pannes");
    above["group_id"] = json!(group);
    let above = desk.add(None, above).await;
    let mut below = said("Disque");
    below["priority"] = json!("high");
    let below = desk.add(Some(id(&above)), below).await;
    assert_eq!(below["position"], 1);

    let body = json!({ "subject": "Full", "body": "Help", "category_id": below["id"] });
    let ticket = desk.open(&desk.client, body.clone()).await;
    assert_eq!(ticket["category_id"], below["id"]);
    assert_eq!(
        (&ticket["group"]["id"], &ticket["priority"]),
        (&json!(group), &json!("high"))
    );
    let line = desk.line(&ticket, "created").await;
    assert_eq!(line["category"]["fr"], "Disque");
    assert_eq!(
        (&line["routed_group"], &line["routed_priority"]),
        (&json!(true), &json!("high"))
    );
    let mut chosen = body;
    chosen["priority"] = json!("low");
    let ticket = desk.open(&desk.agent, chosen).await;
    assert_eq!(ticket["priority"], "low", "what somebody says goes before");
    assert!(desk.line(&ticket, "created").await.get("routed_priority").is_none());

    // Whoever names none gets the default; staff alone see where categories send their tickets.
    let plain = desk
        .open(&desk.client, json!({ "subject": "Hello", "body": "Help" }))
        .await;
    let seen = desk.world.own("GET", LIST, &desk.client, Value::Null).await.body;
    let default = seen["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["is_default"] == true);
    assert_eq!(plain["category_id"], default.unwrap()["id"]);
    assert!(default.unwrap().get("routing").is_none());
    let unknown = json!({ "subject": "Hello", "body": "Help", "category_id": group });
    let refused = desk.world.own("POST", "/api/v1/tickets", &desk.client, unknown).await;
    assert_eq!(refused.body["errors"][0]["code"], "unknown_category");

    // The list of a category holds what is below it.
    let listed = desk.get(&format!("/api/v1/tickets?category={}", id(&above))).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let none = desk.get("/api/v1/tickets?category=none").await;
    assert_eq!(none["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_category_moves_a_ticket_and_raises_its_priority_only() {
    let desk = Desk::new().await;
    let group = desk.group("Billing").await;
    let mut calm = said("Factures");
    calm["group_id"] = json!(group);
    calm["priority"] = json!("low");
    let calm = desk.add(None, calm).await;
    let mut hot = said("Coupure");
    hot["priority"] = json!("urgent");
    let hot = desk.add(None, hot).await;
    let ticket = desk
        .open(&desk.client, json!({ "subject": "Hello", "body": "Help" }))
        .await;

    let (status, after) = desk.edit(&ticket, json!({ "category_id": calm["id"] })).await;
    assert_eq!(status, StatusCode::OK, "{after}");
    assert_eq!(
        (&after["group"]["id"], &after["priority"]),
        (&json!(group), &json!("medium")),
        "lowered by nothing"
    );
    assert_eq!(desk.line(&ticket, "category_changed").await["to"]["fr"], "Factures");
    assert_eq!(desk.line(&ticket, "group_changed").await["category"]["fr"], "Factures");
    let (_, after) = desk.edit(&ticket, json!({ "category_id": hot["id"] })).await;
    assert_eq!(
        (&after["group"]["id"], &after["priority"]),
        (&json!(group), &json!("urgent"))
    );
    // What is said with it goes before; many at once follow the same rules.
    let first = desk.get("/api/v1/groups").await["items"][1]["id"].clone();
    let (_, after) = desk
        .edit(&ticket, json!({ "category_id": calm["id"], "group_id": first }))
        .await;
    assert_eq!(after["group"]["id"], first);
    let body = json!({ "ticket_ids": [ticket["id"]], "change": { "category_id": hot["id"] } });
    let bulk = desk
        .world
        .own("POST", "/api/v1/ticket-bulks", &desk.agent, body)
        .await
        .body;
    app::ticket::run_bulk(&desk.world.state.app, id(&bulk).parse().unwrap())
        .await
        .unwrap();
    let now = desk.get(&format!("/api/v1/tickets/{}", id(&ticket))).await;
    assert_eq!(now["category_id"], hot["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_retired_keeps_its_tickets_and_gets_no_new_ones() {
    let desk = Desk::new().await;
    let (above, other) = (desk.add(None, said("A")).await, desk.add(None, said("B")).await);
    let below = desk.add(Some(id(&above)), said("C")).await;
    let body = json!({ "subject": "Hello", "body": "Help", "category_id": below["id"] });
    let ticket = desk.open(&desk.client, body.clone()).await;
    let put = async |category: &Value, name: &str, change: Value| {
        let path = format!("{LIST}/{}", id(category));
        let version = desk.world.own("GET", &path, &desk.admin, Value::Null).await.body["version"].as_i64();
        let mut body = said(name);
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        desk.world.act(&desk.admin, "PUT", &path, version, body).await
    };
    let refused = put(&above, "A", json!({ "active": false })).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "category_has_children")
    );
    let done = put(&below, "C", json!({ "active": false })).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let refused = desk.world.own("POST", "/api/v1/tickets", &desk.client, body).await;
    assert_eq!(refused.body["errors"][0]["code"], "category_retired");
    let kept = desk.get(&format!("/api/v1/tickets/{}", id(&ticket))).await;
    assert_eq!(kept["category_id"], below["id"]);
    let (status, _) = desk.edit(&ticket, json!({ "subject": "Other" })).await;
    assert_eq!(status, StatusCode::OK, "the rest of it changes as ever");

    // There is one default at any time, and it stays in use.
    let done = put(&other, "B", json!({ "is_default": true })).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let all = desk.get(LIST).await;
    let defaults = all["items"].as_array().unwrap().iter();
    assert_eq!(defaults.filter(|one| one["is_default"] == true).count(), 1);
    for change in [json!({ "active": false }), json!({ "is_default": false })] {
        assert_eq!(put(&other, "B", change).await.code(), "default_category");
    }
    let wrong = put(&other, " ", json!({ "is_default": true, "skills": [""] })).await;
    let codes: Vec<&str> = wrong.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["bad_name", "bad_skills"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_moves_at_once_make_no_cycle() {
    let desk = Desk::new().await;
    let (a, b) = (desk.add(None, said("A")).await, desk.add(None, said("B")).await);
    let go = async |what: &Value, to: &Value| {
        let path = format!("{LIST}/{}/place", id(what));
        let place = json!({ "parent_id": to["id"], "position": 0 });
        desk.world
            .act(&desk.admin, "PUT", &path, what["version"].as_i64(), place)
            .await
    };
    let (one, two) = tokio::join!(go(&a, &b), go(&b, &a));
    let mut codes = [one.status, two.status];
    codes.sort();
    assert_eq!(codes, [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY]);
    let refused = if one.status == StatusCode::OK { two } else { one };
    assert_eq!(refused.body["errors"][0]["code"], "category_cycle");

    let mut last = desk.add(None, said("1")).await;
    let top = last.clone();
    for n in 2..=4 {
        last = desk.add(Some(id(&last)), said(&n.to_string())).await;
    }
    let body = json!({ "parent_id": last["id"], "category": said("5") });
    let deep = desk.world.act(&desk.admin, "POST", LIST, None, body).await;
    assert_eq!(deep.body["errors"][0]["code"], "category_too_deep");
    let c = desk.add(None, said("C")).await;
    assert_eq!(go(&top, &c).await.body["errors"][0]["code"], "category_too_deep");
    // To the first place of the top, before all others.
    let path = format!("{LIST}/{}/place", id(&c));
    let place = json!({ "parent_id": null, "position": 0 });
    let done = desk
        .world
        .act(&desk.admin, "PUT", &path, c["version"].as_i64(), place)
        .await;
    assert_eq!((done.status, &done.body["position"]), (StatusCode::OK, &json!(1)));
    assert_eq!(desk.get(LIST).await["items"][0]["id"], c["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_and_rules_know_categories() {
    let desk = Desk::new().await;
    let (above, plain) = (desk.add(None, said("A")).await, desk.add(None, said("B")).await);
    let below = desk.add(Some(id(&above)), said("C")).await;
    let calendars = desk
        .world
        .own("GET", "/api/v1/sla/calendars", &desk.admin, Value::Null)
        .await
        .body;
    let targets = json!({ "first_response": 60, "next_response": null, "resolution": null });
    let policy = json!({
        "name": "A only", "enabled": true, "calendar_id": calendars["items"][0]["id"],
        "promises": {
            "categories": [above["id"]], "pause_on_hold": true, "pause_answered": true, "warnings": [],
            "targets": { "low": targets, "medium": targets, "high": targets, "urgent": targets }, "escalations": [],
        },
    });
    let made = desk
        .world
        .act(&desk.admin, "POST", "/api/v1/sla/policies", None, policy)
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let policy_of =
        async |ticket: &Value| desk.get(&format!("/api/v1/tickets/{}/sla", id(ticket))).await["policy"].clone();
    let with = |category: &Value| json!({ "subject": "Hello", "body": "Help", "category_id": category["id"] });
    let inside = desk.open(&desk.client, with(&below)).await;
    let outside = desk.open(&desk.client, with(&plain)).await;
    assert_eq!(
        policy_of(&inside).await["name"],
        "A only",
        "what is below belongs to it"
    );
    assert_ne!(policy_of(&outside).await["name"], "A only");
    let (status, _) = desk.edit(&outside, json!({ "category_id": below["id"] })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        policy_of(&outside).await["name"],
        "A only",
        "bound anew with its category"
    );

    let rule = |category: &str| {
        json!({ "name": "Sort", "enabled": true, "spec": {
            "trigger": { "when": "schedule", "every_minutes": 60 },
            "condition": { "test": "category", "any": [above["id"]] },
            "actions": [{ "do": "category", "category_id": category }], "limit": 10 } })
    };
    let wrong = rule("00000000-0000-0000-0000-000000000001");
    let refused = desk
        .world
        .act(&desk.admin, "POST", "/api/v1/automation-rules", None, wrong)
        .await;
    assert_eq!(refused.body["errors"][0]["code"], "unknown_category");
    let made = desk
        .world
        .act(&desk.admin, "POST", "/api/v1/automation-rules", None, rule(id(&plain)))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let body = json!({ "spec": made.body["spec"] });
    let dry = desk
        .world
        .act(&desk.admin, "POST", "/api/v1/automation-rules/dry-run", None, body)
        .await
        .body;
    assert_eq!(dry["would"].as_array().map(Vec::len), Some(2), "{dry}");
}
