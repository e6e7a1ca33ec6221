//! Keys that sign access tokens: rotation, the published list, several processes, and forged tokens.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use api::{ApiConfig, ApiState, auth::Claims};
use app::{App, seal::MasterKey};
use axum::http::{StatusCode, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use domain::signing_key::{HOLD, LEAD, PERIOD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use store::audit::Actor;

use super::client::{Hands, PASSWORD, URL, World};

/// Shortest time between two questions about a key that is not known.
const PAUSE: Duration = Duration::from_secs(1);

/// Two processes over one database, with a clock for both.
async fn two() -> (Arc<World>, Arc<World>, Arc<Hands>) {
    let hands = Hands::new();
    let one = World::at(ApiConfig::new(URL), hands.clone()).await;
    let other = one.another(ApiConfig::new(URL));
    (one, other, hands)
}

async fn published(world: &World) -> Vec<String> {
    let answer = world.call("GET", "/.well-known/jwks.json", &[], Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=300");
    let keys = answer.body["keys"].as_array().unwrap();
    for key in keys {
        assert_eq!(
            (&key["kty"], &key["crv"], &key["alg"], &key["use"]),
            (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"), &json!("sig"))
        );
        assert_eq!(URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap().len(), 32);
        assert!(key.get("d").is_none());
    }
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn operator() -> Actor {
    Actor {
        kind: "system",
        ..Actor::default()
    }
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// Lets what processes know of keys grow old.
async fn wait() {
    tokio::time::sleep(Duration::from_millis(5100)).await;
}

#[tokio::test]
async fn several_processes_that_start_at_once_make_one_key() {
    let (one, other, _) = two().await;
    let (a, b) = tokio::join!(one.login(), other.login());
    assert_eq!(kid(&a.token()), kid(&b.token()));
    assert_eq!(one.me(&b.token()).await.status, StatusCode::OK);
    assert_eq!(other.me(&a.token()).await.status, StatusCode::OK);
    assert_eq!(published(&one).await, [kid(&a.token())]);
    assert_eq!(one.db.texts("SELECT count(*)::text FROM signing_keys").await, ["1"]);
    assert_eq!(
        one.db
            .texts("SELECT count(*)::text FROM audit_log WHERE action = 'signing_key.rotate'")
            .await,
        ["1"]
    );
}

#[tokio::test]
async fn a_rotation_is_published_first_and_keeps_old_tokens_valid_until_they_end() {
    let (one, other, hands) = two().await;
    let old = one.login().await.token();
    let rotated = app::signing_key::rotate(&one.state.app, &operator(), false)
        .await
        .unwrap();
    // A second one would only pile up.
    assert!(
        app::signing_key::rotate(&one.state.app, &operator(), false)
            .await
            .is_err()
    );
    wait().await;
    let both = published(&other).await;
    assert_eq!(both, [kid(&old), rotated.kid.to_string()]);
    // Published, it does not sign yet.
    assert_eq!(kid(&other.login().await.token()), kid(&old));
    hands.forward(LEAD);
    let new = one.login().await.token();
    assert_eq!(kid(&new), rotated.kid.to_string());
    for world in [&one, &other] {
        assert_eq!(world.me(&new).await.status, StatusCode::OK);
        assert_eq!(world.me(&old).await.status, StatusCode::OK);
    }
    // The old token's last minute.
    hands.forward(TimeDelta::minutes(19));
    app::signing_key::keep(&one.state.app).await.unwrap();
    wait().await;
    assert_eq!(other.me(&old).await.status, StatusCode::OK);
    assert_eq!(published(&other).await, both);
    hands.forward(HOLD);
    app::signing_key::keep(&one.state.app).await.unwrap();
    wait().await;
    assert_eq!(published(&other).await, [rotated.kid.to_string()]);
    assert_eq!(one.me(&old).await.status, StatusCode::UNAUTHORIZED);
    let left = one
        .db
        .texts("SELECT count(*)::text FROM signing_keys WHERE retired AND wrapped_key IS NULL")
        .await;
    assert_eq!(left, ["1"]);
    let events = one
        .db
        .texts("SELECT type FROM events WHERE subject_type = 'signing_key' ORDER BY id")
        .await;
    assert_eq!(
        events,
        ["signing_key.rotated", "signing_key.rotated", "signing_key.retired"]
    );
}

#[tokio::test]
async fn the_job_rotates_once_a_month() {
    let (one, _, hands) = two().await;
    let app = &one.state.app;
    let count = "SELECT count(*)::text FROM signing_keys";
    for (forward, keys) in [
        (TimeDelta::zero(), "1"),
        (PERIOD - TimeDelta::hours(1), "1"),
        (TimeDelta::hours(1), "2"),
    ] {
        hands.forward(forward);
        for _ in 0..2 {
            app::signing_key::keep(app).await.unwrap();
        }
        assert_eq!(one.db.texts(count).await, [keys]);
    }
}

#[tokio::test]
async fn a_key_taken_back_takes_its_tokens_along_in_every_process() {
    let (one, other, _) = two().await;
    let login = one.login().await;
    let (token, cookie) = (login.token(), login.cookie());
    assert_eq!(other.me(&token).await.status, StatusCode::OK);
    let rotated = app::signing_key::rotate(&one.state.app, &operator(), true)
        .await
        .unwrap();
    wait().await;
    for world in [&one, &other] {
        assert_eq!(world.me(&token).await.status, StatusCode::UNAUTHORIZED);
    }
    let next = other.refresh(&cookie).await.token();
    assert_eq!(kid(&next), rotated.kid.to_string());
    assert_eq!(one.me(&next).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_that_is_not_known_is_asked_for_but_not_at_every_forgers_word() {
    let (one, other, _) = two().await;
    let token = one.login().await.token();
    let (_, claims) = one.state.tokens.verify(&one.state.app, &token).await.unwrap().unwrap();
    assert_eq!(other.me(&token).await.status, StatusCode::OK);
    let unknown = format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{}"}}"#, uuid::Uuid::now_v7());
    tokio::time::sleep(PAUSE).await;
    let asked = Instant::now();
    assert_eq!(
        other.me(&swap_header(&token, &unknown)).await.status,
        StatusCode::UNAUTHORIZED
    );
    app::signing_key::rotate(&one.state.app, &operator(), true)
        .await
        .unwrap();
    let third = ApiState::new(one.state.app.clone(), ApiConfig::new(URL), Vec::new()).unwrap();
    let fresh = third.tokens.sign(&third.app, &claims).await.unwrap();
    let early = other.me(&fresh).await.status;
    if asked.elapsed() < PAUSE {
        assert_eq!(early, StatusCode::UNAUTHORIZED);
    }
    tokio::time::sleep(PAUSE).await;
    assert_eq!(other.me(&fresh).await.status, StatusCode::OK);
}

fn signed(claims: &Claims, alg: Algorithm, kid: &str, secret: &[u8]) -> String {
    let mut header = Header::new(alg);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(kid.to_owned());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn swap_header(token: &str, header: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

#[tokio::test]
async fn the_published_key_forges_nothing() {
    let world = World::new().await;
    let token = world.login().await.token();
    let (_, claims) = world
        .state
        .tokens
        .verify(&world.state.app, &token)
        .await
        .unwrap()
        .unwrap();
    let kid = kid(&token);
    let list = world.call("GET", "/.well-known/jwks.json", &[], Value::Null).await;
    let x = list.body["keys"][0]["x"].as_str().unwrap();
    let public = URL_SAFE_NO_PAD.decode(x).unwrap();
    let headers = [
        r#"{"typ":"at+jwt","alg":"none"}"#.to_owned(),
        format!(r#"{{"typ":"at+jwt","alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"JWT","alg":"EdDSA","kid":"{kid}"}}"#),
        r#"{"typ":"at+jwt","alg":"EdDSA"}"#.to_owned(),
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"../../etc/passwd"}"#.to_owned(),
        format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{}"}}"#, uuid::Uuid::now_v7()),
        format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{kid}","jku":"https://evil.test/keys"}}"#),
    ];
    let mut forged: Vec<String> = headers.iter().map(|header| swap_header(&token, header)).collect();
    for secret in [public.as_slice(), x.as_bytes()] {
        forged.push(signed(&claims, Algorithm::HS256, &kid, secret));
    }
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    forged.push(format!("{unsigned}."));
    for token in forged {
        assert_eq!(world.me(&token).await.status, StatusCode::UNAUTHORIZED, "{token}");
    }
    assert_eq!(world.me(&token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_public_key_slipped_into_the_table_is_found_out() {
    let world = World::new().await;
    app::signing_key::keep(&world.state.app).await.unwrap();
    world
        .db
        .execute("UPDATE signing_keys SET public_key = sha256('evil')")
        .await;
    assert!(app::signing_key::opened(&world.state.app).await.is_err());
    assert_ne!(
        world.try_login(super::client::AGENT, PASSWORD).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn private_keys_move_under_a_new_file_key() {
    let world = World::new().await;
    let token = world.login().await.token();
    let with = |id: &str| {
        let keys = MasterKey::new(&[7; 32]).with_file_keys(vec![(id.to_owned(), [1; 32])]);
        App {
            keys: Arc::new(keys),
            ..world.state.app.clone()
        }
    };
    let next = with("2027");
    assert_eq!(app::signing_key::rewrap(&next).await.unwrap(), 1);
    assert_eq!(app::signing_key::rewrap(&next).await.unwrap(), 0);
    let opened = app::signing_key::opened(&next).await.unwrap();
    assert_eq!(opened[0].kid.to_string(), kid(&token));
    assert!(app::signing_key::opened(&with("other")).await.is_err());
}
