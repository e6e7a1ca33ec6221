//! Latency: one job a transaction at a steady rate; from the answer to COMMIT to the first line of the handler.

use std::{collections::HashMap, time::Duration};

use anyhow::Context;
use jobs::NewJob;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Bench;
use crate::{
    fleet::Process,
    kinds::{Ping, now_ns},
    watch::memory_kib,
};

/// Sends `count` jobs, `rate` a second, to one worker.
pub async fn measure(bench: &mut Bench, rate: u64, count: usize) -> anyhow::Result<Value> {
    bench.watch.execute("TRUNCATE jobs").await?;
    let journal = std::env::temp_dir().join(format!("cloudmanager-proof-{}.journal", std::process::id()));
    let path = journal.to_str().context("temporary folder")?.to_owned();
    let scheduler = Process::scheduler(&bench.servers)?;
    let worker = Process::worker(&bench.servers, &["notifications=64"], Some(&path))?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut committed: HashMap<Uuid, i128> = HashMap::new();
    let mut ticks = tokio::time::interval(Duration::from_nanos(1_000_000_000 / rate));
    for n in 0..count + 200 {
        ticks.tick().await;
        let mut tx = bench.app.begin().await?;
        let ids = tx.enqueue(&[NewJob::of(&Ping {})]).await?;
        tx.commit().await?;
        // The first ones warm caches up.
        if n >= 200 {
            committed.extend(ids.into_iter().map(|id| (id, now_ns())));
        }
    }
    let waiting = "SELECT count(*) FROM jobs WHERE kind = 'proof_ping' AND state <> 'succeeded'";
    anyhow::ensure!(
        bench.watch.until_zero(waiting, Duration::from_secs(20)).await,
        "pings were not answered"
    );
    let text = std::fs::read_to_string(&journal)?;
    std::fs::remove_file(&journal)?;
    let mut millis: Vec<f64> = text
        .lines()
        .filter_map(|line| {
            let (id, at) = line.split_once(' ')?;
            let committed = committed.get(&id.parse().ok()?)?;
            Some((at.parse::<i128>().ok()? - committed) as f64 / 1e6)
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| millis.get(((millis.len() as f64 * share) as usize).min(millis.len().saturating_sub(1)));
    let report = json!({
        "rate_per_second": rate, "jobs": millis.len(), "p50_ms": at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99), "max_ms": millis.last(),
        "memory_kib": { "worker": memory_kib(worker.pid()).0, "scheduler": memory_kib(scheduler.pid()).0 },
    });
    println!("latency from commit to handler start: {report:#}");
    Ok(report)
}
