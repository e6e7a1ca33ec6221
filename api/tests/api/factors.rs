//! Second factors, and what a thief of the password tries against them.

use api::ApiConfig;
use app::account::letter::Content;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::{account::notice::AccountNotice, clock::Clock};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::client::{ADMIN, AGENT, Answer, Hands, PASSWORD, URL, World, quiet};

const SECOND: &str = "/api/v1/auth/second-factor";
const SETUP: &str = "/api/v1/me/factors/totp";

/// The code of so many steps from now.
pub(super) fn code(secret: &str, steps: i64) -> String {
    code_at(secret, Utc::now(), steps)
}

fn code_at(secret: &str, at: DateTime<Utc>, steps: i64) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    let moment = at.timestamp() + steps * 30;
    totp.generate(u64::try_from(moment).unwrap()).to_string()
}

/// Sets an authenticator app up with a code of the step before; returns its secret and the backup codes.
pub(super) async fn enrol(world: &World, token: &str) -> (String, Vec<String>) {
    enrol_at(world, token, Utc::now()).await
}

async fn enrol_at(world: &World, token: &str, at: DateTime<Utc>) -> (String, Vec<String>) {
    let setup = world.own("POST", SETUP, token, Value::Null).await;
    assert_eq!(setup.status, StatusCode::OK, "{:?}", setup.body);
    let secret = setup.body["secret"].as_str().unwrap().to_owned();
    assert!(
        setup.body["url"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/CloudManager:")
    );
    assert!(setup.body["qr_svg"].as_str().unwrap().contains("<svg"));
    let stored = world
        .db
        .texts("SELECT encode(secret, 'base64') FROM totp_factors")
        .await;
    assert!(!stored[0].contains(&secret));
    let confirm = json!({ "code": code_at(&secret, at, -1) });
    let codes = world.own("POST", &format!("{SETUP}/confirm"), token, confirm).await;
    assert_eq!(codes.status, StatusCode::OK, "{:?}", codes.body);
    let codes: Vec<String> = serde_json::from_value(codes.body["codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

async fn challenge(world: &World) -> String {
    let owed = world.try_login(AGENT, PASSWORD).await;
    assert_eq!(owed.status, StatusCode::OK, "{:?}", owed.body);
    assert!(owed.body.get("access_token").is_none() && !owed.headers.contains_key("set-cookie"));
    owed.body["second_factor"]["challenge"].as_str().unwrap().to_owned()
}

async fn give(world: &World, challenge: &str, method: &str, code: &str) -> Answer {
    world
        .post(
            SECOND,
            json!({ "challenge": challenge, "method": method, "code": code }),
        )
        .await
}

#[tokio::test]
async fn a_login_owes_the_second_factor_and_a_code_is_good_once() {
    // Time stands still: a code is of its step, however long the test takes.
    let clock = Hands::new();
    let at = clock.now();
    let world = World::at(quiet(URL), clock).await;
    let first = world.login().await;
    let (secret, _) = enrol_at(&world, &first.token(), at).await;
    let (a, b) = (challenge(&world).await, challenge(&world).await);
    // The challenge itself opens nothing.
    assert_eq!(world.me(&a).await.status, StatusCode::UNAUTHORIZED);
    // Of many parallel uses of one code, over two challenges, exactly one gets in.
    let now = code_at(&secret, at, 0);
    let tries = (0..8).map(|n| {
        let (world, challenge, now) = (
            world.clone(),
            if n % 2 == 0 { a.clone() } else { b.clone() },
            now.clone(),
        );
        tokio::spawn(async move { give(&world, &challenge, "totp", &now).await })
    });
    let mut entered = Vec::new();
    for answer in tries.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        if answer.status == StatusCode::OK {
            entered.push(answer);
        }
    }
    assert_eq!(entered.len(), 1);
    assert_eq!(world.me(&entered[0].token()).await.body["email"], AGENT);
    let third = challenge(&world).await;
    world.db.execute("DELETE FROM login_failures").await;
    for replayed in [
        code_at(&secret, at, 0),
        code_at(&secret, at, -1),
        code_at(&secret, at, -2),
        code_at(&secret, at, 3),
    ] {
        let answer = give(&world, &third, "totp", &replayed).await;
        assert_eq!(answer.body["errors"][0]["code"], "wrong_code");
    }
    let next = give(&world, &third, "totp", &code_at(&secret, at, 1)).await;
    assert_eq!(next.status, StatusCode::OK, "{:?}", next.body);
    let sessions = world
        .own("GET", "/api/v1/me/sessions", &next.token(), Value::Null)
        .await;
    assert!(
        sessions.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s["methods"] == json!(["pwd", "otp"]))
    );
}

#[tokio::test]
async fn guessing_ends_the_challenge_tells_the_owner_and_slows_down() {
    let world = World::new().await;
    let (secret, _) = enrol(&world, &world.login().await.token()).await;
    world.mails().await;
    let owed = challenge(&world).await;
    for _ in 0..5 {
        assert_eq!(
            give(&world, &owed, "totp", "000000").await.body["errors"][0]["code"],
            "wrong_code"
        );
    }
    let over = give(&world, &owed, "totp", &code(&secret, 0)).await;
    assert_eq!(over.body["errors"][0]["code"], "challenge_over");
    let told = world.mails().await;
    assert!(told.iter().any(|m| matches!(
        &m.content,
        Content::Notice {
            notice: AccountNotice::FactorFailed,
            ..
        }
    )));
    // A new challenge has new tries, but the person's count goes on.
    let owed = challenge(&world).await;
    assert_eq!(
        give(&world, &owed, "totp", "000000").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    world.db.execute("DELETE FROM login_failures").await;
    world.db.execute("UPDATE auth_challenges SET expires_at = now()").await;
    assert_eq!(
        give(&world, &owed, "totp", &code(&secret, 0)).await.body["errors"][0]["code"],
        "challenge_over"
    );
}

#[tokio::test]
async fn a_backup_code_is_good_once_and_new_ones_replace_the_old() {
    let world = World::new().await;
    let (_, codes) = enrol(&world, &world.login().await.token()).await;
    let stored = world
        .db
        .texts("SELECT encode(code_hash, 'escape') FROM backup_codes")
        .await;
    assert!(stored.iter().all(|hash| !hash.contains(&codes[0])));
    let owed = challenge(&world).await;
    let typed = codes[0].to_lowercase().replace('-', " ");
    let (a, b) = tokio::join!(
        give(&world, &owed, "backup_code", &typed),
        give(&world, &owed, "backup_code", &typed)
    );
    let entered = if a.status == StatusCode::OK { &a } else { &b };
    assert_ne!(a.status == StatusCode::OK, b.status == StatusCode::OK);
    let token = entered.token();
    let own = world.own("GET", "/api/v1/me/factors", &token, Value::Null).await;
    assert_eq!(
        (&own.body["backup_codes_left"], own.body["totp_since"].is_string()),
        (&json!(9), true)
    );
    let renewed = world
        .own("POST", "/api/v1/me/factors/backup-codes", &token, Value::Null)
        .await;
    assert_eq!(renewed.status, StatusCode::OK);
    let owed = challenge(&world).await;
    assert_eq!(
        give(&world, &owed, "backup_code", &codes[1]).await.body["errors"][0]["code"],
        "wrong_code"
    );
    let new = renewed.body["codes"][0].as_str().unwrap();
    assert_eq!(give(&world, &owed, "backup_code", new).await.status, StatusCode::OK);
}

#[tokio::test]
async fn dangerous_actions_need_a_fresh_proof() {
    let world = World::new().await;
    let token = world.login().await.token();
    let (secret, _) = enrol(&world, &token).await;
    world
        .db
        .execute("UPDATE sessions SET factor_at = now() - interval '6 minutes'")
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    for (method, path) in [
        ("DELETE", SETUP),
        ("POST", "/api/v1/me/factors/backup-codes"),
        ("POST", SETUP),
    ] {
        let answer = world.own(method, path, &token, Value::Null).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "step_up_required"),
            "{method} {path}"
        );
    }
    let prove = |method: &str, code: String| {
        let (world, token, body) = (world.clone(), token.clone(), json!({ "method": method, "code": code }));
        async move { world.own("POST", "/api/v1/auth/step-up", &token, body).await }
    };
    assert_eq!(
        prove("password", PASSWORD.into()).await.body["errors"][0]["code"],
        "second_factor_needed"
    );
    assert_eq!(
        prove("totp", "000000".into()).await.body["errors"][0]["code"],
        "wrong_code"
    );
    let proven = prove("totp", code(&secret, 0)).await;
    assert_eq!(proven.status, StatusCode::NO_CONTENT);
    let token = world.refresh(&proven.cookie()).await.token();
    assert_eq!(
        world.own("DELETE", SETUP, &token, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    // Without a factor the password is the proof, and the next login owes nothing.
    assert_eq!(
        prove("password", "wrong".into()).await.body["errors"][0]["code"],
        "wrong_password"
    );
    assert_eq!(prove("password", PASSWORD.into()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.login().await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_gets_nowhere_without() {
    let mut config = ApiConfig::new(URL);
    let world = World::new().await;
    let role = world.me(&world.login().await.token()).await.body["role"]
        .as_str()
        .unwrap()
        .to_owned();
    drop(world);
    config.second_factor_roles = vec![role];
    let world = World::with(config).await;
    let login = world.login().await;
    let token = login.token();
    for path in [
        "/api/v1/tickets",
        "/api/v1/me/logins",
        "/api/v1/mails",
        "/api/v1/events/stream",
    ] {
        let answer = world.own("GET", path, &token, Value::Null).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "second_factor_setup_required"),
            "{path}"
        );
    }
    let own = world.own("GET", "/api/v1/me/factors", &token, Value::Null).await;
    assert_eq!(own.body["required"], true);
    enrol(&world, &token).await;
    assert_eq!(
        world.own("GET", "/api/v1/tickets", &token, Value::Null).await.status,
        StatusCode::OK
    );
    // What the role needs cannot be taken off again.
    let kept = world.own("DELETE", SETUP, &token, Value::Null).await;
    assert_eq!((kept.status, kept.code()), (StatusCode::CONFLICT, "last_factor"));
    assert_eq!(
        world.own("GET", "/api/v1/me/factors", &token, Value::Null).await.body["backup_codes_left"],
        10
    );
    let client = world.try_login("client@cloudmanager.test", PASSWORD).await;
    assert_eq!(
        world
            .own("GET", "/api/v1/tickets", &client.token(), Value::Null)
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn heirs_of_a_role_that_needs_a_second_factor_need_one_too() {
    let mut config = quiet(URL);
    config.second_factor_roles = vec!["desk".to_owned()];
    let world = World::with(config).await;
    let admin = world.token_of(ADMIN).await;
    let made = async |body: Value| {
        let answer = world.act(&admin, "POST", "/api/v1/roles", None, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
        answer.body
    };
    let desk = made(json!({ "key": "desk", "name": "Desk", "permissions": ["tickets.view"] })).await;
    let late = made(json!({ "key": "late", "name": "Late", "parents": [desk["id"]] })).await;
    let night = made(json!({ "key": "night", "name": "Night", "parents": [late["id"]] })).await;
    made(json!({ "key": "free", "name": "Free", "permissions": ["tickets.view"] })).await;
    let tickets = async |token: &str| {
        world
            .own("GET", "/api/v1/tickets", token, Value::Null)
            .await
            .code()
            .to_owned()
    };
    for (key, expected) in [
        ("desk", "second_factor_setup_required"),
        ("night", "second_factor_setup_required"),
        ("free", ""),
    ] {
        let email = format!("{key}@x.test");
        app::seed::account(&world.state.app, &email, "X", key, PASSWORD)
            .await
            .unwrap();
        let token = world.token_of(&email).await;
        assert_eq!(tickets(&token).await, expected, "{key}");
        let own = world.own("GET", "/api/v1/me/factors", &token, Value::Null).await;
        assert_eq!(own.body["required"], !expected.is_empty(), "{key}");
    }
    // Who inherits it no more, over a role between, owes nothing any more.
    let path = format!("/api/v1/roles/{}", late["id"].as_str().unwrap());
    let freed = world
        .act(
            &admin,
            "PATCH",
            &path,
            late["version"].as_i64(),
            json!({ "parents": [], "permissions": ["tickets.view"] }),
        )
        .await;
    assert_eq!(freed.status, StatusCode::OK, "{:?}", freed.body);
    assert_eq!(night["effective"], json!(["tickets.view"]));
    let token = world.token_of("night@x.test").await;
    assert_eq!(tickets(&token).await, "");
}

#[tokio::test]
async fn a_reset_password_does_not_skip_the_second_factor() {
    use domain::account::times::LinkPurpose;
    let world = World::new().await;
    enrol(&world, &world.login().await.token()).await;
    world.mails().await;
    for (ask, purpose) in [
        ("magic-link", LinkPurpose::Magic),
        ("password-reset", LinkPurpose::Reset),
    ] {
        world
            .post(
                &format!("/api/v1/auth/{ask}"),
                json!({ "email": AGENT, "locale": "fr" }),
            )
            .await;
        let token = world.mailed_token(AGENT, purpose).await;
        if purpose == LinkPurpose::Magic {
            let answer = world
                .post("/api/v1/auth/magic-link/redeem", json!({ "token": token }))
                .await;
            assert!(
                answer.body["second_factor"]["challenge"].is_string(),
                "{:?}",
                answer.body
            );
        } else {
            let body = json!({ "token": token, "password": "orage lent gris bleu" });
            assert_eq!(
                world.post("/api/v1/auth/password-reset/confirm", body).await.status,
                StatusCode::NO_CONTENT
            );
            let owed = world.try_login(AGENT, "orage lent gris bleu").await;
            assert!(
                owed.body["second_factor"]["methods"]
                    .as_array()
                    .unwrap()
                    .contains(&json!("totp"))
            );
        }
    }
}
