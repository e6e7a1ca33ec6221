//! Triggers: whom each kind of event tells, set, asked about, tried out and put back.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, AGENT, Answer, World};

const PATH: &str = "/api/v1/notification-triggers";
const SETTINGS: &str = "/api/v1/me/notifications";

struct Office {
    world: Arc<World>,
    admin: String,
}

fn rule(parties: Value, ways: Value) -> Value {
    json!({ "on": true, "parties": parties, "notification_group_ids": [], "role_ids": [], "ways": ways, "note": "" })
}

fn way(channel: &str, delivery: &str, mandatory: bool) -> Value {
    json!({ "channel": channel, "delivery": delivery, "mandatory": mandatory })
}

impl Office {
    async fn new() -> Self {
        let world = World::new().await;
        let admin = world.token_of(ADMIN).await;
        Self { world, admin }
    }

    async fn act(&self, method: &str, path: &str, version: Option<i64>, body: Value) -> Answer {
        self.world
            .act(&self.admin, method, &format!("{PATH}{path}"), version, body)
            .await
    }

    async fn one(&self, topic: &str) -> Value {
        let all = self.act("GET", "", None, Value::Null).await;
        assert_eq!(all.status, StatusCode::OK, "{:?}", all.body);
        let items = all.body["items"].as_array().unwrap();
        items.iter().find(|one| one["topic"] == topic).unwrap().clone()
    }
}

fn choices(settings: &Value, topic: &str, channel: &str) -> Value {
    let rules = settings["rules"].as_array().unwrap();
    let rule = rules
        .iter()
        .find(|rule| rule["topic"] == topic && rule["channel"] == channel);
    rule.map(|rule| rule["choices"].clone()).unwrap_or_default()
}

#[tokio::test]
async fn what_is_set_binds_everybodys_choices_and_each_version_stays() {
    let office = Office::new().await;
    let agent = office.world.token_of(AGENT).await;
    let before = office.one("sla_breach").await;
    assert_eq!(
        (&before["version"], &before["changed"], &before["rule"]),
        (&json!(0), &json!(false), &before["default_rule"])
    );
    let wanted = rule(
        json!(["assignee", "keepers"]),
        json!([way("mail", "immediate", true), way("sms", "off", true)]),
    );
    let set = office.act("PUT", "/sla_breach", Some(0), wanted.clone()).await;
    assert_eq!(set.status, StatusCode::OK, "{:?}", set.body);
    assert_eq!(
        (&set.body["version"], &set.body["rule"]["parties"]),
        (&json!(1), &json!(["assignee", "keepers"]))
    );
    let settings = office.world.own("GET", SETTINGS, &agent, Value::Null).await.body;
    assert_eq!(choices(&settings, "sla_breach", "mail"), json!(["immediate"]));
    assert_eq!(choices(&settings, "sla_breach", "sms"), json!([]));
    assert_eq!(choices(&settings, "sla_breach", "in_app"), json!(["immediate", "off"]));
    let off = json!([{ "topic": "sla_breach", "channel": "mail", "delivery": "off" }]);
    let body = json!({ "zone": "UTC", "quiet": null, "digest_weekday": null, "digest_hour": 8, "choices": off });
    let refused = office.world.act(&agent, "PUT", SETTINGS, Some(0), body).await;
    assert_eq!(refused.body["errors"][0]["code"], "not_a_choice");
    // Somebody else was quicker.
    let stale = office.act("PUT", "/sla_breach", Some(0), wanted).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let back = office.act("DELETE", "/sla_breach", Some(1), Value::Null).await;
    assert_eq!(
        (back.status, &back.body["changed"], &back.body["version"]),
        (StatusCode::OK, &json!(false), &json!(2))
    );
    let twice = office.act("DELETE", "/sla_breach", Some(2), Value::Null).await;
    assert_eq!((twice.status, twice.code()), (StatusCode::CONFLICT, "is_default"));
    let versions = office.act("GET", "/sla_breach/versions", None, Value::Null).await.body;
    let seen: Vec<&Value> = versions["items"].as_array().unwrap().iter().collect();
    assert_eq!(
        (seen.len(), &seen[0]["rule"], &seen[1]["version"]),
        (2, &Value::Null, &json!(1))
    );
    assert!(seen[1]["by"].is_string());
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'notification_trigger' ORDER BY id";
    assert_eq!(
        office.world.db.texts(trail).await,
        ["notification_trigger.change", "notification_trigger.reset"]
    );
    let settings = office.world.own("GET", SETTINGS, &agent, Value::Null).await.body;
    assert_eq!(
        choices(&settings, "sla_breach", "mail"),
        json!(["immediate", "digest", "off"])
    );
}

#[tokio::test]
async fn events_that_programs_raise_have_triggers_by_their_name() {
    let office = Office::new().await;
    let named = async || -> Vec<Value> {
        let all = office.act("GET", "", None, Value::Null).await.body;
        let items = all["items"].as_array().unwrap().iter();
        items.filter(|one| one["event"].is_string()).cloned().collect()
    };
    assert!(named().await.is_empty());
    let wanted = rule(json!(["assignee", "watchers"]), json!([way("mail", "off", true)]));
    let path = "/custom_event:backup.failed";
    let set = office.act("PUT", path, Some(0), wanted.clone()).await;
    assert_eq!(set.status, StatusCode::OK, "{:?}", set.body);
    assert_eq!(
        (&set.body["topic"], &set.body["event"], &set.body["version"]),
        (&json!("custom_event"), &json!("backup.failed"), &json!(1))
    );
    // The one of all such events stays, and is what it would do without its own.
    let general = office.one("custom_event").await;
    assert_eq!(
        (&general["event"], &general["changed"], &general["rule"]),
        (&Value::Null, &json!(false), &set.body["default_rule"])
    );
    let wider = rule(json!(["assignee", "group"]), json!([]));
    let changed = office.act("PUT", "/custom_event", Some(0), wider).await;
    assert_eq!(changed.status, StatusCode::OK, "{:?}", changed.body);
    let one = named().await.remove(0);
    assert_eq!(
        (&one["rule"]["parties"], &one["default_rule"]["parties"]),
        (&json!(["assignee", "watchers"]), &json!(["assignee", "group"]))
    );
    let asked = json!({ "rule": wanted, "ticket_number": null });
    let readers = office.act("POST", &format!("{path}/preview"), None, asked).await;
    assert_eq!(readers.status, StatusCode::OK, "{:?}", readers.body);
    let tried = office.act("POST", &format!("{path}/test"), None, Value::Null).await;
    let mail = tried.body["ways"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["channel"] == "mail");
    assert_eq!(mail.unwrap()["delivery"], "off", "{:?}", tried.body);
    let back = office.act("DELETE", path, Some(1), Value::Null).await;
    assert_eq!(
        (back.status, &back.body["changed"], &back.body["rule"]["parties"]),
        (StatusCode::OK, &json!(false), &json!(["assignee", "group"]))
    );
    let versions = office
        .act("GET", &format!("{path}/versions"), None, Value::Null)
        .await
        .body;
    assert_eq!(versions["items"].as_array().unwrap().len(), 2, "{versions}");
    let trail = "SELECT concat_ws(' ', action, data->>'topic', data->>'name') FROM audit_log
        WHERE subject_type = 'notification_trigger' AND data->>'name' IS NOT NULL ORDER BY id";
    assert_eq!(
        office.world.db.texts(trail).await,
        ["change", "test", "reset"].map(|verb| format!("notification_trigger.{verb} custom_event backup.failed"))
    );
    for none in [
        "/custom_event:",
        "/custom_event:Backup",
        "/custom_event:a:b",
        "/sla_breach:late",
    ] {
        let refused = office.act("PUT", none, Some(0), wanted.clone()).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{none} {:?}", refused.body);
    }
}

#[tokio::test]
async fn what_watches_over_the_product_is_set_by_its_keepers_and_alerts_after_a_fresh_proof() {
    let mut office = Office::new().await;
    let keepers = || rule(json!(["keepers"]), json!([]));
    let set = office.act("PUT", "/system_alert", Some(0), keepers()).await;
    assert_eq!(set.status, StatusCode::OK, "{:?}", set.body);
    let aged = "UPDATE sessions SET factor_at = now() - interval '6 minutes'";
    office.world.db.execute(aged).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    for (method, body) in [("PUT", keepers()), ("DELETE", Value::Null)] {
        let refused = office.act(method, "/system_alert", Some(1), body).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "step_up_required"),
            "{method}"
        );
    }
    let others = office.act("PUT", "/job_dead", Some(0), keepers()).await;
    assert_eq!(others.status, StatusCode::OK, "{:?}", others.body);

    // Whoever sets what people are told, and keeps neither safe nor running.
    let less = "UPDATE roles SET effective = array_remove(array_remove(effective, 'security.manage'), 'jobs.manage') WHERE key = 'admin'";
    office.world.db.execute(less).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    office.admin = office.world.token_of(ADMIN).await;
    for topic in ["/system_alert", "/job_dead"] {
        for (method, body) in [("PUT", keepers()), ("DELETE", Value::Null)] {
            let refused = office.act(method, topic, Some(1), body).await;
            assert_eq!(
                (refused.status, refused.code()),
                (StatusCode::FORBIDDEN, "forbidden"),
                "{method} {topic}"
            );
        }
    }
    let kept = office.act("PUT", "/sla_breach", Some(0), keepers()).await;
    assert_eq!(kept.status, StatusCode::OK, "{:?}", kept.body);
}

#[tokio::test]
async fn what_an_event_cannot_do_is_refused() {
    let office = Office::new().await;
    let group = "01890000-0000-7000-8000-000000000000";
    let besides =
        json!({ "on": true, "parties": ["named"], "notification_group_ids": [group], "role_ids": [], "ways": [] });
    let unknown =
        json!({ "on": true, "parties": ["assignee"], "notification_group_ids": [group], "role_ids": [], "ways": [] });
    let role = json!({ "on": true, "parties": [], "notification_group_ids": [], "role_ids": [group], "ways": [] });
    for (topic, body, pointer, code) in [
        ("security", rule(json!(["named"]), json!([])), "/on", "trigger_fixed"),
        (
            "sla_breach",
            rule(json!(["requester"]), json!([])),
            "/parties",
            "not_a_party",
        ),
        ("sla_breach", rule(json!([]), json!([])), "/parties", "nobody_told"),
        ("mention", besides, "/notification_group_ids", "nobody_besides"),
        (
            "bad_rating",
            unknown,
            "/notification_group_ids",
            "unknown_notification_group",
        ),
        ("bad_rating", role, "/role_ids", "unknown_role"),
        (
            "rule",
            rule(json!(["named"]), json!([way("sms", "digest", false)])),
            "/ways/sms",
            "not_a_choice",
        ),
    ] {
        let refused = office.act("PUT", &format!("/{topic}"), Some(0), body).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{topic}: {:?}",
            refused.body
        );
        let error = &refused.body["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{topic}"
        );
    }
    let nothing = office.act("PUT", "/nothing", Some(0), rule(json!([]), json!([]))).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let rows = "SELECT count(*)::text FROM notification_trigger_versions";
    assert_eq!(office.world.db.texts(rows).await, ["0"]);
}

#[tokio::test]
async fn one_sees_beforehand_who_would_be_told_and_tells_oneself_an_example() {
    let office = Office::new().await;
    let client = office.world.token_of("client@cloudmanager.test").await;
    let made = office
        .world
        .own(
            "POST",
            "/api/v1/tickets",
            &client,
            json!({ "subject": "Printer", "body": "Help" }),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let id = format!("SELECT id::text FROM users WHERE email = '{AGENT}'");
    let agent = office.world.db.texts(&id).await.remove(0);
    let taken = format!(
        "UPDATE tickets SET assignee_id = '{agent}' WHERE id = '{}'",
        made.body["id"].as_str().unwrap()
    );
    office.world.db.execute(&taken).await;
    let number = made.body["number"].as_i64().unwrap();
    let ask = async |rule: Value, number: Value| {
        let body = json!({ "rule": rule, "ticket_number": number });
        office.act("POST", "/customer_message/preview", None, body).await
    };
    let usual = ask(rule(json!(["assignee"]), json!([])), json!(number)).await;
    assert_eq!(usual.status, StatusCode::OK, "{:?}", usual.body);
    let people = usual.body["people"].as_array().unwrap();
    assert_eq!((people.len(), &people[0]["id"]), (1, &json!(agent)));
    // By mail nothing comes without a choice, here and now.
    let ways = json!([
        { "channel": "in_app", "delivery": "immediate" },
        { "channel": "mail", "delivery": "off" },
        { "channel": "sms", "delivery": "off" },
    ]);
    assert_eq!(people[0]["ways"], ways);
    let mailed = rule(json!(["assignee"]), json!([way("mail", "digest", true)]));
    let other = ask(mailed, json!(number)).await;
    assert_eq!(other.body["people"][0]["ways"][1]["delivery"], "digest");
    // Who holds a role that sees no tickets is named as left out.
    let role = "SELECT id::text FROM roles WHERE key = 'client'";
    let role = office.world.db.texts(role).await.remove(0);
    let besides = json!({ "on": true, "parties": [], "notification_group_ids": [], "role_ids": [role], "ways": [] });
    let left = ask(besides, json!(number)).await;
    assert_eq!(left.body["people"], json!([]));
    assert!(!left.body["left_out"].as_array().unwrap().is_empty());
    let missing = ask(rule(json!(["assignee"]), json!([])), json!(1)).await;
    assert_eq!(missing.body["errors"][0]["code"], "unknown_ticket");
    let told = "SELECT count(*)::text FROM notifications";
    assert_eq!(office.world.db.texts(told).await, ["0"], "a question tells nobody");

    let tried = office.act("POST", "/customer_message/test", None, Value::Null).await;
    assert_eq!(tried.status, StatusCode::ACCEPTED, "{:?}", tried.body);
    let mine = format!(
        "SELECT n.topic FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.email = '{ADMIN}' AND n.title LIKE '%[Test]%'
            OR u.email = '{ADMIN}' AND n.title LIKE '%تجربة%'"
    );
    assert_eq!(office.world.db.texts(&mine).await, ["customer_message"]);
    let mail = office.act("POST", "/survey/test", None, Value::Null).await;
    assert_eq!((mail.status, mail.code()), (StatusCode::CONFLICT, "not_told_so"));
    let off = json!({ "on": false, "parties": ["assignee"], "notification_group_ids": [], "role_ids": [], "ways": [] });
    let set = office.act("PUT", "/customer_message", Some(0), off).await;
    assert_eq!(set.status, StatusCode::OK, "{:?}", set.body);
    let nothing = office.act("POST", "/customer_message/test", None, Value::Null).await;
    assert_eq!((nothing.status, nothing.code()), (StatusCode::CONFLICT, "nothing_told"));
}
