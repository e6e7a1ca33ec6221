//! The figures of the API, for people and for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Operation;
use crate::bench::{Mark, measure::Round, sample::Figure};

type Rounds = BTreeMap<(Operation, u64), Vec<Round>>;

/// The share of strangers' processor time above which a round says little.
const NOISY: f64 = 0.05;

/// One line for each round, while it goes on.
pub fn progress(operation: Operation, connections: u64, round: &Round) {
    let strangers = round.strangers();
    let noise = if strangers > NOISY {
        "  (the machine was busy with other things)"
    } else {
        ""
    };
    println!(
        "{:<6} {connections:>3} connections: {:>6.0}/s, p99 {:>6.1} ms, others {:>4.1} %{noise}",
        operation.as_str(),
        round.per_second(),
        round.seen.latency.p99_ms,
        strangers * 100.0
    );
}

struct Row {
    rate: Figure,
    p50: Figure,
    p95: Figure,
    p99: Figure,
    api: Figure,
    postgres: Figure,
    load: Figure,
    strangers: Figure,
}

impl Row {
    fn of(rounds: &[Round]) -> Self {
        let figure = |get: &dyn Fn(&Round) -> f64| Figure::of(rounds.iter().map(get));
        Self {
            rate: figure(&Round::per_second),
            p50: figure(&|r| r.seen.latency.p50_ms),
            p95: figure(&|r| r.seen.latency.p95_ms),
            p99: figure(&|r| r.seen.latency.p99_ms),
            api: figure(&|r| r.per_request(r.cpu.product)),
            postgres: figure(&|r| r.per_request(r.cpu.postgres)),
            load: figure(&|r| r.per_request(r.seen.cpu_micros)),
            strangers: figure(&Round::strangers),
        }
    }
}

/// The table: median and range of the rounds.
pub fn print(rounds: &Rounds, counted: &BTreeMap<Operation, Value>) {
    println!(
        "\n{:<7}{:>5}  {:<22}{:<20}{:<20}{:<20}{:>10}{:>10}{:>8}{:>12}",
        "", "conn", "requests/s", "p50 ms", "p95 ms", "p99 ms", "api µs", "pg µs", "load µs", "statements"
    );
    for ((operation, connections), rounds) in rounds {
        let row = Row::of(rounds);
        println!(
            "{:<7}{connections:>5}  {:<22}{:<20}{:<20}{:<20}{:>10.0}{:>10.0}{:>8.0}{:>12}",
            operation.as_str(),
            row.rate.to_string(),
            row.p50.to_string(),
            row.p95.to_string(),
            row.p99.to_string(),
            row.api.median,
            row.postgres.median,
            row.load.median,
            counted.get(operation).map_or(String::new(), |n| n["each"].to_string()),
        );
        if *connections == 32 {
            let (rate, p99) = operation.target();
            let verdict = |met: bool| if met { "met" } else { "missed" };
            println!(
                "{:<14}target: {rate:.0}/s {}, p99 {p99:.0} ms {}",
                "",
                verdict(row.rate.median >= rate),
                verdict(row.p99.median <= p99)
            );
        }
    }
}

/// What there are targets for: 32 connections.
pub fn marks(rounds: &Rounds) -> Vec<Mark> {
    let mut marks = Vec::new();
    for ((operation, connections), rounds) in rounds.iter().filter(|((_, connections), _)| *connections == 32) {
        let (row, name, (rate, p99)) = (Row::of(rounds), operation.as_str(), operation.target());
        let what = format!("{name} tickets, {connections} connections");
        marks.push(Mark::at_least(what.clone(), row.rate.median, rate, "/s"));
        marks.push(Mark::at_most(format!("{what}, p99"), row.p99.median, p99, "ms"));
    }
    marks
}

/// The report.
pub fn report(
    rounds: &Rounds,
    counted: &BTreeMap<Operation, Value>,
    tickets: u64,
    peak_memory_kib: u64,
) -> anyhow::Result<Value> {
    let rows: Vec<Value> = rounds
        .iter()
        .map(|((operation, connections), rounds)| {
            let row = Row::of(rounds);
            let (rate, p99) = operation.target();
            json!({
                "operation": operation.as_str(), "connections": connections, "requests_per_second": row.rate,
                "p50_ms": row.p50, "p95_ms": row.p95, "p99_ms": row.p99,
                "cpu_micros_per_request": { "api": row.api, "postgres": row.postgres, "load": row.load },
                "strangers_share_of_machine": row.strangers, "rounds": rounds,
                "target": { "requests_per_second": rate, "p99_ms_at_32_connections": p99 },
                "statements": counted.get(operation),
            })
        })
        .collect();
    Ok(json!({
        "tickets": tickets, "cores": std::thread::available_parallelism()?.get(),
        "api_peak_memory_kib": peak_memory_kib, "operations": rows,
    }))
}
