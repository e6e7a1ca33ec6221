//! Mail from a real inbox to committed tickets, through one worker process with the product's default settings.

mod parse;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, ensure};
use jobs::{NewJob, WatchMailbox};
use serde::Serialize;
use serde_json::json;
use testkit::Dovecot;
use uuid::Uuid;

use super::{Mark, load, measure::Cpu, sample::Figure, statements};
use crate::{
    fleet::Process,
    product::Product,
    servers::write_report,
    watch::{busy_micros, memory_kib},
};

/// Mails a second, at least.
const TARGET: f64 = 300.0;
/// Mails whose statements are counted.
const COUNTED: u64 = 400;
/// Longest time a round may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Size as the report names it.
const BYTES: usize = 5_000;

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Another build of the product
    #[arg(long)]
    program: Option<PathBuf>,
    /// Mails of each round
    #[arg(long, default_value_t = 4_000)]
    mails: u64,
    /// Rounds
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: None,
            mails: 4_000,
            rounds: 3,
        }
    }
}

impl Options {
    /// One small round.
    pub fn quick() -> Self {
        Self {
            mails: 1_500,
            rounds: 1,
            ..Self::default()
        }
    }
}

/// One round.
#[derive(Debug, Clone, Serialize)]
struct Round {
    /// From taking the first mail from the server to the commit of the last ticket.
    seconds: f64,
    /// From the first mail taken to the last one taken.
    fetch_seconds: f64,
    mails: u64,
    cpu: Cpu,
    /// Processor time of the whole machine that was not ours or Dovecot's to explain: it contains Dovecot.
    others: u64,
    worker_peak_memory_kib: u64,
}

struct Bench {
    product: Product,
    inbox: Dovecot,
    mailbox: Uuid,
    delivered: u64,
}

/// Runs everything, prints it and writes `target/bench/mail.json`.
pub async fn run(options: Options) -> anyhow::Result<Vec<Mark>> {
    let mut bench = Bench::prepare(options.program).await?;
    let _scheduler = bench.product.start(&["scheduler"])?;
    println!("mails of {BYTES} bytes in a Dovecot inbox, one worker with the default settings");
    let parsing = parse::measure();
    println!("reading one mail: {parsing}");
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        bench.deliver(options.mails);
        let round = bench.drain().await?;
        println!(
            "{} mails in {:.2} s: {:.0}/s; fetched at {:.0}/s, worker {:.0} µs, PostgreSQL {:.0} µs a mail",
            round.mails,
            round.seconds,
            round.mails as f64 / round.seconds,
            round.mails as f64 / round.fetch_seconds,
            round.cpu.product as f64 / round.mails as f64,
            round.cpu.postgres as f64 / round.mails as f64,
        );
        rounds.push(round);
    }
    let counted = bench.count().await?;
    let of = |get: fn(&Round) -> f64| Figure::of(rounds.iter().map(get));
    let rate = of(|r| r.mails as f64 / r.seconds);
    println!(
        "inbox to committed ticket: {rate} mails/s, target {TARGET:.0}/s {}; {} statements a mail",
        if rate.median >= TARGET { "met" } else { "missed" },
        counted["each"],
    );
    let report = json!({
        "mail_bytes": load::mail("size", 0).len(), "workers": 1,
        "mails_per_second": rate, "fetched_per_second": of(|r| r.mails as f64 / r.fetch_seconds),
        "cpu_micros_per_mail": {
            "worker": of(|r| r.cpu.product as f64 / r.mails as f64),
            "postgres": of(|r| r.cpu.postgres as f64 / r.mails as f64),
            "redis": of(|r| r.cpu.redis as f64 / r.mails as f64),
            "dovecot_and_others": of(|r| r.others as f64 / r.mails as f64),
        },
        "read_micros_per_mail": parsing, "statements": counted, "rounds": rounds,
        "cores": std::thread::available_parallelism()?.get(), "target": { "mails_per_second": TARGET },
    });
    write_report("mail", &report)?;
    Ok(vec![Mark::at_least(
        "mails from inbox to ticket, one worker",
        rate.median,
        TARGET,
        "/s",
    )])
}

impl Bench {
    async fn prepare(program: Option<PathBuf>) -> anyhow::Result<Self> {
        let inbox = Dovecot::start().context("the benchmark of mail needs Dovecot, OpenSSL and root")?;
        let product = Product::prepare(program).await?;
        // Watched when a round begins, not before.
        let mailbox = product
            .imap_mailbox("inbox@cloudmanager.test", "support", inbox.plain)
            .await?;
        Ok(Self {
            product,
            inbox,
            mailbox,
            delivered: 0,
        })
    }

    fn deliver(&mut self, mails: u64) {
        for n in self.delivered..self.delivered + mails {
            self.inbox.deliver(&format!("{n}.bench"), load::mail("inbox", n));
        }
        self.delivered += mails;
    }

    /// Starts a worker, waits until every mail that was delivered has its ticket, and stops it.
    async fn drain(&mut self) -> anyhow::Result<Round> {
        self.product.watch.execute("VACUUM (ANALYZE)").await?;
        self.product.watch.execute("CHECKPOINT").await?;
        let known = self.settled().await?;
        let mails = self.delivered - known;
        let started = self.product.watch.count("SELECT count(*) FROM raw_mails").await?;
        ensure!(u64::try_from(started)? == known, "mails were taken without a worker");
        let mut tx = self.product.app.begin().await?;
        tx.enqueue(&[NewJob::of(&WatchMailbox {
            mailbox_id: self.mailbox,
        })])
        .await?;
        tx.commit().await?;
        let worker = self.product.start(&["worker", "--grace", "1"])?;
        let first = "SELECT 1 - least(1, count(*)) FROM (SELECT 1 FROM raw_mails OFFSET $known LIMIT 1) x";
        let first = first.replace("$known", &known.to_string());
        ensure!(self.until_zero(&first).await, "no mail is taken: {}", self.log());
        let before = (Cpu::now(&self.product, &[worker.pid()])?, busy_micros()?);
        let missing = format!(
            "SELECT {} - count(*) FROM raw_mails WHERE state = 'processed'",
            self.delivered
        );
        ensure!(
            self.until_zero(&missing).await,
            "mails are without a ticket: {}",
            self.log()
        );
        let cpu = Cpu::now(&self.product, &[worker.pid()])?.since(before.0);
        let machine = busy_micros()?.saturating_sub(before.1);
        let (seconds, fetch_seconds) = self.times(known).await?;
        let round = Round {
            seconds,
            fetch_seconds,
            mails,
            cpu,
            others: machine.saturating_sub(cpu.product + cpu.postgres + cpu.redis),
            worker_peak_memory_kib: memory_kib(worker.pid()).1,
        };
        self.stop(worker).await?;
        self.check().await?;
        Ok(round)
    }

    async fn until_zero(&mut self, query: &str) -> bool {
        self.product.watch.until_zero(query, PATIENCE).await
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.product.servers.folder().join("worker.log")).unwrap_or_default()
    }

    async fn settled(&mut self) -> anyhow::Result<u64> {
        let settled = "SELECT count(*) FROM raw_mails WHERE state = 'processed'";
        Ok(u64::try_from(self.product.watch.count(settled).await?)?)
    }

    /// Seconds from the first mail taken to the last ticket, and to the last mail taken.
    async fn times(&mut self, known: u64) -> anyhow::Result<(f64, f64)> {
        let row = self
            .product
            .watch
            .client()
            .await?
            .query_one(
                "SELECT extract(epoch FROM max(processed_at) - min(received_at))::float8,
                     extract(epoch FROM max(received_at) - min(received_at))::float8
                 FROM (SELECT * FROM raw_mails ORDER BY id OFFSET $1) r",
                &[&i64::try_from(known)?],
            )
            .await?;
        Ok((row.get(0), row.get(1)))
    }

    async fn stop(&mut self, worker: Process) -> anyhow::Result<()> {
        // What follows a ticket is done as well before the next round begins.
        let open = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND kind IN ('send_mail', 'acknowledge_ticket')";
        ensure!(
            self.until_zero(open).await,
            "acknowledgements are not sent: {}",
            self.log()
        );
        worker.signal("TERM")?;
        worker.wait().await
    }

    /// Every mail has a ticket of its own, with its message.
    async fn check(&mut self) -> anyhow::Result<()> {
        let tickets = "SELECT count(DISTINCT t.id) FROM raw_mails r JOIN tickets t ON t.id = r.ticket_id
                       JOIN ticket_messages m ON m.ticket_id = t.id AND m.raw_mail_id = r.id";
        let tickets = u64::try_from(self.product.watch.count(tickets).await?)?;
        ensure!(tickets == self.delivered, "{} mails, {tickets} tickets", self.delivered);
        Ok(())
    }

    async fn count(&mut self) -> anyhow::Result<serde_json::Value> {
        self.deliver(COUNTED);
        let log = self.product.servers.folder().join("postgres.log");
        let mut watch = crate::watch::Watch::new(self.product.servers.database_url().to_owned());
        let found = statements::during(&mut watch, &log, async { self.drain().await.map(drop) }).await?;
        Ok(statements::report(&found, COUNTED))
    }
}
