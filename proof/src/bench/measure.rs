//! One round of load, and what it cost each process.

use std::process::Stdio;

use anyhow::{Context, ensure};
use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
};

use super::load::{BEGIN, Plan, Seen};
use crate::{
    product::Product,
    watch::{busy_micros, cpu_micros},
};

/// Processor time in microseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Cpu {
    pub product: u64,
    pub postgres: u64,
    pub redis: u64,
    /// Everything that ran on the machine, the load and strangers included.
    pub machine: u64,
}

impl Cpu {
    /// What the processes have used up to now.
    pub fn now(product: &Product, processes: &[u32]) -> anyhow::Result<Self> {
        Ok(Self {
            product: processes.iter().map(|pid| cpu_micros(*pid)).sum(),
            postgres: cpu_micros(product.servers.postgres_pid()?),
            redis: cpu_micros(product.servers.redis_pid()?),
            machine: busy_micros()?,
        })
    }

    /// What was used since `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            product: self.product.saturating_sub(before.product),
            postgres: self.postgres.saturating_sub(before.postgres),
            redis: self.redis.saturating_sub(before.redis),
            machine: self.machine.saturating_sub(before.machine),
        }
    }
}

/// A round.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    #[serde(flatten)]
    pub seen: Seen,
    pub cpu: Cpu,
}

impl Round {
    pub fn per_second(&self) -> f64 {
        self.seen.requests as f64 / self.seen.seconds
    }

    pub fn per_request(&self, micros: u64) -> f64 {
        micros as f64 / self.seen.requests.max(1) as f64
    }

    /// Share of the machine that was used by processes that do not belong to the benchmark.
    pub fn strangers(&self) -> f64 {
        let ours = self.cpu.product + self.cpu.postgres + self.cpu.redis + self.seen.cpu_micros;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.cpu.machine.saturating_sub(ours) as f64 / 1e6 / self.seen.seconds / cores as f64
    }
}

/// Runs the plan in a load process; `processes` are those of the product.
pub async fn round(product: &Product, processes: &[u32], plan: Plan) -> anyhow::Result<Round> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("load")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut stdin = child.stdin.take().context("standard input")?;
    stdin.write_all(&serde_json::to_vec(&plan)?).await?;
    drop(stdin);
    let mut lines = BufReader::new(child.stdout.take().context("standard output")?).lines();
    let first = lines.next_line().await?;
    ensure!(first.as_deref() == Some(BEGIN), "the load does not begin");
    let before = Cpu::now(product, processes)?;
    let last = lines.next_line().await?;
    let cpu = Cpu::now(product, processes)?.since(before);
    child.wait().await?;
    let last = last.context("the load ended without a result")?;
    let seen: Seen = serde_json::from_str(&last)?;
    ensure!(seen.failures.is_empty(), "wrong answers: {:#?}", seen.failures);
    ensure!(seen.requests > 0, "nothing was answered");
    Ok(Round { seen, cpu })
}
