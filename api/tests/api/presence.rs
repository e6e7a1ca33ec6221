//! Colleagues at the same ticket see each other; customers see nobody, and nothing of it is in the database.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::ApiConfig;
use app::ticket::presence::{Place, Presence};
use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::ticket::presence::Doing;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::{
    client::{ADMIN, AGENT, Answer, URL, World, quiet},
    customers::CLIENT,
};

/// What is done on each page.
type There = BTreeMap<Place, Doing>;

/// A place for presence that can be away.
#[derive(Debug)]
struct Board {
    there: Mutex<There>,
    changes: broadcast::Sender<String>,
    away: AtomicBool,
}

impl Board {
    fn open(&self) -> Result<std::sync::MutexGuard<'_, There>, String> {
        if self.away.load(Ordering::Relaxed) {
            return Err("away".to_owned());
        }
        Ok(self.there.lock().unwrap())
    }
}

#[async_trait]
impl Presence for Board {
    async fn attend(&self, at: Place, doing: Doing, _: Duration) -> Result<(), String> {
        self.open()?.insert(at, doing);
        let _ = self.changes.send(at.ticket.to_string());
        Ok(())
    }

    async fn leave(&self, at: Place) -> Result<(), String> {
        self.open()?.remove(&at);
        Ok(())
    }

    async fn present(&self, ticket: Uuid) -> Result<BTreeMap<Uuid, Doing>, String> {
        let mut found = BTreeMap::new();
        for (at, doing) in self.open()?.iter().filter(|(at, _)| at.ticket == ticket) {
            let greatest = found.entry(at.who).or_insert(*doing);
            *greatest = (*doing).max(*greatest);
        }
        Ok(found)
    }

    fn changes(&self) -> broadcast::Receiver<String> {
        self.changes.subscribe()
    }
}

async fn attend(world: &World, token: &str, path: &str, doing: &str) -> Answer {
    let page = Uuid::nil();
    let body = json!({ "page": page, "doing": doing });
    world.own("PUT", path, token, body).await
}

#[tokio::test]
async fn colleagues_see_each_other_and_all_goes_on_without() {
    let board = Arc::new(Board {
        there: Mutex::default(),
        changes: broadcast::Sender::new(16),
        away: AtomicBool::new(false),
    });
    let config = ApiConfig {
        presence: Some(board.clone()),
        ..quiet(URL)
    };
    let world = World::with(config).await;
    let (agent, admin, client) = (
        world.token_of(AGENT).await,
        world.token_of(ADMIN).await,
        world.token_of(CLIENT).await,
    );
    let body = json!({ "subject": "Printer", "body": "Help" });
    let made = world.own("POST", "/api/v1/tickets", &client, body).await;
    let path = format!("/api/v1/tickets/{}/presence", made.body["id"].as_str().unwrap());
    let alone = attend(&world, &agent, &path, "replying").await;
    assert_eq!((alone.status, &alone.body["people"]), (StatusCode::OK, &json!([])));

    // A stream of staff tells that somebody came, without a place in the log; one of a customer does not.
    let stream = async |token: &str| {
        let request = Request::get("/api/v1/events/stream").header("authorization", format!("Bearer {token}"));
        world.raw(request.body(Body::empty()).unwrap()).await.into_body()
    };
    let (mut told, mut untold) = (stream(&agent).await, stream(&client).await);
    let both = attend(&world, &admin, &path, "viewing").await;
    assert_eq!(both.body["people"][0]["doing"], "replying");
    assert_eq!(both.body["people"].as_array().unwrap().len(), 1, "{:?}", both.body);
    let read = async |body: &mut Body| {
        let mut text = String::new();
        while let Ok(Some(Ok(frame))) = tokio::time::timeout(Duration::from_millis(500), body.frame()).await {
            text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
        text
    };
    let heard = read(&mut told).await;
    let event = heard
        .split("\n\n")
        .find(|block| block.contains("presence.changed"))
        .unwrap();
    assert!(!event.lines().any(|line| line.starts_with("id:")), "{event}");
    assert!(event.contains(made.body["id"].as_str().unwrap()));
    assert!(!read(&mut untold).await.contains("presence"));

    // Another page of the same person neither hides what he does on the first nor takes him away when it is closed.
    let second = Uuid::now_v7();
    let body = json!({ "page": second, "doing": "viewing" });
    let looks = world.own("PUT", &path, &agent, body).await;
    assert_eq!(looks.status, StatusCode::OK, "{:?}", looks.body);
    let seen = async || attend(&world, &admin, &path, "viewing").await.body["people"].clone();
    assert_eq!(seen().await.as_array().unwrap().len(), 1);
    assert_eq!(seen().await[0]["doing"], "replying");
    for (page, left) in [(second, json!("replying")), (Uuid::nil(), Value::Null)] {
        let close = format!("{path}?page={page}");
        let closed = world.own("DELETE", &close, &agent, Value::Null).await;
        assert_eq!(closed.status, StatusCode::NO_CONTENT);
        assert_eq!(seen().await[0]["doing"], left);
    }
    for (method, body) in [("PUT", json!({ "doing": "viewing" })), ("DELETE", Value::Null)] {
        let refused = world.own(method, &path, &agent, body).await;
        assert!(refused.status.is_client_error(), "a page says which it is");
    }

    // Whoever may see tickets no longer is shown no longer.
    world
        .db
        .execute(&format!(
            "UPDATE users SET status = 'suspended' WHERE email = '{ADMIN}'"
        ))
        .await;
    assert_eq!(attend(&world, &agent, &path, "viewing").await.body["people"], json!([]));
    assert_eq!(
        attend(&world, &client, &path, "viewing").await.status,
        StatusCode::FORBIDDEN
    );
    let nowhere = format!("/api/v1/tickets/{}/presence", Uuid::now_v7());
    assert_eq!(
        attend(&world, &agent, &nowhere, "viewing").await.status,
        StatusCode::NOT_FOUND
    );

    board.away.store(true, Ordering::Relaxed);
    let without = attend(&world, &agent, &path, "viewing").await;
    assert_eq!((without.status, &without.body["people"]), (StatusCode::OK, &json!([])));
    let path = format!("{path}?page={}", Uuid::nil());
    let left = world.own("DELETE", &path, &agent, Value::Null).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT);
}
