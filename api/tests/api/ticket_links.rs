//! Tickets that become one, that come of another, that belong together.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::World;

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

    async fn ticket(&self, token: &str, body: Value) -> String {
        let made = self.world.own("POST", "/api/v1/tickets", token, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }

    async fn own(&self, subject: &str) -> String {
        self.ticket(
            &self.client,
            json!({ "subject": subject, "body": format!("About {subject}") }),
        )
        .await
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        self.world.own("GET", path, token, Value::Null).await.body
    }

    async fn version(&self, id: &str) -> Option<i64> {
        self.get(&self.agent, &format!("/api/v1/tickets/{id}")).await["version"].as_i64()
    }

    async fn merge(&self, source: &str, body: Value) -> super::client::Answer {
        let version = self.version(source).await;
        let path = format!("/api/v1/tickets/{source}/merge");
        self.world.act(&self.agent, "POST", &path, version, body).await
    }

    async fn note(&self, id: &str, kind: &str, text: &str) -> String {
        let path = format!("/api/v1/tickets/{id}/messages");
        let sent = self
            .world
            .own("POST", &path, &self.agent, json!({ "kind": kind, "body": text }))
            .await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
        sent.body["id"].as_str().unwrap().to_owned()
    }

    /// Texts of the messages that somebody sees, oldest first.
    async fn texts(&self, token: &str, id: &str) -> Vec<String> {
        let found = self.get(token, &format!("/api/v1/tickets/{id}/timeline")).await;
        let items = found["items"].as_array().unwrap();
        let messages = items.iter().filter(|item| item["type"] == "message");
        messages
            .map(|item| item["body_text"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn links(&self, id: &str) -> Vec<(String, String)> {
        let found = self.get(&self.agent, &format!("/api/v1/tickets/{id}/links")).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let items = found["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| (text(&item["kind"]), text(&item["id"])))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_ticket_is_a_part_of_the_other_one() {
    let desk = Desk::new().await;
    let (target, source) = (desk.own("Target").await, desk.own("Source").await);
    desk.note(&target, "reply", "Answered").await;
    desk.note(&source, "note", "Only for staff").await;
    let merged = desk.merge(&source, json!({ "ticket_id": target })).await;
    assert_eq!(merged.status, StatusCode::OK, "{:?}", merged.body);
    assert_eq!(
        (&merged.body["id"], &merged.body["state"]),
        (&json!(target), &json!("open")),
        "it waits for an answer now"
    );
    assert_eq!(merged.body["message_count"], 4);
    assert_eq!(
        desk.texts(&desk.agent, &target).await,
        ["About Target", "About Source", "Answered", "Only for staff"]
    );
    assert_eq!(
        desk.texts(&desk.client, &target).await,
        ["About Target", "About Source", "Answered"]
    );
    let timeline = desk
        .get(&desk.agent, &format!("/api/v1/tickets/{target}/timeline"))
        .await;
    let moved = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["body_text"] == "About Source");
    assert_eq!(moved.unwrap()["origin"]["ticket_id"], json!(source));
    let old = desk.get(&desk.agent, &format!("/api/v1/tickets/{source}")).await;
    assert_eq!(
        (&old["state"], &old["merged_into"], &old["message_count"]),
        (&json!("closed"), &json!(target), &json!(0))
    );
    assert!(
        old["allowed_actions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|action| action["why_not"] == "ticket_merged")
    );
    assert_eq!(desk.links(&target).await, [("merged".to_owned(), source.clone())]);
    assert_eq!(desk.links(&source).await, [("merged_into".to_owned(), target.clone())]);

    // It stays so.
    let again = desk.merge(&source, json!({ "ticket_id": target })).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "ticket_merged"));
    let path = format!("/api/v1/tickets/{source}/state");
    let admin = desk.world.token_of("admin@cloudmanager.test").await;
    let reopened = desk
        .world
        .act(
            &admin,
            "POST",
            &path,
            desk.version(&source).await,
            json!({ "to": "open" }),
        )
        .await;
    assert_eq!(
        (reopened.status, reopened.code()),
        (StatusCode::CONFLICT, "ticket_merged")
    );

    // Merged on, the pointers lead to the end.
    let last = desk.own("Last").await;
    assert_eq!(
        desk.merge(&target, json!({ "ticket_id": last })).await.status,
        StatusCode::OK
    );
    let old = desk.get(&desk.agent, &format!("/api/v1/tickets/{source}")).await;
    assert_eq!(old["merged_into"], json!(last));
    assert_eq!(desk.texts(&desk.client, &last).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_ticket_is_merged_only_when_it_is_meant() {
    let desk = Desk::new().await;
    let own = desk.own("Mine").await;
    let requester = json!({ "email": "other@else.dz", "name": "Other" });
    let other = desk
        .ticket(
            &desk.agent,
            json!({ "subject": "Theirs", "body": "Secret", "requester": requester }),
        )
        .await;
    let refused = desk.merge(&other, json!({ "ticket_id": own })).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "other_customer")
    );
    assert_eq!(desk.texts(&desk.client, &own).await, ["About Mine"]);
    for (target, code) in [
        (other.as_str(), "same_ticket"),
        ("01890000-0000-7000-8000-000000000000", "invalid"),
    ] {
        let refused = desk.merge(&other, json!({ "ticket_id": target })).await;
        assert_eq!(refused.code(), code);
    }
    let merged = desk.merge(&other, json!({ "ticket_id": own, "confirmed": true })).await;
    assert_eq!(merged.status, StatusCode::OK);
    let people = merged.body["participants"].as_array().unwrap();
    assert!(
        people
            .iter()
            .any(|one| one["email"] == "other@else.dz" && one["role"] == "contributor"),
        "{people:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn some_messages_become_a_ticket_of_their_own() {
    let desk = Desk::new().await;
    let id = desk.own("Two things").await;
    let path = format!("/api/v1/tickets/{id}/messages");
    let second = desk
        .world
        .own(
            "POST",
            &path,
            &desk.client,
            json!({ "kind": "reply", "body": "And another thing" }),
        )
        .await;
    let second = second.body["id"].clone();
    let first = desk.get(&desk.agent, &format!("/api/v1/tickets/{id}/timeline")).await;
    let first = first["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["type"] == "message")
        .unwrap()["id"]
        .clone();
    let path = format!("/api/v1/tickets/{id}/split");
    for (chosen, status) in [
        (json!([]), StatusCode::CONFLICT),
        (json!([first, second]), StatusCode::CONFLICT),
        (
            json!(["01890000-0000-7000-8000-000000000000"]),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let body = json!({ "subject": "x", "message_ids": chosen });
        assert_eq!(desk.world.own("POST", &path, &desk.agent, body).await.status, status);
    }
    let body = json!({ "subject": "Another thing", "message_ids": [second] });
    let made = desk.world.own("POST", &path, &desk.agent, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let new = made.body["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&made.body["message_count"], &made.body["requester"]["email"]),
        (&json!(1), &json!(CLIENT))
    );
    assert_eq!(desk.texts(&desk.client, &new).await, ["And another thing"]);
    assert_eq!(desk.texts(&desk.client, &id).await, ["About Two things"]);
    assert_eq!(desk.links(&new).await, [("split_from".to_owned(), id.clone())]);
    assert_eq!(desk.links(&id).await, [("split_to".to_owned(), new)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_seen_from_both_sides_and_families_have_two_generations() {
    let desk = Desk::new().await;
    let (a, b, c) = (desk.own("A").await, desk.own("B").await, desk.own("C").await);
    let link = async |from: &str, to: &str, kind: &str| {
        let path = format!("/api/v1/tickets/{from}/links");
        desk.world
            .own("POST", &path, &desk.agent, json!({ "ticket_id": to, "kind": kind }))
            .await
    };
    assert_eq!(link(&a, &b, "child").await.status, StatusCode::OK);
    assert_eq!(link(&a, &b, "child").await.status, StatusCode::OK, "twice is once");
    assert_eq!(desk.links(&a).await, [("child".to_owned(), b.clone())]);
    assert_eq!(desk.links(&b).await, [("parent".to_owned(), a.clone())]);
    assert_eq!(link(&b, &c, "child").await.code(), "family");
    assert_eq!(link(&c, &a, "child").await.code(), "family");
    assert_eq!(link(&b, &c, "parent").await.code(), "has_parent");
    assert_eq!(link(&a, &a, "related").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(link(&a, &c, "merged").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(link(&c, &a, "duplicate_of").await.status, StatusCode::OK);
    assert_eq!(
        desk.links(&a).await,
        [("child".to_owned(), b.clone()), ("duplicate".to_owned(), c.clone())]
    );
    let path = format!("/api/v1/tickets/{a}/links/{c}?kind=duplicate");
    assert_eq!(
        desk.world.own("DELETE", &path, &desk.agent, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        desk.world.own("DELETE", &path, &desk.agent, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(desk.links(&c).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_get_the_answers_until_they_are_taken_out() {
    let desk = Desk::new().await;
    let id = desk.own("Watched").await;
    let path = format!("/api/v1/tickets/{id}/watchers");
    let add = async |body: Value| desk.world.own("POST", &path, &desk.agent, body).await;
    for wrong in ["nobody", "support@cloudmanager.test"] {
        assert_eq!(
            add(json!({ "email": wrong })).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
    let added = add(json!({ "email": "Boss@Else.dz", "name": "Boss" })).await;
    assert_eq!(added.status, StatusCode::OK, "{:?}", added.body);
    let people = added.body["participants"].as_array().unwrap();
    assert!(
        people
            .iter()
            .any(|one| one["email"] == "boss@else.dz" && one["role"] == "watcher"),
        "{people:?}"
    );
    assert_eq!(
        add(json!({ "email": "boss@else.dz" })).await.status,
        StatusCode::OK,
        "twice is once"
    );
    desk.note(&id, "reply", "First answer").await;
    let mails = "SELECT recipient FROM outgoing_mails WHERE kind = 'reply' ORDER BY 1";
    assert_eq!(desk.world.db.texts(mails).await, ["boss@else.dz", CLIENT]);
    let out = async |who: &str| {
        let path = format!("/api/v1/tickets/{id}/participants/{who}");
        desk.world.own("DELETE", &path, &desk.agent, Value::Null).await.status
    };
    assert_eq!(out(CLIENT).await, StatusCode::NOT_FOUND, "the requester stays");
    assert_eq!(out("boss@else.dz").await, StatusCode::NO_CONTENT);
    assert_eq!(out("boss@else.dz").await, StatusCode::NOT_FOUND);
    desk.note(&id, "reply", "Second answer").await;
    assert_eq!(desk.world.db.texts(mails).await, ["boss@else.dz", CLIENT, CLIENT]);
    let events = "SELECT kind FROM ticket_events WHERE kind ~ '^(watcher|participant)_' ORDER BY seq";
    assert_eq!(
        desk.world.db.texts(events).await,
        ["watcher_added", "participant_removed"]
    );
}
