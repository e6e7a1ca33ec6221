//! Benchmarks and a fault suite. All start their own PostgreSQL and Redis on free ports and drive real processes: this program
//! again under another role, or the product.

mod bench;
mod fault;
mod fleet;
mod kinds;
mod product;
mod promises;
mod proxy;
mod roles;
mod servers;
mod surroundings;
mod watch;

use clap::{Parser, Subcommand};

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
    /// Benchmark of the API beside a comparable service, in turn on the same machine
    Peer(bench::api::PeerOptions),
    /// Pages, searches and counters over a million tickets
    Desk(bench::desk::Options),
    /// Looks at what is due over a million running clocks
    Sla(bench::sla::Options),
    /// Searches among many customers
    Customers(bench::customers::Options),
    /// Benchmark of incoming mail
    Mail(bench::mail::Options),
    /// Benchmark of sign-ins, and of reads beside them
    Login(bench::login::Options),
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
            Command::Peer(options) => bench::api::beside_peer(options).await,
            Command::Desk(options) => bench::desk::run(options).await.map(drop),
            Command::Sla(options) => bench::sla::run(options).await.map(drop),
            Command::Customers(options) => bench::customers::run(options).await.map(drop),
            Command::Mail(options) => bench::mail::run(options).await.map(drop),
            Command::Login(options) => bench::login::run(options).await.map(drop),
            Command::Fault(options) => fault::run(options).await,
            Command::Worker { queues } => roles::worker(&queues).await,
            Command::Scheduler => roles::scheduler().await,
            Command::Load => Ok(()),
        }
    })
}
