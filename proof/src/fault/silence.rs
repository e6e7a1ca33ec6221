//! A scheduler that stood still for six hours: what came due meanwhile is raised once when it is back, with its true time, though a worker
//! and the scheduler are killed while they catch up. The hours are those of tickets that were opened so long ago.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde::Serialize;

use super::PATIENCE;
use crate::{fleet::Process, product::Product, promises};

/// How long it is seen that nobody looks.
const STILL: Duration = Duration::from_secs(7);
/// Alerts of a ticket: a warning and a breach of each of its two clocks.
const EACH: u64 = 4;
/// Opened in the first of six hours: all four came due in those that followed, the last one five hours after the opening at the latest.
const OPENED: &str = "now() - interval '6 hours' + n * interval '1 hour' / $count";

/// What should be there, by what was opened.
const EXPECTED: &str = "
    CREATE TEMPORARY TABLE expected AS
        SELECT p.id AS ticket_id, k.kind, a.alert, p.opened + k.target * a.share * interval '1 second' AS at
        FROM promised p CROSS JOIN (VALUES $clocks) AS k(kind, target)
            CROSS JOIN (VALUES ('warning_75', 0.75::float8), ('breach', 1.0)) AS a(alert, share)";
/// Not raised, or not acted on, or without its line in the ticket's history.
const LOST: &str = "
    SELECT count(*) FROM expected e WHERE NOT EXISTS (SELECT FROM ticket_clock_alerts a
            WHERE a.ticket_id = e.ticket_id AND a.kind = e.kind AND a.alert = e.alert AND a.handled_at IS NOT NULL)
        OR NOT EXISTS (SELECT FROM ticket_events v WHERE v.ticket_id = e.ticket_id AND v.data ->> 'clock' = e.kind
            AND v.kind = CASE e.alert WHEN 'breach' THEN 'sla_breached' ELSE 'sla_warning' END)";
/// Alerts and lines of histories above one for each.
const DOUBLED: &str = "
    SELECT ((SELECT count(*) FROM ticket_clock_alerts a JOIN promised p ON p.id = a.ticket_id) - (SELECT count(*) FROM expected))
        + (SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM ticket_events v JOIN promised p ON p.id = v.ticket_id
            WHERE v.kind IN ('sla_warning', 'sla_breached') GROUP BY v.ticket_id, v.kind, v.data ->> 'clock') x)::bigint";
/// Raised with another time than the one when it happened.
const ASTRAY: &str = "
    SELECT count(*) FROM expected e JOIN ticket_clock_alerts a ON a.ticket_id = e.ticket_id AND a.kind = e.kind AND a.alert = e.alert
        WHERE a.at <> e.at";

/// What was counted.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    clocks: u64,
    alerts: u64,
    /// From the start of the scheduler until all was raised and told.
    seconds: f64,
    /// Warnings and breaches that were not raised, or of which nobody was told.
    pub lost: i64,
    /// Alerts and lines above one for each.
    pub doubled: i64,
    /// With another time than their own.
    pub astray: i64,
}

/// Opens tickets as they stood when the scheduler fell silent, starts it again, and counts.
pub async fn run(tickets: u64) -> anyhow::Result<Report> {
    let mut product = Product::prepare(None).await?;
    let version = promises::around_the_clock(&product.app, &mut product.watch).await?;
    let scheduler = product.start(&["scheduler"])?;
    let worker = product.start(&["worker", "--grace", "1"])?;
    let unseen = "SELECT 1 - least(1, count(*)) FROM jobs WHERE kind = 'check_sla' AND state = 'succeeded'";
    ensure!(product.watch.until_zero(unseen, PATIENCE).await, "nobody looks at all");
    scheduler.kill()?;
    let under_way = "SELECT count(*) FROM jobs WHERE kind = 'check_sla' AND state IN ('queued', 'running')";
    ensure!(
        product.watch.until_zero(under_way, PATIENCE).await,
        "a look does not end"
    );

    let opened = OPENED.replace("$count", &tickets.to_string());
    promises::open(&mut product.watch, &version, tickets, &opened, promises::BOTH).await?;
    product
        .watch
        .execute(&EXPECTED.replace("$clocks", promises::BOTH))
        .await?;
    tokio::time::sleep(STILL).await;
    let early = product.watch.count("SELECT count(*) FROM ticket_clock_alerts").await?;
    ensure!(early == 0, "{early} alerts though the scheduler stands still");

    let began = Instant::now();
    let back = product.start(&["scheduler"])?;
    let (_scheduler, _worker) = caught(&mut product, back, worker).await?;
    ensure!(product.watch.until_zero(LOST, PATIENCE).await, "alerts are left over");
    let seconds = began.elapsed().as_secs_f64();
    // Another look or two find nothing more.
    tokio::time::sleep(STILL).await;
    let report = Report {
        clocks: tickets * 2,
        alerts: tickets * EACH,
        seconds,
        lost: product.watch.count(LOST).await?,
        doubled: product.watch.count(DOUBLED).await?,
        astray: product.watch.count(ASTRAY).await?,
    };
    println!(
        "scheduler silent for six hours: {} clocks, {} alerts, all told {:.1} s after its return: lost={} doubled={} with another time={}",
        report.clocks, report.alerts, report.seconds, report.lost, report.doubled, report.astray
    );
    Ok(report)
}

/// Kills both while they catch up, and starts them again.
async fn caught(product: &mut Product, scheduler: Process, worker: Process) -> anyhow::Result<(Process, Process)> {
    let some = "SELECT 1 - least(1, count(*)) FROM ticket_clock_alerts";
    ensure!(
        product.watch.until_zero(some, PATIENCE).await,
        "nothing is raised: {}",
        std::fs::read_to_string(product.servers.folder().join("worker.log")).unwrap_or_default()
    );
    worker.kill()?;
    scheduler.kill()?;
    Ok((
        product.start(&["scheduler"])?,
        product.start(&["worker", "--grace", "1"])?,
    ))
}
