//! Support groups, and who of them gets the next ticket.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, PASSWORD, World};

mod handling;

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";
const LIST: &str = "/api/v1/support-groups";

struct Desk {
    world: Arc<World>,
    admin: String,
    agent: String,
    client: String,
    /// The group that is there from the first launch.
    group: String,
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        let admin = world.token_of(ADMIN).await;
        let groups = world.own("GET", LIST, &admin, Value::Null).await.body;
        Self {
            agent: world.token_of(AGENT).await,
            client: world.token_of(CLIENT).await,
            group: groups["items"][0]["id"].as_str().unwrap().to_owned(),
            world,
            admin,
        }
    }

    async fn people(&self, n: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for n in 0..n {
            let email = format!("agent{n}@cloudmanager.test");
            let name = format!("Agent {n}");
            let made = app::seed::account(&self.world.state.app, &email, &name, "corporate", PASSWORD);
            ids.push(made.await.unwrap().to_string());
        }
        ids
    }

    fn path(&self) -> String {
        format!("{LIST}/{}", self.group)
    }

    async fn get(&self, path: &str) -> Value {
        self.world.own("GET", path, &self.admin, Value::Null).await.body
    }

    async fn change(&self, token: &str, field: &str, value: Value) -> super::client::Answer {
        let now = self.get(&self.path()).await;
        let mut body = json!({ "name": now["name"], "description": now["description"], "strategy": now["strategy"],
            "members_only": now["members_only"], "survey": now["survey"],
            "survey_delay_hours": now["survey_delay_hours"], "active": now["active"] });
        body[field] = value;
        self.world
            .act(token, "PUT", &self.path(), now["version"].as_i64(), body)
            .await
    }

    async fn staffed(&self, strategy: &str, people: &[String]) {
        let members: Vec<Value> = people.iter().map(|id| json!({ "id": id, "lead": false })).collect();
        let version = self.get(&self.path()).await["version"].as_i64();
        let path = format!("{}/members", self.path());
        let done = self
            .world
            .act(&self.admin, "PUT", &path, version, json!({ "members": members }))
            .await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
        let done = self.change(&self.admin, "strategy", json!(strategy)).await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    }

    async fn workload(&self, agent: &str, away: bool, capacity: Option<i32>, skills: &[&str]) {
        let path = format!("/api/v1/agents/{agent}/workload");
        let body = json!({ "away": away, "capacity": capacity, "skills": skills });
        let done = self.world.act(&self.admin, "PUT", &path, None, body).await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    }

    async fn open(&self) -> Value {
        let body = json!({ "subject": "Down", "body": "Help" });
        let made = self.world.own("POST", "/api/v1/tickets", &self.client, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body
    }

    async fn deal(&self) -> usize {
        app::ticket::deal_out(&self.world.state.app).await.unwrap()
    }

    async fn assignee(&self, ticket: &Value) -> Option<String> {
        let now = self
            .get(&format!("/api/v1/tickets/{}", ticket["id"].as_str().unwrap()))
            .await;
        now["assignee"]["id"].as_str().map(str::to_owned)
    }

    /// What each member has under way.
    async fn loads(&self) -> Vec<i64> {
        let now = self.get(&self.path()).await;
        let people = now["people"].as_array().unwrap().iter();
        people.map(|one| one["open"].as_i64().unwrap()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_tickets_at_once_are_dealt_out_evenly_and_each_once() {
    let desk = Arc::new(Desk::new().await);
    let people = desk.people(4).await;
    desk.staffed("round_robin", &people).await;
    // Customers and dealers work at the same time, from many sides.
    let mut work = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let desk = desk.clone();
        work.spawn(async move {
            for _ in 0..20 {
                desk.open().await;
            }
        });
    }
    for _ in 0..4 {
        let desk = desk.clone();
        work.spawn(async move {
            for _ in 0..20 {
                desk.deal().await;
            }
        });
    }
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
    // Whoever found the group held by another dealer left its tickets to him.
    desk.deal().await;
    assert_eq!(desk.loads().await, [50, 50, 50, 50]);
    let lines = "SELECT count(*)::text FROM ticket_events WHERE kind = 'assigned'";
    assert_eq!(desk.world.db.texts(lines).await, ["200"], "each was given once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_or_full_gets_nothing_and_what_waited_is_dealt_out_on_his_return() {
    let desk = Desk::new().await;
    let people = desk.people(2).await;
    desk.staffed("least_loaded", &people).await;
    desk.workload(&people[0], false, Some(1), &[]).await;
    desk.workload(&people[1], true, None, &[]).await;
    let (one, two) = (desk.open().await, desk.open().await);
    assert_eq!(desk.deal().await, 1);
    assert_eq!(
        desk.assignee(&one).await,
        Some(people[0].clone()),
        "the one that waits longest"
    );
    assert_eq!(desk.assignee(&two).await, None);
    assert_eq!(desk.deal().await, 0, "nobody has room");
    let back = desk.world.token_of("agent1@cloudmanager.test").await;
    let done = desk
        .world
        .act(&back, "PUT", "/api/v1/me/availability", None, json!({ "away": false }))
        .await;
    assert_eq!((done.status, &done.body["away"]), (StatusCode::OK, &json!(false)));
    assert_eq!(desk.deal().await, 1);
    assert_eq!(desk.assignee(&two).await, Some(people[1].clone()));
    let told = desk
        .get(&format!("/api/v1/tickets/{}/timeline", two["id"].as_str().unwrap()))
        .await;
    let items = told["items"].as_array().unwrap();
    let line = &items.iter().find(|item| item["event"] == "assigned").unwrap()["data"]["dealt"];
    assert_eq!(
        (&line["strategy"], &line["group"]),
        (&json!("least_loaded"), &json!("Support"))
    );
    assert_eq!(
        (&line["open"], &line["others"]),
        (&json!(0), &json!([])),
        "the other is full"
    );

    // What a person takes back waits for a person.
    let now = desk
        .get(&format!("/api/v1/tickets/{}", two["id"].as_str().unwrap()))
        .await;
    let path = format!("/api/v1/tickets/{}/assignee", two["id"].as_str().unwrap());
    let body = json!({ "assignee_id": null });
    let done = desk
        .world
        .act(&desk.agent, "POST", &path, now["version"].as_i64(), body)
        .await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    assert_eq!(desk.deal().await, 0);
    // Where nothing is dealt out, nothing waits to be; once it is, all that nobody has does.
    desk.change(&desk.admin, "strategy", json!("off")).await;
    let three = desk.open().await;
    assert_eq!(desk.deal().await, 0);
    desk.change(&desk.admin, "strategy", json!("round_robin")).await;
    assert_eq!(desk.deal().await, 2);
    assert_eq!(desk.assignee(&three).await, Some(people[1].clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn skills_that_a_category_wants_decide() {
    let desk = Desk::new().await;
    let people = desk.people(3).await;
    desk.staffed("skills", &people).await;
    desk.workload(&people[2], false, None, &["DNS"]).await;
    let body = json!({ "parent_id": null, "category": {
        "names": { "fr": "DNS", "en": "DNS", "ar": "DNS" }, "descriptions": { "fr": "", "en": "", "ar": "" },
        "active": true, "is_default": false, "group_id": null, "priority": null, "skills": ["dns"] } });
    let category = desk
        .world
        .act(&desk.admin, "POST", "/api/v1/ticket-categories", None, body)
        .await
        .body;
    for _ in 0..2 {
        let body = json!({ "subject": "Zone", "body": "Help", "category_id": category["id"] });
        let ticket = desk.world.own("POST", "/api/v1/tickets", &desk.client, body).await.body;
        assert_eq!(desk.deal().await, 1);
        assert_eq!(desk.assignee(&ticket).await, Some(people[2].clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_members_are_given_the_tickets_of_a_group_that_says_so() {
    let desk = Desk::new().await;
    let people = desk.people(2).await;
    desk.staffed("off", &people[..1]).await;
    let ticket = desk.open().await;
    let done = desk.change(&desk.admin, "members_only", json!(true)).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let path = format!("/api/v1/tickets/{}/assignee", ticket["id"].as_str().unwrap());
    let give = async |to: &str| {
        let now = desk
            .get(&format!("/api/v1/tickets/{}", ticket["id"].as_str().unwrap()))
            .await;
        let body = json!({ "assignee_id": to });
        desk.world
            .act(&desk.agent, "POST", &path, now["version"].as_i64(), body)
            .await
    };
    assert_eq!(give(&people[1]).await.code(), "not_a_member");
    assert_eq!(give(&people[0]).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_change_their_group_and_a_group_that_is_needed_stays() {
    let desk = Desk::new().await;
    let people = desk.people(2).await;
    desk.staffed("off", &people).await;
    let lead = desk.world.token_of("agent0@cloudmanager.test").await;
    let refused = desk.change(&lead, "description", json!("Mine")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let version = desk.get(&desk.path()).await["version"].as_i64();
    let members = json!({ "members": [{ "id": people[0], "lead": true }] });
    let path = format!("{}/members", desk.path());
    let done = desk
        .world
        .act(&desk.admin, "PUT", &path, version, members.clone())
        .await;
    assert_eq!(done.body["people"].as_array().map(Vec::len), Some(1), "{:?}", done.body);
    let done = desk.change(&lead, "description", json!("Mine")).await;
    assert_eq!((done.status, &done.body["may_change"]), (StatusCode::OK, &json!(true)));
    let stale = desk.world.act(&lead, "PUT", &path, version, members).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);

    let refused = desk.change(&desk.admin, "active", json!(false)).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "group_used"));
    let body = json!({ "name": "Second", "description": "", "strategy": "off", "members_only": false, "survey": false, "survey_delay_hours": 24, "active": true });
    let made = desk.world.act(&desk.admin, "POST", LIST, None, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let again = desk.world.act(&desk.admin, "POST", LIST, None, body).await;
    assert_eq!(again.code(), "name_taken");
    let path = format!("{LIST}/{}", made.body["id"].as_str().unwrap());
    let body = json!({ "name": "Second", "description": "", "strategy": "off", "members_only": false, "survey": false, "survey_delay_hours": 24, "active": false });
    let gone = desk
        .world
        .act(&desk.admin, "PUT", &path, made.body["version"].as_i64(), body)
        .await;
    assert_eq!(
        (gone.status, &gone.body["active"]),
        (StatusCode::OK, &json!(false)),
        "{:?}",
        gone.body
    );
    let choices = desk.get("/api/v1/groups").await;
    assert_eq!(
        choices["items"].as_array().map(Vec::len),
        Some(1),
        "retired: offered no more"
    );

    // The median counts answered tickets only, and says how many.
    let ticket = desk.open().await;
    desk.open().await;
    let path = format!("/api/v1/tickets/{}/messages", ticket["id"].as_str().unwrap());
    let sent = desk
        .world
        .own("POST", &path, &desk.agent, json!({ "kind": "reply", "body": "Yes" }))
        .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    let now = desk.get(&desk.path()).await;
    assert_eq!((&now["open"], &now["unassigned"]), (&json!(2), &json!(2)));
    assert_eq!(now["first_response_tickets"], 1);
    assert!(now["first_response_seconds"].as_f64().unwrap() >= 0.0);
    desk.world.db.execute("UPDATE tickets SET spam = true").await;
    assert_eq!(
        desk.get(&desk.path()).await["first_response_tickets"],
        0,
        "spam counts for nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_that_he_is_away_keeps_what_a_manager_says_of_him_at_that_moment() {
    let desk = Desk::new().await;
    let agent = desk.people(1).await.remove(0);
    let own = desk.world.token_of("agent0@cloudmanager.test").await;
    let manager = format!(
        "INSERT INTO agent_profiles (user_id, capacity, skills, updated_at) VALUES ('{agent}', 5, '{{dns}}', now())
             ON CONFLICT (user_id) DO UPDATE SET capacity = excluded.capacity, skills = excluded.skills"
    );
    let (path, body) = ("/api/v1/me/availability", json!({ "away": true }));
    let db = &desk.world.db;
    let done = db
        .until_waited_for(&manager, desk.world.act(&own, "PUT", path, None, body))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let kept = "SELECT concat_ws(' ', away, capacity, skills) FROM agent_profiles";
    assert_eq!(db.texts(kept).await, ["t 5 {dns}"]);
    let told = "SELECT data::text FROM audit_log WHERE action = 'user.workload'";
    let told: Value = serde_json::from_str(&db.texts(told).await[0]).unwrap();
    assert_eq!(
        told,
        json!({ "away": { "from": false, "to": true } }),
        "his own word alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_how_much_an_agent_takes_leaves_his_own_word_alone() {
    let desk = Desk::new().await;
    let agent = desk.people(1).await.remove(0);
    let own = desk.world.token_of("agent0@cloudmanager.test").await;
    let away = json!({ "away": true });
    let gone = desk.world.act(&own, "PUT", "/api/v1/me/availability", None, away).await;
    assert_eq!(gone.status, StatusCode::OK, "{:?}", gone.body);
    let path = format!("/api/v1/agents/{agent}/workload");
    let body = json!({ "capacity": 7, "skills": ["dns"] });
    let done = desk.world.act(&desk.admin, "PUT", &path, None, body).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    assert_eq!(done.body, json!({ "away": true, "capacity": 7, "skills": ["dns"] }));
    desk.workload(&agent, false, Some(7), &["dns"]).await;
    let kept = "SELECT concat_ws(' ', away, capacity, skills) FROM agent_profiles";
    assert_eq!(desk.world.db.texts(kept).await, ["f 7 {dns}"], "said outright it holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_in_a_retired_group_is_handed_over_and_dealt_out() {
    let desk = Desk::new().await;
    let people = desk.people(1).await;
    let body = json!({ "name": "Second", "description": "", "strategy": "off", "members_only": false, "survey": false, "survey_delay_hours": 24, "active": true });
    let second = desk.world.act(&desk.admin, "POST", LIST, None, body.clone()).await.body;
    let ticket = desk.open().await;
    let id = ticket["id"].as_str().unwrap();
    let db = &desk.world.db;
    let there = second["id"].as_str().unwrap();
    db.execute(&format!(
        "UPDATE tickets SET group_id = '{there}', state = 'resolved' WHERE id = '{id}'"
    ))
    .await;
    let mut retired = body;
    retired["active"] = json!(false);
    let path = format!("{LIST}/{there}");
    let gone = desk
        .world
        .act(&desk.admin, "PUT", &path, second["version"].as_i64(), retired)
        .await;
    assert_eq!(
        gone.status,
        StatusCode::OK,
        "nothing is under way there: {:?}",
        gone.body
    );
    desk.staffed("round_robin", &people).await;

    let path = format!("/api/v1/tickets/{id}/messages");
    let said = json!({ "kind": "reply", "body": "Down again" });
    let sent = desk.world.own("POST", &path, &desk.client, said).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    assert_eq!(desk.deal().await, 1);
    let now = desk.get(&format!("/api/v1/tickets/{id}")).await;
    assert_eq!(
        (&now["state"], &now["group"]["id"], &now["assignee"]["id"]),
        (&json!("open"), &json!(desk.group), &json!(people[0]))
    );
    let lines = "SELECT concat_ws(' ', actor_name, data ->> 'from', 'to', data ->> 'to') FROM ticket_events WHERE kind = 'group_changed'";
    assert_eq!(db.texts(lines).await, ["CloudManager Second to Support"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_says_how_it_treats_customers_who_do_not_answer() {
    let desk = Desk::new().await;
    let usual = json!({ "remind": true, "remind_days": [3, 7], "resolve_after_days": 14, "calendar_id": null,
        "reply_ends_hold": true, "reopen_window_hours": 0 });
    assert_eq!(desk.get(&desk.path()).await["conduct"], usual);
    let day = json!([{ "from": 480, "to": 1020 }]);
    let calendar = json!({ "name": "Office", "zone": "Africa/Algiers", "week": [day, day, day, day, [], [], day], "holidays": [] });
    let calendars = "/api/v1/sla/calendars";
    let made = desk.world.act(&desk.admin, "POST", calendars, None, calendar).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let calendar = made.body;
    let other = json!({ "remind": true, "remind_days": [2, 5], "resolve_after_days": null, "calendar_id": calendar["id"],
        "reply_ends_hold": false, "reopen_window_hours": 720 });
    let done = desk.change(&desk.admin, "conduct", other.clone()).await;
    assert_eq!(
        (done.status, &done.body["conduct"]),
        (StatusCode::OK, &other),
        "{:?}",
        done.body
    );
    // What is not said stays as it is.
    let done = desk.change(&desk.admin, "description", json!("First line")).await;
    assert_eq!((done.status, &done.body["conduct"]), (StatusCode::OK, &other));
    let trail =
        "SELECT concat_ws(' ', data->'calendar'->>'from', data->'calendar'->>'to', data->'reopen_window_hours'->>'to')
        FROM audit_log WHERE action = 'support_group.change' ORDER BY id";
    assert_eq!(desk.world.db.texts(trail).await, ["Office 720", ""]);

    let path = format!("{calendars}/{}", calendar["id"].as_str().unwrap());
    let version = calendar["version"].as_i64();
    let used = desk.world.act(&desk.admin, "DELETE", &path, version, Value::Null).await;
    assert_eq!((used.status, used.code()), (StatusCode::CONFLICT, "calendar_used"));
    let done = desk.change(&desk.admin, "conduct", usual.clone()).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let free = desk.world.act(&desk.admin, "DELETE", &path, version, Value::Null).await;
    assert_eq!(free.status, StatusCode::NO_CONTENT, "{:?}", free.body);

    for (field, value, pointer, code) in [
        ("remind_days", json!([7, 3]), "/conduct/remind_days", "bad_days"),
        (
            "remind_days",
            json!([1, 2, 3, 4, 5, 6]),
            "/conduct/remind_days",
            "too_many",
        ),
        ("remind_days", json!([]), "/conduct/remind_days", "no_days"),
        (
            "resolve_after_days",
            json!(7),
            "/conduct/resolve_after_days",
            "before_reminders",
        ),
        (
            "reopen_window_hours",
            json!(721),
            "/conduct/reopen_window_hours",
            "out_of_range",
        ),
        (
            "calendar_id",
            calendar["id"].clone(),
            "/conduct/calendar_id",
            "unknown_calendar",
        ),
    ] {
        let mut wrong = usual.clone();
        wrong[field] = value;
        let refused = desk.change(&desk.admin, "conduct", wrong).await;
        let error = &refused.body["errors"][0];
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", refused.body);
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)));
    }
    assert_eq!(desk.get(&desk.path()).await["conduct"], usual);
}
