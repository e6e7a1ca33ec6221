//! Tags: every word on a ticket is one; they are coloured, renamed, merged, counted.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{Answer, World};

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";

struct Desk {
    world: Arc<World>,
    agent: String,
    client: String,
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

    async fn get(&self, path: &str) -> Value {
        let found = self.world.own("GET", path, &self.agent, Value::Null).await;
        assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
        found.body
    }

    /// A ticket with these tags.
    async fn ticket(&self, tags: &[&str]) -> String {
        let body = json!({ "subject": "x", "body": "x" });
        let made = self.world.own("POST", "/api/v1/tickets", &self.client, body).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/tickets/{id}");
        let version = self.get(&path).await["version"].as_i64();
        let marked = self
            .world
            .act(&self.agent, "PATCH", &path, version, json!({ "tags": tags }))
            .await;
        assert_eq!(marked.status, StatusCode::OK, "{:?}", marked.body);
        id
    }

    async fn tag(&self, name: &str) -> Option<Value> {
        let all = self.get("/api/v1/tags").await;
        let items = all["items"].as_array().unwrap();
        items.iter().find(|tag| tag["name"] == name).cloned()
    }

    async fn put(&self, tag: &Value, body: Value) -> Answer {
        let path = format!("/api/v1/tags/{}", tag["id"].as_str().unwrap());
        self.world
            .act(&self.agent, "PUT", &path, tag["version"].as_i64(), body)
            .await
    }

    async fn merge(&self, tag: &Value, into: &Value) -> Answer {
        let path = format!("/api/v1/tags/{}/merge", tag["id"].as_str().unwrap());
        let body = json!({ "into_id": into["id"] });
        self.world
            .act(&self.agent, "POST", &path, tag["version"].as_i64(), body)
            .await
    }

    async fn moved(&self, tag: &Value) {
        let id = tag["id"].as_str().unwrap().parse().unwrap();
        app::tag::run_move(&self.world.state.app, id).await.unwrap();
    }

    async fn tags_of(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/tickets/{id}")).await["tags"].clone()
    }
}

fn code(answer: &Answer) -> (StatusCode, &str) {
    (answer.status, answer.body["code"].as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_on_a_ticket_is_a_tag_that_is_coloured_counted_and_filtered_by() {
    let desk = Desk::new().await;
    let one = desk.ticket(&["Réseau", "vip"]).await;
    desk.ticket(&["vip"]).await;
    let vip = desk.tag("vip").await.unwrap();
    assert_eq!((&vip["colour"], &vip["retired"]), (&json!("grey"), &json!(false)));
    let red = json!({ "name": "VIP ", "colour": "red", "retired": true });
    assert_eq!(desk.put(&vip, red.clone()).await.status, StatusCode::OK);
    assert_eq!(desk.put(&vip, red).await.status, StatusCode::PRECONDITION_FAILED);
    let vip = desk.tag("vip").await.unwrap();
    assert_eq!((&vip["colour"], &vip["retired"]), (&json!("red"), &json!(true)));

    let found = desk.get("/api/v1/tags/statistics?q=RESEAU").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let found = desk.get("/api/v1/tags/statistics?q=vip").await;
    let figures = |row: &Value| (row["tickets"].clone(), row["open"].clone(), row["recent"].clone());
    assert_eq!(figures(&found["items"][0]), (json!(2), json!(2), json!(2)));
    let list = desk.get("/api/v1/tickets?tag=R%C3%A9seau").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&list["items"][0]["id"], &list["items"][0]["tags"]),
        (&json!(one), &json!(["réseau", "vip"]))
    );
    assert_eq!(desk.get("/api/v1/tickets/matching?tag=vip").await["count"], 2);
    assert_eq!(desk.get("/api/v1/tickets?tag=nothing").await["items"], json!([]));

    // They are words among staff.
    let own = desk
        .world
        .own("GET", "/api/v1/tickets", &desk.client, Value::Null)
        .await;
    assert_eq!(own.body["items"][0]["tags"], json!([]));
    let own = desk
        .world
        .own("GET", &format!("/api/v1/tickets/{one}"), &desk.client, Value::Null)
        .await;
    assert_eq!(own.body["tags"], json!([]));
    let asked = desk
        .world
        .own("GET", "/api/v1/tickets?tag=vip", &desk.client, Value::Null)
        .await;
    assert_eq!(code(&asked), (StatusCode::BAD_REQUEST, "invalid_filter"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_word_and_another_tag_reach_every_ticket_closed_ones_too() {
    let desk = Desk::new().await;
    let (one, other) = (
        desk.ticket(&["pane", "vip"]).await,
        desk.ticket(&["panne", "pane"]).await,
    );
    desk.world
        .db
        .execute(&format!("UPDATE tickets SET state = 'closed' WHERE id = '{one}'"))
        .await;
    let pane = desk.tag("pane").await.unwrap();
    let taken = json!({ "name": "panne", "colour": "grey", "retired": false });
    assert_eq!(
        code(&desk.put(&pane, taken).await),
        (StatusCode::CONFLICT, "tag_exists")
    );
    let panne = desk.tag("panne").await.unwrap();
    assert_eq!(code(&desk.merge(&panne, &panne).await).0, StatusCode::CONFLICT);
    let merged = desk.merge(&pane, &panne).await;
    assert_eq!(
        (merged.status, &merged.body["moving_to"]),
        (StatusCode::OK, &json!("panne"))
    );
    let again = desk.tag("pane").await.unwrap();
    assert_eq!(
        code(&desk.merge(&again, &panne).await),
        (StatusCode::CONFLICT, "tag_moving")
    );
    // Its job came to its end without it: an hour later it goes on.
    let db = &desk.world.db;
    db.execute("UPDATE jobs SET state = 'dead' WHERE kind = 'move_tag'")
        .await;
    let app = &desk.world.state.app;
    assert_eq!(app::abandoned::give_up(app).await.unwrap(), 1);
    assert_eq!(app::abandoned::give_up(app).await.unwrap(), 0, "it is on its way");
    let queued = "SELECT count(*)::text FROM jobs WHERE kind = 'move_tag' AND state = 'queued'";
    assert_eq!(db.texts(queued).await, ["1"]);
    // A worker that is interrupted, and another one.
    desk.moved(&pane).await;
    desk.moved(&pane).await;
    assert!(desk.tag("pane").await.is_none());
    assert_eq!(desk.tags_of(&one).await, json!(["panne", "vip"]));
    assert_eq!(desk.tags_of(&other).await, json!(["panne"]));
    let history =
        format!("SELECT count(*)::text FROM ticket_events WHERE ticket_id = '{one}' AND kind = 'tags_changed'");
    assert_eq!(desk.world.db.texts(&history).await, ["2"]);

    let renamed = json!({ "name": "Incident", "colour": "blue", "retired": false });
    assert_eq!(desk.put(&panne, renamed).await.status, StatusCode::OK);
    desk.moved(&panne).await;
    assert_eq!(desk.tags_of(&other).await, json!(["incident"]));
    assert_eq!(desk.tag("incident").await.unwrap()["colour"], "blue");
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'tag' ORDER BY id";
    assert_eq!(
        desk.world.db.texts(trail).await,
        ["tag.merge", "tag.moved", "tag.change", "tag.moved"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_is_in_use_or_named_by_a_rule_is_not_deleted() {
    let desk = Desk::new().await;
    desk.ticket(&["hot"]).await;
    let new = json!({ "name": " Idle, words", "colour": "teal" });
    let made = desk.world.own("POST", "/api/v1/tags", &desk.agent, new.clone()).await;
    assert_eq!(
        (made.status, &made.body["name"]),
        (StatusCode::CREATED, &json!("idle words"))
    );
    let twice = desk.world.own("POST", "/api/v1/tags", &desk.agent, new).await;
    assert_eq!(code(&twice), (StatusCode::CONFLICT, "tag_exists"));
    let delete = async |tag: &Value| {
        let path = format!("/api/v1/tags/{}", tag["id"].as_str().unwrap());
        desk.world
            .act(&desk.agent, "DELETE", &path, tag["version"].as_i64(), Value::Null)
            .await
    };
    let hot = desk.tag("hot").await.unwrap();
    assert_eq!(code(&delete(&hot).await), (StatusCode::CONFLICT, "tag_in_use"));
    desk.world
        .db
        .execute("UPDATE automation_rules SET spec = jsonb_set(spec, '{condition}', '{\"test\": \"not\", \"of\": {\"test\": \"tag\", \"tag\": \"idle words\"}}') WHERE seed = 'auto_respond'")
        .await;
    let refused = delete(&made.body).await;
    assert_eq!(code(&refused), (StatusCode::CONFLICT, "tag_in_rules"));
    assert_eq!(
        refused.body["allowed"].as_array().unwrap().len(),
        1,
        "{:?}",
        refused.body
    );
    assert_eq!(
        code(&desk.merge(&made.body, &hot).await),
        (StatusCode::CONFLICT, "tag_in_rules")
    );
    desk.world
        .db
        .execute("UPDATE automation_rules SET deleted_at = now() WHERE seed = 'auto_respond'")
        .await;
    assert_eq!(delete(&made.body).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_somebody_gives_at_this_moment_is_not_deleted_under_him() {
    let desk = Desk::new().await;
    let id = desk.ticket(&[]).await;
    for name in ["idle", "old", "new"] {
        let new = json!({ "name": name, "colour": "teal" });
        let made = desk.world.own("POST", "/api/v1/tags", &desk.agent, new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    }
    let (idle, old) = (desk.tag("idle").await.unwrap(), desk.tag("old").await.unwrap());
    let db = &desk.world.db;
    let path = format!("/api/v1/tags/{}", idle["id"].as_str().unwrap());
    let delete = desk
        .world
        .act(&desk.agent, "DELETE", &path, idle["version"].as_i64(), Value::Null);
    let marks = format!("UPDATE tickets SET tags = '{{idle}}' WHERE id = '{id}'");
    let refused = db.until_waited_for(&marks, delete).await;
    assert_eq!(code(&refused), (StatusCode::CONFLICT, "tag_in_use"));

    // The same at the end of a move, which then goes on.
    let merged = desk.merge(&old, &desk.tag("new").await.unwrap()).await;
    assert_eq!(merged.status, StatusCode::OK, "{:?}", merged.body);
    let marks = format!("UPDATE tickets SET tags = '{{old}}' WHERE id = '{id}'");
    db.until_waited_for(&marks, desk.moved(&old)).await;
    assert_eq!(desk.tags_of(&id).await, json!(["new"]));
    assert!(desk.tag("old").await.is_none());

    // A word whose row goes while somebody gives it gets another one.
    let marked = format!("UPDATE tickets SET tags = '{{idle}}' WHERE id = '{id}'");
    let goes = format!("DELETE FROM tags WHERE id = '{}'", idle["id"].as_str().unwrap());
    db.until_waited_for(&goes, db.execute(&marked)).await;
    assert_eq!(desk.tag("idle").await.unwrap()["colour"], "grey");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_tag_moves_to_stays_and_no_rule_takes_up_one_that_moves() {
    let desk = Desk::new().await;
    let id = desk.ticket(&["pane"]).await;
    let mut made = Vec::new();
    for name in ["panne", "incident"] {
        let new = json!({ "name": name, "colour": "teal" });
        made.push(desk.world.own("POST", "/api/v1/tags", &desk.agent, new).await.body);
    }
    let (panne, incident) = (&made[0], &made[1]);
    let pane = desk.tag("pane").await.unwrap();
    assert_eq!(desk.merge(&pane, panne).await.status, StatusCode::OK);

    // Its tickets are on their way to a word that nobody has yet.
    let moving = (StatusCode::CONFLICT, "tag_moving");
    let renamed = json!({ "name": "fault", "colour": "red", "retired": false });
    assert_eq!(code(&desk.put(panne, renamed.clone()).await), moving);
    assert_eq!(code(&desk.merge(panne, incident).await), moving);
    let path = format!("/api/v1/tags/{}", panne["id"].as_str().unwrap());
    let version = panne["version"].as_i64();
    let deleted = desk.world.act(&desk.agent, "DELETE", &path, version, Value::Null).await;
    assert_eq!(code(&deleted), moving);
    let red = json!({ "name": "panne", "colour": "red", "retired": false });
    assert_eq!(
        desk.put(panne, red).await.status,
        StatusCode::OK,
        "its colour is its own"
    );
    let admin = desk.world.token_of("admin@cloudmanager.test").await;
    let rule = json!({ "name": "Mark", "enabled": true, "spec": {
        "trigger": { "when": "event", "on": "created" }, "condition": { "test": "all", "of": [] },
        "actions": [{ "do": "add_tag", "tag": "pane" }], "limit": 100 } });
    let rules = "/api/v1/automation-rules";
    let refused = desk.world.act(&admin, "POST", rules, None, rule.clone()).await;
    assert_eq!(code(&refused), moving);

    desk.moved(&pane).await;
    assert_eq!(desk.tags_of(&id).await, json!(["panne"]));
    let panne = desk.tag("panne").await.unwrap();
    assert_eq!(desk.put(&panne, renamed).await.status, StatusCode::OK);
    desk.moved(&panne).await;
    assert_eq!(desk.tags_of(&id).await, json!(["fault"]), "none is left behind");
    let made = desk.world.act(&admin, "POST", rules, None, rule).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
}
