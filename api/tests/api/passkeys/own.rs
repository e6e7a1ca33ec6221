//! One's own passkeys: adding, naming, removing, and who else may take them away.

use std::sync::Arc;

use api::{ApiConfig, Rates};
use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::Authenticator;

use super::{
    super::client::{PASSWORD, URL, World},
    CLIENT, LOGIN, ORIGIN, OWN, STEP_UP, add, asked, error, sign_in, try_add,
};

#[tokio::test]
async fn others_passkeys_do_not_exist_and_names_are_short() {
    let world = World::new().await;
    let (_, added) = add(&world, &world.login().await.token()).await;
    let path = format!("{OWN}/{}", added["passkey"]["id"].as_str().unwrap());
    let client = world.token_of(CLIENT).await;
    for (method, body) in [("PATCH", json!({ "name": "mine" })), ("DELETE", Value::Null)] {
        let answer = world.own(method, &path, &client, body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{method}"
        );
    }
    assert_eq!(world.own("GET", OWN, &client, Value::Null).await.body, json!([]));
    // Who has none has nothing to prove with.
    let none = world
        .own("POST", &format!("{STEP_UP}/options"), &client, Value::Null)
        .await;
    assert_eq!(error(&none), "no_passkey");
    let (_, mine) = add(&world, &client).await;
    let path = format!("{OWN}/{}", mine["passkey"]["id"].as_str().unwrap());
    for bad in ["", "  ", "a\u{202e}b", &"x".repeat(61)] {
        let refused = world.own("PATCH", &path, &client, json!({ "name": bad })).await;
        assert_eq!(error(&refused), "passkey_name", "{bad:?}");
    }
    let renamed = world.own("PATCH", &path, &client, json!({ "name": "مفتاحي" })).await;
    assert_eq!(renamed.body["name"], "مفتاحي");
}

#[tokio::test]
async fn a_device_is_added_once_and_nonsense_never() {
    let world = World::new().await;
    let token = world.login().await.token();
    let (mut device, _) = add(&world, &token).await;
    let (ceremony, options) = asked(&world, OWN, Some(&token), Value::Null).await;
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(options["authenticatorSelection"]["residentKey"], "preferred");
    let again = json!({ "ceremony": ceremony, "name": "x", "credential": device.create(&options) });
    assert_eq!(error(&world.own("POST", OWN, &token, again).await), "passkey_refused");
    let client = world.token_of(CLIENT).await;
    let taken = try_add(&world, &client, &mut device, "x").await;
    assert_eq!((taken.status, taken.code()), (StatusCode::CONFLICT, "passkey_known"));
    // What somebody else's account has asked for is no answer to one's own.
    let (ceremony, options) = asked(&world, OWN, Some(&client), Value::Null).await;
    let body = json!({ "ceremony": ceremony, "name": "x", "credential": Authenticator::at(ORIGIN).create(&options) });
    assert_eq!(error(&world.own("POST", OWN, &token, body).await), "ceremony_over");
    for nonsense in [
        json!({}),
        json!(null),
        json!([1]),
        json!({ "id": "x", "rawId": "!", "type": "public-key" }),
    ] {
        let body = json!({ "ceremony": ceremony, "name": "x", "credential": nonsense });
        assert_eq!(
            error(&world.own("POST", OWN, &client, body).await),
            "malformed_credential"
        );
        let body = json!({ "ceremony": ceremony, "credential": nonsense });
        assert_eq!(error(&world.post(LOGIN, body).await), "malformed_credential");
    }
    world
        .db
        .execute(
            "INSERT INTO passkeys SELECT gen_random_uuid(), user_id, n::text::bytea, credential, name, transports,
            discoverable, backed_up, sign_count, NULL, created_at, NULL FROM passkeys, generate_series(1, 19) n",
        )
        .await;
    let full = world.own("POST", &format!("{OWN}/options"), &token, Value::Null).await;
    assert_eq!((full.status, full.code()), (StatusCode::CONFLICT, "too_many_passkeys"));
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_keeps_its_last_passkey() {
    let role = World::new().await;
    let role = role.me(&role.login().await.token()).await.body["role"]
        .as_str()
        .unwrap()
        .to_owned();
    let config = ApiConfig {
        rates: Rates::off(),
        second_factor_roles: vec![role],
        ..ApiConfig::new(URL)
    };
    let world = World::with(config).await;
    let token = world.login().await.token();
    let tickets = async |token: &str| world.own("GET", "/api/v1/tickets", token, Value::Null).await.status;
    assert_eq!(tickets(&token).await, StatusCode::FORBIDDEN);
    let (mut device, added) = add(&world, &token).await;
    assert_eq!(tickets(&token).await, StatusCode::OK);
    assert_eq!(
        tickets(&sign_in(&world, &mut device).await.token()).await,
        StatusCode::OK
    );
    let first = format!("{OWN}/{}", added["passkey"]["id"].as_str().unwrap());
    let refused = world.own("DELETE", &first, &token, Value::Null).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "last_factor"));
    add(&world, &token).await;
    assert_eq!(
        world.own("DELETE", &first, &token, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn where_browsers_know_no_passkeys_the_api_says_so() {
    let world = World::new().await;
    let mut identity = (*world.state.app.identity).clone();
    identity.public_url = "http://127.0.0.1:8080".to_owned();
    let app = app::App {
        identity: Arc::new(identity),
        ..world.state.app.clone()
    };
    let state = api::ApiState::new(app, ApiConfig::new(URL), Vec::new()).unwrap();
    let world = World {
        router: api::router(state.clone()),
        state,
        db: testkit::TestDb {
            url: world.db.url.clone(),
            pool: world.db.pool.clone(),
        },
    };
    let answer = world.post(&format!("{LOGIN}/options"), Value::Null).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::CONFLICT, "passkeys_unavailable")
    );
    let token = world.login().await.token();
    let answer = world.own("POST", &format!("{OWN}/options"), &token, Value::Null).await;
    assert_eq!(answer.code(), "passkeys_unavailable");
}

#[tokio::test]
async fn staff_who_take_away_lost_factors_take_passkeys_too() {
    let world = World::new().await;
    let (mut device, _) = add(&world, &world.token_of(CLIENT).await).await;
    let id = &world
        .db
        .texts(&format!("SELECT id::text FROM users WHERE email = '{CLIENT}'"))
        .await[0];
    let admin = world.token_of("admin@cloudmanager.test").await;
    let path = format!("/api/v1/users/{id}/second-factor/reset");
    let done = world
        .own("POST", &path, &admin, json!({ "reason": "lost the telephone" }))
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
    assert_eq!(sign_in(&world, &mut device).await.code(), "passkey_unknown");
    assert!(world.try_login(CLIENT, PASSWORD).await.body["access_token"].is_string());
    assert!(world.db.texts("SELECT id::text FROM backup_codes").await.is_empty());
}
