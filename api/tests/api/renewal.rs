//! After a proof the session goes on by another refresh token, and the one before opens nothing.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::Authenticator;

use super::{
    client::{AGENT, Answer, Hands, PASSWORD, URL, World, quiet},
    factors::{code, enrol},
};

const STEP_UP: &str = "/api/v1/auth/step-up";
const PASSKEYS: &str = "/api/v1/me/factors/passkeys";

async fn later(world: &World) {
    world
        .db
        .execute("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'")
        .await;
}

async fn alerts(world: &World) -> Vec<String> {
    world.db.texts("SELECT kind FROM security_alerts").await
}

/// What was done set a new refresh token; the session goes on with it alone.
async fn renewed(world: &World, before: &Answer, done: &Answer) {
    assert!(done.status.is_success(), "{:?}", done.body);
    assert!(done.headers.contains_key(header::SET_COOKIE), "{:?}", done.body);
    let new = done.cookie();
    assert_ne!(before.cookie(), new);
    // A tab of the same browser that was just asking with the old one gets the very same token, and nobody is alarmed.
    let tab = world.refresh(&before.cookies()).await;
    assert_eq!((tab.status, tab.cookie()), (StatusCode::OK, new.clone()));
    let next = world.refresh(&new).await;
    assert_eq!(next.status, StatusCode::OK);
    assert!(alerts(world).await.is_empty());
    // Nothing of the session was lost.
    assert_eq!(world.me(&before.token()).await.status, StatusCode::OK);
    assert_eq!(world.me(&next.token()).await.status, StatusCode::OK);
}

async fn prove(world: &World, token: &str) -> Answer {
    let body = json!({ "method": "password", "code": PASSWORD });
    world.own("POST", STEP_UP, token, body).await
}

#[tokio::test]
async fn a_proof_a_password_and_a_factor_each_renew_the_session() {
    let world = World::new().await;
    let login = world.login().await;
    renewed(&world, &login, &prove(&world, &login.token()).await).await;

    let login = world.login().await;
    let begun = world
        .own("POST", "/api/v1/me/factors/totp", &login.token(), Value::Null)
        .await;
    let secret = begun.body["secret"].as_str().unwrap().to_owned();
    let body = json!({ "code": code(&secret, -1) });
    let confirmed = world
        .own("POST", "/api/v1/me/factors/totp/confirm", &login.token(), body)
        .await;
    renewed(&world, &login, &confirmed).await;

    // Somebody who is signed in by both factors.
    let owed = world.try_login(AGENT, PASSWORD).await;
    let challenge = owed.body["second_factor"]["challenge"].clone();
    let body = json!({ "challenge": challenge, "method": "totp", "code": code(&secret, 0) });
    let login = world.post("/api/v1/auth/second-factor", body).await;
    let token = login.token();
    let asked = world
        .own("POST", &format!("{PASSKEYS}/options"), &token, Value::Null)
        .await;
    let mut device = Authenticator::at("http://localhost:8080");
    let credential = device.create(&asked.body["public_key"]);
    let body = json!({ "ceremony": asked.body["ceremony"], "name": "Laptop", "credential": credential });
    let added = world.own("POST", PASSKEYS, &token, body).await;
    renewed(&world, &login, &added).await;

    let world = World::new().await;
    let login = world.login().await;
    let body = json!({ "current_password": PASSWORD, "new_password": "orage lent gris bleu" });
    let changed = world.own("POST", "/api/v1/me/password", &login.token(), body).await;
    renewed(&world, &login, &changed).await;
}

#[tokio::test]
async fn a_passkey_as_a_fresh_proof_renews_the_session() {
    let world = World::new().await;
    let login = world.login().await;
    let token = login.token();
    let asked = world
        .own("POST", &format!("{PASSKEYS}/options"), &token, Value::Null)
        .await;
    let mut device = Authenticator::at("http://localhost:8080");
    let credential = device.create(&asked.body["public_key"]);
    let body = json!({ "ceremony": asked.body["ceremony"], "name": "Laptop", "credential": credential });
    let before = world.own("POST", PASSKEYS, &token, body).await.cookie();
    let path = "/api/v1/auth/passkeys/step-up";
    let asked = world.own("POST", &format!("{path}/options"), &token, Value::Null).await;
    let credential = device.get(&asked.body["public_key"]);
    let body = json!({ "ceremony": asked.body["ceremony"], "credential": credential });
    let proven = world.own("POST", path, &token, body).await;
    assert_eq!(proven.status, StatusCode::NO_CONTENT, "{:?}", proven.body);
    assert_ne!(proven.cookie(), before);
    assert_eq!(world.refresh(&proven.cookie()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_holds_a_copy_of_the_old_token_is_not_in_and_is_reported() {
    let world = World::new().await;
    // Without the cookie of the browser even at once.
    let login = world.login().await;
    let proven = prove(&world, &login.token()).await;
    assert_eq!(world.refresh(&login.cookie()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(alerts(&world).await, ["refresh_replayed"]);
    assert_eq!(world.refresh(&proven.cookie()).await.status, StatusCode::UNAUTHORIZED);
    // With it, after the moment in which it may be another tab.
    world.db.execute("DELETE FROM security_alerts").await;
    let login = world.login().await;
    prove(&world, &login.token()).await;
    later(&world).await;
    assert_eq!(world.refresh(&login.cookies()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(alerts(&world).await, ["refresh_replayed"]);
}

#[tokio::test]
async fn proofs_and_a_refresh_at_once_leave_one_token_that_goes_on() {
    let world = World::new().await;
    let login = world.login().await;
    let (secret, _) = enrol(&world, &login.token()).await;
    let device = login.cookies().split_once("; ").unwrap().1.to_owned();
    let jar = format!("{}; {device}", world.refresh(&login.cookies()).await.cookie());
    let token = login.token();
    let proof = |world: Arc<World>| {
        let (token, body) = (token.clone(), json!({ "method": "totp", "code": code(&secret, 0) }));
        async move { world.own("POST", STEP_UP, &token, body).await }
    };
    let (a, b) = tokio::join!(proof(world.clone()), world.refresh(&jar));
    assert_eq!((a.status, b.status), (StatusCode::NO_CONTENT, StatusCode::OK));
    let live = world
        .db
        .texts("SELECT count(*)::text FROM refresh_tokens WHERE used_at IS NULL")
        .await;
    assert_eq!(live, ["1"]);
    assert_eq!(world.refresh(&a.cookie()).await.status, StatusCode::OK);
    assert!(alerts(&world).await.is_empty());
}

/// What needs a fresh proof and changes nothing when it is let through.
async fn dangerous(world: &World, token: &str) -> Answer {
    world
        .own("POST", "/api/v1/me/factors/passkeys/options", token, Value::Null)
        .await
}

#[tokio::test]
async fn an_access_token_copied_before_a_proof_gains_nothing_by_it() {
    let hands = Hands::new();
    let world = World::at(quiet(URL), hands.clone()).await;
    let login = world.login().await;
    let copied = login.token();
    assert_eq!(dangerous(&world, &copied).await.status, StatusCode::OK);
    hands.forward(TimeDelta::minutes(6));
    assert_eq!(dangerous(&world, &copied).await.code(), "step_up_required");
    // Another one of the same moment, as two tabs have them.
    let before = world.refresh(&login.cookie()).await;
    let proven = prove(&world, &before.token()).await;
    assert_eq!(proven.status, StatusCode::NO_CONTENT, "{:?}", proven.body);
    for copy in [&copied, &before.token()] {
        let refused = dangerous(&world, copy).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "step_up_required")
        );
        // Good for everything else it stays.
        assert_eq!(world.me(copy).await.status, StatusCode::OK);
    }
    // The refresh token went to whoever proved himself, and with it the token that knows of the proof.
    let after = world.refresh(&proven.cookie()).await.token();
    assert_eq!(dangerous(&world, &after).await.status, StatusCode::OK);
    hands.forward(TimeDelta::minutes(6));
    assert_eq!(dangerous(&world, &after).await.code(), "step_up_required");
}

#[tokio::test]
async fn nobody_writes_a_fresher_proof_into_a_token_and_one_without_is_not_fresh() {
    let hands = Hands::new();
    let world = World::at(quiet(URL), hands.clone()).await;
    let (tokens, app) = (&world.state.tokens, &world.state.app);
    let (_, claims) = tokens.verify(app, &world.login().await.token()).await.unwrap().unwrap();
    hands.forward(TimeDelta::minutes(6));
    // Signed by us, with a moment at which nothing was proven: the session knows better.
    let late = api::auth::Claims {
        auth_time: Some(claims.iat + 360),
        ..claims.clone()
    };
    // As tokens were before they said when.
    let silent = api::auth::Claims {
        auth_time: None,
        ..claims
    };
    for claims in [late, silent] {
        let token = tokens.sign(app, &claims).await.unwrap();
        assert_eq!(dangerous(&world, &token).await.code(), "step_up_required");
        assert_eq!(world.me(&token).await.status, StatusCode::OK);
    }
}
