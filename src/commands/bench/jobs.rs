//! No-op jobs through the real thing: enqueued in transactions, drained by worker processes.

use std::time::{Duration, Instant};

use ::jobs::{Job, NewJob, Noop};
use anyhow::{Context, Result, bail};
use app::App;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::{config, wiring};

/// How much to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Jobs to drain.
    #[arg(long, default_value_t = 100_000)]
    jobs: usize,
    /// Seconds of the latency run at 100 jobs/s.
    #[arg(long, default_value_t = 10)]
    latency_seconds: u64,
    /// Concurrency of each worker.
    #[arg(long, default_value_t = 1000)]
    concurrency: usize,
}

/// Bytes of one payload.
const PAYLOAD: usize = 200;
/// Jobs of one enqueuing transaction.
const SET: usize = 500;

/// Drains with one and two workers, then measures latency.
///
/// # Errors
/// When the servers are away or a process cannot be started.
pub async fn run(args: Args) -> Result<()> {
    let config = config::load()?;
    wiring::logging(&config);
    store::migrate(config.database_url.expose()).await?;
    let (app, _transport) = wiring::app(&config)?;
    let _scheduler = start(&["scheduler"])?;
    let mut drains = Vec::new();
    for workers in [1, 2] {
        drains.push(drain(&app, &args, workers).await?);
    }
    let latency = latency(&app, &args).await?;
    let figures = json!({ "jobs": args.jobs, "payload_bytes": PAYLOAD, "drain": drains, "latency": latency });
    super::report("jobs", &figures)
}

fn start(args: &[&str]) -> Result<Child> {
    let binary = std::env::current_exe().context("path of this program")?;
    Ok(Command::new(binary).args(args).kill_on_drop(true).spawn()?)
}

fn worker(args: &Args) -> Result<Child> {
    start(&["worker", "--queue", &format!("{}={}", Noop::QUEUE, args.concurrency)])
}

async fn enqueue(app: &App, n: usize) -> Result<Duration> {
    let started = Instant::now();
    let mut left = n;
    while left > 0 {
        let size = left.min(SET);
        let set: Vec<NewJob> = (0..size).map(|_| NewJob::of(&Noop::sized(PAYLOAD))).collect();
        let mut tx = app.begin().await?;
        tx.enqueue(&set).await?;
        tx.commit().await?;
        left -= size;
    }
    Ok(started.elapsed())
}

async fn waiting(app: &App) -> Result<i64> {
    let depths = store::ledger::depths(&mut *app.conn().await?, &[Noop::QUEUE.as_str()]).await?;
    Ok(depths.iter().map(|d| d.queued + d.running).sum())
}

async fn drain(app: &App, args: &Args, workers: usize) -> Result<Value> {
    let enqueued = enqueue(app, args.jobs).await?;
    let before = store::bench::counters(&mut *app.conn().await?).await?;
    let mut children = Vec::new();
    for _ in 0..workers {
        children.push(worker(args)?);
    }
    // The clock starts with the first finished job, so that the start of the processes is not measured.
    let limit = Instant::now() + Duration::from_secs(300);
    while waiting(app).await? > i64::try_from(args.jobs.min(99_000)).unwrap_or(0) - 1 {
        if Instant::now() > limit {
            bail!("the workers did not start within 300 s");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let span = loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if waiting(app).await? == 0 {
            break store::bench::span(&mut *app.conn().await?, i64::try_from(args.jobs).unwrap_or(i64::MAX)).await?;
        }
        if Instant::now() > limit {
            bail!("not drained within 300 s");
        }
    };
    let after = store::bench::counters(&mut *app.conn().await?).await?;
    let memory: Vec<u64> = children.iter().filter_map(Child::id).filter_map(resident_kb).collect();
    let cpu: f64 = children.iter().filter_map(Child::id).filter_map(cpu_seconds).sum();
    stop(children).await;
    let n = args.jobs as f64;
    Ok(json!({
        "workers": workers,
        "enqueued_per_second": (n / enqueued.as_secs_f64()).round(),
        "drained_per_second": (n / span).round(),
        "worker_cpu_us_per_job": (cpu * 1e6 / n * 10.0).round() / 10.0,
        "commits_per_1000_jobs": ((after.commits - before.commits) as f64 / n * 1e4).round() / 10.0,
        "worker_resident_kb": memory,
    }))
}

async fn latency(app: &App, args: &Args) -> Result<Value> {
    let child = worker(args)?;
    enqueue(app, 100).await?;
    while waiting(app).await? > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let n = args.latency_seconds * 100;
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    for _ in 0..n {
        ticks.tick().await;
        enqueue(app, 1).await?;
    }
    while waiting(app).await? > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (p50, p99) = store::bench::latency(&mut *app.conn().await?, i64::try_from(n).unwrap_or(i64::MAX)).await?;
    stop(vec![child]).await;
    Ok(json!({ "rate_per_second": 100, "jobs": n, "due_to_claimed_ms": { "p50": p50, "p99": p99 } }))
}

async fn stop(children: Vec<Child>) {
    for child in &children {
        if let Some(pid) = child.id() {
            let _ = std::process::Command::new("kill").arg(pid.to_string()).status();
        }
    }
    for mut child in children {
        let _ = child.wait().await;
    }
}

fn resident_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}

/// User and system time; the kernel counts in hundredths of a second.
fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
