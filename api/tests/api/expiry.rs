//! Sessions end: when nobody uses them, and in the end however much they are used.

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use domain::account::times::{ACCESS, SESSION_ABSOLUTE, SESSION_IDLE};

use super::client::{Answer, Hands, URL, World, quiet};

/// How long the browser keeps the refresh token, in seconds.
fn kept(answer: &Answer) -> i64 {
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let (_, rest) = cookie.split_once("Max-Age=").unwrap_or_else(|| panic!("{cookie}"));
    rest.split(';').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_session_nobody_uses_ends_and_each_use_keeps_it() {
    let hands = Hands::new();
    let world = World::at(quiet(URL), hands.clone()).await;
    let (used, unused) = (world.login().await, world.login().await);
    hands.forward(SESSION_IDLE - TimeDelta::minutes(1));
    let first = world.refresh(&used.cookie()).await;
    assert_eq!(first.status, StatusCode::OK, "{:?}", first.body);
    hands.forward(TimeDelta::minutes(2));
    assert_eq!(
        world.refresh(&unused.cookie()).await.status,
        StatusCode::UNAUTHORIZED,
        "it was not used for seven days"
    );
    hands.forward(SESSION_IDLE - TimeDelta::minutes(3));
    let second = world.refresh(&first.cookie()).await;
    assert_eq!(second.status, StatusCode::OK, "{:?}", second.body);
    // An access token of it dies earlier still, and is no use of the session by itself.
    hands.forward(ACCESS + TimeDelta::seconds(1));
    assert_eq!(world.me(&second.token()).await.status, StatusCode::UNAUTHORIZED);
    hands.forward(SESSION_IDLE);
    assert_eq!(world.refresh(&second.cookie()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_much_it_is_used() {
    let hands = Hands::new();
    let world = World::at(quiet(URL), hands.clone()).await;
    let mut session = world.login().await;
    for _ in 0..4 {
        hands.forward(TimeDelta::days(6));
        session = world.refresh(&session.cookie()).await;
        assert_eq!(session.status, StatusCode::OK, "{:?}", session.body);
    }
    assert!(
        kept(&session) <= TimeDelta::days(6).num_seconds(),
        "no cookie outlives it"
    );
    hands.forward(SESSION_ABSOLUTE - TimeDelta::days(24) - TimeDelta::minutes(1));
    let last = world.refresh(&session.cookie()).await;
    assert_eq!(last.status, StatusCode::OK, "{:?}", last.body);
    assert!(kept(&last) <= 60, "{}", kept(&last));
    // The access token would be good for half an hour; what it belongs to is not.
    hands.forward(TimeDelta::minutes(1));
    assert_eq!(world.me(&last.token()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.refresh(&last.cookie()).await.status, StatusCode::UNAUTHORIZED);
}
