//! Personal data: what is kept is known, and goes when its time is over.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, World};

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

/// Stored bytes, and a statement's words for them.
async fn stored(world: &World, text: &'static str) -> (Vec<u8>, String) {
    let sha256 = world.state.app.blobs.put(text.into()).await.unwrap().to_vec();
    let word = format!("'\\x{}'", data_encoding::HEXLOWER.encode(&sha256));
    (sha256, word)
}

#[tokio::test]
async fn raw_mails_and_papers_go_with_their_bytes_and_what_is_named_elsewhere_stays() {
    let world = World::new().await;
    let app = &world.state.app;
    let (old, old_word) = stored(&world, "an old mail").await;
    let (twin, twin_word) = stored(&world, "the same attachment twice").await;
    let (waits, waits_word) = stored(&world, "a mail that nobody judged").await;
    for (word, age, state) in [
        (&old_word, 366, "processed"),
        (&twin_word, 366, "dropped"),
        (&twin_word, 364, "processed"),
        (&waits_word, 900, "quarantined"),
    ] {
        world
            .db
            .execute(&format!(
                "INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state)
                 SELECT gen_random_uuid(), id, {word}, 1, now() - interval '{age} days', '{state}' FROM mailboxes LIMIT 1"
            ))
            .await;
    }
    // Papers: one taken back long ago, one just now, one of a customer who left six years ago, one of a customer who stays.
    for (n, taken, left) in [
        (1, "'31 days'", "NULL"),
        (2, "'1 day'", "NULL"),
        (3, "NULL", "'6 years'"),
        (4, "NULL", "NULL"),
    ] {
        world
            .db
            .execute(&format!(
                "WITH c AS (INSERT INTO customers (id, kind, name, email, source, status, status_at, created_at, updated_at)
                     VALUES (gen_random_uuid(), 'individual', 'X', 'x{n}@x.test', 'staff', CASE WHEN {left} IS NULL THEN 'active' ELSE 'inactive' END,
                         now() - coalesce({left}::interval, '0'), now(), now()) RETURNING id),
                 f AS (INSERT INTO sealed_files (id, blob, sha256, size, content_type, key_id, wrapped_key, created_at)
                     VALUES (gen_random_uuid(), 'paper {n}', '', 1, 'image/jpeg', 'k', '', now()) RETURNING id),
                 k AS (INSERT INTO kyc_cases (id, customer_id, state, created_at, updated_at)
                     SELECT gen_random_uuid(), id, 'collecting', now(), now() FROM c RETURNING id)
                 INSERT INTO kyc_documents (id, case_id, kind, file_id, name, uploaded_by, created_at, deleted_at)
                 SELECT gen_random_uuid(), k.id, 'passport', f.id, 'p', u.id, now(), now() - {taken}::interval
                 FROM k, f, (SELECT id FROM users LIMIT 1) u"
            ))
            .await;
    }
    app::retention::clean_up(app).await.unwrap();
    let left = "SELECT string_agg(convert_from(blob, 'UTF8'), ', ' ORDER BY blob) FROM sealed_files";
    assert_eq!(world.db.texts(left).await, ["paper 2, paper 4"]);
    for (sha256, stays) in [(old, false), (twin, true), (waits, true)] {
        assert_eq!(app.blobs.get(&sha256).await.is_ok(), stays);
    }
    let deleted = &world.db.texts("SELECT deleted::text FROM retention_runs").await[0];
    let deleted: Value = serde_json::from_str(deleted).unwrap();
    assert_eq!(
        deleted,
        json!({ "raw_mails": 2, "taken_papers": 1, "identity_papers": 1 })
    );
    // Its journey is still there, its bytes are not, and nobody is offered them.
    let admin = world.token_of(ADMIN).await;
    let gone = &world
        .db
        .texts("SELECT id::text FROM raw_mails WHERE sha256 = '' AND state = 'dropped'")
        .await[0];
    let mail = world
        .own("GET", &format!("/api/v1/mails/{gone}"), &admin, Value::Null)
        .await;
    assert_eq!(
        (&mail.body["raw_kept"], &mail.body["allowed_actions"]),
        (&json!(false), &json!([]))
    );
    let raw = world
        .own("GET", &format!("/api/v1/mails/{gone}/raw"), &admin, Value::Null)
        .await;
    assert_eq!(raw.status, StatusCode::NOT_FOUND);
    let again = world
        .own("POST", &format!("/api/v1/mails/{gone}/reprocess"), &admin, Value::Null)
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{:?}", again.body);
}
