//! The API under load: the list of one state, one ticket, a new ticket.

mod peer;
mod table;
mod targets;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::ensure;
use serde_json::Value;

use super::{
    Mark, data,
    load::{Plan, Until, Work},
    measure::{Round, round},
    statements,
};
pub use peer::{Options as PeerOptions, run as beside_peer};

use crate::{
    product::{AGENT, Product},
    servers::write_report,
};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Fifty tickets of one state, any page.
    List,
    /// One ticket.
    Read,
    /// A new ticket.
    Create,
}

impl Operation {
    const ALL: [Self; 3] = [Self::List, Self::Read, Self::Create];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Create => "create",
        }
    }

    /// Requests a second at least, and the 99th percentile at 32 connections at most, in milliseconds: eight times the rate of a
    /// comparable service on an interpreted stack on the same two cores, six times for writes, in a fifth of its time.
    pub const fn target(self) -> (f64, f64) {
        match self {
            Self::List => (4_360.0, 45.0),
            Self::Read => (5_640.0, 23.0),
            Self::Create => (2_790.0, 34.0),
        }
    }
}

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Another build of the product
    #[arg(long)]
    program: Option<PathBuf>,
    /// Tickets in the database
    #[arg(long, default_value_t = 200_000)]
    tickets: u64,
    /// Rounds of each operation
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds that are measured in each round
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Only this operation: list, read or create
    #[arg(long, value_parser = ["list", "read", "create"])]
    only: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: None,
            tickets: 200_000,
            rounds: 3,
            seconds: 8,
            only: None,
        }
    }
}

impl Options {
    /// One short round of each.
    pub fn quick() -> Self {
        Self {
            rounds: 1,
            seconds: 3,
            ..Self::default()
        }
    }
}

/// Parallel connections.
const CONNECTIONS: [u64; 2] = [32, 100];
const WARM_UP: Duration = Duration::from_secs(2);
/// Pieces of work whose statements are counted.
const COUNTED: u64 = 400;

struct Bench {
    product: Product,
    api: u32,
    reads: BTreeMap<Operation, Work>,
    created: usize,
}

/// Runs everything, prints a table and writes `target/bench/api.json`.
pub async fn run(options: Options) -> anyhow::Result<Vec<Mark>> {
    let mut product = Product::prepare(options.program).await?;
    data::fill(&mut product.watch, options.tickets).await?;
    let api = product.api().await?;
    let mut bench = Bench {
        reads: targets::read(product.address, &product.sign_in(AGENT).await?, &mut product.watch).await?,
        product,
        api: api.pid(),
        created: 0,
    };
    let wanted = |operation: &Operation| options.only.as_deref().is_none_or(|only| only == operation.as_str());
    let operations: Vec<Operation> = Operation::ALL.into_iter().filter(wanted).collect();
    let mut rounds: BTreeMap<(Operation, u64), Vec<Round>> = BTreeMap::new();
    let until = Until::Time {
        warm_up: WARM_UP,
        measured: Duration::from_secs(options.seconds),
    };
    for _ in 0..options.rounds {
        for operation in &operations {
            for connections in CONNECTIONS {
                let round = bench.measure(*operation, connections, until).await?;
                table::progress(*operation, connections, &round);
                rounds.entry((*operation, connections)).or_default().push(round);
            }
        }
    }
    let mut counted: BTreeMap<Operation, Value> = BTreeMap::new();
    for operation in operations {
        counted.insert(operation, bench.count(operation).await?);
    }
    table::print(&rounds, &counted);
    let memory = crate::watch::memory_kib(bench.api).1;
    write_report("api", &table::report(&rounds, &counted, options.tickets, memory)?)?;
    Ok(table::marks(&rounds))
}

impl Bench {
    fn work(&mut self, operation: Operation) -> anyhow::Result<Work> {
        if let Some(work) = self.reads.get(&operation) {
            return Ok(work.clone());
        }
        ensure!(operation == Operation::Create, "nothing to do");
        self.created += 1;
        Ok(Work::CreateTickets {
            run: format!("run{}", self.created),
            customers: data::CUSTOMERS,
        })
    }

    async fn plan(&mut self, operation: Operation, connections: u64, until: Until) -> anyhow::Result<Plan> {
        Ok(Plan {
            address: self.product.address,
            token: self.product.sign_in(AGENT).await?,
            connections,
            until,
            work: self.work(operation)?,
        })
    }

    async fn measure(&mut self, operation: Operation, connections: u64, until: Until) -> anyhow::Result<Round> {
        self.product.watch.execute("CHECKPOINT").await?;
        let before = self.complete_tickets().await?;
        let plan = self.plan(operation, connections, until).await?;
        let round = round(&self.product, &[self.api], plan).await?;
        if operation == Operation::Create {
            let made = self.complete_tickets().await? - before;
            ensure!(
                u64::try_from(made)? == round.seen.answered,
                "{} tickets were acknowledged, {made} are complete",
                round.seen.answered
            );
        }
        Ok(round)
    }

    /// Tickets made by the benchmark that have everything that belongs to them.
    async fn complete_tickets(&mut self) -> anyhow::Result<i64> {
        self.product
            .watch
            .count(
                "SELECT count(*) FROM audit_log l JOIN tickets t ON t.id = l.subject_id
                     JOIN ticket_messages m ON m.ticket_id = t.id JOIN ticket_events e ON e.ticket_id = t.id
                     JOIN ticket_participants p ON p.ticket_id = t.id
                     JOIN jobs j ON j.kind = 'acknowledge_ticket' AND (j.payload ->> 'ticket_id')::uuid = t.id
                     JOIN events v ON v.subject_id = t.id AND v.type = 'ticket.created'
                 WHERE l.action = 'ticket.create'",
            )
            .await
    }

    async fn count(&mut self, operation: Operation) -> anyhow::Result<Value> {
        let plan = self.plan(operation, 4, Until::Count(COUNTED)).await?;
        let log = self.product.servers.folder().join("postgres.log");
        let (product, api) = (&self.product, self.api);
        let mut watch = crate::watch::Watch::new(product.servers.database_url().to_owned());
        let found = statements::during(&mut watch, &log, async { round(product, &[api], plan).await.map(drop) });
        Ok(statements::report(&found.await?, COUNTED))
    }
}
