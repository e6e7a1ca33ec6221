//! A PostgreSQL and a Redis of our own, with everything written to disk as in production, that can crash and come back.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use private::{Durability, Postgres, Redis};

/// Both servers; killed and removed when dropped.
pub struct Servers {
    folder: PathBuf,
    postgres: Option<Postgres>,
    redis: Option<Redis>,
    /// Redis after a crash, started again with the settings it had.
    redis_again: Option<Child>,
    database_url: String,
    redis_url: String,
}

impl Servers {
    /// Starts both, with an empty, migrated database.
    pub async fn start() -> anyhow::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self::start_in(std::env::temp_dir().join(format!("cloudmanager-proof-{}-{number}", std::process::id()))).await
    }

    /// The same in a folder of the caller's choice.
    pub async fn start_in(folder: PathBuf) -> anyhow::Result<Self> {
        let postgres = Postgres::start(&folder, Durability::Full).await?;
        let redis = Redis::start(&folder).await?;
        let (database_url, redis_url) = (postgres.url("postgres"), redis.url());
        store::migrate(&database_url).await?;
        let (postgres, redis) = (Some(postgres), Some(redis));
        Ok(Self {
            folder,
            postgres,
            redis,
            redis_again: None,
            database_url,
            redis_url,
        })
    }

    /// Where the servers keep their data and logs; removed with them.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    pub fn redis_url(&self) -> &str {
        &self.redis_url
    }

    /// Process id of the PostgreSQL parent process.
    pub fn postgres_pid(&self) -> anyhow::Result<u32> {
        self.postgres
            .as_ref()
            .and_then(Postgres::pid)
            .context("PostgreSQL does not run")
    }

    /// Process id of Redis.
    pub fn redis_pid(&self) -> anyhow::Result<u32> {
        let first = self.redis.as_ref().and_then(Redis::pid);
        self.redis_again
            .as_ref()
            .map(Child::id)
            .or(first)
            .context("Redis does not run")
    }

    /// Whether PostgreSQL is still there.
    pub fn postgres_runs(&mut self) -> bool {
        self.postgres.as_mut().is_some_and(Postgres::is_running)
    }

    /// Ends PostgreSQL as a crash would: no checkpoint, recovery at the next start.
    pub async fn crash_postgres(&mut self) -> anyhow::Result<()> {
        signal(self.postgres_pid()?, "QUIT")?;
        if let Some(mut postgres) = self.postgres.take() {
            postgres.ended().await;
        }
        Ok(())
    }

    /// Starts PostgreSQL again, where it was.
    pub async fn start_postgres(&mut self) -> anyhow::Result<()> {
        self.postgres = Some(Postgres::start(&self.folder, Durability::Full).await?);
        ensure!(
            self.postgres
                .as_ref()
                .is_some_and(|p| p.url("postgres") == self.database_url),
            "the port was taken"
        );
        Ok(())
    }

    /// SIGKILL of Redis.
    pub async fn kill_redis(&mut self) -> anyhow::Result<()> {
        signal(self.redis_pid()?, "KILL")?;
        if let Some(mut redis) = self.redis.take() {
            redis.ended().await;
        }
        if let Some(mut redis) = self.redis_again.take() {
            redis.wait()?;
        }
        Ok(())
    }

    /// Starts Redis again, where it was.
    pub fn start_redis(&mut self) -> anyhow::Result<()> {
        let settings = self.folder.join("redis.conf").canonicalize()?;
        self.redis_again = Some(
            Command::new("redis-server")
                .arg(settings)
                .stdout(Stdio::null())
                .spawn()?,
        );
        Ok(())
    }

    /// Everything Redis knows is gone.
    pub fn flush_redis(&self) -> anyhow::Result<()> {
        let answer = self.redis_cli(&["FLUSHALL"])?;
        ensure!(answer == "OK", "FLUSHALL: {answer}");
        Ok(())
    }

    /// Asks Redis something.
    pub fn redis_cli(&self, args: &[&str]) -> anyhow::Result<String> {
        let (password, address) = self
            .redis_url
            .trim_start_matches("redis://:")
            .split_once('@')
            .context("an address with a password")?;
        let port = address.rsplit_once(':').context("a port")?.1;
        let output = Command::new("redis-cli")
            .args(["-e", "-p", port])
            .args(args)
            .env("REDISCLI_AUTH", password)
            .output()?;
        let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        ensure!(output.status.success(), "redis-cli {args:?}: {answer}");
        Ok(answer)
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for pid in [self.postgres_pid(), self.redis_pid()].into_iter().flatten() {
            if let Err(error) = signal(pid, "QUIT") {
                tracing::debug!(%error, "it ended already");
            }
        }
        if let Some(mut redis) = self.redis_again.take()
            && let Err(error) = redis.kill().and_then(|()| redis.wait())
        {
            tracing::warn!(%error, "redis was not stopped");
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.postgres_pid().is_ok() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        drop((self.postgres.take(), self.redis.take()));
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "not removed");
        }
    }
}

/// Sends a signal to a process.
pub fn signal(pid: u32, name: &str) -> anyhow::Result<()> {
    let status = Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .stderr(Stdio::null())
        .status()?;
    ensure!(status.success(), "kill -s {name}: {status}");
    Ok(())
}

/// Where results go: `target/bench/<name>.json` below the present directory.
pub fn write_report(name: &str, report: &serde_json::Value) -> anyhow::Result<()> {
    let folder = Path::new("target/bench");
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(format!("{name}.json")), serde_json::to_vec_pretty(report)?)?;
    Ok(())
}
