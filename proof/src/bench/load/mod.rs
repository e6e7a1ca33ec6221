//! The load: a process of its own, so that what it costs is known and kept apart from what the product costs.

mod connection;
mod work;

use std::{
    collections::BTreeMap,
    io::Write,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

pub use connection::{Connection, Outgoing};
pub use work::{Target, Work, mail};

use crate::{bench::sample::Latency, fault::Random, watch::cpu_micros};

/// The line that says that measuring begins.
pub const BEGIN: &str = "begin";
/// Kinds of failures that are told apart in a result.
const FAILURES_SHOWN: usize = 5;

/// When a load ends.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Until {
    /// After a time that is not measured and one that is.
    Time {
        /// Not measured: caches fill, statements are prepared.
        warm_up: Duration,
        /// Measured.
        measured: Duration,
    },
    /// After so many pieces, all measured.
    Count(u64),
}

/// What the load process is told, as JSON on its standard input.
#[derive(Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The API.
    pub address: SocketAddr,
    /// Access token.
    pub token: String,
    /// Connections, each with one request at a time.
    pub connections: u64,
    /// When it ends.
    pub until: Until,
    /// What is asked for.
    pub work: Work,
}

/// What the load process tells, as JSON in its last line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seen {
    /// Answers within the measured time.
    pub requests: u64,
    /// Measured time.
    pub seconds: f64,
    /// From sending to the last byte of the answer.
    pub latency: Latency,
    /// Wrong answers of the whole run, warm-up included, with what was wrong.
    pub failures: BTreeMap<String, u64>,
    /// Right answers of the whole run, warm-up included.
    pub answered: u64,
    /// Processor time of the load process within the measured time.
    pub cpu_micros: u64,
}

/// The role of the load process.
pub fn run() -> anyhow::Result<()> {
    let plan: Plan = serde_json::from_reader(std::io::stdin().lock())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let seen = runtime.block_on(drive(plan))?;
    println!("{}", serde_json::to_string(&seen)?);
    Ok(())
}

/// The results of one connection.
#[derive(Default)]
struct Lane {
    micros: Vec<u32>,
    answered: u64,
    failures: BTreeMap<String, u64>,
}

async fn drive(plan: Plan) -> anyhow::Result<Seen> {
    let (warm_up, measured, count) = match plan.until {
        Until::Time { warm_up, measured } => (warm_up, measured, u64::MAX),
        Until::Count(count) => (Duration::ZERO, Duration::from_secs(3600), count),
    };
    let plan: &'static Plan = Box::leak(Box::new(plan));
    let mut open = Vec::new();
    for _ in 0..plan.connections {
        open.push(Connection::open(plan.address, Some(&plan.token)).await?);
    }
    let begin = Instant::now() + warm_up;
    let end = begin + measured;
    let next: &'static AtomicU64 = Box::leak(Box::default());
    let mut lanes = JoinSet::new();
    for (seed, mut connection) in (1..).zip(open) {
        lanes.spawn(async move {
            let mut lane = Lane::default();
            let mut random = Random::new(seed);
            while Instant::now() < end {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    break;
                }
                let sent = Instant::now();
                let result = plan.work.once(&mut connection, n, &mut random).await;
                let now = Instant::now();
                match result {
                    Ok(()) => lane.answered += 1,
                    Err(what) => {
                        *lane.failures.entry(what).or_default() += 1;
                        // An endless row of failures tells nothing more.
                        if lane.failures.values().sum::<u64>() > 100 {
                            break;
                        }
                    }
                }
                if now >= begin && now < end {
                    lane.micros
                        .push(u32::try_from((now - sent).as_micros()).unwrap_or(u32::MAX));
                }
            }
            lane
        });
    }
    tokio::time::sleep_until(begin.into()).await;
    let cpu = cpu_micros(std::process::id());
    println!("{BEGIN}");
    std::io::stdout().flush()?;
    let mut all = Lane::default();
    while let Some(lane) = lanes.join_next().await {
        let lane = lane?;
        all.micros.extend(lane.micros);
        all.answered += lane.answered;
        for (what, n) in lane.failures {
            if all.failures.len() < FAILURES_SHOWN || all.failures.contains_key(&what) {
                *all.failures.entry(what).or_default() += n;
            } else {
                *all.failures.entry("others".to_owned()).or_default() += n;
            }
        }
    }
    Ok(Seen {
        requests: all.micros.len() as u64,
        seconds: (Instant::now().min(end) - begin).as_secs_f64(),
        latency: Latency::of(all.micros),
        failures: all.failures,
        answered: all.answered,
        cpu_micros: cpu_micros(std::process::id()) - cpu,
    })
}
