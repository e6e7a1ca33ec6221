//! The fault suite: jobs with a counted effect run through real processes while a seeded nemesis kills, stops, flushes and
//! restarts. Afterwards nothing may be lost and nothing may have happened twice.

mod check;
mod drain;
mod extremes;
mod fetches;
mod load;
mod nemesis;
mod requests;
mod room;
mod silence;
mod stage;
mod storms;

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};

use crate::servers::write_report;
pub use nemesis::Fault;
use stage::Stage;

/// Longest time in which work must go on after a fault. Not demanded of the short suite, which runs unoptimised and on machines that
/// do other things as well.
const RECOVERY_LIMIT: Duration = Duration::from_secs(10);

/// Longest time that is waited for anything; beyond it the suite fails.
const PATIENCE: Duration = Duration::from_secs(180);

/// How often each fault strikes in a full run.
const ROUNDS: usize = 4;

/// What to run.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Options {
    /// Each fault once
    #[arg(long)]
    short: bool,
    /// Decides the plan; another one with each run when absent
    #[arg(long)]
    seed: Option<u64>,
    /// Nothing but what concerns mail
    #[arg(long)]
    mail: bool,
    /// Nothing but what concerns service levels
    #[arg(long)]
    sla: bool,
    /// Nothing but a disk without room
    #[arg(long)]
    room: bool,
    /// Nothing but this fault
    #[arg(long, value_parser = Fault::parse)]
    only: Option<Fault>,
}

/// A small generator: the same seed gives the same plan.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }
}

/// Every fault once (short) or four times, each round in another order; `only` one of them when it is named.
fn plan(options: &Options, random: &mut Random) -> Vec<Fault> {
    if let Some(only) = options.only {
        return vec![only; ROUNDS];
    }
    let mut plan = Vec::new();
    for _ in 0..if options.short { 1 } else { ROUNDS } {
        let mut round = Fault::ALL.to_vec();
        for n in (1..round.len()).rev() {
            round.swap(n, random.below(n + 1));
        }
        plan.extend(round);
    }
    plan
}

/// What mail was put through.
#[derive(Debug, serde::Serialize)]
struct Mail {
    /// `None` where no inbox can be had.
    fetches: Option<fetches::Report>,
    storms: Vec<storms::Storm>,
}

impl Mail {
    async fn run(short: bool, random: &mut Random) -> anyhow::Result<Self> {
        let fetches = fetches::run(if short { 1 } else { 5 }, random).await?;
        ensure!(
            fetches.as_ref().is_none_or(|f| f.lost == 0 && f.doubled == 0),
            "mails were lost or doubled: {fetches:?}"
        );
        let storms = storms::run(if short { 1 } else { 3 }).await?;
        Ok(Self { fetches, storms })
    }
}

/// What has servers of its own beside those of the jobs.
#[derive(Debug, serde::Serialize)]
struct Beside {
    mail: Mail,
    sla: silence::Report,
    requests: requests::Report,
    /// `None` where no disk can be had.
    room: Option<room::Report>,
}

impl Beside {
    /// One after the other; in the short suite, which demands no times, all at once: they wait most of the time.
    async fn run(short: bool, random: &mut Random) -> anyhow::Result<Self> {
        if !short {
            return Ok(Self {
                mail: Mail::run(short, random).await?,
                sla: promises(short).await?,
                requests: requests::run(20, 40, random).await?,
                room: scarcity(short).await?,
            });
        }
        let (mut first, mut second) = (Random::new(random.next()), Random::new(random.next()));
        let (mail, sla, requests, room) = tokio::try_join!(
            Mail::run(short, &mut first),
            promises(short),
            requests::run(3, 5, &mut second),
            scarcity(short),
        )?;
        Ok(Self {
            mail,
            sla,
            requests,
            room,
        })
    }
}

/// What service levels were put through; fails when anything was lost, doubled or dated wrongly.
async fn promises(short: bool) -> anyhow::Result<silence::Report> {
    let report = silence::run(if short { 100 } else { 1_500 }).await?;
    ensure!(
        (report.lost, report.doubled, report.astray) == (0, 0, 0),
        "warnings or breaches were lost, doubled or dated wrongly: {report:?}"
    );
    Ok(report)
}

/// What a disk without room did; none where none can be mounted.
async fn scarcity(short: bool) -> anyhow::Result<Option<room::Report>> {
    let report = room::run(Duration::from_secs(if short { 3 } else { 15 })).await?;
    ensure!(
        report.as_ref().is_none_or(|room| (room.lost, room.doubled) == (0, 0)),
        "something was lost or doubled for want of room: {report:?}"
    );
    Ok(report)
}

/// Waits for something that another process brings about.
async fn until(condition: impl Fn() -> bool, otherwise: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        ensure!(Instant::now() < deadline, "{otherwise}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Runs the suite and writes `target/bench/fault.json`; fails when anything was lost, doubled or too slow.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let short = options.short;
    let seed = options.seed.unwrap_or_else(|| u64::from(std::process::id()));
    let started = Instant::now();
    let mut random = Random::new(seed);
    println!("fault suite, seed {seed}{}", if short { ", short" } else { "" });
    if options.sla {
        let sla = promises(short).await?;
        return write_report("fault-sla", &json!({ "seed": seed, "sla": sla }));
    }
    if options.room {
        let room = scarcity(short).await?;
        return write_report("fault-room", &json!({ "seed": seed, "room": room }));
    }
    if options.mail {
        let mail = Mail::run(short, &mut random).await?;
        return write_report("fault-mail", &json!({ "seed": seed, "mail": mail }));
    }
    let beside = match options.only {
        None => Some(Beside::run(short, &mut random).await?),
        Some(_) => None,
    };
    let began = started.elapsed();
    let mut stage = Stage::start().await?;
    let backlog = extremes::backlog(&mut stage, 50_000).await?;
    let duplicates = extremes::duplicates(&mut stage, if short { 2_000 } else { 20_000 }).await?;
    let drained = drain::drained(&mut stage, if short { 2_000 } else { 20_000 }).await?;
    stage.open(&["webhooks=32"]).await?;
    let poison = extremes::Poisoned::start(&mut stage).await?;
    let worn = if short {
        Value::Null
    } else {
        extremes::worn_transport(&mut stage, 20_000).await?
    };
    let load = load::Load::start(&stage, if short { 100 } else { 200 });
    let mut faults: Vec<Value> = Vec::new();
    let mut slowest = Duration::ZERO;
    for fault in plan(&options, &mut random) {
        let recovery = nemesis::strike(&mut stage, fault, &mut random).await?;
        println!("{:<18} recovered in {:>6.2} s", fault.name(), recovery.as_secs_f64());
        slowest = slowest.max(recovery);
        faults.push(json!({ "fault": fault.name(), "recovery_seconds": recovery.as_secs_f64() }));
    }
    let acknowledged = load.stop().await;
    let poison = poison.finish(&mut stage).await?;
    let verdict = check::verdict(&mut stage, &acknowledged).await?;
    let died = stage.died();
    let report = json!({
        "seed": seed, "short": short, "seconds": started.elapsed().as_secs_f64(), "backlog": backlog, "duplicates": duplicates, "drained": drained,
        "worn_transport": worn, "seconds_beside": began.as_secs_f64(), "beside": beside,
        "faults": faults, "slowest_recovery_seconds": slowest.as_secs_f64(), "poison": poison, "verdict": verdict,
        "processes_that_exited_by_themselves": died,
    });
    write_report("fault", &report)?;
    println!("{report:#}");
    let requests = beside.as_ref().map(|beside| &beside.requests);
    println!(
        "lost={} doubled={} slowest recovery {:.2} s, {:.0} s in all",
        verdict.lost + requests.map_or(0, |r| r.lost),
        verdict.doubled + requests.map_or(0, |r| r.doubled),
        slowest.as_secs_f64(),
        started.elapsed().as_secs_f64()
    );
    ensure!(verdict.holds(), "an invariant does not hold: {verdict:?}");
    ensure!(
        requests.is_none_or(|r| r.lost == 0 && r.doubled == 0),
        "requests were lost or doubled: {requests:?}"
    );
    ensure!(died == 0, "{died} processes exited by themselves");
    ensure!(short || slowest <= RECOVERY_LIMIT, "recovery took {slowest:?}");
    Ok(())
}
