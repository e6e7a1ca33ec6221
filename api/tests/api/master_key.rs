//! The master key is replaced: what was sealed, signed and marked before is good, and what is stored comes under the new one.

use std::sync::Arc;

use api::{ApiConfig, ApiState, Rates, router};
use app::{
    App,
    account::letter::{Content, letter},
    audit::{Finding, link, verify},
    master_key::{rotate, state},
    seal::{MasterKey, seal_with},
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestDb;

use super::{
    client::{AGENT, Hands, PASSWORD, URL, World},
    factors::{code, enrol},
};

const OLD: [u8; 32] = [7; 32];
const NEW: [u8; 32] = [8; 32];

/// The same installation with other keys.
fn with_keys(world: &World, keys: MasterKey) -> World {
    let app = App {
        keys: Arc::new(keys),
        ..world.state.app.clone()
    };
    let config = ApiConfig {
        rates: Rates::off(),
        ..ApiConfig::new(URL)
    };
    let state = ApiState::new(app, config, Vec::new()).unwrap();
    World {
        db: TestDb {
            url: world.db.url.clone(),
            pool: world.db.pool.clone(),
        },
        router: router(state.clone()),
        state,
    }
}

fn ring() -> MasterKey {
    MasterKey::new(&NEW).with_former(&[OLD])
}

async fn by_app(world: &World, secret: &str, steps: i64) -> StatusCode {
    let owed = world.try_login(AGENT, PASSWORD).await;
    let challenge = owed.body["second_factor"]["challenge"].clone();
    let body = json!({ "challenge": challenge, "method": "totp", "code": code(secret, steps) });
    world.post("/api/v1/auth/second-factor", body).await.status
}

/// Puts a seal from before seals named their key into every column that has a row for it.
async fn unnamed(world: &World) -> Vec<String> {
    let key = MasterKey::new(&OLD).derive("seal").unwrap();
    let mut contexts = Vec::new();
    for (table, column) in [
        ("mailboxes", "imap_secret"),
        ("mailboxes", "webhook_secret"),
        ("customers", "nin_sealed"),
    ] {
        for id in world.db.texts(&format!("SELECT id::text FROM {table}")).await {
            let context = format!("{table}.{column}.{id}");
            let hex: String = seal_with(&key, &context, context.as_bytes())
                .unwrap()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let set = format!("UPDATE {table} SET {column} = decode('{hex}', 'hex') WHERE id = '{id}'");
            world.db.execute(&set).await;
            contexts.push(context);
        }
    }
    contexts
}

#[tokio::test]
async fn what_was_made_before_is_good_and_what_is_stored_comes_under_the_new_key() {
    let world = World::new().await;
    let login = world.login().await;
    let (secret, _) = enrol(&world, &login.token()).await;
    let wish = json!({ "name": "ci", "scopes": ["tickets.view"], "expires_in_days": 30 });
    let made = world.own("POST", "/api/v1/api-tokens", &login.token(), wish).await;
    let api_token = made.body["secret"].as_str().unwrap().to_owned();
    let reply = app::mail::tokens(&world.state.app).unwrap().message_id(
        &domain::mail::token::MessageClaim {
            ticket: 7,
            message: uuid::Uuid::now_v7(),
            recipient: 1,
        },
        uuid::Uuid::now_v7(),
        "cm.test",
    );
    world
        .post("/api/v1/auth/password-reset", json!({ "email": AGENT, "locale": "fr" }))
        .await;
    let reset = world
        .db
        .texts("SELECT payload::text FROM jobs WHERE payload::text LIKE '%link_id%' ORDER BY id DESC LIMIT 1")
        .await;
    let contexts = unnamed(&world).await;
    assert!(contexts.len() >= 2, "{contexts:?}");

    // Before anything was rotated.
    let both = with_keys(&world, ring());
    assert_eq!(both.me(&login.token()).await.status, StatusCode::OK);
    assert_eq!(both.refresh(&login.cookies()).await.status, StatusCode::OK);
    let tickets = async |world: &World| {
        world
            .own("GET", "/api/v1/tickets", &api_token, Value::Null)
            .await
            .status
    };
    assert_eq!(tickets(&both).await, StatusCode::OK);
    assert_eq!(by_app(&both, &secret, 0).await, StatusCode::OK);
    let claim = app::mail::tokens(&both.state.app).unwrap().read_message_id(&reply);
    assert_eq!(claim.map(|claim| claim.ticket), Some(7));
    let job = serde_json::from_str(&reset[0]).unwrap();
    let mail = letter(&both.state.app, &job).await.unwrap().unwrap();
    let Content::Link { url, .. } = &mail.content else {
        panic!("{mail:?}")
    };
    let token = url.split_once("#token=").unwrap().1;
    let body = json!({ "token": token, "password": "orage lent gris bleu" });

    let before = state(&both.state.app).await.unwrap();
    assert!(before.since.is_none() && before.stored.len() >= 3, "{before:?}");
    let done = rotate(&both.state.app).await.unwrap();
    assert!(done.secrets > contexts.len() && done.signing_keys == 1, "{done:?}");
    assert!(done.unopened.is_empty());
    assert_eq!(
        rotate(&both.state.app).await.unwrap().secrets,
        0,
        "nothing is done twice"
    );
    let after = state(&both.state.app).await.unwrap();
    assert!(after.stored.is_empty() && after.missing.is_empty(), "{after:?}");
    assert!(
        after.api_tokens == 1 && after.audit_lines > 3 && after.since.is_some(),
        "{after:?}"
    );
    assert_eq!(tickets(&both).await, StatusCode::OK);

    // The old key opens nothing that is stored any more, and is not needed for it.
    let alone = with_keys(&world, MasterKey::new(&NEW));
    assert_eq!(by_app(&alone, &secret, 1).await, StatusCode::OK);
    for context in &contexts {
        let (place, id) = context.rsplit_once('.').unwrap();
        let (table, column) = place.split_once('.').unwrap();
        let hex = world
            .db
            .texts(&format!(
                "SELECT encode({column}, 'hex') FROM {table} WHERE id = '{id}'"
            ))
            .await;
        let seal = data_encoding::HEXLOWER.decode(hex[0].as_bytes()).unwrap();
        assert_eq!(alone.state.app.keys.open(context, &seal).unwrap(), context.as_bytes());
        assert!(world.state.app.keys.open(context, &seal).is_err());
    }
    assert_eq!(
        tickets(&alone).await,
        StatusCode::UNAUTHORIZED,
        "its seal is of the old key"
    );
    assert_eq!(
        both.post("/api/v1/auth/password-reset/confirm", body).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn a_seal_that_no_key_opens_is_named_and_the_others_are_done() {
    let world = World::new().await;
    let (secret, _) = enrol(&world, &world.login().await.token()).await;
    let contexts = unnamed(&world).await;
    let lost = MasterKey::new(&[1; 32]).seal(&contexts[0], b"x").unwrap();
    let (place, id) = contexts[0].rsplit_once('.').unwrap();
    let (table, column) = place.split_once('.').unwrap();
    let hex: String = lost.iter().map(|byte| format!("{byte:02x}")).collect();
    let set = format!("UPDATE {table} SET {column} = decode('{hex}', 'hex') WHERE id = '{id}'");
    world.db.execute(&set).await;
    let both = with_keys(&world, ring());
    let done = rotate(&both.state.app).await.unwrap();
    assert_eq!(done.unopened, [contexts[0].clone()]);
    assert_eq!(done.secrets, contexts.len());
    assert_eq!(
        by_app(&with_keys(&world, MasterKey::new(&NEW)), &secret, 0).await,
        StatusCode::OK
    );
    let left = state(&both.state.app).await.unwrap().stored;
    assert_eq!((left.len(), left[0].key_id.clone()), (1, MasterKey::new(&[1; 32]).id()));
}

#[tokio::test]
async fn the_trail_is_whole_across_a_replacement_and_a_former_key_marks_nothing_later() {
    let clock = Hands::new();
    let config = ApiConfig {
        rates: Rates::off(),
        ..ApiConfig::new(URL)
    };
    let world = World::at(config, clock.clone()).await;
    world.login().await;
    link(&world.state.app).await.unwrap();
    world.login().await;
    let both = with_keys(&world, ring());
    rotate(&both.state.app).await.unwrap();
    let whole = verify(&both.state.app, None).await.unwrap();
    assert!(whole.findings.is_empty() && whole.good > 3, "{whole:?}");
    // Without the former key nobody can say; that is an error and no finding.
    let alone = with_keys(&world, MasterKey::new(&NEW));
    let error = verify(&alone.state.app, None).await.unwrap_err().to_string();
    assert!(
        error.contains(&MasterKey::new(&OLD).id()) && error.contains("CM_MASTER_KEYS_OLD"),
        "{error}"
    );
    // This process goes on marking with the former key, as one that was forgotten would: for an hour that is accepted.
    world.login().await;
    assert!(link(&both.state.app).await.unwrap() > 0);
    let whole = verify(&both.state.app, None).await.unwrap();
    assert!(whole.findings.is_empty(), "{whole:?}");
    // A process that does not know the new key would take the lines of others for forged: it links nothing.
    let linked = world.db.texts("SELECT max(seq)::text FROM audit_seals").await;
    world.login().await;
    link(&world.state.app).await.unwrap_err();
    assert_eq!(world.db.texts("SELECT max(seq)::text FROM audit_seals").await, linked);
    clock.forward(TimeDelta::hours(2));
    world.login().await;
    assert_eq!(link(&both.state.app).await.unwrap(), 0);
    let found = verify(&both.state.app, None).await.unwrap().findings;
    assert!(
        found.iter().any(|finding| matches!(finding, Finding::Inserted(_))),
        "{found:?}"
    );
}
