//! A desk of ten years: pages, searches and counters over a million tickets of two messages each, one request at a time, so that what
//! is measured is what one agent waits for.

use std::{path::PathBuf, time::Duration};

use anyhow::Context;
use serde::Serialize;
use serde_json::json;

use super::{
    Mark, data,
    load::{Plan, Target, Until, Work},
    measure::round,
    sample::Latency,
};
use crate::{
    product::{AGENT, Product},
    servers::write_report,
};

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Another build of the product
    #[arg(long)]
    program: Option<PathBuf>,
    /// Tickets, of two messages each
    #[arg(long, default_value_t = 1_000_000)]
    tickets: u64,
    /// Seconds that each kind of request is measured
    #[arg(long, default_value_t = 4)]
    seconds: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: None,
            tickets: 1_000_000,
            seconds: 4,
        }
    }
}

impl Options {
    /// A tenth of it.
    pub fn quick() -> Self {
        Self {
            tickets: 100_000,
            seconds: 2,
            ..Self::default()
        }
    }
}

const LOAD: &str = include_str!("load.sql");
/// What the job that reads tickets for the search does, for all of them.
const READ: Duration = Duration::from_secs(3_600);
const WARM_UP: Duration = Duration::from_secs(1);
/// The group and the customer with the most tickets and those with the least, the day a month ago, and the ends of a month six years ago.
const NAMED: &str = "
    WITH g AS (SELECT group_id::text AS id, count(*) AS n FROM tickets GROUP BY 1),
        c AS (SELECT customer_id::text AS id, count(*) AS n FROM tickets WHERE customer_id IS NOT NULL GROUP BY 1)
    SELECT (SELECT id FROM g ORDER BY n DESC LIMIT 1), (SELECT id FROM g ORDER BY n LIMIT 1),
        (SELECT id FROM c ORDER BY n DESC LIMIT 1), (SELECT id FROM c ORDER BY n LIMIT 1),
        (current_date - 30)::text, (current_date - 2220)::text, (current_date - 2190)::text";

/// What is asked, and how long 99 of 100 answers may take.
const PAGE: (&str, f64) = ("page of a queue", 10.0);
const SEARCH: (&str, f64) = ("search", 150.0);
const COUNTERS: (&str, f64) = ("counters", 50.0);

/// One kind of request.
#[derive(Debug, Serialize)]
struct Row {
    of: &'static str,
    what: String,
    path: String,
    requests: u64,
    #[serde(flatten)]
    latency: Latency,
}

/// Runs everything, prints it and writes `target/bench/desk.json`.
pub async fn run(options: Options) -> anyhow::Result<Vec<Mark>> {
    let mut product = Product::prepare(options.program).await?;
    println!("{} tickets of two messages", options.tickets);
    product.watch.execute(data::PEOPLE).await?;
    product.watch.execute("SELECT setseed(0.42)").await?;
    let load = LOAD.replace("$count", &options.tickets.to_string());
    product.watch.execute(&load).await?;
    let began = tokio::time::Instant::now();
    tokio::time::timeout(READ, read(&mut product))
        .await
        .context("reading took too long")??;
    let read_seconds = began.elapsed().as_secs_f64();
    println!("read for the search in {read_seconds:.0} s");
    product.watch.execute("VACUUM (ANALYZE)").await?;
    product.watch.execute("CHECKPOINT").await?;
    let api = product.api().await?;
    let mut rows = Vec::new();
    println!(
        "{:<18}{:<46}{:>9}{:>9}{:>9}{:>9}",
        "", "", "p50 ms", "p95 ms", "p99 ms", "max ms"
    );
    for (of, what, path) in requests(&mut product).await? {
        let plan = Plan {
            address: product.address,
            token: product.sign_in(AGENT).await?,
            connections: 1,
            until: Until::Time {
                warm_up: WARM_UP,
                measured: Duration::from_secs(options.seconds),
            },
            work: Work::Read(vec![Target {
                path: path.clone(),
                holds: "{".to_owned(),
            }]),
        };
        let seen = round(&product, &[api.pid()], plan).await?.seen;
        let latency = seen.latency;
        println!(
            "{of:<18}{what:<46}{:>9.1}{:>9.1}{:>9.1}{:>9.1}",
            latency.p50_ms, latency.p95_ms, latency.p99_ms, latency.max_ms
        );
        rows.push(Row {
            of,
            what,
            path,
            requests: seen.requests,
            latency,
        });
    }
    let slowest = |of: &str| {
        let of = rows.iter().filter(|row| row.of == of);
        of.map(|row| row.latency.p99_ms).fold(0.0, f64::max)
    };
    let marks = [PAGE, SEARCH, COUNTERS].map(|(of, most)| {
        let what = format!("{of} of {} tickets, the slowest kind's p99", options.tickets);
        Mark::at_most(what, slowest(of), most, "ms")
    });
    let report = json!({
        "tickets": options.tickets, "messages": options.tickets * 2, "read_seconds": read_seconds, "requests": rows, "marks": marks,
        "cores": std::thread::available_parallelism()?.get(),
    });
    write_report("desk", &report)?;
    super::summary::print(&marks);
    Ok(marks.into())
}

/// Has all tickets read as the job does it, by two at a time.
async fn read(product: &mut Product) -> anyhow::Result<()> {
    let (one, other) = (
        app::ticket::search::read(&product.app),
        app::ticket::search::read(&product.app),
    );
    tokio::try_join!(one, other)?;
    while product.watch.count("SELECT count(*) FROM ticket_words_due").await? > 0 {
        let (one, other) = (
            app::ticket::search::read(&product.app),
            app::ticket::search::read(&product.app),
        );
        tokio::try_join!(one, other)?;
    }
    Ok(())
}

/// What agents ask all day, and the worst that they may.
async fn requests(product: &mut Product) -> anyhow::Result<Vec<(&'static str, String, String)>> {
    let row = product
        .watch
        .client()
        .await?
        .query_one(
            "SELECT number::text, split_part(subject, ' ', 2) || ' ' || split_part(subject, ' ', 3) FROM tickets ORDER BY md5(id::text) LIMIT 1",
            &[],
        )
        .await?;
    let (number, phrase): (String, String) = (row.get(0), row.get(1));
    let row = product.watch.client().await?.query_one(NAMED, &[]).await?;
    let named = |n: usize| -> String { row.get(n) };
    let mut all: Vec<(&'static str, String, String)> = Vec::new();
    for filter in [
        "state=open",
        "state=closed",
        "state=on_hold",
        "assignee=none",
        "assignee=me",
        "state=open,in_progress&priority=urgent",
        "state=open&assignee=none",
        "due=overdue&sort=due_at",
        "sort=-created_at",
    ] {
        all.push((PAGE.0, filter.to_owned(), format!("/api/v1/tickets?{filter}&limit=50")));
    }
    for (what, filter) in [
        ("a large group", format!("group={}", named(0))),
        ("a small group", format!("group={}", named(1))),
        ("a large group, open", format!("group={}&state=open", named(0))),
        ("a large customer", format!("customer={}", named(2))),
        ("a small customer", format!("customer={}", named(3))),
        (
            "a large customer, closed",
            format!("customer={}&state=closed", named(2)),
        ),
        ("a requester's address", "requester=customer-0@example.dz".to_owned()),
        ("whoever never asked", "requester=nobody@example.dz".to_owned()),
        ("by mail", "source=mail".to_owned()),
        ("by a program, which is rare", "source=api".to_owned()),
        ("mentioned oneself", "mentioned=me".to_owned()),
        ("mentioned oneself, closed", "mentioned=me&state=closed".to_owned()),
        ("opened in the last month", format!("created_from={}", named(4))),
        (
            "opened in a month long ago, as opened",
            format!(
                "created_from={}&created_to={}&zone=Africa/Algiers&sort=-created_at",
                named(5),
                named(6)
            ),
        ),
        (
            "changed in a month long ago",
            format!("updated_from={}&updated_to={}&zone=Africa/Algiers", named(5), named(6)),
        ),
    ] {
        all.push((PAGE.0, what.to_owned(), format!("/api/v1/tickets?{filter}&limit=50")));
    }
    for (what, q, rest) in [
        ("a word of nearly all tickets", "bonjour", ""),
        ("a frequent word", "customer", ""),
        ("an Arabic word", "الخادم", ""),
        ("two frequent words", "serveur facture", ""),
        ("five words", "serveur facture domaine disque network", ""),
        ("a phrase", &format!("\"{phrase}\""), ""),
        ("a frequent word, one state", "bonjour", "&state=on_hold"),
        (
            "a frequent word, urgent and open",
            "customer",
            "&state=open&priority=urgent",
        ),
        ("one word without another", "certificat -bonjour", ""),
        ("a mistyped word", "certifcat", ""),
        ("the beginning of a word", "certifi", ""),
        ("a number", number.as_str(), ""),
        ("a requester", "customer-77@example.dz", ""),
        ("what nobody wrote", "qqzzxxww", ""),
    ] {
        let q: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
        all.push((
            SEARCH.0,
            format!("{what}{}", rest.replace('&', " ")),
            format!("/api/v1/tickets?q={q}{rest}&limit=50"),
        ));
    }
    all.push((
        COUNTERS.0,
        "of the views".to_owned(),
        "/api/v1/tickets/counts".to_owned(),
    ));
    all.push((
        COUNTERS.0,
        "of a filter".to_owned(),
        "/api/v1/tickets/matching?state=closed".to_owned(),
    ));
    Ok(all)
}
