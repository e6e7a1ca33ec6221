//! The benchmarks. Of the job core: how many jobs drain, how long one takes to start, and what it costs. Of the API: see [`api`].

pub mod api;
mod data;
mod drain;
mod latency;
pub mod load;
mod measure;
mod product;
mod sample;
mod statements;

use queue::Transport;
use serde_json::json;

use crate::{
    roles::PREFIX,
    servers::{Servers, write_report},
    surroundings,
    watch::Watch,
};

/// What the parts share.
pub struct Bench {
    pub servers: Servers,
    pub watch: Watch,
    pub app: app::App,
}

/// Runs everything, prints it, and writes `target/bench/jobs.json`.
pub async fn run(count: u64) -> anyhow::Result<()> {
    let servers = Servers::start().await?;
    let transport = Transport::connect(servers.redis_url(), PREFIX)?;
    let app = surroundings::app(servers.database_url(), &transport, 8)?;
    let watch = Watch::new(servers.database_url().to_owned());
    let mut bench = Bench { servers, watch, app };
    println!("no-op jobs of 200 bytes, {count} of them, PostgreSQL with fsync on, Redis with an append-only file");
    let mut drains = Vec::new();
    for workers in [1, 2] {
        drains.push(drain::measure(&mut bench, count, workers).await?);
    }
    let latency = latency::measure(&mut bench, 100, 2000).await?;
    let report = json!({
        "jobs": count, "payload_bytes": 200, "drain": drains, "latency": latency,
        "cores": std::thread::available_parallelism()?.get(),
        "target": { "drained_per_second": 30_000, "p50_ms": 2.0, "p99_ms": 8.0 },
    });
    write_report("jobs", &report)
}
