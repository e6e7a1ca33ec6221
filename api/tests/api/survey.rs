//! The satisfaction survey: in the portal, by its link, and what agents see of it.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{ADMIN, Answer, Hands, PASSWORD, World, quiet};

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";

struct Desk {
    world: Arc<World>,
    hands: Arc<Hands>,
    agent: String,
    client: String,
    ticket: String,
}

impl Desk {
    /// A ticket of the client, resolved, in a group that asks.
    async fn new() -> Self {
        let hands = Hands::new();
        let world = World::at(quiet(super::client::URL), hands.clone()).await;
        world.db.execute("UPDATE support_groups SET survey = true").await;
        let desk = Self {
            agent: world.token_of(AGENT).await,
            client: world.token_of(CLIENT).await,
            ticket: String::new(),
            hands,
            world,
        };
        let body = json!({ "subject": "Down", "body": "Help" });
        let made = desk.world.own("POST", "/api/v1/tickets", &desk.client, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        let desk = Self {
            ticket: made.body["id"].as_str().unwrap().to_owned(),
            ..desk
        };
        desk.moved(&desk.client, "resolved").await;
        desk
    }

    async fn moved(&self, token: &str, to: &str) {
        let path = format!("/api/v1/tickets/{}", self.ticket);
        let now = self.world.own("GET", &path, token, Value::Null).await.body;
        let done = self
            .world
            .act(
                token,
                "POST",
                &format!("{path}/state"),
                now["version"].as_i64(),
                json!({ "to": to }),
            )
            .await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    }

    fn path(&self) -> String {
        format!("/api/v1/tickets/{}/survey", self.ticket)
    }

    async fn rate(&self, token: &str, body: Value) -> Answer {
        self.world.own("PUT", &self.path(), token, body).await
    }

    async fn read(&self, token: &str) -> Answer {
        self.world.own("GET", &self.path(), token, Value::Null).await
    }

    /// Until rules and webhooks have heard of all that happened; transactions of other tests may hold the log up.
    async fn heard(&self) {
        let app = &self.world.state.app;
        testkit::wait_for("the log is followed", Duration::from_secs(60), async || {
            app::automation::follow(app).await.unwrap();
            app::webhook::tell(app).await.unwrap();
            self.world.db.followed(&["automation", "webhooks"]).await
        })
        .await;
    }

    /// What the mail's link carries.
    async fn link(&self) -> String {
        let app = &self.world.state.app;
        app::ticket::survey::ask(app, self.ticket.parse().unwrap(), 1)
            .await
            .unwrap();
        let id = self
            .world
            .db
            .texts("SELECT id::text FROM ticket_surveys")
            .await
            .remove(0);
        app::mail::tokens(app).unwrap().survey(id.parse::<Uuid>().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requester_rates_his_ticket_in_the_portal_and_changes_it_for_two_days() {
    let desk = Desk::new().await;
    assert_eq!(
        desk.read(&desk.client).await.body,
        json!({ "items": [], "offered": true })
    );
    for (body, pointer) in [
        (json!({ "rating": 0 }), "/rating"),
        (json!({ "rating": 6 }), "/rating"),
        (json!({ "rating": 4, "comment": "x".repeat(2001) }), "/comment"),
    ] {
        let wrong = desk.rate(&desk.client, body).await;
        assert_eq!(
            (wrong.status, wrong.body["errors"][0]["pointer"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some(pointer))
        );
    }
    // A double click.
    let twice = json!({ "rating": 2, "comment": "slow" });
    let (one, two) = tokio::join!(desk.rate(&desk.client, twice.clone()), desk.rate(&desk.client, twice));
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK));
    let count = "SELECT count(*)::text FROM audit_log WHERE action = 'ticket.rate'
        UNION ALL SELECT count(*)::text FROM ticket_events WHERE kind = 'rated'
        UNION ALL SELECT count(*)::text FROM events WHERE type = 'ticket.rated'
        UNION ALL SELECT count(*)::text FROM jobs WHERE kind = 'survey_ticket' AND payload::text LIKE '%alarm%'";
    assert_eq!(desk.world.db.texts(count).await, ["1", "1", "1", "1"]);

    let better = desk.rate(&desk.client, json!({ "rating": 5 })).await.body;
    assert_eq!(
        (&better["items"][0]["rating"], &better["items"][0]["channel"]),
        (&json!(5), &json!("portal"))
    );
    let seen = desk.read(&desk.agent).await.body;
    assert_eq!(
        (&seen["items"][0]["rating"], &seen["offered"]),
        (&json!(5), &json!(false))
    );
    desk.hands.forward(TimeDelta::hours(49));
    let token = desk.world.token_of(CLIENT).await;
    let late = desk.rate(&token, json!({ "rating": 1 })).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "survey_closed"));
    assert_eq!(desk.read(&token).await.body["offered"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_silence_resolved_is_not_rated_in_the_portal_either() {
    let desk = Desk::new().await;
    desk.link().await;
    for (why, offered) in [("declined", true), ("no_answer", false)] {
        let unasked = format!("UPDATE ticket_surveys SET asked_at = NULL, not_asked = '{why}'");
        desk.world.db.execute(&unasked).await;
        assert_eq!(desk.read(&desk.client).await.body["offered"], json!(offered), "{why}");
    }
    let refused = desk.rate(&desk.client, json!({ "rating": 1 })).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "survey_closed")
    );
    assert_eq!(desk.read(&desk.agent).await.body["items"][0]["not_asked"], "no_answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_requester_rates_and_only_what_is_resolved() {
    let desk = Desk::new().await;
    let app = &desk.world.state.app;
    app::seed::account(app, "friend@x.test", "Friend", "client", PASSWORD)
        .await
        .unwrap();
    let friend = desk.world.token_of("friend@x.test").await;
    assert_eq!(desk.read(&friend).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        desk.rate(&friend, json!({ "rating": 1 })).await.status,
        StatusCode::NOT_FOUND
    );
    // Even one who takes part neither rates nor reads what the requester said.
    let join = format!(
        "INSERT INTO ticket_participants (ticket_id, email, role, user_id, added_at)
         SELECT '{}', email, 'contributor', id, now() FROM users WHERE email = 'friend@x.test'",
        desk.ticket
    );
    desk.world.db.execute(&join).await;
    assert_eq!(
        desk.rate(&desk.client, json!({ "rating": 3 })).await.status,
        StatusCode::OK
    );
    assert_eq!(desk.read(&friend).await.body, json!({ "items": [], "offered": false }));
    assert_eq!(
        desk.rate(&friend, json!({ "rating": 1 })).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        desk.rate(&desk.agent, json!({ "rating": 5 })).await.status,
        StatusCode::NOT_FOUND
    );
    // Under way again, there is nothing to rate; resolved again, there is a new resolution.
    desk.moved(&desk.client, "open").await;
    assert_eq!(
        desk.rate(&desk.client, json!({ "rating": 5 })).await.code(),
        "survey_closed"
    );
    desk.moved(&desk.client, "resolved").await;
    assert_eq!(
        desk.read(&desk.client).await.body,
        json!({ "items": [], "offered": true })
    );
    assert_eq!(
        desk.rate(&desk.client, json!({ "rating": 5 })).await.body["items"][0]["cycle"],
        2
    );
    let all = desk.read(&desk.agent).await.body;
    let ratings: Vec<i64> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["rating"].as_i64())
        .collect();
    assert_eq!(ratings, [5, 3]);
    // A group that does not ask offers nothing.
    desk.world.db.execute("UPDATE support_groups SET survey = false").await;
    desk.moved(&desk.client, "open").await;
    desk.moved(&desk.client, "resolved").await;
    assert_eq!(
        desk.rate(&desk.client, json!({ "rating": 5 })).await.code(),
        "survey_closed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_its_survey_without_a_login_and_nothing_more() {
    let desk = Desk::new().await;
    let token = desk.link().await;
    let look = |token: String| {
        let world = desk.world.clone();
        async move { world.post("/api/v1/survey", json!({ "token": token })).await }
    };
    let seen = look(token.clone()).await;
    assert_eq!(seen.status, StatusCode::OK, "{:?}", seen.body);
    assert!(!seen.body.to_string().contains("Down"), "{}", seen.body);
    assert_eq!((&seen.body["open"], &seen.body["rating"]), (&json!(true), &Value::Null));
    // Nothing answers but what is sent from the page: scanners that follow the link find the page of the application.
    let got = desk.world.call("GET", "/api/v1/survey/answer", &[], Value::Null).await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED);
    for forged in [token.replace(&token[9..12], "aaa"), format!("{token}a"), String::new()] {
        let refused = look(forged).await;
        assert_eq!(
            (refused.status, refused.body["errors"][0]["code"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid_link"))
        );
    }
    let body = json!({ "token": token, "rating": 4, "comment": "Merci" });
    let (one, two) = tokio::join!(
        desk.world.post("/api/v1/survey/answer", body.clone()),
        desk.world.post("/api/v1/survey/answer", body)
    );
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(
        desk.world
            .db
            .texts("SELECT count(*)::text FROM ticket_events WHERE kind = 'rated'")
            .await,
        ["1"]
    );
    let shown = desk.read(&desk.agent).await.body;
    assert_eq!(
        (&shown["items"][0]["comment"], &shown["items"][0]["channel"]),
        (&json!("Merci"), &json!("mail"))
    );
    desk.hands.forward(TimeDelta::days(14));
    let late = desk
        .world
        .post("/api/v1/survey/answer", json!({ "token": token, "rating": 1 }))
        .await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "survey_closed"));
    assert_eq!(look(token).await.body["open"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_says_whether_and_when_it_asks() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let body = |hours: i64| {
        json!({ "name": "Asking", "description": "", "strategy": "off", "members_only": false, "survey": true,
                "survey_delay_hours": hours, "active": true })
    };
    let path = "/api/v1/support-groups";
    for hours in [-1, 73] {
        let wrong = world.own("POST", path, &admin, body(hours)).await;
        assert_eq!(
            wrong.body["errors"][0]["pointer"], "/survey_delay_hours",
            "{:?}",
            wrong.body
        );
    }
    let made = world.own("POST", path, &admin, body(72)).await;
    assert_eq!(
        (made.status, &made.body["survey_delay_hours"]),
        (StatusCode::CREATED, &json!(72))
    );
    let told = world
        .db
        .texts("SELECT data::text FROM audit_log WHERE action = 'support_group.create'")
        .await;
    assert!(told[0].contains("survey_delay_hours"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_sets_rules_off_and_is_told_outside_without_its_words() {
    let desk = Desk::new().await;
    let app = &desk.world.state.app;
    let set_up = [
        "INSERT INTO webhook_endpoints (id, url, description, types, enabled, secret, since, created_at, updated_at)
            VALUES (gen_random_uuid(), 'https://x.test/hook', '', '{ticket.rated}', true, '', now() - interval '1 hour', now(), now())",
        "INSERT INTO automation_rules (id, name, enabled, spec, number, created_at, updated_at)
            SELECT gen_random_uuid(), name, true, jsonb_build_object('limit', 100, 'trigger', '{\"when\": \"event\", \"on\": \"rated\"}'::jsonb,
                'condition', jsonb_build_object('test', 'rating', 'any', any_of), 'actions', '[{\"do\": \"add_tag\", \"tag\": \"unhappy\"}]'::jsonb), 1, now(), now()
            FROM (VALUES ('Bad', '[1, 2]'::jsonb), ('Good', '[4, 5]'::jsonb)) x(name, any_of)",
    ];
    for sql in set_up {
        desk.world.db.execute(sql).await;
    }
    // Both followers begin here.
    desk.heard().await;
    let rated = desk.rate(&desk.client, json!({ "rating": 2, "comment": "slow" })).await;
    assert_eq!(rated.status, StatusCode::OK);
    // The same rating in other words is nothing to tell.
    assert_eq!(
        desk.rate(&desk.client, json!({ "rating": 2, "comment": "very slow" }))
            .await
            .status,
        StatusCode::OK
    );
    desk.heard().await;
    let bodies = desk.world.db.texts("SELECT body FROM webhook_deliveries").await;
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let body: Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(
        (&body["type"], &body["data"]["rating"]),
        (&json!("ticket.rated"), &json!(2))
    );
    assert!(!bodies[0].contains("slow"));
    let runs = "SELECT r.name || ' ' || x.state FROM automation_runs x JOIN automation_rules r ON r.id = x.rule_id WHERE r.name IN ('Bad', 'Good') ORDER BY 1";
    assert_eq!(desk.world.db.texts(runs).await, ["Bad queued", "Good queued"]);
    let jobs = desk
        .world
        .db
        .texts("SELECT x.id::text || ' ' || j.id FROM automation_runs x JOIN jobs j ON j.payload->>'run_id' = x.id::text JOIN automation_rules r ON r.id = x.rule_id WHERE r.name IN ('Bad', 'Good')")
        .await;
    for pair in jobs {
        let (run, job) = pair.split_once(' ').unwrap();
        desk.world
            .db
            .execute(&format!(
                "UPDATE jobs SET state = 'running', attempt = 1 WHERE id = '{job}'"
            ))
            .await;
        app::automation::run(app, run.parse().unwrap(), (job.parse().unwrap(), 1))
            .await
            .unwrap();
    }
    assert_eq!(desk.world.db.texts(runs).await, ["Bad acted", "Good not_met"]);
}
