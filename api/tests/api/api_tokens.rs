//! Programs that act for a person: no further than they were let, and no longer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{AGENT, Answer, World};

async fn as_bearer(world: &World, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let auth = format!("Bearer {token}");
    world.call(method, path, &[("authorization", &auth)], body).await
}

async fn made(world: &World, session: &str, scopes: Value) -> (String, String) {
    let body = json!({ "name": "ci", "scopes": scopes, "expires_in_days": 30 });
    let answer = as_bearer(world, session, "POST", "/api/v1/api-tokens", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    let secret = answer.body["secret"].as_str().unwrap().to_owned();
    (answer.body["token"]["id"].as_str().unwrap().to_owned(), secret)
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for_and_nothing_else() {
    let world = World::new().await;
    let session = world.login().await.token();
    let (_, token) = made(&world, &session, json!(["tickets.view"])).await;
    assert_eq!(
        as_bearer(&world, &token, "GET", "/api/v1/tickets", Value::Null)
            .await
            .status,
        StatusCode::OK
    );
    let me = world.me(&token).await;
    assert_eq!(me.body["permissions"], json!(["tickets.view"]), "{:?}", me.body);
    let own = [
        ("GET", "/api/v1/api-tokens", Value::Null),
        (
            "POST",
            "/api/v1/api-tokens",
            json!({ "name": "x", "scopes": ["tickets.view"], "expires_in_days": 1 }),
        ),
        ("PATCH", "/api/v1/me", json!({ "name": "x" })),
        ("GET", "/api/v1/events/stream", Value::Null),
    ];
    for (method, path, body) in own {
        let answer = world.act(&token, method, path, Some(1), body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "session_required"),
            "{method} {path}"
        );
    }
    for (method, path) in [
        ("GET", "/api/v1/queues"),
        ("GET", "/api/v1/mails"),
        ("POST", "/api/v1/mail/inbound"),
    ] {
        let answer = as_bearer(&world, &token, method, path, Value::Null).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
}

#[tokio::test]
async fn a_token_reads_rules_but_never_makes_one_act() {
    let world = World::new().await;
    world
        .db
        .execute("UPDATE roles SET effective = effective || ARRAY['automation.view', 'automation.edit']")
        .await;
    let session = world.login().await.token();
    let (_, token) = made(&world, &session, json!(["automation.view", "automation.edit"])).await;
    let rules = "/api/v1/automation-rules";
    let spec = json!({
        "trigger": { "when": "event", "on": "created" },
        "condition": { "test": "assigned", "is": false },
        "actions": [{ "do": "add_tag", "tag": "new" }],
        "limit": 10,
    });
    let rule = json!({ "name": "New ones", "enabled": true, "spec": spec });
    let by_hand = as_bearer(&world, &session, "POST", rules, rule.clone()).await;
    assert_eq!(by_hand.status, StatusCode::CREATED, "{:?}", by_hand.body);
    let one = format!("{rules}/{}", by_hand.body["id"].as_str().unwrap());
    let read = as_bearer(&world, &token, "GET", &one, Value::Null).await;
    assert_eq!(read.status, StatusCode::OK, "{:?}", read.body);
    let held = format!("{one}/held");
    for (method, path, body) in [
        ("POST", rules, rule.clone()),
        ("PUT", &one, rule),
        ("DELETE", &one, Value::Null),
        ("POST", &held, json!({ "confirm": true })),
    ] {
        let answer = world.act(&token, method, path, Some(1), body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "session_required"),
            "{method} {path}"
        );
    }
    // They show tickets, which this token may not see.
    let runs = as_bearer(&world, &token, "GET", &format!("{one}/runs"), Value::Null).await;
    assert_eq!((runs.status, runs.code()), (StatusCode::FORBIDDEN, "forbidden"));
}

#[tokio::test]
async fn nobody_gives_a_token_more_than_he_has() {
    let world = World::new().await;
    let session = world.login().await.token();
    let wrong = json!({ "name": "a\nb", "scopes": ["tickets.view", "users.edit", "all"], "expires_in_days": 367 });
    let answer = as_bearer(&world, &session, "POST", "/api/v1/api-tokens", wrong).await;
    let found: Vec<_> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("/name", "invalid_name"),
            ("/scopes/1", "not_held"),
            ("/scopes/2", "unknown_permission"),
            ("/expires_in_days", "out_of_range"),
        ]
    );
    // A right that the role loses, the token loses.
    let (_, token) = made(&world, &session, json!(["tickets.view"])).await;
    assert_eq!(world.me(&token).await.status, StatusCode::OK);
    world
        .db
        .execute("UPDATE roles SET effective = array_remove(effective, 'tickets.view')")
        .await;
    until(&world, &token, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_token_that_was_revoked_or_lost_its_owner_opens_nothing() {
    let world = World::new().await;
    let session = world.login().await.token();
    let (id, token) = made(&world, &session, json!(["tickets.view"])).await;
    until(&world, &token, StatusCode::OK).await;
    // Another process revoked it: this one notices within a second.
    world.db.execute("UPDATE api_tokens SET revoked_at = now()").await;
    until(&world, &token, StatusCode::UNAUTHORIZED).await;
    world.db.execute("UPDATE api_tokens SET revoked_at = NULL").await;
    until(&world, &token, StatusCode::OK).await;
    let path = format!("/api/v1/api-tokens/{id}");
    assert_eq!(
        as_bearer(&world, &session, "DELETE", &path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        world.me(&token).await.status,
        StatusCode::UNAUTHORIZED,
        "at once in this process"
    );
    assert_eq!(
        as_bearer(&world, &session, "DELETE", &path, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );

    for change in ["status = 'suspended'", "deleted_at = now()"] {
        let (_, token) = made(&world, &world.login().await.token(), json!(["tickets.view"])).await;
        until(&world, &token, StatusCode::OK).await;
        world.db.execute(&format!("UPDATE users SET {change}")).await;
        until(&world, &token, StatusCode::UNAUTHORIZED).await;
        world.db.execute("UPDATE users SET status = 'active'").await;
    }
}

#[tokio::test]
async fn another_person_does_not_see_it_and_the_database_does_not_hold_it() {
    let world = World::new().await;
    let session = world.login().await.token();
    let body = json!({ "name": "ci", "scopes": ["tickets.view"], "expires_in_days": 30 });
    let auth = format!("Bearer {session}");
    let keyed = [("authorization", auth.as_str()), ("idempotency-key", "once")];
    let answer = world.call("POST", "/api/v1/api-tokens", &keyed, body.clone()).await;
    let (id, token) = (
        answer.body["token"]["id"].as_str().unwrap(),
        answer.body["secret"].as_str().unwrap(),
    );
    let again = world.call("POST", "/api/v1/api-tokens", &keyed, body).await;
    assert_eq!(again.body, answer.body, "a lost answer is told again");
    // Base64url may hold an underscore, so the secret begins after the second one.
    let secret = token.splitn(3, '_').nth(2).unwrap();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    world
        .db
        .execute(&format!(
            "DO $$ BEGIN
               IF EXISTS (SELECT FROM api_tokens t WHERE t::text LIKE '%{secret}%')
                 OR EXISTS (SELECT FROM audit_log a WHERE a::text LIKE '%{secret}%')
                 OR EXISTS (SELECT FROM idempotency_keys k WHERE k::text LIKE '%{hex}%') THEN RAISE 'kept'; END IF;
               IF NOT EXISTS (SELECT FROM idempotency_keys WHERE body IS NOT NULL) THEN RAISE 'no key'; END IF;
             END $$"
        ))
        .await;
    let other = world
        .try_login("client@cloudmanager.test", super::client::PASSWORD)
        .await
        .token();
    let list = as_bearer(&world, &other, "GET", "/api/v1/api-tokens", Value::Null).await;
    assert_eq!(list.body["items"], json!([]));
    let path = format!("/api/v1/api-tokens/{id}");
    assert_eq!(
        as_bearer(&world, &other, "DELETE", &path, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    // The right prefix with another secret is no token.
    let forged = token.replace(secret, &secret.chars().rev().collect::<String>());
    assert_eq!(world.me(&forged).await.status, StatusCode::UNAUTHORIZED);
    world.me(token).await;
    let list = as_bearer(&world, &session, "GET", "/api/v1/api-tokens", Value::Null).await;
    assert!(
        list.body["items"][0]["last_used_at"].is_string(),
        "{AGENT}: {:?}",
        list.body
    );
    assert!(token.starts_with(list.body["items"][0]["prefix"].as_str().unwrap()));
}

#[tokio::test]
async fn an_invented_token_costs_no_query_and_one_from_before_seals_stays_good() {
    let world = World::new().await;
    let session = world.login().await.token();
    let (id, token) = made(&world, &session, json!(["tickets.view"])).await;
    let old = &token[..token.len() - domain::api_token::SEAL_LEN];
    let hash: String = app::api_token::hash(old).iter().map(|b| format!("{b:02x}")).collect();
    world
        .db
        .execute(&format!(
            "UPDATE api_tokens SET hash = '\\x{hash}', marked = false WHERE id = '{id}'"
        ))
        .await;
    assert_eq!(world.me(old).await.status, StatusCode::OK);
    let (_, sealed) = made(&world, &session, json!(["tickets.view"])).await;
    assert_eq!(world.me(&sealed).await.status, StatusCode::OK);
    // Nothing can be looked up any more.
    world.db.execute("ALTER TABLE api_tokens RENAME TO away").await;
    let invented = [
        format!("cmt_0123456789ab_{}", "s".repeat(43)),
        format!("cmt_0123456789ab_{}", "s".repeat(54)),
        format!("{}AAAAAAAAAAA", &sealed[..sealed.len() - 11]),
    ];
    for token in invented {
        assert_eq!(world.me(&token).await.status, StatusCode::UNAUTHORIZED, "{token}");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(
        world.me(&sealed).await.status.is_server_error(),
        "a genuine one is looked up"
    );
}

/// Asks until this is the answer; it has to come within a second.
async fn until(world: &Arc<World>, token: &str, status: StatusCode) {
    let began = Instant::now();
    while as_bearer(world, token, "GET", "/api/v1/tickets", Value::Null)
        .await
        .status
        != status
    {
        assert!(began.elapsed() < Duration::from_secs(2), "no {status} in time");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

#[tokio::test]
async fn whoever_makes_a_token_can_read_what_its_scopes_mean() {
    let world = World::new().await;
    let keys = |answer: &Answer| -> Vec<String> {
        let categories = answer.body["items"].as_array().unwrap();
        let permissions = categories.iter().flat_map(|category| {
            let permissions = category["permissions"].as_array().unwrap();
            assert!(!permissions.is_empty(), "{}", category["key"]);
            permissions.iter()
        });
        permissions.map(|one| one["key"].as_str().unwrap().to_owned()).collect()
    };
    let client = world
        .try_login("client@cloudmanager.test", super::client::PASSWORD)
        .await
        .token();
    let answer = as_bearer(&world, &client, "GET", "/api/v1/permissions", Value::Null).await;
    let mut shown = keys(&answer);
    let me = world.me(&client).await;
    let mut held: Vec<String> = serde_json::from_value(me.body["permissions"].clone()).unwrap();
    shown.sort();
    held.sort();
    assert_eq!(shown, held);
}
