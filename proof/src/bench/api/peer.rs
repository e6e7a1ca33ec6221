//! The API beside a comparable service on an interpreted stack (`proof/peer`): the same tickets in the same PostgreSQL, the same
//! requests, round by round in turn. What is wanted of the product is a ratio, and a ratio of one run says more than rates of
//! two machines.

use std::{
    collections::BTreeMap,
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::ensure;
use serde_json::{Value, json};

use super::{CONNECTIONS, Operation, WARM_UP, targets};
use crate::{
    bench::{
        data,
        load::{Plan, Until, Work},
        measure::{Round, round},
        sample::Figure,
    },
    fleet::Process,
    product::{AGENT, PASSWORD, Product, answers, sign_in},
    servers::{signal, write_report},
};

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Another build of the product
    #[arg(long)]
    program: Option<PathBuf>,
    /// The Python that has what proof/peer/requirements.txt names
    #[arg(long, default_value = ".tools/peer/bin/python")]
    python: PathBuf,
    /// Tickets in the database
    #[arg(long, default_value_t = 200_000)]
    tickets: u64,
    /// Rounds of each operation
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds that are measured in each round
    #[arg(long, default_value_t = 6)]
    seconds: u64,
}

const SCHEMA: &str = include_str!("../../../peer/schema.sql");
/// Worker processes, one for each core of a small machine.
const WORKERS: &str = "2";

/// Times as many requests a second as the comparable service.
const fn wanted(operation: Operation) -> f64 {
    match operation {
        Operation::List | Operation::Read => 8.0,
        Operation::Create => 6.0,
    }
}

/// Its share of the comparable service's 99th percentile.
const WANTED_P99: f64 = 0.2;

/// The comparable service; ended with its workers when dropped.
struct Peer {
    process: Process,
    address: SocketAddr,
}

impl Peer {
    async fn start(python: &Path, product: &Product) -> anyhow::Result<Self> {
        ensure!(
            python.exists(),
            "{} is missing: `make bench-peer` installs it",
            python.display()
        );
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = product.servers.folder().join("peer.log");
        let file = File::create(&log)?;
        let mut command = Command::new(python);
        command
            .args(["-m", "uvicorn", "app:app", "--app-dir", "proof/peer", "--no-access-log"])
            .args(["--workers", WORKERS, "--host", "127.0.0.1", "--port"])
            .arg(address.port().to_string())
            .env("DATABASE_URL", product.servers.database_url())
            .env("PEER_PASSWORD", PASSWORD)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let mut peer = Self {
            process: Process::spawn(command)?,
            address,
        };
        answers(address, &mut peer.process, &log).await?;
        Ok(peer)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Killed, it would leave its workers behind.
        if let Err(error) = signal(self.process.pid(), "TERM") {
            tracing::debug!(%error, "it ended already");
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        while !self.process.ended() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// One of the two that are compared.
struct Side {
    address: SocketAddr,
    pid: u32,
    reads: BTreeMap<Operation, Work>,
    rounds: BTreeMap<(Operation, u64), Vec<Round>>,
    created: usize,
}

impl Side {
    async fn new(address: SocketAddr, pid: u32, product: &mut Product) -> anyhow::Result<Self> {
        let token = sign_in(address, AGENT).await?;
        Ok(Self {
            address,
            pid,
            reads: targets::read(address, &token, &mut product.watch).await?,
            rounds: BTreeMap::new(),
            created: 0,
        })
    }

    async fn measure(
        &mut self,
        product: &mut Product,
        operation: Operation,
        connections: u64,
        until: Until,
    ) -> anyhow::Result<()> {
        product.watch.execute("CHECKPOINT").await?;
        self.created += 1;
        let create = || Work::CreateTickets {
            run: format!("run{}", self.created),
            customers: data::CUSTOMERS,
        };
        let plan = Plan {
            address: self.address,
            token: sign_in(self.address, AGENT).await?,
            connections,
            until,
            work: self.reads.get(&operation).cloned().unwrap_or_else(create),
        };
        let round = round(product, &[self.pid], plan).await?;
        self.rounds.entry((operation, connections)).or_default().push(round);
        Ok(())
    }
}

/// Runs both in turn, prints a table and writes `target/bench/peer.json`.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let mut product = Product::prepare(options.program).await?;
    data::fill(&mut product.watch, options.tickets).await?;
    product.watch.execute(SCHEMA).await?;
    product.watch.execute("VACUUM (ANALYZE)").await?;
    let api = product.api().await?;
    let peer = Peer::start(&options.python, &product).await?;
    let mut ours = Side::new(product.address, api.pid(), &mut product).await?;
    let mut theirs = Side::new(peer.address, peer.process.pid(), &mut product).await?;
    let until = Until::Time {
        warm_up: WARM_UP,
        measured: Duration::from_secs(options.seconds),
    };
    for _ in 0..options.rounds {
        for operation in Operation::ALL {
            for connections in CONNECTIONS {
                ours.measure(&mut product, operation, connections, until).await?;
                theirs.measure(&mut product, operation, connections, until).await?;
            }
        }
    }
    println!(
        "{:<7}{:>5}  {:<24}{:<24}{:<20}{:<20}{:<20}{:>9}",
        "", "conn", "product/s", "peer/s", "ratio", "p99 ms", "peer p99 ms", "wanted"
    );
    let report: Vec<Value> = ours
        .rounds
        .iter()
        .filter_map(|(key, rounds)| Some(compare(*key, rounds, theirs.rounds.get(key)?)))
        .collect();
    write_report(
        "peer",
        &json!({
            "tickets": options.tickets, "cores": std::thread::available_parallelism()?.get(),
            "peer": "FastAPI, SQLAlchemy 2 with asyncpg, uvicorn with two workers", "operations": report,
        }),
    )
}

fn compare((operation, connections): (Operation, u64), ours: &[Round], theirs: &[Round]) -> Value {
    let figure = |get: &dyn Fn(&Round) -> f64, rounds: &[Round]| Figure::of(rounds.iter().map(get));
    let ratio = |get: &dyn Fn(&Round) -> f64| Figure::of(ours.iter().zip(theirs).map(|(o, t)| get(o) / get(t)));
    let p99 = |round: &Round| round.seen.latency.p99_ms;
    let (rate, peer_rate) = (figure(&Round::per_second, ours), figure(&Round::per_second, theirs));
    let (slowest, peer_slowest) = (figure(&p99, ours), figure(&p99, theirs));
    let (times, share) = (ratio(&Round::per_second), ratio(&p99));
    let verdict = |met: bool| if met { "met" } else { "missed" };
    println!(
        "{:<7}{connections:>5}  {:<24}{:<24}{:<20}{:<20}{:<20}{:>4.0} × {}, p99 {}",
        operation.as_str(),
        rate.to_string(),
        peer_rate.to_string(),
        times.to_string(),
        slowest.to_string(),
        peer_slowest.to_string(),
        wanted(operation),
        verdict(times.median >= wanted(operation)),
        verdict(share.median <= WANTED_P99),
    );
    json!({
        "operation": operation.as_str(), "connections": connections,
        "product": { "requests_per_second": rate, "p99_ms": slowest, "rounds": ours },
        "peer": { "requests_per_second": peer_rate, "p99_ms": peer_slowest, "rounds": theirs },
        "ratio": { "requests_per_second": times, "p99": share },
        "target": { "requests_per_second": wanted(operation), "p99": WANTED_P99 },
    })
}
