//! The jobs of the proofs: each has an effect that can be counted.

use std::{io::Write, time::Duration};

use app::App;
use diesel::sql_types::{Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::{Job, Noop, Outcome, Queue};
use serde::{Deserialize, Serialize};
use store::{ledger, sql::sql};
use workers::{JobContext, Registry};

/// Where effects inside the database are counted.
pub const EFFECTS_TABLE: &str = "CREATE TABLE proof_effects (job_id uuid NOT NULL, attempt integer NOT NULL);
    CREATE INDEX ON proof_effects (job_id)";

/// An effect in PostgreSQL, committed together with the end of the job.
#[derive(Debug, Serialize, Deserialize)]
pub struct Effect {
    /// How long the work takes before its effect.
    pub sleep_ms: u64,
    /// How long the transaction of the effect stays open.
    pub hold_ms: u64,
}

impl Job for Effect {
    const KIND: &'static str = "proof_effect";
    const QUEUE: Queue = Queue::Webhooks;
    const MAX_ATTEMPTS: u16 = 1000;

    fn backoff(_failures: u16) -> Duration {
        Duration::from_millis(100)
    }
}

/// Notes when its handler starts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ping {}

impl Job for Ping {
    const KIND: &'static str = "proof_ping";
    const QUEUE: Queue = Queue::Notifications;
}

/// Misbehaves.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Poison {
    /// Panics.
    Panic,
    /// Ends the whole process.
    Abort,
    /// Never ends.
    Hang,
}

impl Job for Poison {
    const KIND: &'static str = "proof_poison";
    const QUEUE: Queue = Queue::Exports;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(1);

    fn backoff(_failures: u16) -> Duration {
        Duration::from_millis(100)
    }
}

async fn effect(app: App, context: JobContext, job: Effect) -> Outcome {
    tokio::time::sleep(Duration::from_millis(job.sleep_ms)).await;
    match record(&app, &context, job.hold_ms).await {
        Ok(()) => Outcome::Finished,
        Err(error) => Outcome::Retry(error.to_string()),
    }
}

async fn record(app: &App, context: &JobContext, hold_ms: u64) -> anyhow::Result<()> {
    let mut tx = app.begin().await?;
    sql("INSERT INTO proof_effects (job_id, attempt) VALUES ($1, $2)")
        .bind::<SqlUuid, _>(context.job_id)
        .bind::<Integer, _>(context.attempt)
        .execute(tx.conn()?)
        .await?;
    ledger::finish_in(tx.conn()?, context.job_id, context.attempt).await?;
    if hold_ms > 0 {
        tokio::time::sleep(Duration::from_millis(hold_ms)).await;
    }
    tx.commit().await?;
    Ok(())
}

async fn poison(job: Poison) -> Outcome {
    match job {
        Poison::Panic => std::panic::panic_any("poison".to_owned()),
        Poison::Abort => std::process::abort(),
        Poison::Hang => std::future::pending().await,
    }
}

/// Nanoseconds since 1970.
pub fn now_ns() -> i128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |age| i128::try_from(age.as_nanos()).unwrap_or(0))
}

/// All handlers. Pings are written to `journal`, a line each.
pub fn registry(app: App, journal: Option<String>) -> Registry {
    Registry::builder()
        .handle::<Noop, _, _>(|_, _| async { Outcome::Done })
        .handle::<Effect, _, _>(move |context, job| effect(app.clone(), context, job))
        .handle::<Poison, _, _>(|_, job| poison(job))
        .handle::<Ping, _, _>(move |context: JobContext, _| {
            let line = format!("{} {}\n", context.job_id, now_ns());
            let written = journal.as_ref().map(|path| {
                std::fs::OpenOptions::new()
                    .append(true)
                    .create(true)
                    .open(path)?
                    .write_all(line.as_bytes())
            });
            async move {
                match written {
                    Some(Err(error)) => Outcome::Retry(error.to_string()),
                    _ => Outcome::Done,
                }
            }
        })
        .build()
}
