//! Live events.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode},
    response::Response,
};
use http_body_util::BodyExt;
use serde_json::Value;
use store::event::{self, NewEvent};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::client::World;

const SOON: Duration = Duration::from_secs(3);

/// A stream that is being read.
struct Reader {
    body: Body,
    text: String,
}

impl Reader {
    async fn open(world: &World, token: &str, last: Option<&str>) -> Self {
        let response = request(world, token, last).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// The next event: place and data. `None` when the stream has ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                        .map(str::to_owned)
                };
                let found = field("data").map(|data| (field("id").unwrap(), serde_json::from_str(&data).unwrap()));
                self.text = rest.to_owned();
                if found.is_some() {
                    return found;
                }
                continue;
            }
            let frame = tokio::time::timeout(SOON, self.body.frame())
                .await
                .expect("something to be said")?;
            self.text
                .push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
        }
    }

    async fn kinds(&mut self, n: usize) -> Vec<String> {
        let mut kinds = Vec::new();
        for _ in 0..n {
            kinds.push(
                self.next().await.expect("an event").1["type"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        kinds
    }
}

async fn request(world: &World, token: &str, last: Option<&str>) -> Response {
    let mut request = Request::get("/api/v1/events/stream").header("authorization", format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    world.raw(request.body(Body::empty()).unwrap()).await
}

async fn append(world: &World, kind: &str, permission: Option<&str>, user_id: Option<Uuid>) {
    let event = NewEvent {
        kind,
        subject_type: "ticket",
        subject_id: Uuid::now_v7(),
        permission,
        user_id,
        data: serde_json::json!({}),
    };
    event::append(&mut world.db.pool.get().await.unwrap(), event)
        .await
        .unwrap();
}

/// The world with its log being read; the sender stops that.
async fn running() -> (Arc<World>, watch::Sender<bool>) {
    let world = World::new().await;
    let (stop, stopped) = watch::channel(false);
    let state = world.state.clone();
    tokio::spawn(async move { state.hub.run(&state.app, &Notify::new(), stopped).await });
    (world, stop)
}

#[tokio::test]
async fn one_sees_what_one_may_see_and_misses_nothing() {
    let (world, stop) = running().await;
    let login = world.login().await;
    let me: Uuid = login.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let mut reader = Reader::open(&world, &login.token(), None).await;
    let (_, ready) = reader.next().await.unwrap();
    assert_eq!(
        (&ready["type"], &ready["data"]["resumed"]),
        (&"stream.ready".into(), &false.into())
    );
    append(&world, "ticket.created", Some("tickets.view"), None).await;
    append(&world, "mailbox.updated", Some("mailboxes.view"), None).await;
    append(&world, "job.progress", None, Some(me)).await;
    append(&world, "job.progress", None, Some(Uuid::now_v7())).await;
    append(&world, "ticket.updated", Some("tickets.view"), Some(me)).await;
    let (place, first) = reader.next().await.unwrap();
    assert_eq!(
        (&first["type"], &first["id"]),
        (&"ticket.created".into(), &place.as_str().into())
    );
    assert_eq!(reader.kinds(2).await, ["job.progress", "ticket.updated"]);
    // A second reader who saw the first event only gets the others, and then what comes live.
    let mut resumed = Reader::open(&world, &login.token(), Some(&place)).await;
    assert_eq!(resumed.kinds(2).await, ["job.progress", "ticket.updated"]);
    let (_, ready) = resumed.next().await.unwrap();
    assert_eq!(
        (&ready["type"], &ready["data"]["resumed"]),
        (&"stream.ready".into(), &true.into())
    );
    append(&world, "mail.updated", Some("mail.view"), None).await;
    assert_eq!(resumed.kinds(1).await, ["mail.updated"]);
    assert_eq!(reader.kinds(1).await, ["mail.updated"]);
    // Stopping the server ends the streams.
    stop.send(true).unwrap();
    assert!(reader.next().await.is_none() && resumed.next().await.is_none());
}

#[tokio::test]
async fn an_event_that_commits_late_is_not_lost() {
    let (world, _stop) = running().await;
    let token = world.login().await.token();
    let mut reader = Reader::open(&world, &token, None).await;
    assert_eq!(reader.kinds(1).await, ["stream.ready"]);
    let mut late = world.state.app.begin().await.unwrap();
    let event = NewEvent {
        kind: "ticket.created",
        subject_type: "ticket",
        subject_id: Uuid::now_v7(),
        permission: Some("tickets.view"),
        user_id: None,
        data: serde_json::json!({}),
    };
    event::append(late.conn().unwrap(), event).await.unwrap();
    append(&world, "ticket.updated", Some("tickets.view"), None).await;
    let (place, seen) = reader.next().await.unwrap();
    assert_eq!(seen["type"], "ticket.updated");
    late.commit().await.unwrap();
    assert_eq!(reader.kinds(1).await, ["ticket.created"]);
    // Also not for one who left in between.
    let mut resumed = Reader::open(&world, &token, Some(&place)).await;
    assert_eq!(resumed.kinds(2).await, ["ticket.created", "stream.ready"]);
}

#[tokio::test]
async fn streams_end_with_the_session_and_are_few() {
    let (world, _stop) = running().await;
    let login = world.login().await;
    let mut readers = Vec::new();
    for _ in 0..12 {
        readers.push(Reader::open(&world, &login.token(), None).await);
    }
    assert_eq!(
        request(&world, &login.token(), None).await.status(),
        StatusCode::TOO_MANY_REQUESTS
    );
    drop(readers.pop());
    let mut last = Reader::open(&world, &login.token(), None).await;
    assert_eq!(last.kinds(1).await, ["stream.ready"]);
    // Who has other rights now is told to read everything anew, and connects again.
    world
        .db
        .execute("UPDATE roles SET effective = array_remove(effective, 'tickets.view')")
        .await;
    assert_eq!(last.kinds(1).await, ["stream.reset"]);
    assert!(last.next().await.is_none());
    let mut last = Reader::open(&world, &login.token(), None).await;
    assert_eq!(last.kinds(1).await, ["stream.ready"]);
    world.db.execute("UPDATE users SET status = 'suspended'").await;
    assert!(last.next().await.is_none());
}
