//! What text messages cost: prices with their time, what months came to, and a cap that nobody gets past.

use app::sms::{NewSms, Queued, attempted, queue};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::sms::{SmsState, cost::Verdict};
use serde_json::{Value, json};
use store::{
    notification::settings::{Brake, unflooded_phones},
    sms::message::Attempt,
};
use uuid::Uuid;

use super::{
    super::client::{AGENT, Answer, World},
    ADMIN, CLIENT, begin, enrol, world,
};

const PRICES: &str = "/api/v1/sms/prices";
const BUDGET: &str = "/api/v1/sms/budget";

async fn price(world: &World, token: &str, prefix: &str, micros: Option<i64>) -> Answer {
    let body = json!({ "prefix": prefix, "label": format!("Numbers of {prefix}"), "micros": micros });
    world.own("POST", PRICES, token, body).await
}

async fn budget(world: &World, token: &str) -> Value {
    let found = world.own("GET", BUDGET, token, Value::Null).await;
    assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
    found.body
}

async fn cap(world: &World, token: &str, micros: Option<i64>) {
    let version = budget(world, token).await["version"].as_i64();
    let body = json!({ "currency": "USD", "cap_micros": micros });
    let done = world.act(token, "PUT", BUDGET, version, body).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
}

/// Queues a text for this purpose, as whoever causes it does.
async fn text(world: &World, phone: &str, purpose: &str, body: &str) -> Queued {
    let app = &world.state.app;
    let mut tx = app.begin().await.unwrap();
    let sms = NewSms {
        user_id: None,
        phone,
        purpose,
        body,
        network: "",
        not_before: None,
        expires_at: app.now() + TimeDelta::hours(1),
    };
    let queued = queue(app, &mut tx, &sms).await.unwrap();
    tx.commit().await.unwrap();
    queued
}

async fn attempt(world: &World, id: Uuid, state: SmsState, segments: Option<i32>) {
    let attempt = Attempt {
        state,
        provider: "twilio",
        provider_id: Some("SM1"),
        segments,
        error: None,
    };
    attempted(&world.state.app, id, &attempt).await.unwrap();
}

/// Price, cost and state of a text.
async fn row(world: &World, id: Uuid) -> String {
    let columns =
        "concat_ws(' ', coalesce(price_micros::text, '-'), segments, coalesce(cost_micros::text, '-'), country, state)";
    let sql = format!("SELECT {columns} FROM sms_messages WHERE id = '{id}'");
    world.db.texts(&sql).await.remove(0)
}

async fn alerts(world: &World) -> Vec<String> {
    let sql = "SELECT kind FROM security_alerts WHERE kind LIKE 'sms_cap%' ORDER BY kind";
    world.db.texts(sql).await
}

#[tokio::test]
async fn a_text_keeps_the_price_it_was_queued_at_and_the_month_follows_what_becomes_of_it() {
    let (world, hands) = world(100).await;
    let admin = world.token_of(ADMIN).await;
    let before = text(&world, "+213550123456", "notification", "x").await;
    assert_eq!(row(&world, before.id).await, "- 1 - DZ queued");
    assert_eq!(
        price(&world, &admin, "213", Some(50_000)).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        price(&world, &admin, "+2136", Some(40_000)).await.status,
        StatusCode::CREATED
    );
    let country = text(&world, "+213550123456", "notification", "x").await;
    let operator = text(&world, "+213661123456", "notification", &"ب".repeat(71)).await;
    let client = world.token_of(CLIENT).await;
    assert_eq!(begin(&world, &client, "0550123456").await.status, StatusCode::OK);
    assert_eq!(row(&world, country.id).await, "50000 1 50000 DZ queued");
    assert_eq!(row(&world, operator.id).await, "40000 2 80000 DZ queued");

    hands.forward(TimeDelta::seconds(1));
    assert_eq!(
        price(&world, &admin, "213", Some(60_000)).await.status,
        StatusCode::CREATED
    );
    let later = text(&world, "+213550123456", "notification", "x").await;
    assert_eq!(row(&world, later.id).await, "60000 1 60000 DZ queued");
    assert_eq!(row(&world, country.id).await, "50000 1 50000 DZ queued");
    let spent = async || budget(&world, &admin).await["spent_micros"].clone();
    assert_eq!(spent().await, 50_000 + 80_000 + 50_000 + 60_000);

    // The provider charges another number of segments; nonsense is not believed; what never went out costs nothing.
    attempt(&world, operator.id, SmsState::Sent, Some(3)).await;
    attempt(&world, country.id, SmsState::Sent, Some(0)).await;
    attempt(&world, later.id, SmsState::Failed, None).await;
    assert_eq!(row(&world, operator.id).await, "40000 3 120000 DZ sent");
    assert_eq!(row(&world, country.id).await, "50000 1 50000 DZ sent");
    assert_eq!(row(&world, later.id).await, "60000 1 0 DZ failed");
    assert_eq!(spent().await, 50_000 + 120_000 + 50_000);
    // What went out and did not arrive was charged all the same.
    world
        .db
        .execute(&format!(
            "UPDATE sms_messages SET state = 'failed' WHERE id = '{}'",
            operator.id
        ))
        .await;
    assert_eq!(spent().await, 50_000 + 120_000 + 50_000);

    let statement = world.own("GET", "/api/v1/sms/statement", &admin, Value::Null).await;
    let items = statement.body["items"].as_array().unwrap().clone();
    let figures = |item: &Value| {
        let all = ["purpose", "country", "messages", "segments", "unpriced", "micros"];
        all.map(|key| item[key].clone())
    };
    let month = budget(&world, &admin).await["month"].as_str().unwrap().to_owned();
    assert_eq!(
        items.iter().map(figures).collect::<Vec<_>>(),
        [
            [json!("enrol"), json!("DZ"), json!(1), json!(1), json!(0), json!(50_000)],
            [
                json!("notification"),
                json!("DZ"),
                json!(3),
                json!(5),
                json!(1),
                json!(170_000)
            ],
        ]
    );
    // It stays when the texts are past their time.
    world.db.execute("DELETE FROM sms_messages").await;
    let first = world
        .own(
            "GET",
            &format!("/api/v1/sms/statement?limit=1&month={month}"),
            &admin,
            Value::Null,
        )
        .await;
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = format!("/api/v1/sms/statement?limit=1&month={month}&cursor={cursor}");
    let rest = world.own("GET", &rest, &admin, Value::Null).await;
    assert_eq!(
        [&first.body["items"][0], &rest.body["items"][0]],
        [&items[0], &items[1]]
    );
    assert!(rest.body["next_cursor"].is_null());
    let file = world
        .own("GET", "/api/v1/sms/statement/export", &admin, Value::Null)
        .await;
    let expected = format!(
        "\u{feff}month,purpose,country,messages,segments,segments_without_price,amount,currency\r\n\
         {0},enrol,DZ,1,1,0,0.05,USD\r\n{0},notification,DZ,3,5,1,0.17,USD\r\n",
        &month[..7]
    );
    assert_eq!(file.body, expected);
    let none = world
        .own("GET", "/api/v1/sms/statement?month=2020-05-17", &admin, Value::Null)
        .await;
    assert_eq!(none.body["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_no_more_go_out_than_the_cap_has_room_for_and_those_in_charge_are_told_once() {
    let (world, hands) = world(100).await;
    let admin = world.token_of(ADMIN).await;
    price(&world, &admin, "213", Some(30_000)).await;
    cap(&world, &admin, Some(100_000)).await;
    let mut tries = Vec::new();
    for n in 0..12 {
        let world = world.clone();
        tries.push(tokio::spawn(async move {
            text(&world, &format!("+2135501234{n:02}"), "notification", "x")
                .await
                .verdict
        }));
    }
    let mut verdicts = Vec::new();
    for each in tries {
        verdicts.push(each.await.unwrap());
    }
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Go).count(), 3);
    assert_eq!(
        verdicts.iter().filter(|verdict| **verdict == Verdict::OverCap).count(),
        9
    );
    let standing = budget(&world, &admin).await;
    assert_eq!(standing["spent_micros"], 90_000);
    let kept = "SELECT concat_ws(' ', state, error, body IS NULL, count(*)) FROM sms_messages GROUP BY state, error, body IS NULL ORDER BY 1";
    assert_eq!(world.db.texts(kept).await, ["failed over_cap t 9", "queued f 3"]);
    let jobs = "SELECT count(*)::text FROM jobs WHERE kind = 'send_sms'";
    assert_eq!(world.db.texts(jobs).await, ["3"]);
    assert_eq!(alerts(&world).await, ["sms_cap_near", "sms_cap_reached"]);
    let told = "SELECT count(*)::text FROM events WHERE type = 'security_alert.raised'";
    assert_eq!(world.db.texts(told).await, ["2"]);

    // Nobody is locked out: codes go, and count.
    assert_eq!(text(&world, "+213550123457", "login", "x").await.verdict, Verdict::Go);
    let client = world.token_of(CLIENT).await;
    assert_eq!(begin(&world, &client, "0550123456").await.status, StatusCode::OK);
    assert_eq!(budget(&world, &admin).await["spent_micros"], 150_000);
    // A raised cap holds at once; another month is another room, with alerts of its own.
    cap(&world, &admin, Some(180_000)).await;
    assert_eq!(
        text(&world, "+213550123456", "notification", "x").await.verdict,
        Verdict::Go
    );
    assert_eq!(
        text(&world, "+213550123456", "notification", "x").await.verdict,
        Verdict::OverCap
    );
    assert_eq!(
        alerts(&world).await,
        ["sms_cap_near", "sms_cap_reached", "sms_cap_reached"],
        "once in a month under each cap"
    );
    hands.forward(TimeDelta::days(31));
    for _ in 0..6 {
        assert_eq!(
            text(&world, "+213550123456", "notification", "x").await.verdict,
            Verdict::Go
        );
    }
    assert_eq!(
        alerts(&world).await,
        [
            "sms_cap_near",
            "sms_cap_near",
            "sms_cap_reached",
            "sms_cap_reached",
            "sms_cap_reached"
        ]
    );
    cap(&world, &world.token_of(ADMIN).await, None).await;
    assert_eq!(
        text(&world, "+213550123456", "notification", "x").await.verdict,
        Verdict::Go
    );
}

#[tokio::test]
async fn what_the_cap_held_back_takes_nobodys_room() {
    let (world, _) = world(100).await;
    let admin = world.token_of(ADMIN).await;
    let agent = world.token_of(AGENT).await;
    enrol(&world, &agent, "0661123456").await;
    let id = format!("SELECT id::text FROM users WHERE email = '{AGENT}'");
    let id: Uuid = world.db.texts(&id).await[0].parse().unwrap();
    let reached = async || {
        let his = format!("UPDATE sms_messages SET user_id = '{id}' WHERE purpose = 'notification'");
        world.db.execute(&his).await;
        let brake = Brake {
            since: Utc::now() - TimeDelta::hours(1),
            most: 1,
        };
        let mut conn = world.state.app.conn().await.unwrap();
        unflooded_phones(&mut conn, &[id], &[brake]).await.unwrap().len()
    };
    cap(&world, &admin, Some(0)).await;
    for expected in [Verdict::NoPrice, Verdict::OverCap] {
        assert_eq!(
            text(&world, "+213661123456", "notification", "x").await.verdict,
            expected
        );
        assert_eq!(reached().await, 1);
        price(&world, &admin, "213", Some(30_000)).await;
    }
    cap(&world, &admin, None).await;
    assert_eq!(
        text(&world, "+213661123456", "notification", "x").await.verdict,
        Verdict::Go
    );
    assert_eq!(reached().await, 0);
}

#[tokio::test]
async fn while_there_is_a_cap_nothing_but_codes_goes_where_nobody_knows_the_price() {
    let (world, _) = world(100).await;
    let admin = world.token_of(ADMIN).await;
    assert_eq!(budget(&world, &admin).await["unpriced_prefixes"], json!(["213"]));
    assert_eq!(
        text(&world, "+213550123456", "notification", "x").await.verdict,
        Verdict::Go
    );
    cap(&world, &admin, Some(1_000_000)).await;
    let held = text(&world, "+213550123456", "notification", "x").await;
    assert_eq!(held.verdict, Verdict::NoPrice);
    assert_eq!(row(&world, held.id).await, "- 1 - DZ failed");
    assert_eq!(text(&world, "+213550123456", "step_up", "x").await.verdict, Verdict::Go);
    // An operator's price is not the country's.
    price(&world, &admin, "2136", Some(1)).await;
    assert_eq!(budget(&world, &admin).await["unpriced_prefixes"], json!(["213"]));
    price(&world, &admin, "2", Some(1)).await;
    assert_eq!(budget(&world, &admin).await["unpriced_prefixes"], json!([]));
    assert_eq!(
        text(&world, "+213550123456", "notification", "x").await.verdict,
        Verdict::Go
    );
    assert!(alerts(&world).await.is_empty());
}

#[tokio::test]
async fn prices_are_set_for_now_or_later_and_never_changed() {
    let (world, hands) = world(100).await;
    let admin = world.token_of(ADMIN).await;
    let at = |delta: TimeDelta| {
        let now: DateTime<Utc> = world.state.app.now();
        (now + delta).to_rfc3339()
    };
    let set = |body: Value| {
        let (world, admin) = (&world, &admin);
        async move { world.own("POST", PRICES, admin, body).await }
    };
    let wrong =
        set(json!({ "prefix": "0213", "label": " ", "micros": -1, "valid_from": at(TimeDelta::hours(-1)) })).await;
    let codes: Vec<&str> = wrong.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["invalid_prefix", "invalid_name", "invalid_amount", "in_the_past"]
    );
    assert_eq!(price(&world, &admin, "213", None).await.code(), "sms_price_none");

    let first = price(&world, &admin, "213", Some(50_000)).await;
    assert_eq!(first.status, StatusCode::CREATED, "{:?}", first.body);
    let tomorrow = at(TimeDelta::days(1));
    let planned = json!({ "prefix": "213", "label": "Algérie", "micros": 70_000, "valid_from": tomorrow });
    let next = set(planned.clone()).await;
    assert_eq!(next.status, StatusCode::CREATED, "{:?}", next.body);
    assert_eq!(set(planned.clone()).await.code(), "sms_price_exists");
    let list = async |query: &str| {
        let found = world.own("GET", &format!("{PRICES}{query}"), &admin, Value::Null).await;
        let items = found.body["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["micros"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, [json!(70_000), json!(50_000)]);
    let path = |answer: &Answer| format!("{PRICES}/{}", answer.body["id"].as_str().unwrap());
    let withdraw = async |path: String| world.own("DELETE", &path, &admin, Value::Null).await;
    assert_eq!(withdraw(path(&first)).await.code(), "sms_price_begun");
    assert_eq!(withdraw(path(&next)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(withdraw(path(&next)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(set(planned).await.status, StatusCode::CREATED);
    hands.forward(TimeDelta::days(2));
    let admin_later = world.token_of(ADMIN).await;
    let ended = price(&world, &admin_later, "213", None).await;
    assert_eq!(ended.status, StatusCode::CREATED, "{:?}", ended.body);
    let later = async |query: &str| {
        let found = world
            .own("GET", &format!("{PRICES}{query}"), &admin_later, Value::Null)
            .await;
        (
            found.body["items"].as_array().unwrap().len(),
            found.body["next_cursor"].clone(),
        )
    };
    assert_eq!(later("").await.0, 0, "nothing holds");
    let (n, cursor) = later("?past=true&limit=2").await;
    assert_eq!((n, cursor.is_string()), (2, true));
    let rest = format!("?past=true&limit=2&cursor={}", cursor.as_str().unwrap());
    assert_eq!(later(&rest).await, (1, Value::Null));
    let lines = "SELECT action FROM audit_log WHERE subject_type = 'sms_price' ORDER BY id";
    let expected = [
        "sms_price.set",
        "sms_price.set",
        "sms_price.withdraw",
        "sms_price.set",
        "sms_price.set",
    ];
    assert_eq!(world.db.texts(lines).await, expected);
    let update = world.db.try_execute("UPDATE sms_prices SET micros = 1").await;
    assert!(update.is_err(), "a price is never another one afterwards");
}

#[tokio::test]
async fn the_cap_is_changed_by_whoever_may_on_what_he_read_and_the_currency_stays() {
    let (world, _) = world(100).await;
    let admin = world.token_of(ADMIN).await;
    let change = |version: i64, body: Value| {
        let (world, admin) = (&world, &admin);
        async move { world.act(admin, "PUT", BUDGET, Some(version), body).await }
    };
    let wrong = change(1, json!({ "currency": "usd", "cap_micros": -1 })).await;
    assert_eq!(
        (&wrong.body["errors"][0]["code"], &wrong.body["errors"][1]["code"]),
        (&json!("invalid_currency"), &json!("invalid_amount"))
    );
    let done = change(1, json!({ "currency": "EUR", "cap_micros": 5_000_000 })).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
    // What is forgotten is neither the wish for no cap nor for a price's end.
    let forgotten = change(2, json!({ "currency": "EUR" })).await;
    assert_eq!(
        forgotten.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{:?}",
        forgotten.body
    );
    let ended = world
        .own("POST", PRICES, &admin, json!({ "prefix": "213", "label": "Algeria" }))
        .await;
    assert_eq!(ended.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", ended.body);
    let stale = change(1, json!({ "currency": "EUR", "cap_micros": null })).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    price(&world, &admin, "213", Some(50_000)).await;
    let fixed = change(2, json!({ "currency": "DZD", "cap_micros": null })).await;
    assert_eq!(
        (fixed.status, fixed.code()),
        (StatusCode::CONFLICT, "sms_currency_fixed")
    );
    assert_eq!(
        change(2, json!({ "currency": "EUR", "cap_micros": 0 })).await.status,
        StatusCode::NO_CONTENT
    );
    let standing = budget(&world, &admin).await;
    assert_eq!(
        (&standing["currency"], &standing["cap_micros"], &standing["version"]),
        (&json!("EUR"), &json!(0), &json!(3))
    );
    let lines = "SELECT data::text FROM audit_log WHERE action = 'sms_budget.change' ORDER BY id";
    assert_eq!(world.db.texts(lines).await.len(), 2);
    // Trials tell whoever tries why nothing comes, and stand among the others.
    enrol(&world, &world.token_of(AGENT).await, "0550123456").await;
    let theirs = format!("UPDATE sms_factors SET user_id = (SELECT id FROM users WHERE email = '{ADMIN}')");
    world.db.execute(&theirs).await;
    let body = json!({ "subject": "", "body": "{{ code }}" });
    let trial = world
        .own("POST", "/api/v1/message-templates/sms_code/fr/test", &admin, body)
        .await;
    assert_eq!(
        (trial.status, trial.code()),
        (StatusCode::CONFLICT, "sms_cap"),
        "{:?}",
        trial.body
    );
    let kept = "SELECT concat_ws(' ', state, error) FROM sms_messages WHERE purpose = 'trial'";
    assert_eq!(world.db.texts(kept).await, ["failed over_cap"]);
    assert_eq!(alerts(&world).await, ["sms_cap_reached"]);
}
