//! What stands between callers and routes: other sites, proxies, and a limit to how many are served at once.

use std::net::SocketAddr;

use api::ApiConfig;
use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use futures::stream;
use serde_json::{Value, json};

use super::client::{AGENT, Answer, PASSWORD, URL, World};

const SHOP: &str = "https://shop.example";

async fn preflight(world: &World, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "authorization,if-match"),
    ];
    world.call("OPTIONS", "/api/v1/me", &headers, Value::Null).await
}

#[tokio::test]
async fn only_listed_sites_may_call() {
    let config = ApiConfig {
        cors_origins: vec![api::origin(SHOP).unwrap()],
        ..ApiConfig::new(URL)
    };
    let world = World::with(config).await;
    let asked = preflight(&world, SHOP).await;
    assert!(asked.status.is_success());
    let text = |answer: &Answer, name: &str| {
        answer
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_lowercase())
    };
    assert_eq!(text(&asked, "access-control-allow-origin").unwrap(), SHOP);
    assert!(text(&asked, "access-control-allow-methods").unwrap().contains("patch"));
    let headers = text(&asked, "access-control-allow-headers").unwrap();
    for name in ["authorization", "if-match", "idempotency-key", "content-type"] {
        assert!(headers.contains(name), "{name} in {headers}");
    }

    // Refusals can be read as well, or the page could not say why.
    let refused = world.call("GET", "/api/v1/me", &[("origin", SHOP)], Value::Null).await;
    assert_eq!(refused.status, 401);
    assert_eq!(text(&refused, "access-control-allow-origin").unwrap(), SHOP);
    assert!(
        text(&refused, "access-control-expose-headers")
            .unwrap()
            .contains("etag")
    );
    assert!(text(&refused, "vary").unwrap().contains("origin"));
    assert_eq!(text(&refused, "access-control-allow-credentials"), None);

    for other in [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example.evil.example",
        "null",
    ] {
        let answer = preflight(&world, other).await;
        assert_eq!(text(&answer, "access-control-allow-origin"), None, "{other}");
        let answer = world.call("GET", "/api/v1/me", &[("origin", other)], Value::Null).await;
        assert_eq!(text(&answer, "access-control-allow-origin"), None, "{other}");
    }
    // The cookie stays out of reach even for a listed site.
    let login = world.login().await;
    let headers = [("origin", SHOP), ("cookie", &login.cookie())];
    let refresh = world.call("POST", "/api/v1/auth/refresh", &headers, Value::Null).await;
    assert_eq!((refresh.status.as_u16(), refresh.code()), (403, "cross_site"));
}

#[tokio::test]
async fn without_a_list_no_site_may_call() {
    let world = World::new().await;
    let answer = preflight(&world, SHOP).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

/// A wrong login over a proxy for this caller; the proxy's address, and what the caller made up, stay the same.
async fn wrong_login(world: &World, caller: &str) -> StatusCode {
    let mut request = Request::post("/api/v1/auth/login")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", format!("6.6.6.6, {caller}"))
        .body(Body::from(json!({ "email": AGENT, "password": "wrong" }).to_string()))
        .unwrap();
    let proxy: SocketAddr = ([10, 0, 0, 1], 1234).into();
    request.extensions_mut().insert(ConnectInfo(proxy));
    world.send(request).await.status
}

#[tokio::test]
async fn failed_logins_are_counted_for_the_caller_behind_a_trusted_proxy() {
    let config = ApiConfig {
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..ApiConfig::new(URL)
    };
    let world = World::with(config).await;
    let mut tries = 0;
    while wrong_login(&world, "9.9.9.9").await != StatusCode::TOO_MANY_REQUESTS {
        tries += 1;
        assert!(tries < 20, "the guesser never has to wait");
    }
    assert_eq!(wrong_login(&world, "8.8.8.8").await, StatusCode::UNAUTHORIZED);

    // A proxy that is not trusted is the caller itself, whatever it says.
    let world = World::new().await;
    for n in 0..tries {
        assert_eq!(
            wrong_login(&world, &format!("9.9.{n}.9")).await,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(wrong_login(&world, "8.8.8.8").await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn beyond_the_limit_requests_are_turned_away_and_probes_are_not() {
    let config = ApiConfig {
        max_requests: 1,
        ..ApiConfig::new(URL)
    };
    let world = World::with(config).await;
    // A request whose body never ends holds the only place.
    let endless = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let request = Request::post("/api/v1/auth/login")
        .header(header::CONTENT_TYPE, "application/json")
        .body(endless)
        .unwrap();
    let holder = tokio::spawn({
        let world = world.clone();
        async move { world.send(request).await }
    });
    testkit::wait_for("the place to be taken", std::time::Duration::from_secs(3), async || {
        world.state.room.available_permits() == 0
    })
    .await;
    let login = world.try_login(AGENT, PASSWORD).await;
    assert_eq!((login.status.as_u16(), login.code()), (503, "overloaded"));
    assert_eq!(login.headers[header::RETRY_AFTER], "1");
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(world.call("GET", probe, &[], Value::Null).await.status, 200, "{probe}");
    }
    holder.abort();
    testkit::wait_for("the place to be free", std::time::Duration::from_secs(3), async || {
        world.state.room.available_permits() == 1
    })
    .await;
    assert_eq!(world.try_login(AGENT, PASSWORD).await.status, 200);
}
