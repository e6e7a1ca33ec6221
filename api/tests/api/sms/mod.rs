//! Codes by text message, and what thieves and fraudsters try with them.

mod costs;
mod pace;
mod reports;

use std::sync::Arc;

use api::ApiConfig;
use app::{
    App,
    account::letter::Content,
    ports::SmsReports,
    sms::{Due, SmsSetUp, due},
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::{account::notice::AccountNotice, sms::Report};
use integrations::sms::{Delivery, SmsGateway, Twilio, TwilioConfig};
use serde_json::{Value, json};

use super::client::{ADMIN, AGENT, Answer, Hands, PASSWORD, URL, World};

const PHONE: &str = "/api/v1/me/factors/phone";
const SECOND: &str = "/api/v1/auth/second-factor";
const CLIENT: &str = "client@cloudmanager.test";
const REPORTS: &str = "https://cm.test/api/v1/sms/reports/twilio";

/// The reports of a real adapter.
#[derive(Debug)]
struct Reports(Twilio);

impl SmsReports for Reports {
    fn provider(&self) -> &'static str {
        self.0.name()
    }

    fn read(&self, query: &str, signature: Option<&str>, body: &[u8]) -> Option<Vec<Report>> {
        self.0.reports(Delivery { query, signature, body }).ok()
    }
}

async fn world(hourly: u32) -> (Arc<World>, Arc<Hands>) {
    let clock = Hands::new();
    let hands = clock.clone();
    let config = ApiConfig {
        rates: api::Rates::off(),
        ..ApiConfig::new(URL)
    };
    let twilio = Twilio::new(TwilioConfig {
        base_url: "http://127.0.0.1:9".to_owned(),
        account: "AC1".to_owned(),
        token: "12345".to_owned(),
        sender: "CM".to_owned(),
        reports_url: Some(REPORTS.to_owned()),
        timeout: None,
    });
    let sms = SmsSetUp {
        provider: Some("twilio"),
        prefixes: vec!["213".to_owned()],
        hourly,
        strong_roles: vec!["admin".to_owned()],
        reports: Some(Arc::new(Reports(twilio.unwrap()))),
    };
    let world = World::over(config, |app| App {
        clock,
        sms: Arc::new(sms),
        ..app
    });
    (world.await, hands)
}

/// The text that was queued last: its number and what it says.
async fn last_text(world: &World) -> (String, String) {
    let id = world
        .db
        .texts("SELECT id::text FROM sms_messages ORDER BY created_at DESC LIMIT 1")
        .await;
    match due(&world.state.app, id[0].parse().unwrap()).await.unwrap() {
        Due::Send(text) => (text.phone, text.body),
        other => panic!("{other:?}"),
    }
}

async fn last_code(world: &World) -> String {
    let (_, text) = last_text(world).await;
    text.split(|c: char| !c.is_ascii_digit())
        .find(|part| part.len() == 6)
        .unwrap()
        .to_owned()
}

async fn begin(world: &World, token: &str, phone: &str) -> Answer {
    world.own("POST", PHONE, token, json!({ "phone": phone })).await
}

async fn confirm(world: &World, token: &str, code: &str) -> Answer {
    world
        .own("POST", &format!("{PHONE}/confirm"), token, json!({ "code": code }))
        .await
}

/// Has this person get codes at this number; the throttle forgets it afterwards.
async fn enrol(world: &World, token: &str, phone: &str) {
    let sent = begin(world, token, phone).await;
    assert_eq!(sent.status, StatusCode::OK, "{:?}", sent.body);
    let code = last_code(world).await;
    assert_eq!(confirm(world, token, &code).await.status, StatusCode::OK);
    forget(world).await;
}

async fn forget(world: &World) {
    world
        .db
        .execute("DELETE FROM sms_messages; DELETE FROM login_failures")
        .await;
}

async fn challenge(world: &World, email: &str) -> (String, Value) {
    let owed = world.try_login(email, PASSWORD).await;
    assert_eq!(owed.status, StatusCode::OK, "{:?}", owed.body);
    let owed = &owed.body["second_factor"];
    (owed["challenge"].as_str().unwrap().to_owned(), owed["methods"].clone())
}

async fn ask(world: &World, challenge: &str) -> Answer {
    world
        .post(&format!("{SECOND}/sms"), json!({ "challenge": challenge }))
        .await
}

async fn give(world: &World, challenge: &str, code: &str) -> Answer {
    let body = json!({ "challenge": challenge, "method": "sms", "code": code });
    world.post(SECOND, body).await
}

fn field(answer: &Answer) -> &str {
    answer.body["errors"][0]["code"].as_str().unwrap_or_default()
}

fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn a_phone_is_set_up_used_at_login_for_fresh_proofs_and_removed() {
    let (world, hands) = world(100).await;
    let token = world.token_of(CLIENT).await;
    world.mails().await;
    let sent = begin(&world, &token, "0550 12 34 56").await;
    assert_eq!(
        sent.body,
        json!({ "phone": "+213•••••••56", "expires_in": 300, "resend_in": 60 })
    );
    let (to, _) = last_text(&world).await;
    assert_eq!(to, "+213550123456");
    // Until the code came back nothing is asked for.
    assert!(world.try_login(CLIENT, PASSWORD).await.body["access_token"].is_string());
    let code = last_code(&world).await;
    assert_eq!(field(&confirm(&world, &token, &wrong(&code)).await), "wrong_code");
    let confirmed = confirm(&world, &token, &code).await;
    assert_eq!(confirmed.status, StatusCode::OK);
    assert_eq!(confirmed.body["codes"].as_array().unwrap().len(), 10);
    let told = world.mails().await;
    assert!(told.iter().any(
        |mail| matches!(&mail.content, Content::Notice { notice: AccountNotice::FactorsChanged, facts }
        if facts["change"] == "sms_added")
    ));
    let own = world.own("GET", "/api/v1/me/factors", &token, Value::Null).await;
    assert_eq!(
        (own.body["phone"].as_str(), &own.body["methods"]),
        (Some("+213•••••••56"), &json!(["sms", "backup_code"]))
    );

    hands.forward(TimeDelta::minutes(2));
    let (owed, methods) = challenge(&world, CLIENT).await;
    assert_eq!(methods, json!(["sms", "backup_code"]));
    assert_eq!(ask(&world, &owed).await.status, StatusCode::OK);
    let entered = give(&world, &owed, &last_code(&world).await).await;
    assert_eq!(entered.status, StatusCode::OK, "{:?}", entered.body);
    let token = entered.token();
    let sessions = world.own("GET", "/api/v1/me/sessions", &token, Value::Null).await;
    let methods: Vec<&Value> = sessions.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["methods"])
        .collect();
    assert!(methods.contains(&&json!(["pwd", "sms"])), "{methods:?}");

    hands.forward(TimeDelta::minutes(6));
    let stale = world.own("DELETE", PHONE, &token, Value::Null).await;
    assert_eq!(stale.code(), "step_up_required");
    let proof = json!({ "method": "password", "code": PASSWORD });
    let proven = world.own("POST", "/api/v1/auth/step-up", &token, proof).await;
    assert_eq!(field(&proven), "second_factor_needed");
    let sent = world.own("POST", "/api/v1/auth/step-up/sms", &token, Value::Null).await;
    assert_eq!(sent.status, StatusCode::OK, "{:?}", sent.body);
    let proof = json!({ "method": "sms", "code": last_code(&world).await });
    let proven = world.own("POST", "/api/v1/auth/step-up", &token, proof.clone()).await;
    assert_eq!(proven.status, StatusCode::NO_CONTENT, "{:?}", proven.body);
    let replayed = world.own("POST", "/api/v1/auth/step-up", &token, proof).await;
    assert_eq!(field(&replayed), "wrong_code");
    let token = world.refresh(&proven.cookie()).await.token();
    assert_eq!(
        world.own("DELETE", PHONE, &token, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(world.try_login(CLIENT, PASSWORD).await.body["access_token"].is_string());
}

#[tokio::test]
async fn codes_are_nowhere_in_the_clear() {
    let (world, _) = world(100).await;
    let token = world.token_of(CLIENT).await;
    begin(&world, &token, "0550123456").await;
    let code = last_code(&world).await;
    for table in ["jobs", "events", "audit_log", "sms_codes", "sms_messages"] {
        let rows = world.db.texts(&format!("SELECT x::text FROM {table} x")).await;
        assert!(!rows.is_empty(), "{table}");
        // Times hold six digits by chance; a code is not part of a longer number.
        let digits = |row: &String| row.split(|c: char| !c.is_ascii_digit()).any(|part| part == code);
        let microseconds = |row: &String| row.contains(&format!(".{code}"));
        assert!(
            !rows.iter().any(|row| digits(row) && !microseconds(row)),
            "{table}: {rows:?}"
        );
    }
    let stored = world.db.texts("SELECT encode(body, 'escape') FROM sms_messages").await;
    assert!(!stored[0].contains("CloudManager"));
}

#[tokio::test]
async fn a_code_is_good_once_for_its_own_challenge_for_five_minutes_and_five_tries() {
    let (world, hands) = world(100).await;
    enrol(&world, &world.token_of(CLIENT).await, "0550123456").await;
    let other = world.token_of(AGENT).await;
    enrol(&world, &other, "0551123456").await;

    // Another person's challenge, another login of the same person, and codes for something else.
    let (mine, _) = challenge(&world, CLIENT).await;
    let (his, _) = challenge(&world, AGENT).await;
    let (second, _) = challenge(&world, CLIENT).await;
    assert_eq!(ask(&world, &mine).await.status, StatusCode::OK);
    let code = last_code(&world).await;
    assert_eq!(field(&give(&world, &his, &code).await), "wrong_code");
    assert_eq!(field(&give(&world, &second, &code).await), "wrong_code");
    assert_eq!(field(&confirm(&world, &other, &code).await), "wrong_code");
    let step = json!({ "method": "sms", "code": code });
    assert_eq!(
        field(&world.own("POST", "/api/v1/auth/step-up", &other, step).await),
        "wrong_code"
    );
    // Of many at the same time exactly one gets in.
    let tries = (0..4).map(|_| {
        let (world, mine, code) = (world.clone(), mine.clone(), code.clone());
        tokio::spawn(async move { give(&world, &mine, &code).await.status })
    });
    let mut entered = 0;
    for status in tries.collect::<Vec<_>>() {
        entered += usize::from(status.await.unwrap() == StatusCode::OK);
    }
    assert_eq!(entered, 1);

    // Guessing: five tries, then even the right code opens nothing.
    forget(&world).await;
    let (owed, _) = challenge(&world, CLIENT).await;
    ask(&world, &owed).await;
    let code = last_code(&world).await;
    for _ in 0..5 {
        assert_eq!(field(&give(&world, &owed, &wrong(&code)).await), "wrong_code");
    }
    assert_eq!(field(&give(&world, &owed, &code).await), "challenge_over");
    assert_eq!(field(&ask(&world, &owed).await), "challenge_over");
    // A new challenge has new tries; the person's count goes on.
    let (owed, _) = challenge(&world, CLIENT).await;
    assert_eq!(give(&world, &owed, &code).await.status, StatusCode::TOO_MANY_REQUESTS);

    // Five minutes, and only the last one sent.
    forget(&world).await;
    let (owed, _) = challenge(&world, CLIENT).await;
    ask(&world, &owed).await;
    let first = last_code(&world).await;
    hands.forward(TimeDelta::seconds(61));
    ask(&world, &owed).await;
    let last = last_code(&world).await;
    if first != last {
        assert_eq!(field(&give(&world, &owed, &first).await), "wrong_code");
    }
    hands.forward(TimeDelta::seconds(301));
    assert_eq!(field(&give(&world, &owed, &last).await), "wrong_code");
}

#[tokio::test]
async fn another_phone_replaces_the_first_and_takes_its_codes_along() {
    let (world, hands) = world(100).await;
    let token = world.token_of(CLIENT).await;
    enrol(&world, &token, "0550123456").await;
    let (owed, _) = challenge(&world, CLIENT).await;
    ask(&world, &owed).await;
    let old = last_code(&world).await;
    assert_eq!(begin(&world, &token, "0550123456").await.code(), "phone_in_use");
    hands.forward(TimeDelta::seconds(61));
    let sent = begin(&world, &token, "0661123456").await;
    assert_eq!(sent.status, StatusCode::OK, "{:?}", sent.body);
    assert_eq!(
        confirm(&world, &token, &last_code(&world).await).await.status,
        StatusCode::OK
    );
    assert_eq!(field(&give(&world, &owed, &old).await), "wrong_code");
    hands.forward(TimeDelta::minutes(2));
    assert_eq!(ask(&world, &owed).await.status, StatusCode::OK);
    assert_eq!(last_text(&world).await.0, "+213661123456");
}

#[tokio::test]
async fn a_lost_phone_is_taken_away_by_those_in_charge() {
    let (world, _) = world(100).await;
    let token = world.token_of(CLIENT).await;
    enrol(&world, &token, "0550123456").await;
    let (owed, _) = challenge(&world, CLIENT).await;
    ask(&world, &owed).await;
    let code = last_code(&world).await;
    let admin = world.token_of(ADMIN).await;
    let id = world
        .db
        .texts(&format!("SELECT id::text FROM users WHERE email = '{CLIENT}'"))
        .await
        .remove(0);
    let reset = format!("/api/v1/users/{id}/second-factor/reset");
    let why = json!({ "reason": "lost her telephone" });
    assert_eq!(
        world.own("POST", &reset, &admin, why).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(field(&give(&world, &owed, &code).await), "wrong_code");
    assert!(world.try_login(CLIENT, PASSWORD).await.body["access_token"].is_string());
}

#[tokio::test]
async fn a_role_that_needs_more_gets_no_codes_and_loses_no_factor() {
    let (world, hands) = world(100).await;
    let admin = world.token_of(ADMIN).await;
    let answer = begin(&world, &admin, "0550123456").await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::FORBIDDEN, "sms_not_enough")
    );
    let own = world.own("GET", "/api/v1/me/factors", &admin, Value::Null).await;
    assert_eq!(own.body["phone_offered"], false);
    // Nor is somebody offered them whose role inherits that one.
    world
        .db
        .execute(
            "INSERT INTO roles (id, key, name, permissions) VALUES ('00000000-0000-7000-8000-00000000000d', 'deputy', 'Deputy', '{}');
             INSERT INTO role_parents SELECT '00000000-0000-7000-8000-00000000000d', id FROM roles WHERE key = 'admin'",
        )
        .await;
    let deputy = "00000000-0000-7000-8000-00000000000d".parse().unwrap();
    store::role::refresh(&mut world.state.app.conn().await.unwrap(), deputy)
        .await
        .unwrap();
    app::seed::account(&world.state.app, "deputy@x.test", "D", "deputy", PASSWORD)
        .await
        .unwrap();
    let deputy = world.token_of("deputy@x.test").await;
    assert_eq!(begin(&world, &deputy, "0550123456").await.code(), "sms_not_enough");
    // Somebody who got the role later still owes what he has, though it does not count as what the role demands.
    enrol(&world, &world.token_of(CLIENT).await, "0550123456").await;
    world
        .db
        .execute(&format!(
            "UPDATE users SET role_id = (SELECT id FROM roles WHERE key = 'admin') WHERE email = '{CLIENT}'"
        ))
        .await;
    let (owed, methods) = challenge(&world, CLIENT).await;
    assert_eq!(methods, json!(["sms"]));
    ask(&world, &owed).await;
    let token = give(&world, &owed, &last_code(&world).await).await.token();
    let mut config = ApiConfig::new(URL);
    config.second_factor_roles = vec!["admin".to_owned(), "corporate".to_owned()];
    let strict = world.another(config);
    let answer = strict.own("GET", "/api/v1/users", &token, Value::Null).await;
    assert_eq!(answer.code(), "second_factor_setup_required");
    // For other roles it is what is demanded.
    hands.forward(TimeDelta::minutes(2));
    let agent = world.token_of(AGENT).await;
    assert_eq!(
        strict.own("GET", "/api/v1/tickets", &agent, Value::Null).await.code(),
        "second_factor_setup_required"
    );
    enrol(&world, &agent, "0551123456").await;
    hands.forward(TimeDelta::minutes(1));
    let (owed, _) = challenge(&world, AGENT).await;
    ask(&world, &owed).await;
    let agent = give(&world, &owed, &last_code(&world).await).await.token();
    assert_eq!(
        strict.own("GET", "/api/v1/tickets", &agent, Value::Null).await.status,
        StatusCode::OK
    );
    let kept = strict.own("DELETE", PHONE, &agent, Value::Null).await;
    assert_eq!((kept.status, kept.code()), (StatusCode::CONFLICT, "last_factor"));
    // With an app beside it the phone may go, and then the app may not.
    world
        .db
        .execute(&format!(
            "INSERT INTO totp_factors (user_id, secret, created_at, confirmed_at) SELECT id, '', now(), now() FROM users WHERE email = '{AGENT}'"
        ))
        .await;
    assert_eq!(
        strict.own("DELETE", PHONE, &agent, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    let kept = strict
        .own("DELETE", "/api/v1/me/factors/totp", &agent, Value::Null)
        .await;
    assert_eq!(kept.code(), "last_factor");
    let own = strict.own("GET", "/api/v1/me/factors", &agent, Value::Null).await;
    assert_eq!(own.body["backup_codes_left"], 10);
}

#[tokio::test]
async fn backup_codes_stand_in_for_a_phone_as_far_as_the_phone_counts() {
    let (world, hands) = world(100).await;
    let token = world.token_of(CLIENT).await;
    let sent = begin(&world, &token, "0550123456").await;
    assert_eq!(sent.status, StatusCode::OK, "{:?}", sent.body);
    let confirmed = confirm(&world, &token, &last_code(&world).await).await;
    let codes: Vec<String> = serde_json::from_value(confirmed.body["codes"].clone()).unwrap();
    forget(&world).await;
    // Another number is no reason for other codes.
    hands.forward(TimeDelta::minutes(2));
    begin(&world, &token, "0551123456").await;
    let changed = confirm(&world, &token, &last_code(&world).await).await;
    assert_eq!((changed.status, &changed.body["codes"]), (StatusCode::OK, &json!([])));
    let by_code = async |code: &str| {
        let (owed, _) = challenge(&world, CLIENT).await;
        let body = json!({ "challenge": owed, "method": "backup_code", "code": code });
        world.post(SECOND, body).await
    };
    let entered = by_code(&codes[0]).await;
    assert_eq!(entered.status, StatusCode::OK, "{:?}", entered.body);
    assert_eq!(field(&by_code(&codes[0]).await), "wrong_code");
    let token = entered.token();
    let renew = async || {
        world
            .own("POST", "/api/v1/me/factors/backup-codes", &token, Value::Null)
            .await
    };
    let renewed = renew().await;
    assert_eq!(renewed.status, StatusCode::OK, "{:?}", renewed.body);
    assert_eq!(field(&by_code(&codes[1]).await), "wrong_code");
    let fresh = renewed.body["codes"][0].as_str().unwrap();
    // A role that the phone is not enough for: neither are the codes that came with it.
    let role = async |key: &str| {
        let set =
            format!("UPDATE users SET role_id = (SELECT id FROM roles WHERE key = '{key}') WHERE email = '{CLIENT}'");
        world.db.execute(&set).await;
    };
    role("admin").await;
    assert_eq!(challenge(&world, CLIENT).await.1, json!(["sms"]));
    assert_eq!(field(&by_code(fresh).await), "wrong_code");
    role("client").await;
    assert_eq!(by_code(fresh).await.status, StatusCode::OK);
    // With the last factor they go.
    assert_eq!(
        world.own("DELETE", PHONE, &token, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(world.db.texts("SELECT id::text FROM backup_codes").await.is_empty());
    assert_eq!(renew().await.status, StatusCode::NOT_FOUND);
}
