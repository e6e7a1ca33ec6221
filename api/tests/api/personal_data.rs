//! Personal data: what is kept is known, and goes when its time is over.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::World;

const ADMIN: &str = "admin@cloudmanager.test";

#[tokio::test]
async fn what_is_past_its_time_goes_and_the_run_says_how_much() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let old = [
        "INSERT INTO login_journal (at, email, outcome, method)
            SELECT now() - d * interval '1 day', 'x@x.test', 'failure', 'password' FROM unnest(ARRAY[364, 366, 900]) d",
        "INSERT INTO security_alerts (id, at, kind, severity, acknowledged_at)
            SELECT gen_random_uuid(), now() - interval '5 years', 'x', 'info', a
            FROM unnest(ARRAY[NULL, now() - interval '729 days', now() - interval '731 days']::timestamptz[]) a",
        "INSERT INTO known_devices (id, user_id, device_hash, created_at, last_seen_at)
            SELECT gen_random_uuid(), id, '', now(), now() - interval '366 days' FROM users LIMIT 1",
        "INSERT INTO mailed_links (id, email, purpose, token_hash, locale, created_at, expires_at)
            SELECT gen_random_uuid(), 'x@x.test', 'reset', d::text::bytea, 'fr', now(), now() - d * interval '1 day' FROM unnest(ARRAY[6, 8]) d",
    ];
    for sql in old {
        world.db.execute(sql).await;
    }
    for _ in 0..2 {
        app::retention::clean_up(&world.state.app).await.unwrap();
    }
    let path = "/api/v1/personal-data/retention-runs";
    let first = world.own("GET", &format!("{path}?limit=1"), &admin, Value::Null).await;
    assert_eq!(first.status, StatusCode::OK, "{:?}", first.body);
    assert_eq!(
        first.body["items"][0]["deleted"],
        json!([]),
        "the second run found nothing"
    );
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = world
        .own("GET", &format!("{path}?limit=1&cursor={cursor}"), &admin, Value::Null)
        .await;
    let mut deleted = second.body["items"][0]["deleted"].as_array().unwrap().clone();
    deleted.sort_by_key(|one| one["key"].to_string());
    assert_eq!(
        deleted,
        [
            json!({ "key": "known_devices", "rows": 1 }),
            json!({ "key": "login_journal", "rows": 2 }),
            json!({ "key": "mailed_links", "rows": 1 }),
            json!({ "key": "security_alerts", "rows": 1 }),
        ]
    );
    let left = "SELECT (SELECT count(*) FROM login_journal WHERE email = 'x@x.test') || ' ' || (SELECT count(*) FROM security_alerts)";
    assert_eq!(world.db.texts(left).await, ["1 2"]);
}

#[tokio::test]
async fn the_register_names_every_processing_with_its_law_and_its_end() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let register = world
        .own("GET", "/api/v1/personal-data/register", &admin, Value::Null)
        .await;
    let items = register.body["items"].as_array().unwrap();
    assert!(items.len() >= 6, "{:?}", register.body);
    for item in items {
        assert!(item["law"].as_str().unwrap().contains("18-0"), "{item}");
        assert!(
            ["fr", "en", "ar"]
                .iter()
                .all(|language| item["purpose"][language].is_string())
        );
    }
    let journal = items.iter().flat_map(|item| item["timers"].as_array().unwrap());
    let journal: Vec<&Value> = journal.filter(|timer| timer["key"] == "login_journal").collect();
    assert_eq!(journal, [&json!({ "key": "login_journal", "days": 365 })]);
}
