//! Looking at the system from outside: counts in the ledger, processor time and memory of processes.

use std::{collections::HashMap, time::Duration};

use anyhow::Context;
use tokio_postgres::{Client, NoTls};

/// A connection for counting; connects again when the server was away.
pub struct Watch {
    url: String,
    client: Option<Client>,
}

impl Watch {
    pub fn new(url: String) -> Self {
        Self { url, client: None }
    }

    pub async fn client(&mut self) -> anyhow::Result<&Client> {
        let usable = self.client.as_ref().is_some_and(|client| !client.is_closed());
        if !usable {
            let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "the watching connection ended");
                }
            });
            self.client = Some(client);
        }
        self.client.as_ref().context("connected")
    }

    /// The one number a query gives.
    pub async fn count(&mut self, query: &str) -> anyhow::Result<i64> {
        Ok(self.client().await?.query_one(query, &[]).await?.get(0))
    }

    pub async fn execute(&mut self, statements: &str) -> anyhow::Result<()> {
        Ok(self.client().await?.batch_execute(statements).await?)
    }

    /// Waits until the query gives 0; errors on the way count as "not yet". `false` after `limit`.
    pub async fn until_zero(&mut self, query: &str, limit: Duration) -> bool {
        let deadline = tokio::time::Instant::now() + limit;
        while tokio::time::Instant::now() < deadline {
            if self.count(query).await.is_ok_and(|n| n == 0) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

/// Fields of `/proc/<pid>/stat` after the name: parent, then own and reaped children's ticks.
fn stat(pid: u32) -> Option<(u32, u64, u64)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |n: usize| fields.get(n).and_then(|field| field.parse::<u64>().ok());
    Some((
        u32::try_from(number(1)?).ok()?,
        number(11)? + number(12)?,
        number(13)? + number(14)?,
    ))
}

/// Processor time of a process, its children and the children it has reaped, in microseconds (ticks of 10 ms).
pub fn cpu_micros(pid: u32) -> u64 {
    let mut total = stat(pid).map_or(0, |(_, own, reaped)| own + reaped);
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let child = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some((parent, own, reaped)) = child.and_then(stat)
            && parent == pid
        {
            total += own + reaped;
        }
    }
    total * 10_000
}

/// Time that all processors together were busy since the machine started, in microseconds.
pub fn busy_micros() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let all: Vec<u64> = text
        .lines()
        .next()
        .context("/proc/stat")?
        .split_whitespace()
        .filter_map(|n| n.parse().ok())
        .collect();
    // user, nice, system, idle, waiting for input or output, interrupts (two kinds), stolen; guests are counted in user.
    let ticks: u64 = all.iter().take(8).sum::<u64>() - all.iter().skip(3).take(2).sum::<u64>();
    Ok(ticks * 10_000)
}

/// Resident and highest resident memory in KiB.
pub fn memory_kib(pid: u32) -> (u64, u64) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let facts: HashMap<&str, &str> = text.lines().filter_map(|line| line.split_once(':')).collect();
    let kib = |name: &str| {
        facts
            .get(name)
            .and_then(|value| value.split_whitespace().next())
            .and_then(|n| n.parse().ok())
            .unwrap_or(0)
    };
    (kib("VmRSS"), kib("VmHWM"))
}
