//! A backlog, duplicates, and jobs that misbehave.

use std::time::{Duration, Instant};

use anyhow::ensure;
use jobs::{NewJob, Noop, Queue};
use queue::Chunk;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PATIENCE, load::enqueue, stage::Stage};
use crate::{
    fleet::Process,
    kinds::{Effect, Poison},
};

/// Jobs enqueued before any worker starts drain all the same.
pub async fn backlog(stage: &mut Stage, count: usize) -> anyhow::Result<Value> {
    for _ in 0..count / 500 {
        let set: Vec<NewJob> = (0..500).map(|_| NewJob::of(&Noop::sized(200))).collect();
        enqueue(&stage.app, &set).await?;
    }
    // The dispatcher has time to make a mistake.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let at = Instant::now();
    stage.open(&["maintenance=256"]).await?;
    let open = "SELECT count(*) FROM jobs WHERE kind = 'noop' AND state <> 'succeeded'";
    ensure!(
        stage.watch.until_zero(open, PATIENCE).await,
        "the backlog did not drain"
    );
    let seconds = at.elapsed().as_secs_f64();
    stage.close().await?;
    println!("backlog of {count} drained in {seconds:.2} s");
    Ok(json!({ "jobs": count, "seconds_with_process_start": seconds }))
}

/// Every job is delivered three times, beside what the dispatcher delivers.
pub async fn duplicates(stage: &mut Stage, count: usize) -> anyhow::Result<Value> {
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count / 500 {
        let set: Vec<NewJob> = (0..500)
            .map(|_| {
                NewJob::of(&Effect {
                    sleep_ms: 0,
                    hold_ms: 0,
                })
            })
            .collect();
        ids.extend(enqueue(&stage.app, &set).await?);
    }
    for _ in 0..3 {
        let chunks: Vec<Chunk> = ids
            .chunks(20)
            .map(|ids| Chunk(ids.iter().map(|id| (*id, 0)).collect()))
            .collect();
        stage.transport.push(Queue::Webhooks, &chunks).await?;
    }
    stage.open(&["webhooks=32"]).await?;
    let open = "SELECT count(*) FROM jobs WHERE kind = 'proof_effect' AND state <> 'succeeded'";
    ensure!(
        stage.watch.until_zero(open, PATIENCE).await,
        "the duplicates did not drain"
    );
    let repeated = stage
        .watch
        .count("SELECT count(*) FROM jobs WHERE kind = 'proof_effect' AND attempt <> 1")
        .await?;
    ensure!(repeated == 0, "{repeated} jobs were attempted again");
    stage.close().await?;
    Ok(json!({ "jobs": count, "deliveries_each": 4, "repeated_attempts": repeated }))
}

/// A worker that has taken thousands of messages dies. Had apalis kept them as unacknowledged, its script that takes them back
/// would fail in every other worker ("too many results to unpack") and stop them all.
pub async fn worn_transport(stage: &mut Stage, messages: usize) -> anyhow::Result<Value> {
    let doomed = stage.worker()?;
    for _ in 0..messages / 500 {
        // Nobody waits for these jobs: a claim finds nothing, which is all a late message may do.
        let chunks: Vec<Chunk> = (0..500).map(|_| Chunk(vec![(Uuid::now_v7(), 0)])).collect();
        stage.transport.push(Queue::Webhooks, &chunks).await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let deadline = Instant::now() + PATIENCE;
    while stage.servers.redis_cli(&["LLEN", "proof:webhooks:active"])? != "0" {
        ensure!(Instant::now() < deadline, "the messages were not taken");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let kept = unacknowledged(stage)?;
    doomed.kill()?;
    // Beyond four missed heartbeats of five seconds, when the others take over what it held.
    tokio::time::sleep(Duration::from_secs(32)).await;
    let at = Instant::now();
    let ids = enqueue(
        &stage.app,
        &[NewJob::of(&Effect {
            sleep_ms: 0,
            hold_ms: 0,
        })],
    )
    .await?;
    let open = format!(
        "SELECT count(*) FROM jobs WHERE state <> 'succeeded' AND id = '{}'",
        ids.first().copied().unwrap_or_default()
    );
    ensure!(
        stage.watch.until_zero(&open, PATIENCE).await,
        "the transport is stuck with {kept} unacknowledged messages"
    );
    ensure!(
        kept < 1000,
        "{kept} of {messages} messages are still unacknowledged: they pile up"
    );
    Ok(json!({ "messages": messages, "unacknowledged": kept, "next_job_seconds": at.elapsed().as_secs_f64() }))
}

/// Messages that apalis believes to be in the hands of a worker.
fn unacknowledged(stage: &Stage) -> anyhow::Result<usize> {
    let keys = stage
        .servers
        .redis_cli(&["--scan", "--pattern", "proof:webhooks:inflight*"])?;
    let mut total = 0;
    for key in keys.lines() {
        total += stage.servers.redis_cli(&["SCARD", key])?.parse::<usize>()?;
    }
    Ok(total)
}

/// Jobs that panic, hang, end their process or cannot be read, on a worker of their own that is started again.
pub struct Poisoned {
    task: tokio::task::JoinHandle<anyhow::Result<usize>>,
    stop: tokio::sync::watch::Sender<bool>,
}

impl Poisoned {
    pub async fn start(stage: &mut Stage) -> anyhow::Result<Self> {
        let jobs: Vec<NewJob> = [Poison::Panic, Poison::Panic, Poison::Hang, Poison::Hang, Poison::Abort]
            .iter()
            .map(NewJob::of)
            .collect();
        enqueue(&stage.app, &jobs).await?;
        let unreadable = format!(
            "INSERT INTO jobs (id, kind, queue, payload, max_attempts) VALUES ('{}', 'proof_poison', 'exports', '{{\"x\": 1}}', 3)",
            Uuid::now_v7()
        );
        stage.watch.execute(&unreadable).await?;
        let mut process = Process::worker(&stage.servers, &["exports=4"], None)?;
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let (database, redis) = (
            stage.servers.database_url().to_owned(),
            stage.servers.redis_url().to_owned(),
        );
        let task = tokio::spawn(async move {
            let mut restarts = 0;
            while !*stopped.borrow() {
                tokio::time::sleep(Duration::from_millis(200)).await;
                if process.ended() {
                    restarts += 1;
                    process = Process::worker_at(&database, &redis, &["exports=4"])?;
                }
            }
            anyhow::Ok(restarts)
        });
        Ok(Self { task, stop })
    }

    /// Waits until all are dead letters.
    pub async fn finish(self, stage: &mut Stage) -> anyhow::Result<Value> {
        let open = "SELECT count(*) FROM jobs WHERE kind = 'proof_poison' AND state <> 'dead'";
        ensure!(
            stage.watch.until_zero(open, PATIENCE).await,
            "poisonous jobs are not dead"
        );
        let most = stage
            .watch
            .count("SELECT max(failures)::bigint FROM jobs WHERE kind = 'proof_poison'")
            .await?;
        self.stop.send_replace(true);
        let restarts = self.task.await??;
        ensure!(most <= 3, "a poisonous job failed {most} times");
        let unexplained = stage
            .watch
            .count("SELECT count(*) FROM jobs WHERE state = 'dead' AND jsonb_array_length(errors) <> failures")
            .await?;
        ensure!(unexplained == 0, "dead letters without their whole history");
        Ok(json!({ "dead": 6, "most_failures": most, "worker_restarts": restarts }))
    }
}
