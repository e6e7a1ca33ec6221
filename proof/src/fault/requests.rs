//! Requests that change something, each with an `Idempotency-Key` and repeated until there is an answer, while the API is killed
//! and while answers of its database are lost after the commit. Each request must happen exactly once.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;
use tokio::{sync::watch, task::JoinSet};

use super::{PATIENCE, Random, until};
use crate::{
    bench::load::{Connection, Outgoing},
    fleet::Process,
    product::{AGENT, Product, ask},
    proxy::{Marks, Plan, Proxy},
};

/// Clients at a time.
const CLIENTS: usize = 6;
/// Parts of messages to PostgreSQL after which its answer may be lost: the end of a transaction, and the statement that opens a
/// ticket, which is a transaction by itself.
const MARKS: Marks = &[b"COMMIT\0", b"Fault suite ticket"];

/// What was counted.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    tickets: u64,
    notes: u64,
    api_kills: usize,
    answers_lost_after_commit: usize,
    repeated_requests: u64,
    /// Acknowledged requests that left nothing, or not all that belongs to them.
    pub lost: i64,
    /// Requests that happened more than once.
    pub doubled: i64,
}

#[derive(Debug, Default)]
struct Counters {
    tickets: AtomicU64,
    notes: AtomicU64,
    repeated: AtomicU64,
}

/// A client of the API.
struct Client {
    address: SocketAddr,
    token: String,
    counters: Arc<Counters>,
}

impl Client {
    /// Sends one request until it is answered for good.
    async fn post(&self, path: &str, key: &str, body: &serde_json::Value) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let body = Bytes::from(body.to_string());
        loop {
            let headers = [("content-type", "application/json"), ("idempotency-key", key)];
            let outgoing = Outgoing {
                method: Method::POST,
                path,
                headers: &headers,
                body: body.clone(),
            };
            // A connection for each try: the last one may lead to a process that is dead.
            let sent = async {
                Connection::open(self.address, Some(&self.token))
                    .await?
                    .send(outgoing)
                    .await
            };
            match tokio::time::timeout(Duration::from_secs(20), sent).await {
                Ok(Ok((StatusCode::CREATED, _))) => return Ok(()),
                // The work was done, its answer is gone: as good as an answer.
                Ok(Ok((StatusCode::CONFLICT, answer))) if answer.windows(11).any(|part| part == b"answer_lost") => {
                    return Ok(());
                }
                Ok(Ok((status, answer))) if status.is_client_error() && status != StatusCode::CONFLICT => {
                    bail!("{path}: {status}: {}", String::from_utf8_lossy(&answer));
                }
                _ => {}
            }
            ensure!(Instant::now() < deadline, "{key} is not answered");
            self.counters.repeated.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    /// Tickets and notes in turn until told to stop; every one that was begun is ended.
    async fn work(self, number: usize, ticket: String, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        for n in 0_u64.. {
            if *stop.borrow() {
                break;
            }
            let key = format!("fault-{number}-{n}");
            if n % 2 == 0 {
                let person = json!({ "email": format!("{key}@example.dz"), "name": "A customer" });
                let body = json!({ "subject": format!("Fault suite ticket {key}"), "body": key, "requester": person });
                self.post("/api/v1/tickets", &key, &body).await?;
                self.counters.tickets.fetch_add(1, Ordering::Relaxed);
            } else {
                let path = format!("/api/v1/tickets/{ticket}/messages");
                self.post(&path, &key, &json!({ "kind": "note", "body": key })).await?;
                self.counters.notes.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

/// Kills the API `kills` times and loses `cuts` answers.
pub async fn run(kills: usize, cuts: usize, random: &mut Random) -> anyhow::Result<Report> {
    let mut product = Product::prepare(None).await?;
    let plan = Arc::new(Plan::default());
    let (_proxy, url) = Proxy::before_database(product.servers.database_url(), plan.clone()).await?;
    product.set("DATABASE_URL", url);
    let mut api = product.api().await?;
    let token = product.sign_in(AGENT).await?;
    let first =
        json!({ "subject": "Notes", "body": "Notes", "requester": { "email": "notes@example.dz" } }).to_string();
    let outgoing = Outgoing {
        method: Method::POST,
        path: "/api/v1/tickets",
        headers: &[("content-type", "application/json")],
        body: Bytes::from(first),
    };
    let ticket = ask(product.address, Some(&token), outgoing).await?;
    let ticket = ticket["id"].as_str().context("a ticket")?.to_owned();
    let counters = Arc::new(Counters::default());
    let (stop, stopped) = watch::channel(false);
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client {
            address: product.address,
            token: token.clone(),
            counters: counters.clone(),
        };
        clients.spawn(client.work(number, ticket.clone(), stopped.clone()));
    }
    for n in 0..kills.max(cuts) {
        tokio::time::sleep(Duration::from_millis(200 + random.below(600) as u64)).await;
        if n < cuts {
            plan.lose(&[MARKS]);
            until(|| plan.lost() > n, "no answer was lost").await?;
        }
        if n < kills {
            api = again(&product, api).await?;
        }
    }
    stop.send_replace(true);
    while let Some(done) = clients.join_next().await {
        done??;
    }
    drop(api);
    let (tickets, notes) = (
        counters.tickets.load(Ordering::Relaxed),
        counters.notes.load(Ordering::Relaxed),
    );
    let complete = "SELECT count(DISTINCT t.id) FROM tickets t JOIN ticket_messages m ON m.ticket_id = t.id
        JOIN ticket_participants p ON p.ticket_id = t.id JOIN ticket_events e ON e.ticket_id = t.id
        JOIN audit_log l ON l.subject_id = t.id JOIN jobs j ON (j.payload ->> 'ticket_id')::uuid = t.id
        WHERE t.subject LIKE 'Fault suite ticket %'";
    let all_notes = "SELECT count(*) FROM ticket_messages WHERE kind = 'note'";
    let watch = &mut product.watch;
    let found = (
        watch
            .count("SELECT count(*) FROM tickets WHERE subject LIKE 'Fault suite ticket %'")
            .await?,
        watch
            .count("SELECT count(DISTINCT subject) FROM tickets WHERE subject LIKE 'Fault suite ticket %'")
            .await?,
        watch.count(complete).await?,
        watch.count(all_notes).await?,
        watch
            .count("SELECT count(DISTINCT body_text) FROM ticket_messages WHERE kind = 'note'")
            .await?,
    );
    let report = Report {
        tickets,
        notes,
        api_kills: kills,
        answers_lost_after_commit: plan.lost(),
        repeated_requests: counters.repeated.load(Ordering::Relaxed),
        lost: i64::try_from(tickets)? - found.2 + i64::try_from(notes)? - found.4,
        doubled: found.0 - found.1 + found.3 - found.4,
    };
    println!(
        "requests: {tickets} tickets and {notes} notes, API killed {kills} times, {} answers lost after the commit, {} repeats: \
         lost={} doubled={}",
        report.answers_lost_after_commit, report.repeated_requests, report.lost, report.doubled
    );
    Ok(report)
}

/// SIGKILL, and a new process in its place.
async fn again(product: &Product, api: Process) -> anyhow::Result<Process> {
    api.kill()?;
    product.api().await
}
