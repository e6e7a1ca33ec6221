//! What somebody who held an account for a moment has left when its owner takes it back.

use axum::http::StatusCode;
use domain::account::times::LinkPurpose;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::client::{AGENT, PASSWORD, World};

const NEW: &str = "Correct-Horse-Battery-77";

#[tokio::test]
async fn a_reset_password_takes_tokens_and_a_change_of_address_along() {
    let world = World::new().await;
    let session = world.login().await.token();
    let wish = json!({ "name": "left behind", "scopes": ["tickets.view"], "expires_in_days": 30 });
    let made = world.own("POST", "/api/v1/api-tokens", &session, wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let wish = json!({ "email": "evil@example.dz", "password": PASSWORD });
    let asked = world.own("POST", "/api/v1/me/email", &session, wish).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{:?}", asked.body);
    let change = world.mailed_token("evil@example.dz", LinkPurpose::EmailChange).await;

    world
        .post("/api/v1/auth/password-reset", json!({ "email": AGENT, "locale": "en" }))
        .await;
    let link = world.mailed_token(AGENT, LinkPurpose::Reset).await;
    let body = json!({ "token": link, "password": NEW });
    let reset = world.post("/api/v1/auth/password-reset/confirm", body).await;
    assert!(reset.status.is_success(), "{:?}", reset.body);

    let late = world
        .post("/api/v1/auth/email-change/confirm", json!({ "token": change }))
        .await;
    assert_eq!(late.body["errors"][0]["code"], "invalid_link");
    let left = "SELECT count(*) FROM api_tokens WHERE revoked_at IS NULL";
    assert_eq!(world.db.texts(left).await, ["0"]);
    // A sign-in that was under way carries the version from before.
    let version = format!("SELECT session_version FROM users WHERE email = '{AGENT}'");
    assert_ne!(world.db.texts(&version).await, ["1"]);
}

#[tokio::test]
async fn an_app_that_was_never_confirmed_proves_nothing() {
    let world = World::new().await;
    let session = world.login().await.token();
    let setup = world
        .own("POST", "/api/v1/me/factors/totp", &session, Value::Null)
        .await;
    let secret = Secret::try_from_base32(setup.body["secret"].as_str().unwrap()).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(chrono::Utc::now().timestamp()).unwrap();
    let code = totp.generate(now).to_string();
    let proof = json!({ "method": "totp", "code": code });
    let answer = world.own("POST", "/api/v1/auth/step-up", &session, proof).await;
    assert_eq!(answer.body["errors"][0]["code"], "wrong_code", "{:?}", answer.body);
    let confirmed = "SELECT count(*) FROM totp_factors WHERE confirmed_at IS NOT NULL";
    assert_eq!(world.db.texts(confirmed).await, ["0"]);
    // The very same code still confirms it, where that is meant.
    let confirm = json!({ "code": code });
    let answer = world
        .own("POST", "/api/v1/me/factors/totp/confirm", &session, confirm)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
}
