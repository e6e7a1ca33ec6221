//! Notifications: what one may choose, the centre, groups, and links that switch mails off.

use app::notification;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::World;

const SETTINGS: &str = "/api/v1/me/notifications";
const GROUPS: &str = "/api/v1/notification-groups";

fn body(choices: Value) -> Value {
    json!({ "zone": "Europe/Paris", "quiet": { "from": 1320, "to": 420 }, "digest_weekday": 0, "digest_hour": 7, "choices": choices })
}

fn delivery(settings: &Value, topic: &str, channel: &str) -> Value {
    let rules = settings["rules"].as_array().unwrap();
    let rule = rules
        .iter()
        .find(|rule| rule["topic"] == topic && rule["channel"] == channel);
    rule.map(|rule| rule["delivery"].clone()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_chooses_for_himself_and_security_mails_stay() {
    let world = World::new().await;
    let agent = world.token_of("agent@cloudmanager.test").await;
    let client = world.token_of("client@cloudmanager.test").await;
    let before = world.own("GET", SETTINGS, &agent, Value::Null).await.body;
    assert_eq!(
        (&before["version"], delivery(&before, "sla_breach", "mail")),
        (&json!(0), json!("immediate"))
    );
    let choices = json!([
        { "topic": "sla_breach", "channel": "mail", "delivery": "digest" },
        { "topic": "rule", "channel": "in_app", "delivery": "off" },
    ]);
    let done = world.act(&agent, "PUT", SETTINGS, Some(0), body(choices.clone())).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    assert_eq!(
        (
            delivery(&done.body, "sla_breach", "mail"),
            delivery(&done.body, "rule", "in_app")
        ),
        (json!("digest"), json!("off"))
    );
    assert!(done.body["next_digest_at"].is_string());
    // Somebody else's window was older.
    let stale = world.act(&agent, "PUT", SETTINGS, Some(0), body(choices)).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    for (choice, pointer) in [
        (
            json!([{ "topic": "security", "channel": "mail", "delivery": "off" }]),
            "/choices/0",
        ),
        (
            json!([{ "topic": "ticket_answered", "channel": "in_app", "delivery": "off" }]),
            "/choices/0",
        ),
        (
            json!([{ "topic": "rule", "channel": "sms", "delivery": "digest" }]),
            "/choices/0",
        ),
    ] {
        let refused = world.act(&agent, "PUT", SETTINGS, Some(1), body(choice)).await;
        assert_eq!(
            (refused.status, &refused.body["errors"][0]["pointer"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(pointer)),
            "{:?}",
            refused.body
        );
    }
    let mut odd = body(json!([]));
    odd["zone"] = json!("Mars/Olympus");
    odd["quiet"] = json!({ "from": 60, "to": 60 });
    let refused = world.act(&agent, "PUT", SETTINGS, Some(1), odd).await;
    assert_eq!(
        refused.body["errors"].as_array().unwrap().len(),
        2,
        "{:?}",
        refused.body
    );
    // A customer has what concerns customers, behind the wall.
    let choices = json!([{ "topic": "ticket_received", "channel": "mail", "delivery": "off" }]);
    let done = world.act(&client, "PUT", SETTINGS, Some(0), body(choices)).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    assert_eq!(delivery(&done.body, "sla_breach", "mail"), Value::Null);
    assert_eq!(delivery(&done.body, "security", "mail"), json!("immediate"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_centre_shows_one_s_own_and_a_link_switches_exactly_one_thing_off() {
    let world = World::new().await;
    let agent = world.token_of("agent@cloudmanager.test").await;
    let client = world.token_of("client@cloudmanager.test").await;
    let add = |n: u8, email: &str| {
        format!(
            "INSERT INTO notifications (id, user_id, topic, event_key, title, path, in_app, in_digest, created_at)
             SELECT '01a1fc3e-29d6-7608-8721-d44b966958d{n}', id, 'rule', '{n}', 'News {n}', '/t/1', true, false,
                 '2026-01-01T00:00:0{n}Z' FROM users WHERE email = '{email}'"
        )
    };
    for n in 1..=3 {
        world.db.execute(&add(n, "agent@cloudmanager.test")).await;
    }
    world.db.execute(&add(4, "client@cloudmanager.test")).await;
    let titles = |list: &Value| -> Vec<String> {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let page = world
        .own("GET", "/api/v1/notifications?limit=2", &agent, Value::Null)
        .await
        .body;
    assert_eq!(titles(&page), ["News 3", "News 2"]);
    let next = format!(
        "/api/v1/notifications?limit=2&cursor={}",
        page["next_cursor"].as_str().unwrap()
    );
    assert_eq!(
        titles(&world.own("GET", &next, &agent, Value::Null).await.body),
        ["News 1"]
    );
    let one = |n: u8| format!("/api/v1/notifications/01a1fc3e-29d6-7608-8721-d44b966958d{n}/read");
    let read = json!({ "read": true });
    assert_eq!(
        world.own("PUT", &one(2), &agent, read.clone()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        world.own("PUT", &one(4), &agent, read.clone()).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.own("PUT", &one(4), &client, read).await.status,
        StatusCode::NO_CONTENT
    );
    let unread = "/api/v1/notifications/unread";
    assert_eq!(world.own("GET", unread, &agent, Value::Null).await.body["unread"], 2);
    // What came after the one that was seen stays unread.
    let seen = json!({ "up_to": "2026-01-01T00:00:01Z" });
    world.own("POST", "/api/v1/notifications/read", &agent, seen).await;
    let left = world
        .own("GET", "/api/v1/notifications?unread=true", &agent, Value::Null)
        .await
        .body;
    assert_eq!(titles(&left), ["News 3"]);
    let wrong = world
        .own(
            "GET",
            "/api/v1/unsubscribe/00000000000000000000000000000000.rule.AAAA",
            &agent,
            Value::Null,
        )
        .await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    assert!(notification::link(&world.state.app, "x").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn notification_groups_are_of_staff_and_change_by_version() {
    let world = World::new().await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    let id = |email: &str| format!("SELECT id::text FROM users WHERE email = '{email}'");
    let agent = world.db.texts(&id("agent@cloudmanager.test")).await.remove(0);
    let client = world.db.texts(&id("client@cloudmanager.test")).await.remove(0);
    let made = world
        .own(
            "POST",
            GROUPS,
            &admin,
            json!({ "name": " On  call ", "members": [agent, agent] }),
        )
        .await;
    assert_eq!(
        (made.status, &made.body["name"]),
        (StatusCode::CREATED, &json!("On call")),
        "{:?}",
        made.body
    );
    assert_eq!(made.body["members"].as_array().unwrap().len(), 1);
    let taken = world
        .own("POST", GROUPS, &admin, json!({ "name": "on call", "members": [] }))
        .await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let refused = world
        .own("POST", GROUPS, &admin, json!({ "name": "x", "members": [client] }))
        .await;
    assert_eq!(refused.body["errors"][0]["code"], "not_an_agent");
    let path = format!("{GROUPS}/{}", made.body["id"].as_str().unwrap());
    let changed = world
        .act(&admin, "PUT", &path, Some(1), json!({ "name": "Night", "members": [] }))
        .await;
    assert_eq!((changed.status, &changed.body["version"]), (StatusCode::OK, &json!(2)));
    let stale = world.act(&admin, "DELETE", &path, Some(1), Value::Null).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let gone = world.act(&admin, "DELETE", &path, Some(2), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}
