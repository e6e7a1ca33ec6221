//! How many requests one caller may send.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::{ApiConfig, Rates, Shared, rate_setting};
use async_trait::async_trait;
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use serde_json::Value;

use super::client::{Answer, Hands, URL, World};

const ME: &str = "/api/v1/me";
const LOGIN: &str = "/api/v1/auth/login";

fn config(rates: &[&str]) -> ApiConfig {
    ApiConfig {
        rates: Rates::default().with(rates.iter().map(|text| rate_setting(text).unwrap())),
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..ApiConfig::new(URL)
    }
}

/// With a clock that stands still, so that no minute ends in between.
async fn world(config: ApiConfig) -> Arc<World> {
    World::at(config, Hands::new()).await
}

/// A request from this address, on behalf of `client` when a proxy says so.
async fn from(world: &World, peer: &str, client: Option<&str>, token: &str) -> Answer {
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    let mut request = Request::get(ME).extension(ConnectInfo(peer));
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if let Some(client) = client {
        request = request.header("x-forwarded-for", client);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

fn number(answer: &Answer, header: &str, field: &str) -> u32 {
    let text = answer.headers[header].to_str().unwrap();
    let found = text
        .split(';')
        .find_map(|part| part.strip_prefix(field)?.strip_prefix('='));
    found.unwrap_or_else(|| panic!("no {field} in {text}")).parse().unwrap()
}

#[tokio::test]
async fn who_is_too_fast_is_told_how_long_to_wait_and_nobody_else_is_held_up() {
    let hands = Hands::new();
    let world = World::at(config(&["reads=5"]), hands.clone()).await;
    let (agent, admin) = (
        world.token_of("agent@cloudmanager.test").await,
        world.token_of("admin@cloudmanager.test").await,
    );
    for left in (0..5).rev() {
        let answer = world.me(&agent).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["ratelimit-policy"], "\"reads\";q=5;w=60");
        assert_eq!(number(&answer, "ratelimit", "r"), left);
        assert!((1..=60).contains(&number(&answer, "ratelimit", "t")));
    }
    let refused = world.me(&agent).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::TOO_MANY_REQUESTS, "rate_limited")
    );
    assert_eq!(refused.headers[header::CONTENT_TYPE], "application/problem+json");
    let wait: u32 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=120).contains(&wait));
    assert_eq!(
        (number(&refused, "ratelimit", "r"), number(&refused, "ratelimit", "t")),
        (0, wait)
    );
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("Wait {wait} seconds")), "{detail}");
    hands.forward(TimeDelta::seconds(i64::from(wait)));
    assert_eq!(world.me(&agent).await.status, StatusCode::OK);
    assert_eq!(world.me(&agent).await.status, StatusCode::TOO_MANY_REQUESTS);
    // Another person, another class, and what is not counted at all.
    assert_eq!(world.me(&admin).await.status, StatusCode::OK);
    let written = world
        .own("PATCH", ME, &agent, serde_json::json!({ "locale": "fr" }))
        .await;
    assert_eq!(written.headers["ratelimit-policy"], "\"writes\";q=600;w=60");
    assert_ne!(written.status, StatusCode::TOO_MANY_REQUESTS);
    for _ in 0..20 {
        let probe = world.call("GET", "/healthz", &[], Value::Null).await;
        assert_eq!(probe.status, StatusCode::OK);
        assert!(!probe.headers.contains_key("ratelimit"));
    }
}

#[tokio::test]
async fn strangers_are_counted_by_address_which_a_proxy_must_not_hide_and_nobody_may_forge() {
    let world = world(config(&["reads=3"])).await;
    for _ in 0..3 {
        assert_eq!(
            from(&world, "10.0.0.1", Some("9.9.9.9"), "").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(
        from(&world, "10.0.0.1", Some("9.9.9.9"), "").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    // Someone else behind the same proxy.
    assert_eq!(
        from(&world, "10.0.0.1", Some("8.8.8.8"), "").await.status,
        StatusCode::UNAUTHORIZED
    );
    // Made-up names and made-up tokens change nothing.
    for n in 0..3 {
        let name = format!("1.1.1.{n}");
        let status = from(&world, "7.7.7.7", Some(&name), &format!("x.y.{n}")).await.status;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let answer = from(&world, "7.7.7.7", Some("1.1.1.9"), "x.y.z").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    // Whoever proves who he is is counted by himself.
    let token = world.token_of("agent@cloudmanager.test").await;
    assert_eq!(from(&world, "7.7.7.7", None, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn guessing_is_slowed_down_by_address() {
    let world = world(config(&["sign-in=4"])).await;
    let mut codes = Vec::new();
    for n in 0..6 {
        let body = serde_json::json!({ "email": format!("p{n}@example.dz"), "password": "x" });
        codes.push(world.post(LOGIN, body).await.code().to_owned());
    }
    assert_eq!(codes[3..], ["wrong_credentials", "rate_limited", "rate_limited"]);
}

#[tokio::test]
async fn lifted_limits_are_not_counted() {
    let world = world(config(&["reads=1", "off"])).await;
    let token = world.token_of("agent@cloudmanager.test").await;
    for _ in 0..10 {
        let answer = world.me(&token).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.headers.contains_key("ratelimit-policy"));
    }
}

/// A place for sums that can be away.
#[derive(Debug, Default)]
struct Sums {
    sums: Mutex<HashMap<String, u64>>,
    away: AtomicBool,
}

#[async_trait]
impl Shared for Sums {
    async fn add(&self, counts: &[(String, u32)], _: Duration) -> Result<Vec<u64>, String> {
        if self.away.load(Ordering::Relaxed) {
            return Err("away".to_owned());
        }
        let mut sums = self.sums.lock().unwrap();
        let add = |(name, n): &(String, u32)| {
            let sum = sums.entry(name.clone()).or_default();
            *sum += u64::from(*n);
            *sum
        };
        Ok(counts.iter().map(add).collect())
    }
}

async fn reads(world: &World, token: &str, tries: usize) -> usize {
    let mut granted = 0;
    for _ in 0..tries {
        granted += usize::from(world.me(token).await.status == StatusCode::OK);
    }
    granted
}

#[tokio::test]
async fn processes_count_together_and_each_goes_on_alone_when_the_sums_are_away_or_lost() {
    let one = world(config(&["reads=20"])).await;
    let token = one.token_of("agent@cloudmanager.test").await;
    let other = one.another(config(&["reads=20"]));
    let sums = Arc::new(Sums::default());
    let exchange = async |world: &World| world.state.limits.exchange(&world.state.app, &*sums).await;
    assert_eq!(reads(&one, &token, 12).await, 12);
    exchange(&one).await.unwrap();
    assert_eq!(reads(&other, &token, 1).await, 1);
    exchange(&other).await.unwrap();
    assert_eq!(reads(&other, &token, 20).await, 7);
    exchange(&other).await.unwrap();
    // Away: nobody is refused for that, and what was counted is told later.
    sums.away.store(true, Ordering::Relaxed);
    assert_eq!(reads(&one, &token, 1).await, 1);
    assert!(exchange(&one).await.is_err());
    let agent = one.token_of("admin@cloudmanager.test").await;
    assert_eq!(reads(&one, &agent, 25).await, 20);
    assert!(exchange(&one).await.is_err());
    assert_eq!(reads(&other, &agent, 1).await, 1);
    sums.away.store(false, Ordering::Relaxed);
    exchange(&one).await.unwrap();
    exchange(&other).await.unwrap();
    assert_eq!(reads(&other, &agent, 5).await, 0);
    // Lost: each goes on with what it knows itself.
    sums.sums.lock().unwrap().clear();
    let client = one.token_of("client@cloudmanager.test").await;
    assert_eq!(reads(&one, &client, 5).await, 5);
    exchange(&one).await.unwrap();
    sums.sums.lock().unwrap().clear();
    assert_eq!(reads(&one, &client, 1).await, 1);
    exchange(&one).await.unwrap();
    assert_eq!(reads(&one, &client, 30).await, 14);
}
