//! Servers and processes under test.

use std::time::Duration;

use anyhow::ensure;
use app::App;
use queue::Transport;

use crate::{fleet::Process, kinds, roles::PREFIX, servers::Servers, surroundings, watch::Watch};

/// Everything that runs.
pub struct Stage {
    pub servers: Servers,
    pub watch: Watch,
    pub app: App,
    pub transport: Transport,
    pub schedulers: Vec<Process>,
    pub workers: Vec<Process>,
    queues: Vec<String>,
}

impl Stage {
    /// Servers and two schedulers; no worker yet.
    pub async fn start() -> anyhow::Result<Self> {
        let servers = Servers::start().await?;
        let transport = Transport::connect(servers.redis_url(), PREFIX)?;
        let app = surroundings::app(servers.database_url(), &transport, 4)?;
        let mut watch = Watch::new(servers.database_url().to_owned());
        watch.execute(kinds::EFFECTS_TABLE).await?;
        let schedulers = vec![Process::scheduler(&servers)?, Process::scheduler(&servers)?];
        Ok(Self {
            servers,
            watch,
            app,
            transport,
            schedulers,
            workers: Vec::new(),
            queues: Vec::new(),
        })
    }

    /// Starts two workers for these queues.
    pub async fn open(&mut self, queues: &[&str]) -> anyhow::Result<()> {
        self.queues = queues.iter().map(|queue| (*queue).to_owned()).collect();
        for _ in 0..2 {
            let worker = self.worker()?;
            self.workers.push(worker);
        }
        let missing = "SELECT 2 - count(*) FROM job_workers WHERE last_seen_at > now() - interval '3 seconds'";
        ensure!(
            self.watch.until_zero(missing, super::PATIENCE).await,
            "the workers did not report"
        );
        Ok(())
    }

    /// Another worker like those of [`Stage::open`].
    pub fn worker(&self) -> anyhow::Result<Process> {
        let queues: Vec<&str> = self.queues.iter().map(String::as_str).collect();
        Process::worker(&self.servers, &queues, None)
    }

    /// Stops all workers in good order.
    pub async fn close(&mut self) -> anyhow::Result<()> {
        for worker in self.workers.drain(..) {
            worker.signal("TERM")?;
            worker.wait().await?;
        }
        Ok(())
    }

    /// Processes that ended though nobody asked them to.
    pub fn died(&mut self) -> usize {
        self.workers
            .iter_mut()
            .chain(&mut self.schedulers)
            .filter_map(|process| process.ended().then_some(()))
            .count()
    }

    /// Repeats an operation until it succeeds: servers may be away for a while.
    pub async fn retry<T, F>(&mut self, mut operation: F) -> anyhow::Result<T>
    where
        F: AsyncFnMut(&mut Self) -> anyhow::Result<T>,
    {
        let deadline = tokio::time::Instant::now() + super::PATIENCE;
        loop {
            match operation(self).await {
                Ok(value) => return Ok(value),
                Err(error) if tokio::time::Instant::now() > deadline => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}
