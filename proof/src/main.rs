//! Benchmarks and a fault suite. All start their own PostgreSQL and Redis on free ports and drive real processes: this program
//! again under another role, or the product.

mod bench;
mod fault;
mod fleet;
mod kinds;
mod product;
mod proxy;
mod roles;
mod servers;
mod surroundings;
mod watch;

use clap::{Parser, Subcommand};
const USAGE: &str = "usage: proof jobs [--count N]
       proof api [--tickets N] [--rounds N] [--seconds N] [--only list|read|create] [--program PATH]
       proof customers [--count N]
       proof fault [--short] [--seed N] [--only FAULT]";

/// Benchmarks and fault suite; reports go to target/bench.
#[derive(Debug, Parser)]
#[command(name = "proof")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// All benchmarks, one after the other
    Bench {
        /// Smaller and shorter, for a first impression
        #[arg(long)]
        quick: bool,
    },
    /// Benchmark of the job core
    Jobs(bench::Jobs),
    /// Benchmark of the API
    Api(bench::api::Options),
    /// Benchmark of incoming mail
    Mail(bench::mail::Options),
    /// Fault suite: fails when anything was lost or doubled
    Fault(fault::Options),
    #[command(hide = true)]
    Worker { queues: Vec<String> },
    #[command(hide = true)]
    Scheduler,
    #[command(hide = true)]
    Load,
}

fn main() -> anyhow::Result<()> {
    let command = Arguments::parse().command;
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "error".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    // It counts its own processor time, so it gets a runtime of one thread and nothing else.
    if matches!(command, Command::Load) {
        return bench::load::run();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Bench { quick } => bench::all(quick).await,
            Command::Jobs(options) => bench::run(options).await.map(drop),
            Command::Api(options) => bench::api::run(options).await.map(drop),
            Command::Mail(options) => bench::mail::run(options).await.map(drop),
            Command::Fault(options) => fault::run(options).await,
            Command::Worker { queues } => roles::worker(&queues).await,
            Command::Scheduler => roles::scheduler().await,
            Command::Load => Ok(()),
    match args.first().map(String::as_str) {
        Some("jobs") => runtime.block_on(bench::run(option(&args, "--count").unwrap_or(200_000))),
        Some("api") => runtime.block_on(bench::api::run(bench::api::Options {
            program: option(&args, "--program"),
            tickets: option(&args, "--tickets").unwrap_or(200_000),
            rounds: option(&args, "--rounds").unwrap_or(3),
            seconds: option(&args, "--seconds").unwrap_or(8),
            only: option(&args, "--only"),
        })),
        Some("customers") => runtime.block_on(bench::customers::run(option(&args, "--count").unwrap_or(100_000))),
        Some("fault") => {
            let seed = option(&args, "--seed").unwrap_or_else(|| u64::from(std::process::id()));
            let short = args.iter().any(|arg| arg == "--short");
            let only = option::<String>(&args, "--only").and_then(|name| fault::Fault::named(&name));
            runtime.block_on(fault::run(fault::Options { short, seed, only }))
        }
    })
}
