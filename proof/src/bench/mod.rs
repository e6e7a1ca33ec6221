//! The benchmarks. Of the job core: how many jobs drain, how long one takes to start, and what it costs. Of the API: see [`api`]. Of incoming mail: see [`mail`]. Of sign-ins:
//! see [`login`]. Of service levels: see [`sla`]. Of searches among customers: see [`customers`].

pub mod api;
pub mod customers;
mod data;
pub mod desk;
mod drain;
mod latency;
pub mod load;
pub mod login;
pub mod mail;
mod measure;
mod sample;
pub mod sla;
mod statements;
mod summary;

pub use summary::Mark;

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

/// How to run the benchmark of the job core.
#[derive(Debug, clap::Args)]
pub struct Jobs {
    /// Jobs of each drain
    #[arg(long, default_value_t = 200_000)]
    count: u64,
    /// Jobs whose latency is taken
    #[arg(long, default_value_t = 2_000)]
    pings: usize,
}

/// All benchmarks, with a summary at the end.
pub async fn all(quick: bool) -> anyhow::Result<()> {
    let (jobs, api, mail, login, desk, sla, customers) = if quick {
        (
            Jobs {
                count: 60_000,
                pings: 500,
            },
            api::Options::quick(),
            mail::Options::quick(),
            login::Options::quick(),
            desk::Options::quick(),
            sla::Options::quick(),
            customers::Options::quick(),
        )
    } else {
        let jobs = Jobs {
            count: 200_000,
            pings: 2_000,
        };
        (
            jobs,
            api::Options::default(),
            mail::Options::default(),
            login::Options::default(),
            desk::Options::default(),
            sla::Options::default(),
            customers::Options::default(),
        )
    };
    let mut marks = run(jobs).await?;
    marks.extend(api::run(api).await?);
    marks.extend(mail::run(mail).await?);
    marks.extend(login::run(login).await?);
    marks.extend(desk::run(desk).await?);
    marks.extend(sla::run(sla).await?);
    marks.extend(customers::run(customers).await?);
    summary::print(&marks);
    Ok(())
}

/// Drained jobs a second, and milliseconds from commit to the handler's start at half and at 99 of 100 jobs.
const TARGET: (f64, f64, f64) = (30_000.0, 2.0, 8.0);

/// Runs everything, prints it, and writes `target/bench/jobs.json`.
pub async fn run(Jobs { count, pings }: Jobs) -> anyhow::Result<Vec<Mark>> {
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
    let latency = latency::measure(&mut bench, 100, pings).await?;
    let report = json!({
        "jobs": count, "payload_bytes": 200, "drain": drains, "latency": latency,
        "cores": std::thread::available_parallelism()?.get(),
        "target": { "drained_per_second": TARGET.0, "p50_ms": TARGET.1, "p99_ms": TARGET.2 },
    });
    write_report("jobs", &report)?;
    let found = |value: &serde_json::Value| value.as_f64().unwrap_or_default();
    let mut marks: Vec<Mark> = drains
        .iter()
        .map(|drain| {
            let what = format!("jobs drained, {} worker process(es)", drain["workers"]);
            Mark::at_least(what, found(&drain["drained_per_second"]), TARGET.0, "/s")
        })
        .collect();
    marks.push(Mark::at_most(
        "job latency at 100/s, p50",
        found(&latency["p50_ms"]),
        TARGET.1,
        "ms",
    ));
    marks.push(Mark::at_most(
        "job latency at 100/s, p99",
        found(&latency["p99_ms"]),
        TARGET.2,
        "ms",
    ));
    Ok(marks)
}
