//! Child processes: this program under another role, or the product.

use std::process::{Child, Command};

use anyhow::Context;

use crate::servers::{Servers, signal};

/// One child; killed when dropped.
pub struct Process {
    child: Child,
}

impl Process {
    pub fn worker(servers: &Servers, queues: &[&str], journal: Option<&str>) -> anyhow::Result<Self> {
        let mut args = vec!["worker"];
        args.extend(queues);
        Self::start(servers.database_url(), servers.redis_url(), &args, journal)
    }

    /// A worker of servers that somebody else looks after.
    pub fn worker_at(database: &str, redis: &str, queues: &[&str]) -> anyhow::Result<Self> {
        let mut args = vec!["worker"];
        args.extend(queues);
        Self::start(database, redis, &args, None)
    }

    pub fn scheduler(servers: &Servers) -> anyhow::Result<Self> {
        Self::start(servers.database_url(), servers.redis_url(), &["scheduler"], None)
    }

    fn start(database: &str, redis: &str, args: &[&str], journal: Option<&str>) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(args)
            .env("DATABASE_URL", database)
            .env("REDIS_URL", redis)
            .env("RUST_BACKTRACE", "0");
        if let Some(path) = journal {
            command.env("PROOF_JOURNAL", path);
        }
        Self::spawn(command)
    }

    /// Starts any command.
    pub fn spawn(mut command: Command) -> anyhow::Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", command.get_program().display()))?;
        Ok(Self { child })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Has it ended by itself?
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Sends `STOP`, `CONT` or `TERM`.
    pub fn signal(&self, name: &str) -> anyhow::Result<()> {
        signal(self.pid(), name)
    }

    /// SIGKILL: no chance to say goodbye.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().context("kill")?;
        self.child.wait()?;
        Ok(())
    }

    /// Waits for it to end by itself.
    pub async fn wait(mut self) -> anyhow::Result<()> {
        while !self.ended() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.ended() {
            let killed = self.child.kill().and_then(|()| self.child.wait());
            if let Err(error) = killed {
                tracing::warn!(%error, "a child was not killed");
            }
        }
    }
}
