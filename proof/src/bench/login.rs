//! Signing in: how many passwords are checked, and what everybody else feels of many at once.

use std::{path::PathBuf, time::Duration};

use serde_json::json;

use super::{
    Mark,
    load::{Plan, Target, Until, Work},
    measure::{Round, round},
};
use crate::{
    product::{AGENT, PASSWORD, Product},
    servers::write_report,
};

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Another build of the product
    #[arg(long)]
    program: Option<PathBuf>,
    /// Seconds that are measured in each round
    #[arg(long, default_value_t = 15)]
    seconds: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: None,
            seconds: 15,
        }
    }
}

impl Options {
    /// Short rounds.
    pub fn quick() -> Self {
        Self {
            seconds: 5,
            ..Self::default()
        }
    }
}

/// People who sign in, more than do at once: tries of one account wait for each other.
const PEOPLE: usize = 64;
/// Sign-ins at once. All come from one network, which may have fifty under way.
const STORM: u64 = 32;
/// Connections of those who only read.
const READERS: u64 = 100;
const WARM_UP: Duration = Duration::from_secs(2);

/// Sign-ins a second, and milliseconds of a read during the storm at 99 of 100: a password costs 19 MiB and 20 to 40 ms of a core on
/// purpose, and three quarters of the cores check passwords, so that the others go on answering.
const TARGET: (f64, f64) = (25.0, 100.0);

/// Runs everything, prints it, and writes `target/bench/login.json`.
pub async fn run(options: Options) -> anyhow::Result<Vec<Mark>> {
    let product = Product::prepare(options.program).await?;
    let mut people = Vec::with_capacity(PEOPLE);
    for n in 0..PEOPLE {
        let email = format!("sign-in-{n}@bench.test");
        app::seed::account(&product.app, &email, "Somebody", "client", PASSWORD).await?;
        people.push(email);
    }
    let api = product.api().await?;
    let token = product.sign_in(AGENT).await?;
    let until = Until::Time {
        warm_up: WARM_UP,
        measured: Duration::from_secs(options.seconds),
    };
    let plan = |connections: u64, work: Work| Plan {
        address: product.address,
        token: token.clone(),
        connections,
        until,
        work,
    };
    let storm = || {
        plan(
            STORM,
            Work::SignIn {
                people: people.clone(),
                password: PASSWORD.to_owned(),
            },
        )
    };
    let reads = || {
        let me = Target {
            path: "/api/v1/me".to_owned(),
            holds: AGENT.to_owned(),
        };
        plan(READERS, Work::Read(vec![me]))
    };
    let processes = [api.pid()];
    println!("{PEOPLE} people, {STORM} sign-ins at once, {READERS} connections that read /api/v1/me");
    let alone = round(&product, &processes, storm()).await?;
    tell("sign-ins alone", &alone);
    let quiet = round(&product, &processes, reads()).await?;
    tell("reads alone", &quiet);
    let (signing_in, reading) = tokio::try_join!(
        round(&product, &processes, storm()),
        round(&product, &processes, reads())
    )?;
    tell("sign-ins beside reads", &signing_in);
    tell("reads beside sign-ins", &reading);
    let report = json!({
        "people": PEOPLE, "storm": STORM, "readers": READERS,
        "sign_ins": alone, "reads": quiet, "sign_ins_beside_reads": signing_in, "reads_beside_sign_ins": reading,
        "memory_kib": crate::watch::memory_kib(api.pid()).1,
        "cores": std::thread::available_parallelism()?.get(),
        "target": { "sign_ins_per_second": TARGET.0, "read_p99_ms": TARGET.1 },
    });
    write_report("login", &report)?;
    Ok(vec![
        Mark::at_least("sign-ins with a password", alone.per_second(), TARGET.0, "/s"),
        Mark::at_most(
            "a read at 100 connections beside them, p99",
            reading.seen.latency.p99_ms,
            TARGET.1,
            "ms",
        ),
    ])
}

fn tell(what: &str, round: &Round) {
    let latency = round.seen.latency;
    println!(
        "{what:<24}{:>10.1}/s  p50 {:>8.1} ms  p99 {:>8.1} ms  max {:>8.1} ms",
        round.per_second(),
        latency.p50_ms,
        latency.p99_ms,
        latency.max_ms
    );
}
