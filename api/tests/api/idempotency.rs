//! Repeated requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use api::{ApiState, extract::CurrentUser, middleware::idempotency, problem::Problem};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::RawQuery,
    http::{Request, StatusCode},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::post,
};
use sha2::{Digest, Sha256};
use store::session::{self, Claim, Held};
use tower::ServiceExt;

use super::client::World;

/// A route with a counted effect, behind the same rule as the product's routes.
fn counting(state: &ApiState, effects: Arc<AtomicUsize>) -> Router {
    let handler = move |_: CurrentUser, RawQuery(query): RawQuery| async move {
        let n = effects.fetch_add(1, SeqCst) + 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
        match query.as_deref() {
            Some("fail") => Problem::internal().into_response(),
            Some("panic") => panic!("as asked"),
            _ => (
                StatusCode::CREATED,
                [("location", format!("/things/{n}"))],
                n.to_string(),
            )
                .into_response(),
        }
    };
    Router::new()
        .route("/things", post(handler))
        .layer(from_fn_with_state(state.clone(), idempotency::layer))
        .layer(axum::middleware::from_fn(api::middleware::guard::catch_panic))
        .with_state(state.clone())
}

async fn send(router: &Router, token: &str, path: &str, key: &str, body: &'static str) -> (StatusCode, Response) {
    let request = Request::post(path)
        .header("authorization", format!("Bearer {token}"))
        .header("idempotency-key", key)
        .body(Body::from(body))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    (response.status(), response)
}

#[tokio::test]
async fn the_same_request_is_done_once() {
    let world = World::new().await;
    let token = world.login().await.token();
    let effects = Arc::new(AtomicUsize::new(0));
    let router = counting(&world.state, effects.clone());
    let calls = (0..10).map(|_| {
        let (router, token) = (router.clone(), token.clone());
        tokio::spawn(async move {
            let (status, answer) = send(&router, &token, "/things", "k1", "a").await;
            (status, answer.headers().contains_key("idempotent-replayed"))
        })
    });
    let mut statuses = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        statuses.push(call.await.unwrap());
    }
    assert_eq!(effects.load(SeqCst), 1);
    let first = |(status, replayed): &&(StatusCode, bool)| *status == StatusCode::CREATED && !replayed;
    assert_eq!(statuses.iter().filter(first).count(), 1, "{statuses:?}");
    // Who comes while the work goes on is told to wait; who comes later gets the first one's answer.
    let told = |(status, replayed): &(StatusCode, bool)| *replayed || *status == StatusCode::CONFLICT;
    assert!(statuses.iter().all(|one| first(&one) || told(one)), "{statuses:?}");

    let (status, again) = send(&router, &token, "/things", "k1", "a").await;
    assert_eq!((status, effects.load(SeqCst)), (StatusCode::CREATED, 1));
    assert_eq!(again.headers()["location"], "/things/1");
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(to_bytes(again.into_body(), 100).await.unwrap(), "1");

    assert_eq!(
        send(&router, &token, "/things", "k1", "b").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        send(&router, &token, "/things?x", "k1", "a").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(send(&router, &token, "/things", "k2", "a").await.0, StatusCode::CREATED);
    assert_eq!(
        send(&router, "no token", "/things", "k1", "a").await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(effects.load(SeqCst), 2);
}

#[tokio::test]
async fn a_failure_on_our_side_may_be_repeated_and_hanging_up_may_not() {
    let world = World::new().await;
    let token = world.login().await.token();
    let effects = Arc::new(AtomicUsize::new(0));
    let router = counting(&world.state, effects.clone());
    for (key, path) in [("k1", "/things?fail"), ("k2", "/things?panic")] {
        for _ in 0..2 {
            assert_eq!(
                send(&router, &token, path, key, "a").await.0,
                StatusCode::INTERNAL_SERVER_ERROR
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    assert_eq!(effects.load(SeqCst), 4);
    // Somebody hangs up while the work is under way.
    tokio::select! {
        biased;
        () = async {
            while effects.load(SeqCst) < 5 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        } => {}
        _ = send(&router, &token, "/things", "k3", "a") => panic!("answered before it was begun"),
    }
    let answer = loop {
        let (status, answer) = send(&router, &token, "/things", "k3", "a").await;
        if status != StatusCode::CONFLICT {
            assert_eq!((status, effects.load(SeqCst)), (StatusCode::CREATED, 5));
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(answer.headers().contains_key("idempotent-replayed"));
}

/// A claim on the key as the middleware makes it, by a process that then dies.
async fn claim_and_die(world: &World, user: uuid::Uuid, body: &[u8], seconds_ago: i64) -> Held {
    let mut conn = world.db.pool.get().await.unwrap();
    let hash: [u8; 32] = Sha256::digest(body).into();
    let wanted = session::Request {
        actor_id: user,
        key: "k".to_owned(),
        route: "/things".to_owned(),
        body_hash: hash,
    };
    let then = chrono::Utc::now() - chrono::TimeDelta::seconds(seconds_ago);
    match session::claim(&mut conn, &wanted, then, then + chrono::TimeDelta::seconds(10)).await {
        Ok(Claim::New(held)) => held,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_process_may_die_at_any_moment_and_the_work_is_done_once() {
    let world = World::new().await;
    let login = world.login().await;
    let token = login.token();
    let user = login.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let effects = Arc::new(AtomicUsize::new(0));
    let router = counting(&world.state, effects.clone());

    // Dead before its commit: at first its claim holds, then somebody else does the work.
    let dead = claim_and_die(&world, user, b"a", 5).await;
    assert_eq!(send(&router, &token, "/things", "k", "a").await.0, StatusCode::CONFLICT);
    world
        .db
        .execute("UPDATE idempotency_keys SET locked_until = now() - interval '1 second'")
        .await;
    assert_eq!(send(&router, &token, "/things", "k", "a").await.0, StatusCode::CREATED);

    // It was not dead but frozen: its transaction notices and changes nothing.
    let late = app::once::scope(dead, async {
        let mut tx = world.state.app.begin().await.unwrap();
        store::user::set_profile(tx.conn().unwrap(), user, 1, (Some("Changed"), None), chrono::Utc::now())
            .await
            .unwrap();
        tx.commit().await
    });
    assert!(matches!(late.await, Err(app::AppError::Conflict { .. })));
    assert_ne!(world.me(&token).await.body["name"], "Changed");

    // Dead between commit and answer: the work is not done again.
    world.db.execute("DELETE FROM idempotency_keys").await;
    let dead = claim_and_die(&world, user, b"a", 60).await;
    session::mark(&mut world.db.pool.get().await.unwrap(), &dead)
        .await
        .unwrap();
    let (status, answer) = send(&router, &token, "/things", "k", "a").await;
    assert_eq!((status, effects.load(SeqCst)), (StatusCode::CONFLICT, 1));
    let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("idempotency_answer_lost"));
}
