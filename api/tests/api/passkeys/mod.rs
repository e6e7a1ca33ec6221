//! Passkeys: alone, as the second factor, before dangerous actions; and what a thief tries with them.

mod own;

use std::sync::Arc;

use api::{ApiConfig, Rates};
use app::account::letter::Content;
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::account::notice::AccountNotice;
use serde_json::{Value, json};
use testkit::Authenticator;

use super::client::{AGENT, Answer, Hands, PASSWORD, URL, World};

/// Where the tests' installation is.
const ORIGIN: &str = "http://localhost:8080";
const OWN: &str = "/api/v1/me/factors/passkeys";
const LOGIN: &str = "/api/v1/auth/passkeys/login";
const SECOND: &str = "/api/v1/auth/passkeys/second-factor";
const STEP_UP: &str = "/api/v1/auth/passkeys/step-up";
const CLIENT: &str = "client@cloudmanager.test";

async fn asked(world: &World, path: &str, token: Option<&str>, body: Value) -> (String, Value) {
    let path = format!("{path}/options");
    let answer = match token {
        Some(token) => world.own("POST", &path, token, body).await,
        None => world.post(&path, body).await,
    };
    assert_eq!(answer.status, StatusCode::OK, "{path}: {:?}", answer.body);
    let ceremony = answer.body["ceremony"].as_str().unwrap().to_owned();
    (ceremony, answer.body["public_key"].clone())
}

/// Makes a passkey on this device and adds it.
async fn try_add(world: &World, token: &str, device: &mut Authenticator, name: &str) -> Answer {
    let (ceremony, options) = asked(world, OWN, Some(token), Value::Null).await;
    let body = json!({ "ceremony": ceremony, "name": name, "credential": device.create(&options) });
    world.own("POST", OWN, token, body).await
}

async fn add(world: &World, token: &str) -> (Authenticator, Value) {
    let mut device = Authenticator::at(ORIGIN);
    let added = try_add(world, token, &mut device, "Laptop").await;
    assert_eq!(added.status, StatusCode::CREATED, "{:?}", added.body);
    (device, added.body)
}

async fn sign_in(world: &World, device: &mut Authenticator) -> Answer {
    let (ceremony, options) = asked(world, LOGIN, None, Value::Null).await;
    let body = json!({ "ceremony": ceremony, "credential": device.get(&options) });
    world.post(LOGIN, body).await
}

fn error(answer: &Answer) -> &str {
    answer.body["errors"][0]["code"].as_str().unwrap_or_default()
}

fn changes(letters: &[app::account::letter::AccountLetter]) -> Vec<String> {
    let told = letters.iter().filter_map(|letter| match &letter.content {
        Content::Notice {
            notice: AccountNotice::FactorsChanged,
            facts,
            ..
        } => facts.get("change").cloned(),
        _ => None,
    });
    told.collect()
}

#[tokio::test]
async fn a_passkey_signs_in_alone_and_stands_for_both_factors() {
    let world = World::new().await;
    let token = world.login().await.token();
    let (mut device, added) = add(&world, &token).await;
    assert_eq!(added["backup_codes"].as_array().unwrap().len(), 10);
    assert_eq!(
        (&added["passkey"]["name"], &added["passkey"]["discoverable"]),
        (&json!("Laptop"), &json!(true))
    );
    assert_eq!(changes(&world.mails().await), ["passkey_added"]);
    // A second one brings no codes with it.
    let mut phone = Authenticator::at(ORIGIN);
    phone.copied = true;
    let second = try_add(&world, &token, &mut phone, " Phone ").await;
    assert_eq!(second.body["backup_codes"], json!([]));
    assert_eq!(second.body["passkey"]["backed_up"], true);

    let (_, options) = asked(&world, LOGIN, None, Value::Null).await;
    assert_eq!(
        (
            &options["rpId"],
            &options["userVerification"],
            &options["allowCredentials"]
        ),
        (&json!("localhost"), &json!("required"), &json!([]))
    );
    let entered = sign_in(&world, &mut device).await;
    assert_eq!(entered.status, StatusCode::OK, "{:?}", entered.body);
    assert_eq!(entered.body["user"]["email"], AGENT);
    let sessions = world
        .own("GET", "/api/v1/me/sessions", &entered.token(), Value::Null)
        .await;
    let methods: Vec<_> = sessions.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["methods"])
        .collect();
    assert!(methods.contains(&&json!(["hwk", "mfa"])), "{methods:?}");
    let copied = sign_in(&world, &mut phone).await;
    assert_eq!(copied.status, StatusCode::OK, "{:?}", copied.body);
    let journal = world
        .db
        .texts("SELECT method || ' ' || outcome FROM login_journal ORDER BY at DESC LIMIT 1")
        .await;
    assert_eq!(journal, ["passkey success"]);
    let own = world.own("GET", OWN, &copied.token(), Value::Null).await;
    assert!(own.body[0]["last_used_at"].is_string());
    assert!(!own.body.to_string().contains("credential"));
    let audited = world
        .db
        .texts("SELECT action FROM audit_log WHERE subject_type = 'passkey' ORDER BY id")
        .await;
    assert_eq!(audited, ["passkey.added", "passkey.added"]);
}

#[tokio::test]
async fn after_a_password_a_passkey_is_the_second_factor() {
    let world = World::new().await;
    let token = world.login().await.token();
    let (mut device, added) = add(&world, &token).await;
    let owed = world.try_login(AGENT, PASSWORD).await;
    assert_eq!(owed.body["second_factor"]["methods"], json!(["passkey", "backup_code"]));
    let challenge = owed.body["second_factor"]["challenge"].as_str().unwrap().to_owned();
    let (ceremony, options) = asked(&world, SECOND, None, json!({ "challenge": challenge })).await;
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    let body = json!({ "challenge": challenge, "ceremony": ceremony, "credential": device.get(&options) });
    let entered = world.post(SECOND, body.clone()).await;
    assert_eq!(entered.status, StatusCode::OK, "{:?}", entered.body);
    assert_eq!(error(&world.post(SECOND, body).await), "challenge_over");
    // A backup code stands in for a passkey that is not at hand.
    let owed = world.try_login(AGENT, PASSWORD).await;
    let spare = json!({ "challenge": owed.body["second_factor"]["challenge"], "method": "backup_code",
        "code": added["backup_codes"][0] });
    let entered = world.post("/api/v1/auth/second-factor", spare).await;
    assert_eq!(entered.status, StatusCode::OK, "{:?}", entered.body);
}

#[tokio::test]
async fn another_login_s_challenge_and_another_person_s_passkey_open_nothing() {
    let world = World::new().await;
    let agent = world.login().await.token();
    let (mut device, _) = add(&world, &agent).await;
    let client = world.token_of(CLIENT).await;
    let (mut others, _) = add(&world, &client).await;
    let owes = async |email: &str| {
        let owed = world.try_login(email, PASSWORD).await;
        owed.body["second_factor"]["challenge"].as_str().unwrap().to_owned()
    };
    let (mine, his, another) = (owes(AGENT).await, owes(CLIENT).await, owes(AGENT).await);
    let (ceremony, options) = asked(&world, SECOND, None, json!({ "challenge": mine })).await;
    let signed = device.get(&options);
    // One ceremony belongs to one challenge; the try counts, the ceremony waits for its own.
    for challenge in [&his, &another] {
        let stolen = json!({ "challenge": challenge, "ceremony": ceremony, "credential": signed });
        assert_eq!(error(&world.post(SECOND, stolen).await), "ceremony_over");
    }
    // What was signed for a second factor is no login.
    let misused = json!({ "ceremony": ceremony, "credential": signed });
    assert_eq!(error(&world.post(LOGIN, misused).await), "ceremony_over");
    let right = json!({ "challenge": mine, "ceremony": ceremony, "credential": signed });
    assert_eq!(world.post(SECOND, right).await.status, StatusCode::OK);
    // Somebody who knows the password has a passkey of his own, for another account; he may even claim the other's name.
    for claimed in [others.owner.clone(), device.owner.clone()] {
        others.owner = claimed;
        let (ceremony, options) = asked(&world, SECOND, None, json!({ "challenge": another })).await;
        let body = json!({ "challenge": another, "ceremony": ceremony, "credential": others.get(&options) });
        assert_eq!(error(&world.post(SECOND, body).await), "wrong_passkey");
    }
    let entered = sign_in(&world, &mut others).await;
    assert_eq!(
        (entered.status, entered.code()),
        (StatusCode::UNAUTHORIZED, "passkey_unknown")
    );
}

#[tokio::test]
async fn an_answer_is_good_once_and_for_a_short_time() {
    let clock = Hands::new();
    let config = ApiConfig {
        rates: Rates::off(),
        ..ApiConfig::new(URL)
    };
    let world = World::at(config, clock.clone()).await;
    let (mut device, _) = add(&world, &world.login().await.token()).await;
    let (ceremony, options) = asked(&world, LOGIN, None, Value::Null).await;
    let body = json!({ "ceremony": ceremony, "credential": device.get(&options) });
    let tries = (0..6).map(|_| {
        let (world, body) = (Arc::clone(&world), body.clone());
        tokio::spawn(async move { world.post(LOGIN, body).await.status })
    });
    let mut entered = 0;
    for status in tries.collect::<Vec<_>>() {
        entered += usize::from(status.await.unwrap() == StatusCode::OK);
    }
    assert_eq!(entered, 1);
    world.db.execute("DELETE FROM login_failures").await;
    assert_eq!(error(&world.post(LOGIN, body).await), "ceremony_over");

    let (ceremony, options) = asked(&world, LOGIN, None, Value::Null).await;
    // An old answer to a new question.
    let (_, old) = asked(&world, LOGIN, None, Value::Null).await;
    let body = json!({ "ceremony": ceremony, "credential": device.get(&old) });
    assert_eq!(world.post(LOGIN, body).await.code(), "passkey_unknown");
    let body = json!({ "ceremony": ceremony, "credential": device.get(&options) });
    assert_eq!(error(&world.post(LOGIN, body).await), "ceremony_over");

    let (ceremony, options) = asked(&world, LOGIN, None, Value::Null).await;
    clock.forward(TimeDelta::minutes(5) + TimeDelta::seconds(1));
    let body = json!({ "ceremony": ceremony, "credential": device.get(&options) });
    assert_eq!(error(&world.post(LOGIN, body).await), "ceremony_over");
}

#[tokio::test]
async fn another_site_and_an_owner_not_recognised_are_refused() {
    let world = World::new().await;
    let (mut device, _) = add(&world, &world.login().await.token()).await;
    let lies: [fn(&mut Authenticator); 5] = [
        |device| device.origin = "https://cm.evil.test".into(),
        |device| device.origin = "http://localhost:9999".into(),
        |device| device.origin = "http://127.0.0.1:8080".into(),
        |device| device.rp_id = Some("evil.test".into()),
        |device| device.verified = false,
    ];
    for lie in lies {
        lie(&mut device);
        let refused = sign_in(&world, &mut device).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::UNAUTHORIZED, "passkey_unknown")
        );
        assert!(!refused.headers.contains_key("set-cookie"));
        world.db.execute("DELETE FROM login_failures").await;
        (device.origin, device.rp_id, device.verified) = (ORIGIN.into(), None, true);
    }
    // The same lies make no passkey either.
    let token = sign_in(&world, &mut device).await.token();
    for lie in lies {
        let mut new = Authenticator::at(ORIGIN);
        lie(&mut new);
        let refused = try_add(&world, &token, &mut new, "x").await;
        assert_eq!(error(&refused), "passkey_refused", "{:?}", refused.body);
    }
    let journal = world
        .db
        .texts("SELECT DISTINCT reason FROM login_journal WHERE method = 'passkey' AND outcome = 'failure'")
        .await;
    assert_eq!(journal, ["wrong_passkey"]);
}

#[tokio::test]
async fn a_count_that_goes_back_is_refused_and_reported() {
    let world = World::new().await;
    let (mut device, _) = add(&world, &world.login().await.token()).await;
    for _ in 0..3 {
        assert_eq!(sign_in(&world, &mut device).await.status, StatusCode::OK);
    }
    world.mails().await;
    device.count -= 2;
    assert_eq!(sign_in(&world, &mut device).await.code(), "passkey_unknown");
    let alerts = world
        .db
        .texts("SELECT kind || ' ' || severity || ' ' || (data->>'name') FROM security_alerts")
        .await;
    assert_eq!(alerts, ["passkey_copied critical Laptop"]);
    assert_eq!(changes(&world.mails().await), ["passkey_copied"]);
    let reason = "SELECT reason FROM login_journal WHERE outcome = 'failure'";
    assert_eq!(world.db.texts(reason).await, ["passkey_copied"]);
    device.count += 5;
    let token = sign_in(&world, &mut device).await.token();
    let own = world.own("GET", OWN, &token, Value::Null).await;
    assert!(own.body[0]["clone_warned_at"].is_string());
    // As the second factor, too.
    device.count = 1;
    let owed = world.try_login(AGENT, PASSWORD).await;
    let challenge = owed.body["second_factor"]["challenge"].clone();
    let (ceremony, options) = asked(&world, SECOND, None, json!({ "challenge": challenge })).await;
    let body = json!({ "challenge": challenge, "ceremony": ceremony, "credential": device.get(&options) });
    assert_eq!(error(&world.post(SECOND, body).await), "wrong_passkey");
    assert_eq!(changes(&world.mails().await), ["passkey_copied"]);
}

#[tokio::test]
async fn an_account_not_in_use_is_refused_as_with_a_password() {
    let world = World::new().await;
    let (mut device, _) = add(&world, &world.login().await.token()).await;
    for status in ["suspended", "deactivated", "pending"] {
        world
            .db
            .execute(&format!("UPDATE users SET status = '{status}' WHERE email = '{AGENT}'"))
            .await;
        let refused = sign_in(&world, &mut device).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::UNAUTHORIZED, "passkey_unknown"),
            "{status}"
        );
        assert_eq!(world.try_login(AGENT, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        world.db.execute("DELETE FROM login_failures").await;
    }
    world
        .db
        .execute(&format!("UPDATE users SET status = 'active' WHERE email = '{AGENT}'"))
        .await;
    // Somebody who is guessed at waits with a passkey as he does with a password.
    for _ in 0..5 {
        world.try_login(AGENT, "a wrong password").await;
    }
    let slowed = sign_in(&world, &mut device).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    world.db.execute("DELETE FROM login_failures").await;
    assert_eq!(sign_in(&world, &mut device).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_passkey_is_a_fresh_proof_for_its_own_session() {
    let world = World::new().await;
    let token = world.login().await.token();
    let (mut device, added) = add(&world, &token).await;
    let elsewhere = sign_in(&world, &mut device).await.token();
    let stale = "UPDATE sessions SET factor_at = now() - interval '6 minutes'";
    world.db.execute(stale).await;
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    let id = added["passkey"]["id"].as_str().unwrap();
    for (method, path) in [("POST", format!("{OWN}/options")), ("DELETE", format!("{OWN}/{id}"))] {
        let refused = world.own(method, &path, &token, Value::Null).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "step_up_required")
        );
    }
    let password = json!({ "method": "password", "code": PASSWORD });
    let refused = world.own("POST", "/api/v1/auth/step-up", &token, password).await;
    assert_eq!(error(&refused), "second_factor_needed");
    let (ceremony, options) = asked(&world, STEP_UP, Some(&token), Value::Null).await;
    let body = json!({ "ceremony": ceremony, "credential": device.get(&options) });
    let other = world.own("POST", STEP_UP, &elsewhere, body.clone()).await;
    assert_eq!(error(&other), "ceremony_over");
    let proven = world.own("POST", STEP_UP, &token, body).await;
    assert_eq!(proven.status, StatusCode::NO_CONTENT, "{:?}", proven.body);
    assert_eq!(
        world
            .own("DELETE", &format!("{OWN}/{id}"), &elsewhere, Value::Null)
            .await
            .code(),
        "step_up_required"
    );
    let token = world.refresh(&proven.cookie()).await.token();
    // Nothing is left that a backup code would stand in for.
    assert_eq!(
        world
            .own("DELETE", &format!("{OWN}/{id}"), &token, Value::Null)
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    assert!(world.db.texts("SELECT id::text FROM backup_codes").await.is_empty());
    assert_eq!(sign_in(&world, &mut device).await.code(), "passkey_unknown");
    assert_eq!(world.login().await.status, StatusCode::OK);
}
