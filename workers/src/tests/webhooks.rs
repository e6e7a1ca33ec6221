//! Outgoing webhooks from the event to the receiver, over a real database and a real server on this machine.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    AppError, Caller,
    ticket::{self as tickets, NewMessage, NewTicket, Requester},
    webhook::{self, Settings, WithSecret},
};
use chrono::{DateTime, TimeDelta};
use domain::{ticket::writing::Format, webhook::secret};
use jobs::{NewJob, Outcome, SendWebhook, TellWebhooks};
use serde_json::Value;
use testkit::wait_for;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use uuid::Uuid;

use super::desk::{Desk, reply};
use crate::handlers::webhooks;

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Got {
    head: String,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> String {
        let line = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        });
        line.unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn signed_with(&self, secrets: &[&str]) -> bool {
        let at = DateTime::from_timestamp(self.header("webhook-timestamp").parse().unwrap(), 0).unwrap();
        secret::sign(secrets.iter().copied(), &self.header("webhook-id"), at, &self.body)
            == self.header("webhook-signature")
    }
}

/// A receiver that says what it is told to.
pub(super) struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    answer: Arc<Mutex<&'static str>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (got, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new("200 OK")));
        let (seen, says) = (got.clone(), answer.clone());
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (seen, says) = (seen.clone(), says.clone());
                tokio::spawn(async move {
                    let mut bytes = Vec::new();
                    let request = loop {
                        let mut part = [0; 4096];
                        let n = socket.read(&mut part).await.unwrap();
                        bytes.extend_from_slice(&part[..n]);
                        let text = String::from_utf8_lossy(&bytes).into_owned();
                        let Some((head, body)) = text.split_once("\r\n\r\n") else {
                            continue;
                        };
                        let got = Got {
                            head: head.to_owned(),
                            body: body.to_owned(),
                        };
                        if body.len() >= got.header("content-length").parse::<usize>().unwrap() {
                            break got;
                        }
                    };
                    seen.lock().unwrap().push(request);
                    let says = *says.lock().unwrap();
                    let answer = format!("HTTP/1.1 {says}\r\ncontent-length: 5\r\nconnection: close\r\n\r\nheard");
                    socket.write_all(answer.as_bytes()).await.unwrap();
                });
            }
        });
        Self { port, got, answer }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    fn says(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(super) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

pub(super) struct Place {
    pub(super) desk: Desk,
    pub(super) receiver: Receiver,
    pub(super) caller: Caller,
    made: WithSecret,
}

impl Place {
    pub(super) async fn new(types: &[&str]) -> Self {
        let (desk, receiver) = (Desk::new().await, Receiver::start().await);
        let caller = Caller {
            factor_at: Some(desk.app.clock.now() + TimeDelta::days(30)),
            ..desk.caller.clone()
        };
        let settings = Settings {
            url: Some(receiver.url()),
            types: Some(types.iter().map(|name| (*name).to_owned()).collect()),
            ..Settings::default()
        };
        let made = webhook::create(&desk.app, &caller, settings).await.unwrap();
        Self {
            desk,
            receiver,
            caller,
            made,
        }
    }

    fn id(&self) -> Uuid {
        self.made.listed.endpoint.id
    }

    pub(super) async fn ticket(&self) -> Uuid {
        let new = NewTicket {
            subject: "My server is down".to_owned(),
            body: "the password is hunter2".to_owned(),
            format: Format::Plain,
            priority: None,
            requester: Some(Requester {
                email: "ana@example.dz".to_owned(),
                name: None,
            }),
            category_id: None,
            project_id: None,
            related: store::ticket::Related::default(),
            attachment_ids: Vec::new(),
        };
        tickets::create(&self.desk.app, &self.desk.caller, new)
            .await
            .unwrap()
            .summary
            .id
    }

    /// Makes deliveries of what happened, all of it, and sends what is due. Transactions of other tests on the same server hold the log up.
    pub(super) async fn run(&self) {
        wait_for("all events are followed", Duration::from_secs(60), async || {
            self.look().await;
            let left = "SELECT count(*)::text FROM events e, event_cursors c
                WHERE c.consumer = 'webhooks' AND (e.xid, e.id) > (c.xid, c.id) AND e.type NOT LIKE 'webhook%'";
            self.texts(left).await == ["0"]
        })
        .await;
    }

    pub(super) async fn look(&self) {
        self.desk.enqueue(&[NewJob::of(&TellWebhooks {})]).await;
        self.desk.run().await;
    }

    /// Lets what waits for another try have it now.
    async fn hurry(&self) {
        self.desk
            .db
            .execute("UPDATE webhook_deliveries SET next_try_at = now() - interval '1 day' WHERE state = 'queued'")
            .await;
        self.desk
            .db
            .execute("UPDATE jobs SET run_at = now() - interval '1 second' WHERE state = 'queued'")
            .await;
        self.desk.run().await;
    }

    pub(super) async fn texts(&self, query: &str) -> Vec<String> {
        self.desk.db.texts(query).await
    }

    async fn endpoint(&self) -> store::webhook::endpoint::Endpoint {
        webhook::get(&self.desk.app, &self.caller, self.id())
            .await
            .unwrap()
            .endpoint
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_once_signed_and_without_what_was_written() {
    let place = Place::new(&["ticket.created", "ticket.updated", "message.created"]).await;
    let ticket = place.ticket().await;
    place.run().await;
    place.run().await;
    let got = place.receiver.got();
    assert_eq!(got.len(), 1, "{got:?}");
    assert!(got[0].signed_with(&[&place.made.secret]), "{got:?}");
    assert!(got[0].header("webhook-id").starts_with("msg_"));
    assert_eq!(got[0].header("content-type"), "application/json");
    let told = got[0].json();
    assert_eq!(told["type"], "ticket.created");
    assert_eq!(told["data"]["ticket"]["id"], ticket.to_string());
    assert_eq!(told["data"]["ticket"]["state"], "open");
    for inside in ["hunter2", "ana@example.dz", "requester"] {
        assert!(!got[0].body.contains(inside), "{inside}");
    }

    let note = NewMessage {
        note: true,
        ..reply("call him back")
    };
    tickets::send(&place.desk.app, &place.desk.caller, ticket, note.clone())
        .await
        .unwrap();
    place.run().await;
    assert_eq!(place.receiver.got().len(), 1, "a note is told to nobody");
    let reply = NewMessage { note: false, ..note };
    tickets::send(&place.desk.app, &place.desk.caller, ticket, reply)
        .await
        .unwrap();
    place.run().await;
    let mut told: Vec<Value> = place.receiver.got()[1..].iter().map(Got::json).collect();
    told.sort_by_key(|one| one["type"].to_string());
    assert_eq!(told.len(), 2, "the reply, and the state it set");
    assert_eq!(told[0]["type"], "message.created");
    assert_eq!(told[0]["data"]["message"]["from_staff"], true);
    assert_eq!(told[1]["data"]["changes"][0]["to"], "answered");
    let log = "SELECT concat_ws(' ', d.state, t.status, t.excerpt) FROM webhook_deliveries d JOIN webhook_tries t ON t.delivery_id = d.id";
    assert_eq!(place.texts(log).await, ["delivered 200 heard"; 3]);
    let sealed = place
        .texts("SELECT encode(secret, 'escape') FROM webhook_endpoints")
        .await;
    assert!(!sealed[0].contains("whsec_"), "sealed at rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_what_he_did_not_choose_and_what_was_before_him() {
    let place = Place::new(&["customer.created"]).await;
    place.ticket().await;
    place.run().await;
    let all = Settings {
        types: Some(vec!["ticket.created".to_owned()]),
        ..Settings::default()
    };
    webhook::change(&place.desk.app, &place.caller, place.id(), 1, all)
        .await
        .unwrap();
    place.run().await;
    assert_eq!(place.receiver.got().len(), 0);
    let off = Settings {
        enabled: Some(false),
        ..Settings::default()
    };
    webhook::change(&place.desk.app, &place.caller, place.id(), 2, off)
        .await
        .unwrap();
    place.ticket().await;
    place.run().await;
    let on = Settings {
        enabled: Some(true),
        ..Settings::default()
    };
    webhook::change(&place.desk.app, &place.caller, place.id(), 3, on)
        .await
        .unwrap();
    place.run().await;
    assert_eq!(
        place.receiver.got().len(),
        0,
        "what happened while it was off is not sent late"
    );
    place.ticket().await;
    place.run().await;
    assert_eq!(place.receiver.got().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_tried_again_under_the_same_id_and_each_try_is_on_record() {
    let place = Place::new(&["ticket.created"]).await;
    place.receiver.says("503 Service Unavailable");
    place.ticket().await;
    place.run().await;
    place.hurry().await;
    place.receiver.says("302 Found\r\nlocation: http://127.0.0.1:1/");
    place.hurry().await;
    assert!(place.endpoint().await.failing_since.is_some());
    place.receiver.says("204 No Content");
    place.hurry().await;
    let got = place.receiver.got();
    assert_eq!(got.len(), 4);
    assert!(
        got.iter()
            .all(|one| one.header("webhook-id") == got[0].header("webhook-id") && one.body == got[0].body)
    );
    let tries = "SELECT number || ' ' || status FROM webhook_tries ORDER BY number";
    assert_eq!(place.texts(tries).await, ["1 503", "2 503", "3 302", "4 204"]);
    let endpoint = place.endpoint().await;
    assert!(endpoint.failing_since.is_none() && endpoint.last_delivered_at.is_some());

    place.receiver.says("500 Internal Server Error");
    place.ticket().await;
    place.run().await;
    for _ in 0..12 {
        place.hurry().await;
    }
    assert_eq!(place.receiver.got().len(), 4 + 10, "ten tries, then no more");
    assert_eq!(
        place
            .texts("SELECT state FROM webhook_deliveries ORDER BY created_at")
            .await,
        ["delivered", "failed"]
    );
    assert!(
        place.endpoint().await.enabled,
        "an hour of failures switches nothing off"
    );

    place.receiver.says("200 OK");
    let since = place.desk.app.clock.now() - TimeDelta::hours(1);
    assert_eq!(
        webhook::replay_failed(&place.desk.app, &place.caller, place.id(), since)
            .await
            .unwrap(),
        1
    );
    place.run().await;
    let got = place.receiver.got();
    assert_eq!(got.len(), 15);
    assert_eq!(
        got[14].header("webhook-id"),
        got[13].header("webhook-id"),
        "sent again, not made anew"
    );
    assert_eq!(
        webhook::replay_failed(&place.desk.app, &place.caller, place.id(), since)
            .await
            .unwrap(),
        0
    );
    let one = Uuid::parse_str(&got[14].header("webhook-id")[4..]).unwrap();
    webhook::replay(&place.desk.app, &place.caller, one).await.unwrap();
    assert!(matches!(
        webhook::replay(&place.desk.app, &place.caller, one).await,
        Err(AppError::Conflict { .. })
    ));
    place.run().await;
    assert_eq!(place.receiver.got().len(), 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_for_days_or_is_gone_is_switched_off_with_an_alert() {
    let place = Place::new(&["ticket.created"]).await;
    place.receiver.says("500 Internal Server Error");
    place.ticket().await;
    place.run().await;
    assert!(place.endpoint().await.enabled);
    place.desk.clock.turn(TimeDelta::days(5) + TimeDelta::minutes(1));
    place.hurry().await;
    let endpoint = place.endpoint().await;
    assert_eq!(
        (endpoint.enabled, endpoint.disabled_reason.as_deref()),
        (false, Some("failing"))
    );
    place.hurry().await;
    assert_eq!(place.receiver.got().len(), 2, "what waits is given up");
    let why = "SELECT state || ' ' || last_error FROM webhook_deliveries";
    assert_eq!(place.texts(why).await, ["failed endpoint_off"]);
    assert_eq!(place.texts("SELECT kind FROM security_alerts").await, ["webhook_off"]);
    let since = place.desk.app.clock.now() - TimeDelta::days(9);
    let refused = webhook::replay_failed(&place.desk.app, &place.caller, place.id(), since).await;
    assert!(matches!(refused, Err(AppError::Refused { .. })));

    let place = Place::new(&["ticket.created"]).await;
    place.receiver.says("410 Gone");
    place.ticket().await;
    place.run().await;
    assert_eq!(place.endpoint().await.disabled_reason.as_deref(), Some("gone"));
    place.receiver.says("200 OK");
    webhook::test(&place.desk.app, &place.caller, place.id()).await.unwrap();
    place.run().await;
    assert_eq!(
        place.receiver.got()[1].json()["type"],
        "webhook.test",
        "the test comes to one that is off, too"
    );
    let actions = "SELECT action FROM audit_log WHERE action LIKE 'webhook%' ORDER BY id";
    let told = [
        "webhook_endpoint.create",
        "webhook_endpoint.switch_off",
        "webhook_endpoint.test",
    ];
    assert_eq!(place.texts(actions).await, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_secret_is_replaced_both_sign() {
    let place = Place::new(&["ticket.created"]).await;
    let next = webhook::rotate(&place.desk.app, &place.caller, place.id(), 1)
        .await
        .unwrap();
    place.ticket().await;
    place.run().await;
    assert!(place.receiver.got()[0].signed_with(&[&next.secret, &place.made.secret]));
    place.desk.clock.turn(secret::OVERLAP);
    place.ticket().await;
    place.run().await;
    assert!(
        place.receiver.got()[1].signed_with(&[&next.secret]),
        "the old one is over"
    );
    let stale = webhook::rotate(&place.desk.app, &place.caller, place.id(), 1).await;
    assert!(matches!(stale, Err(AppError::Stale)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_between_the_answer_and_the_note_of_it_sends_the_same_id_again() {
    let place = Place::new(&["ticket.created"]).await;
    place.ticket().await;
    // Transactions of other tests on the same server hold the log up.
    wait_for("a delivery", Duration::from_secs(60), async || {
        webhook::tell(&place.desk.app).await.unwrap();
        !place.texts("SELECT id::text FROM webhook_deliveries").await.is_empty()
    })
    .await;
    let id = Uuid::parse_str(&place.texts("SELECT id::text FROM webhook_deliveries").await[0]).unwrap();
    // An attempt that is fenced when it has its answer: nothing of it is kept, as if its process were gone.
    let with = place.desk.surroundings();
    let fenced = webhooks::send(
        &with,
        place.desk.context(Uuid::now_v7()),
        SendWebhook { delivery_id: id },
    );
    assert!(matches!(fenced.await, Outcome::Retry(_)));
    assert_eq!(
        place
            .texts("SELECT state || ' ' || tries FROM webhook_deliveries")
            .await,
        ["queued 0"]
    );
    place.desk.run().await;
    let got = place.receiver.got();
    assert_eq!(got.len(), 2);
    assert_eq!(
        (got[0].header("webhook-id"), &got[0].body),
        (got[1].header("webhook-id"), &got[1].body)
    );
    assert_eq!(
        place
            .texts("SELECT state || ' ' || tries FROM webhook_deliveries")
            .await,
        ["delivered 1"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_raise_is_told_as_they_raised_it() {
    let place = Place::new(&["custom.raised"]).await;
    let ticket = place.ticket().await;
    let raise = async |ticket_id: Option<Uuid>| {
        let draft = app::custom_event::Draft {
            name: "backup.failed".to_owned(),
            title: "The backup\nfailed".to_owned(),
            data: serde_json::json!({ "server": "db-1" }),
            ticket_id,
        };
        app::custom_event::raise(&place.desk.app, &place.desk.caller, &draft)
            .await
            .unwrap()
    };
    let (alone, about) = (raise(None).await, raise(Some(ticket)).await);
    place.run().await;
    place.run().await;
    let mut told: Vec<Value> = place.receiver.got().iter().map(Got::json).collect();
    told.sort_by_key(|one| one["data"]["ticket"].is_null());
    assert_eq!(told.len(), 2, "{told:?}");
    let event = |id: Uuid| serde_json::json!({ "id": id, "name": "backup.failed", "title": "The backup failed", "data": { "server": "db-1" } });
    assert_eq!(
        (&told[0]["data"]["event"], &told[1]["data"]["event"]),
        (&event(about), &event(alone))
    );
    assert_eq!(told[0]["data"]["ticket"]["id"], ticket.to_string());
    assert_eq!(told[1]["data"].get("ticket"), None);
}
