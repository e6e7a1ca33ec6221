//! What open promises cost: looks at what is due over a million running clocks, none of them due, then a thousand of them.

use std::{path::PathBuf, time::Instant};

use anyhow::ensure;
use app::App;
use serde::Serialize;
use serde_json::json;

use super::{Mark, data, sample::Latency};
use crate::{product::Product, promises, servers::write_report};

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Another build of the product
    #[arg(long)]
    program: Option<PathBuf>,
    /// Open tickets, of one running clock each
    #[arg(long, default_value_t = 1_000_000)]
    targets: u64,
    /// Of them, how many come due
    #[arg(long, default_value_t = 1_000)]
    due: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: None,
            targets: 1_000_000,
            due: 1_000,
        }
    }
}

impl Options {
    /// A tenth of it.
    pub fn quick() -> Self {
        Self {
            targets: 100_000,
            ..Self::default()
        }
    }
}

/// Looks of each measurement.
const LOOKS: usize = 200;
/// A look that finds nothing, at 99 of 100, in milliseconds; and seconds until all of what is due is raised and told.
const TARGET: (f64, f64) = (20.0, 30.0);
/// Warned of in one to three hours from now: nothing is due while this runs.
const OPENED: &str = "now() - interval '2 hours' + n * interval '2 hours' / $count";
/// What a few of them look like that were opened four hours earlier: warning and breach are past.
const DUE: &str = "
    WITH few AS (SELECT id FROM promised ORDER BY md5(n::text) LIMIT $due),
        t AS (UPDATE tickets SET created_at = created_at - interval '5 hours', sla_due_at = sla_due_at - interval '5 hours'
            WHERE id IN (SELECT id FROM few))
    UPDATE ticket_clocks SET running_since = running_since - interval '5 hours', started_at = started_at - interval '5 hours',
        due_at = due_at - interval '5 hours', next_check_at = next_check_at - interval '5 hours' WHERE ticket_id IN (SELECT id FROM few)";

/// Looks that find nothing.
#[derive(Debug, Clone, Copy, Serialize)]
struct Idle {
    targets: u64,
    #[serde(flatten)]
    latency: Latency,
}

/// Takes the time of looks that are to find nothing.
async fn idle(app: &App, targets: u64) -> anyhow::Result<Idle> {
    let mut micros = Vec::with_capacity(LOOKS);
    for _ in 0..LOOKS {
        let began = Instant::now();
        let (looked, told) = app::sla::check(app).await?;
        micros.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
        ensure!(
            (looked, told) == (0, 0),
            "{looked} clocks were due and {told} alerts told"
        );
    }
    let idle = Idle {
        targets,
        latency: Latency::of(micros),
    };
    let ms = idle.latency;
    println!(
        "{:<46}{:>9.1}{:>9.1}{:>9.1}{:>9.1}",
        format!("a look at {targets} targets, none due"),
        ms.p50_ms,
        ms.p95_ms,
        ms.p99_ms,
        ms.max_ms
    );
    Ok(idle)
}

/// Runs everything, prints it and writes `target/bench/sla.json`.
pub async fn run(options: Options) -> anyhow::Result<Vec<Mark>> {
    let Options { targets, due, .. } = options;
    let mut product = Product::prepare(options.program).await?;
    product.watch.execute(data::PEOPLE).await?;
    let version = promises::around_the_clock(&product.app, &mut product.watch).await?;
    // What is open from the demonstration is bound and told of first.
    app::sla::check(&product.app).await?;
    println!("{:<46}{:>9}{:>9}{:>9}{:>9}", "", "p50 ms", "p95 ms", "p99 ms", "max ms");
    let empty = idle(&product.app, 0).await?;
    let opened = OPENED.replace("$count", &targets.to_string());
    promises::open(&mut product.watch, &version, targets, &opened, promises::LAST).await?;
    product.watch.execute("VACUUM (ANALYZE) tickets").await?;
    product.watch.execute("VACUUM (ANALYZE) ticket_clocks").await?;
    product.watch.execute("CHECKPOINT").await?;
    let full = idle(&product.app, targets).await?;

    product.watch.execute(&DUE.replace("$due", &due.to_string())).await?;
    let began = Instant::now();
    while app::sla::check(&product.app).await? != (0, 0) {}
    let seconds = began.elapsed().as_secs_f64();
    // Of each a warning and a breach, both told.
    let raised = product
        .watch
        .count("SELECT count(*) FROM ticket_clock_alerts a JOIN promised p ON p.id = a.ticket_id WHERE a.handled_at IS NOT NULL")
        .await?;
    ensure!(raised == i64::try_from(due * 2)?, "{raised} alerts of {due} clocks");
    println!("{due} due among {targets}: {raised} alerts raised and told in {seconds:.1} s");
    let after = idle(&product.app, targets - due).await?;

    let marks = vec![
        Mark::at_most(
            format!("a look at {targets} targets, none due, p99"),
            full.latency.p99_ms,
            TARGET.0,
            "ms",
        ),
        Mark::at_most(
            format!("{due} due among them, until all is told"),
            seconds,
            TARGET.1,
            "s",
        ),
    ];
    let report = json!({
        "targets": targets, "looks": LOOKS, "without_targets": empty, "none_due": full, "after_what_was_due": after,
        "due": { "clocks": due, "alerts": raised, "seconds": seconds }, "marks": marks,
        "cores": std::thread::available_parallelism()?.get(),
    });
    write_report("sla", &report)?;
    super::summary::print(&marks);
    Ok(marks)
}
