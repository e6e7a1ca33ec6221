//! How many texts go out, and to which numbers.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::Value;

use super::{
    super::client::{AGENT, World},
    CLIENT, ask, begin, field, world,
};

#[tokio::test]
async fn texts_are_paced_and_pumping_is_stopped_and_told() {
    let (world, hands) = world(6).await;
    let client = world.token_of(CLIENT).await;
    assert_eq!(begin(&world, &client, "0550123456").await.status, StatusCode::OK);
    // Once a minute for an account, whatever the number, and for a number, whatever the account.
    let soon = begin(&world, &client, "0551123456").await;
    assert_eq!(soon.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u32 = soon.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    let agent = world.token_of(AGENT).await;
    assert_eq!(
        begin(&world, &agent, "0550123456").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    // Parallel ones do not outrun the count.
    hands.forward(TimeDelta::minutes(2));
    let client = world.token_of(CLIENT).await;
    let (a, b) = tokio::join!(
        begin(&world, &client, "0550123456"),
        begin(&world, &client, "0550123456")
    );
    assert_ne!(a.status == StatusCode::OK, b.status == StatusCode::OK);
    for _ in 0..3 {
        hands.forward(TimeDelta::seconds(61));
        assert_eq!(begin(&world, &client, "0550123456").await.status, StatusCode::OK);
    }
    hands.forward(TimeDelta::seconds(61));
    assert_eq!(
        begin(&world, &client, "0550123456").await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "five an hour"
    );
    // Six an hour over all: one more, then nobody gets any, and somebody is told once.
    let agent = world.token_of(AGENT).await;
    assert_eq!(begin(&world, &agent, "0661123456").await.status, StatusCode::OK);
    for _ in 0..2 {
        hands.forward(TimeDelta::seconds(61));
        let stopped = begin(&world, &agent, "0661123456").await;
        assert_eq!((stopped.status, stopped.code()), (StatusCode::CONFLICT, "sms_paused"));
    }
    let alerts = world
        .db
        .texts("SELECT kind || ' ' || severity FROM security_alerts")
        .await;
    assert_eq!(alerts, ["sms_paused critical"]);
    hands.forward(TimeDelta::hours(1));
    let agent = world.token_of(AGENT).await;
    assert_eq!(begin(&world, &agent, "0661123456").await.status, StatusCode::OK);
}

#[tokio::test]
async fn numbers_that_are_none_or_earn_somebody_money_are_refused() {
    let (world, _) = world(100).await;
    let token = world.token_of(CLIENT).await;
    for (phone, code) in [
        ("+33612345678", "phone_country"),
        ("+1 900 555 1234", "phone_country"),
        ("021123456", "phone_not_mobile"),
        ("+213550123456\r\nTo: +33612345678", "invalid_phone"),
        ("+213550123456\n", "invalid_phone"),
        ("0550123456,0551123456", "invalid_phone"),
        ("whatsapp:+213550123456", "invalid_phone"),
        ("\u{0}", "invalid_phone"),
        ("", "invalid_phone"),
    ] {
        let answer = begin(&world, &token, phone).await;
        assert_eq!(
            (answer.status, field(&answer)),
            (StatusCode::UNPROCESSABLE_ENTITY, code),
            "{phone:?}"
        );
    }
    let long = begin(&world, &token, &"0".repeat(100_000)).await;
    assert_eq!(field(&long), "invalid_phone");
    assert!(world.db.texts("SELECT id::text FROM sms_messages").await.is_empty());
    // Without a phone, and without a challenge, nothing is sent.
    let none = world.own("POST", "/api/v1/auth/step-up/sms", &token, Value::Null).await;
    assert_eq!(field(&none), "no_phone");
    assert_eq!(field(&ask(&world, "made up").await), "challenge_over");
    let off = World::new().await;
    let token = off.token_of(CLIENT).await;
    assert_eq!(begin(&off, &token, "0550123456").await.code(), "sms_off");
}
