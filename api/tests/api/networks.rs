//! Staff work from the networks that are listed, customers from anywhere.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use api::ApiConfig;
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::client::{Answer, PASSWORD, URL, World};

/// A request of `token` that comes from `ip`.
async fn from(world: &World, ip: &str, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let peer: SocketAddr = format!("{ip}:4711").parse().unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .extension(ConnectInfo(peer));
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    world.send(request.body(body).unwrap()).await
}

async fn token(world: &World, who: &str) -> String {
    world
        .try_login(&format!("{who}@cloudmanager.test"), PASSWORD)
        .await
        .token()
}

async fn world() -> Arc<World> {
    World::with(ApiConfig::new(URL)).await
}

#[tokio::test]
async fn a_listed_network_closes_the_surface_to_all_others() {
    let world = world().await;
    let (admin, agent, client) = (
        token(&world, "admin").await,
        token(&world, "agent").await,
        token(&world, "client").await,
    );
    let list = json!({ "surface": "corporate", "network": "10.1.0.0/16", "note": "VPN" });
    let me = "/api/v1/me";
    assert_eq!(
        from(&world, "10.2.0.1", &agent, "GET", me, Value::Null).await.status,
        StatusCode::OK
    );

    let refused = from(&world, "10.2.0.1", &admin, "POST", "/api/v1/networks", list.clone()).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "would_shut_you_out"),
        "{:?}",
        refused.body
    );
    let added = from(&world, "10.1.0.1", &admin, "POST", "/api/v1/networks", list.clone()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{:?}", added.body);
    let twice = from(&world, "10.1.0.1", &admin, "POST", "/api/v1/networks", list).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);

    for path in [me, "/api/v1/tickets", "/api/v1/events/stream", "/metrics"] {
        let outside = from(&world, "10.2.0.1", &agent, "GET", path, Value::Null).await;
        assert_eq!(
            (outside.status, outside.code()),
            (StatusCode::FORBIDDEN, "network_not_allowed"),
            "{path}"
        );
    }
    assert_eq!(
        from(&world, "10.1.9.9", &agent, "GET", me, Value::Null).await.status,
        StatusCode::OK
    );
    assert_eq!(
        from(&world, "10.2.0.1", &client, "GET", me, Value::Null).await.status,
        StatusCode::OK
    );
    // A header that no trusted proxy wrote opens nothing.
    let auth = format!("Bearer {agent}");
    let lied = [("authorization", auth.as_str()), ("x-forwarded-for", "10.1.0.1")];
    assert_eq!(
        world.call("GET", me, &lied, Value::Null).await.status,
        StatusCode::FORBIDDEN
    );

    let id = added.body["id"].as_str().unwrap();
    let path = format!("/api/v1/networks/{id}");
    let gone = from(&world, "10.1.0.1", &admin, "DELETE", &path, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{:?}", gone.body);
    assert_eq!(
        from(&world, "10.2.0.1", &agent, "GET", me, Value::Null).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn another_processs_change_holds_within_a_second() {
    let world = world().await;
    let agent = token(&world, "agent").await;
    let ask = async || {
        from(&world, "10.2.0.1", &agent, "GET", "/api/v1/me", Value::Null)
            .await
            .status
    };
    assert_eq!(ask().await, StatusCode::OK);
    world
        .db
        .execute("INSERT INTO network_rules (id, surface, network, created_at) VALUES (gen_random_uuid(), 'corporate', '192.0.2.0/24', now())")
        .await;
    let began = Instant::now();
    while ask().await == StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(2), "still open");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    assert_eq!(app::network::clear(&world.state.app).await.unwrap(), 1);
    while ask().await != StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(5), "still closed");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

#[tokio::test]
async fn only_administrators_list_networks_and_only_real_ones() {
    let world = world().await;
    let (admin, agent) = (token(&world, "admin").await, token(&world, "agent").await);
    let new = json!({ "surface": "admin", "network": "10.0.0.1/8", "note": "a\nb" });
    for (method, path, body) in [
        ("GET", "/api/v1/networks".to_owned(), Value::Null),
        ("POST", "/api/v1/networks".to_owned(), new.clone()),
        (
            "DELETE",
            format!("/api/v1/networks/{}", uuid::Uuid::now_v7()),
            Value::Null,
        ),
    ] {
        assert_eq!(
            from(&world, "10.0.0.1", &agent, method, &path, body).await.status,
            StatusCode::FORBIDDEN
        );
    }
    let wrong = from(&world, "10.0.0.1", &admin, "POST", "/api/v1/networks", new).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        wrong.body["errors"][0]["detail"],
        "The network of this length is 10.0.0.0/8."
    );
    assert_eq!(wrong.body["errors"][1]["pointer"], "/note");
    let seen = from(&world, "10.0.0.1", &admin, "GET", "/api/v1/networks", Value::Null).await;
    assert_eq!(
        (&seen.body["items"], &seen.body["your_address"]),
        (&json!([]), &json!("10.0.0.1"))
    );
}
