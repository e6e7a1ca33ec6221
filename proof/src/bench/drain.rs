//! Throughput: a backlog, then workers.

use std::time::{Duration, Instant};

use anyhow::ensure;
use jobs::{NewJob, Noop};
use serde_json::{Value, json};

use super::Bench;
use crate::{
    fleet::Process,
    watch::{cpu_micros, memory_kib},
};

/// Jobs of one transaction.
const BATCH: u64 = 500;
/// Connections that enqueue.
const CLIENTS: u64 = 4;
/// Handlers at a time in each worker process.
const CONCURRENCY: &str = "maintenance=1024";

async fn enqueue(bench: &Bench, count: u64) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let app = bench.app.clone();
        tasks.spawn(async move {
            for _ in 0..count / CLIENTS / BATCH {
                let jobs: Vec<NewJob> = (0..BATCH).map(|_| NewJob::of(&Noop::sized(200))).collect();
                let mut tx = app.begin().await?;
                tx.enqueue(&jobs).await?;
                tx.commit().await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(started.elapsed().as_secs_f64())
}

fn redis_commands(bench: &Bench) -> anyhow::Result<i64> {
    let info = bench.servers.redis_cli(&["INFO", "stats"])?;
    let found = info
        .lines()
        .find_map(|line| line.trim().strip_prefix("total_commands_processed:")?.parse().ok());
    Ok(found.unwrap_or(0))
}

async fn transactions(bench: &mut Bench) -> anyhow::Result<i64> {
    bench
        .watch
        .count("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        .await
}

/// Drains `count` jobs with `workers` processes.
pub async fn measure(bench: &mut Bench, count: u64, workers: usize) -> anyhow::Result<Value> {
    bench.watch.execute("TRUNCATE jobs; CHECKPOINT").await?;
    let count = count / CLIENTS / BATCH * CLIENTS * BATCH;
    let enqueue_seconds = enqueue(bench, count).await?;
    bench.watch.execute("CHECKPOINT").await?;
    let (postgres, redis) = (bench.servers.postgres_pid()?, bench.servers.redis_pid()?);
    let before = (
        cpu_micros(postgres),
        cpu_micros(redis),
        redis_commands(bench)?,
        transactions(bench).await?,
    );
    let scheduler = Process::scheduler(&bench.servers)?;
    let fleet = (0..workers)
        .map(|_| Process::worker(&bench.servers, &[CONCURRENCY], None))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let waiting =
        "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state IN ('queued', 'running') AND kind = 'noop' LIMIT 1) x";
    ensure!(
        bench.watch.until_zero(waiting, Duration::from_secs(120)).await,
        "the backlog did not drain"
    );
    let seconds = bench
        .watch
        .client()
        .await?
        .query_one(
            "SELECT extract(epoch FROM max(finished_at) - min(started_at))::float8, count(*),
                 count(*) FILTER (WHERE attempt <> 1) FROM jobs WHERE kind = 'noop' AND state = 'succeeded'",
            &[],
        )
        .await?;
    let (seconds, done, repeated): (f64, i64, i64) = (seconds.get(0), seconds.get(1), seconds.get(2));
    ensure!(u64::try_from(done)? == count, "{done} of {count} jobs succeeded");
    let jobs = done as f64;
    let worker_micros: u64 = fleet.iter().map(|process| cpu_micros(process.pid())).sum();
    let per_job = |micros: u64| (micros as f64 / jobs * 10.0).round() / 10.0;
    let after = (
        cpu_micros(postgres),
        cpu_micros(redis),
        redis_commands(bench)?,
        transactions(bench).await?,
    );
    let memory: Vec<u64> = fleet.iter().map(|process| memory_kib(process.pid()).1).collect();
    let report = json!({
        "workers": workers, "seconds": seconds, "drained_per_second": (jobs / seconds).round(),
        "enqueued_per_second": (jobs / enqueue_seconds).round(), "repeated_attempts": repeated,
        "cpu_micros_per_job": {
            "workers": per_job(worker_micros), "scheduler": per_job(cpu_micros(scheduler.pid())),
            "postgres": per_job(after.0.saturating_sub(before.0)), "redis": per_job(after.1.saturating_sub(before.1)),
        },
        "transactions_per_job": (after.3 - before.3) as f64 / jobs,
        "redis_commands_per_job": (after.2 - before.2) as f64 / jobs,
        "peak_memory_kib": { "workers": memory, "scheduler": memory_kib(scheduler.pid()).1 },
    });
    println!("{} worker process(es): {report:#}", workers);
    Ok(report)
}
