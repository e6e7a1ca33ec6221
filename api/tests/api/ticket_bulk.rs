//! Many tickets changed at once.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{ADMIN, World};

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

    async fn ticket(&self, subject: &str) -> String {
        let body = json!({ "subject": subject, "body": "Help" });
        let made = self.world.own("POST", "/api/v1/tickets", &self.client, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }

    /// Tickets as they are, faster than by asking for each.
    async fn many(&self, n: usize) {
        let sql = format!(
            "INSERT INTO tickets (id, subject, source, requester_email, requester_name, group_id, last_message_at, created_at, updated_at)
             SELECT gen_random_uuid(), 'Mass ' || n, 'api', 'x@x.test', 'X', (SELECT id FROM support_groups ORDER BY id LIMIT 1),
                    now(), now(), now() FROM generate_series(1, {n}) n"
        );
        self.world.db.execute(&sql).await;
    }

    async fn start(&self, body: Value) -> Value {
        let made = self.world.own("POST", "/api/v1/ticket-bulks", &self.agent, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body
    }

    async fn run(&self, bulk: &Value) {
        app::ticket::run_bulk(&self.world.state.app, id_of(bulk)).await.unwrap();
    }

    async fn get(&self, path: &str) -> Value {
        self.world.own("GET", path, &self.agent, Value::Null).await.body
    }

    /// What became of each, in the order of the tickets' ids.
    async fn rows(&self, bulk: &Value, query: &str) -> Vec<(String, String)> {
        let path = format!("/api/v1/ticket-bulks/{}/rows{query}", bulk["id"].as_str().unwrap());
        let found = self.get(&path).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let items = found["items"].as_array().unwrap();
        items
            .iter()
            .map(|row| (text(&row["outcome"]), text(&row["code"])))
            .collect()
    }

    async fn state(&self, bulk: &Value) -> (String, i64, i64, i64) {
        let now = self
            .get(&format!("/api/v1/ticket-bulks/{}", bulk["id"].as_str().unwrap()))
            .await;
        let n = |field: &str| now[field].as_i64().unwrap();
        (
            now["state"].as_str().unwrap().to_owned(),
            n("done"),
            n("unchanged"),
            n("refused"),
        )
    }
}

fn id_of(bulk: &Value) -> Uuid {
    bulk["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_ticket_tells_what_became_of_it() {
    let desk = Desk::new().await;
    let (open, tagged, closed) = (
        desk.ticket("Open").await,
        desk.ticket("Tagged").await,
        desk.ticket("Closed").await,
    );
    desk.world
        .db
        .execute(&format!("UPDATE tickets SET state = 'closed' WHERE id = '{closed}'"))
        .await;
    desk.world
        .db
        .execute(&format!("UPDATE tickets SET tags = '{{vip}}' WHERE id = '{tagged}'"))
        .await;
    let ids = [&open, &tagged, &closed];
    let bulk = desk
        .start(json!({ "ticket_ids": ids, "change": { "add_tags": ["VIP"] } }))
        .await;
    assert_eq!(
        (bulk["state"].as_str().unwrap(), bulk["total"].as_i64().unwrap()),
        ("queued", 3)
    );
    desk.run(&bulk).await;
    let settled = |outcome: &str, code: &str| (outcome.to_owned(), code.to_owned());
    let expected = [
        settled("done", ""),
        settled("unchanged", ""),
        settled("refused", "ticket_closed"),
    ];
    assert_eq!(desk.rows(&bulk, "").await, expected);
    assert_eq!(desk.rows(&bulk, "?outcome=refused").await, expected[2..]);
    assert_eq!(desk.state(&bulk).await, ("done".to_owned(), 1, 1, 1));
    assert_eq!(
        desk.get(&format!("/api/v1/tickets/{open}")).await["tags"],
        json!(["vip"])
    );

    // Run again, as after a lost answer, nothing happens.
    desk.run(&bulk).await;
    assert_eq!(desk.state(&bulk).await, ("done".to_owned(), 1, 1, 1));
    let events =
        format!("SELECT count(*)::text FROM ticket_events WHERE ticket_id = '{open}' AND kind = 'tags_changed'");
    assert_eq!(desk.world.db.texts(&events).await, ["1"]);
    let trail = "SELECT action FROM audit_log WHERE action ~ '^ticket_bulk' OR action = 'ticket.edit' ORDER BY id";
    let trail = desk.world.db.texts(trail).await;
    assert_eq!(trail, ["ticket_bulk.start", "ticket.edit", "ticket_bulk.done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_whole_or_not_at_all() {
    let desk = Desk::new().await;
    let id = desk.ticket("Unanswered").await;
    let me = desk.get("/api/v1/me").await["id"].clone();
    // The customer waits for an answer, so it cannot be resolved; and so it is not given away either.
    let change = json!({ "assignee_id": me, "state": "resolved" });
    let bulk = desk.start(json!({ "ticket_ids": [id], "change": change })).await;
    desk.run(&bulk).await;
    assert_eq!(
        desk.rows(&bulk, "").await,
        [("refused".to_owned(), "unanswered".to_owned())]
    );
    assert_eq!(
        desk.get(&format!("/api/v1/tickets/{id}")).await["assignee"],
        Value::Null
    );
    let change = json!({ "assignee_id": me, "state": "resolved", "no_reply_needed": "A thank-you" });
    let bulk = desk.start(json!({ "ticket_ids": [id], "change": change })).await;
    desk.run(&bulk).await;
    let ticket = desk.get(&format!("/api/v1/tickets/{id}")).await;
    assert_eq!((&ticket["state"], &ticket["assignee"]["id"]), (&json!("resolved"), &me));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_filter_shows_is_changed_once_whoever_dies() {
    let desk = Desk::new().await;
    desk.many(230).await;
    let other = desk.ticket("Another").await;
    let bulk = desk
        .start(json!({ "filter": { "q": "Mass" }, "change": { "priority": "high" } }))
        .await;
    assert_eq!(bulk["total"], 230);
    // A worker that dies somewhere, and then two at once.
    let app = desk.world.state.app.clone();
    let id = id_of(&bulk);
    let first = tokio::spawn(async move { app::ticket::run_bulk(&app, id).await });
    loop {
        let (_, done, ..) = desk.state(&bulk).await;
        if done > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    first.abort();
    let _ = first.await;
    let (one, two) = tokio::join!(
        app::ticket::run_bulk(&desk.world.state.app, id),
        app::ticket::run_bulk(&desk.world.state.app, id)
    );
    one.unwrap();
    two.unwrap();
    assert_eq!(desk.state(&bulk).await, ("done".to_owned(), 230, 0, 0));
    let twice =
        "SELECT ticket_id::text FROM ticket_events WHERE kind = 'priority_changed' GROUP BY 1 HAVING count(*) <> 1";
    assert!(desk.world.db.texts(twice).await.is_empty());
    assert_eq!(
        desk.get(&format!("/api/v1/tickets/{other}")).await["priority"],
        "medium"
    );
    assert_eq!(
        desk.get("/api/v1/tickets/matching?q=Mass&priority=high").await["count"],
        230
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_stopped_and_ends_with_the_rights_of_who_asked() {
    let desk = Desk::new().await;
    let id = desk.ticket("Kept").await;
    let wish = json!({ "ticket_ids": [id], "change": { "priority": "low" } });
    let bulk = desk.start(wish.clone()).await;
    let path = format!("/api/v1/ticket-bulks/{}", bulk["id"].as_str().unwrap());
    let admin = desk.world.token_of(ADMIN).await;
    let foreign = desk.world.own("GET", &path, &admin, Value::Null).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "somebody else's");
    let stopped = desk
        .world
        .own("POST", &format!("{path}/stop"), &desk.agent, Value::Null)
        .await;
    assert_eq!(
        (stopped.status, &stopped.body["state"]),
        (StatusCode::OK, &json!("stopped"))
    );
    desk.run(&bulk).await;
    assert_eq!(desk.rows(&bulk, "").await, [("waiting".to_owned(), String::new())]);
    let again = desk
        .world
        .own("POST", &format!("{path}/stop"), &desk.agent, Value::Null)
        .await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "bulk_over"));

    let bulk = desk.start(wish).await;
    let sql = format!("UPDATE users SET status = 'suspended' WHERE email = '{AGENT}'");
    desk.world.db.execute(&sql).await;
    desk.run(&bulk).await;
    let row = "SELECT outcome || ' ' || code FROM ticket_bulk_rows WHERE outcome <> 'waiting'";
    assert_eq!(desk.world.db.texts(row).await, ["refused not_permitted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_ticket_could_bear_is_refused_at_once() {
    let desk = Desk::new().await;
    let id = desk.ticket("One").await;
    let nobody = Uuid::now_v7();
    for (which, change, pointer, code) in [
        (json!({ "ticket_ids": [id] }), json!({}), "/change", "nothing_to_change"),
        (
            json!({ "ticket_ids": [id] }),
            json!({ "state": "closed" }),
            "/change/reason",
            "reason_needed",
        ),
        (
            json!({ "ticket_ids": [id] }),
            json!({ "state": "answered" }),
            "/change/state",
            "reply_needed",
        ),
        (
            json!({ "ticket_ids": [id] }),
            json!({ "assignee_id": nobody }),
            "/change/assignee_id",
            "not_an_agent",
        ),
        (
            json!({ "ticket_ids": [id] }),
            json!({ "group_id": nobody }),
            "/change/group_id",
            "unknown_group",
        ),
        (
            json!({ "ticket_ids": [nobody] }),
            json!({ "priority": "low" }),
            "/ticket_ids",
            "unknown_ticket",
        ),
        (
            json!({ "ticket_ids": [] }),
            json!({ "priority": "low" }),
            "/ticket_ids",
            "empty",
        ),
        (
            json!({ "filter": { "q": "nothingofthekind" } }),
            json!({ "priority": "low" }),
            "/ticket_ids",
            "empty",
        ),
    ] {
        let mut body = which;
        body["change"] = change;
        let refused = desk
            .world
            .own("POST", "/api/v1/ticket-bulks", &desk.agent, body.clone())
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let error = &refused.body["errors"][0];
        assert_eq!(
            (error["pointer"].as_str(), error["code"].as_str()),
            (Some(pointer), Some(code)),
            "{body}"
        );
    }
    let held = "SELECT count(*)::text FROM ticket_bulks";
    assert_eq!(desk.world.db.texts(held).await, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_handed_over_and_marked() {
    let desk = Desk::new().await;
    let id = desk.ticket("Handed over").await;
    let path = format!("/api/v1/tickets/{id}");
    desk.world
        .db
        .execute("INSERT INTO support_groups (id, name) VALUES (gen_random_uuid(), 'Network')")
        .await;
    let groups = desk.get("/api/v1/groups").await;
    let network = groups["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["name"] == "Network")
        .unwrap();
    let change = json!({ "group_id": network["id"], "tags": ["Fibre", " fibre", "VIP"] });
    let edited = desk.world.act(&desk.agent, "PATCH", &path, Some(1), change).await;
    assert_eq!(edited.status, StatusCode::OK, "{:?}", edited.body);
    assert_eq!(
        (&edited.body["group"]["name"], &edited.body["tags"]),
        (&json!("Network"), &json!(["fibre", "vip"]))
    );
    let wrong = desk
        .world
        .act(&desk.agent, "PATCH", &path, Some(2), json!({ "tags": [" "] }))
        .await;
    assert_eq!(wrong.body["errors"][0]["pointer"], "/tags");
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_changes_are_found_again_newest_first() {
    let desk = Desk::new().await;
    let id = desk.ticket("Found again").await;
    let first = desk
        .start(json!({ "ticket_ids": [id], "change": { "add_tags": ["vip"], "priority": "high" } }))
        .await;
    let second = desk
        .start(json!({ "ticket_ids": [id], "change": { "state": "in_progress" } }))
        .await;
    desk.run(&first).await;
    let newest = desk.get("/api/v1/ticket-bulks?limit=1").await;
    assert_eq!(newest["items"][0]["id"], second["id"]);
    assert_eq!(newest["items"][0]["change"]["state"], "in_progress");
    let next = format!(
        "/api/v1/ticket-bulks?limit=1&cursor={}",
        newest["next_cursor"].as_str().unwrap()
    );
    let older = desk.get(&next).await;
    assert_eq!(
        (&older["items"][0]["id"], &older["items"][0]["state"]),
        (&first["id"], &json!("done"))
    );
    let change = &older["items"][0]["change"];
    assert_eq!(
        (&change["add_tags"], &change["priority"]),
        (&json!(["vip"]), &json!("high"))
    );
    assert_eq!(older["next_cursor"], Value::Null);
    let admin = desk.world.token_of(ADMIN).await;
    let others = desk.world.own("GET", "/api/v1/ticket-bulks", &admin, Value::Null).await;
    assert_eq!(others.body["items"], json!([]), "somebody else's");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_a_ticket_to_a_group_of_members_no_longer_has_it_when_its_state_is_judged() {
    let desk = Desk::new().await;
    let db = &desk.world.db;
    let group = Uuid::now_v7();
    db.execute(&format!(
        "INSERT INTO support_groups (id, name, description, strategy, members_only, created_at, updated_at)
         VALUES ('{group}', 'Second line', '', 'off', true, now(), now())"
    ))
    .await;
    let agent = db
        .texts("SELECT id::text FROM users WHERE email = 'agent@cloudmanager.test'")
        .await
        .remove(0);
    let admin = db
        .texts("SELECT id::text FROM users WHERE email = 'admin@cloudmanager.test'")
        .await
        .remove(0);
    db.execute(&format!(
        "INSERT INTO group_members (group_id, user_id, role, turn, added_at) VALUES ('{group}', '{admin}', 'member', 0, now())"
    ))
    .await;
    let id = desk.ticket("Down").await;
    let give = json!({ "ticket_ids": [id], "change": { "assignee_id": agent } });
    desk.run(&desk.start(give).await).await;

    let answered = json!({ "group_id": group, "state": "resolved", "no_reply_needed": "by phone" });
    let bulk = desk.start(json!({ "ticket_ids": [id], "change": answered })).await;
    desk.run(&bulk).await;
    let refused = |code: &str| [("refused".to_owned(), code.to_owned())];
    assert_eq!(desk.rows(&bulk, "").await, refused("assignee_needed"));
    let stay = json!({ "group_id": group, "assignee_id": agent });
    let bulk = desk.start(json!({ "ticket_ids": [id], "change": stay })).await;
    desk.run(&bulk).await;
    assert_eq!(desk.rows(&bulk, "").await, refused("not_a_member"));
    let now = desk.get(&format!("/api/v1/tickets/{id}")).await;
    assert_eq!(
        (&now["state"], &now["assignee"]["id"]),
        (&json!("open"), &json!(agent)),
        "nothing of it"
    );

    let over = json!({ "group_id": group, "assignee_id": admin });
    let bulk = desk.start(json!({ "ticket_ids": [id], "change": over })).await;
    desk.run(&bulk).await;
    assert_eq!(desk.rows(&bulk, "").await, [("done".to_owned(), String::new())]);
    let lines = "SELECT (data ->> 'from') || ' to ' || (data ->> 'to') FROM ticket_events WHERE kind = 'assigned' ORDER BY seq OFFSET 1";
    let names = db
        .texts(&format!(
            "SELECT name FROM users WHERE id IN ('{agent}', '{admin}') ORDER BY id = '{admin}'"
        ))
        .await;
    assert_eq!(
        db.texts(lines).await,
        [format!("{} to {}", names[0], names[1])],
        "one change of hands"
    );
}
