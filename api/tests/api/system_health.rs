//! How the installation does, as operators are told.

use serde_json::{Value, json};

use super::client::{ADMIN, AGENT, World};

const PATH: &str = "/api/v1/system-health";

/// The line of a part, of this queue or mailbox if it has one.
fn line<'a>(health: &'a Value, part: &str, subject: Option<&str>) -> &'a Value {
    let lines = health["lines"].as_array().unwrap();
    let found = lines
        .iter()
        .find(|line| line["part"] == part && (subject.is_none() || line["subject"].as_str() == subject));
    found.unwrap_or_else(|| panic!("{part} {subject:?} is not told: {health}"))
}

fn figure(line: &Value, name: &str) -> f64 {
    let figures = line["figures"].as_array().unwrap();
    let found = figures.iter().find(|figure| figure["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {line}"))["value"]
        .as_f64()
        .unwrap()
}

#[tokio::test]
async fn what_does_not_work_is_told_with_its_reason() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let look = async || {
        let answer = world.act(&admin, "GET", PATH, None, Value::Null).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer.body
    };
    let agent = world.token_of(AGENT).await;
    let refused = world.act(&agent, "GET", PATH, None, Value::Null).await;
    assert_eq!(refused.code(), "forbidden");

    // Nobody works and nobody schedules in this world.
    let health = look().await;
    assert_eq!(
        (&health["level"], &health["version"]),
        (&json!("fail"), &json!(env!("CARGO_PKG_VERSION")))
    );
    let found = |health: &Value, part: &str| line(health, part, None)["finding"].clone();
    assert_eq!(
        ["migrations", "workers", "scheduler", "mail_server"].map(|part| found(&health, part)),
        ["fine", "no_workers", "no_leader", "no_server"].map(|word| json!(word))
    );
    let database = line(&health, "database", None);
    assert!(
        database["level"] != "fail" && figure(database, "most") > 0.0,
        "{database}"
    );
    assert_eq!(line(&health, "queue", Some("sla"))["finding"], "unserved");

    world
        .db
        .execute(
            "INSERT INTO leaders (name, holder, expires_at) VALUES ('scheduler', gen_random_uuid(), now() + interval '1 hour');
             INSERT INTO schedules (key, last_tick) VALUES ('sweep_mail', now());
             INSERT INTO job_workers (id, host, pid, queues, last_seen_at)
                 VALUES (gen_random_uuid(), 'here', 1, '{\"sla\": {\"concurrency\": 1, \"running\": 0}}', now() + interval '1 hour');
             INSERT INTO queue_switches (queue, state) VALUES ('exports', 'paused')",
        )
        .await;
    let row = |n: u8, state: &str| {
        format!(
            "INSERT INTO outgoing_mails (id, kind, event_key, recipient, mail_message_id, subject, body_text, locale, state, attempts,
                 created_at, state_at)
             VALUES ('01a1fc3e-29d6-7608-8721-d44b966958e{n}', 'account', 'h{n}', 'lost@x.test', 'h{n}@x', 'Welcome', '', 'fr',
                 '{state}', 1, now(), now())"
        )
    };
    world.db.execute(&row(1, "failed")).await;
    world.db.execute(&row(2, "bounced")).await;
    let health = look().await;
    assert_eq!(
        ["workers", "scheduler", "outgoing_mail"].map(|part| found(&health, part)),
        ["fine", "fine", "failed"].map(|word| json!(word))
    );
    assert!(line(&health, "scheduler", None)["at"].is_string());
    assert_eq!(line(&health, "queue", Some("sla"))["level"], "ok");
    assert_eq!(line(&health, "queue", Some("exports"))["finding"], "paused");
    let lost = line(&health, "outgoing_mail", None);
    assert_eq!((figure(lost, "failed"), figure(lost, "bounced")), (1.0, 1.0));

    world
        .db
        .execute("DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)")
        .await;
    let health = look().await;
    let schema = line(&health, "migrations", None);
    assert_eq!(
        (&schema["finding"], &schema["level"], schema["detail"].is_string()),
        (&json!("outdated"), &json!("fail"), true)
    );
}
