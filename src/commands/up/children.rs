//! The processes of the product, started again when they crash.

use std::{collections::BTreeMap, fs::OpenOptions, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::Instant,
};

/// Longest pause before a crashed process is started again.
const PAUSE_MAX: Duration = Duration::from_secs(10);

struct Member {
    args: Vec<String>,
    child: Child,
    started: Instant,
    crashes: u32,
}

/// All processes by name.
pub struct Family {
    environment: Vec<(String, String)>,
    logs: PathBuf,
    members: BTreeMap<String, Member>,
}

impl Family {
    pub fn new(environment: Vec<(String, String)>, logs: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&logs)?;
        Ok(Self {
            environment,
            logs,
            members: BTreeMap::new(),
        })
    }

    /// Starts a process of this binary.
    pub fn start(&mut self, name: &str, args: &[&str]) -> Result<()> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let child = self.spawn(name, &args)?;
        self.members.insert(
            name.to_owned(),
            Member {
                args,
                child,
                started: Instant::now(),
                crashes: 0,
            },
        );
        Ok(())
    }

    fn spawn(&self, name: &str, args: &[String]) -> Result<Child> {
        let path = self.logs.join(format!("{name}.log"));
        let log = OpenOptions::new().create(true).append(true).open(&path)?;
        let binary = std::env::current_exe().context("path of this program")?;
        // The children end with us, also when we are killed.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "--"])
            .arg(binary)
            .args(args)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // Ctrl-C goes to the whole process group; the order of stopping is ours.
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        Ok(child)
    }

    /// Process ids by name.
    pub fn pids(&self) -> BTreeMap<String, u32> {
        self.members
            .iter()
            .filter_map(|(name, member)| Some((name.clone(), member.child.id()?)))
            .collect()
    }

    /// Waits until the API accepts connections.
    pub async fn wait_ready(&mut self, port: u16) -> Result<()> {
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(());
            }
            if let Some(api) = self.members.get_mut("api")
                && let Ok(Some(status)) = api.child.try_wait()
            {
                let log = self.logs.join("api.log");
                let text = std::fs::read_to_string(&log).unwrap_or_default();
                let tail: Vec<&str> = text.lines().rev().take(5).collect();
                bail!("the API ended ({status}); {} says: {}", log.display(), tail.join(" / "));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the API did not answer within a minute; see {}", self.logs.display())
    }

    /// Waits until a process ends by itself; returns its name.
    pub async fn next_ended(&mut self) -> String {
        loop {
            for (name, member) in &mut self.members {
                if !matches!(member.child.try_wait(), Ok(None)) {
                    return name.clone();
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Starts it again; one that keeps crashing waits longer each time.
    pub async fn restart(&mut self, name: String) -> Result<()> {
        let Some(member) = self.members.get(&name) else {
            return Ok(());
        };
        let crashes = if member.started.elapsed() > Duration::from_secs(60) {
            0
        } else {
            member.crashes
        };
        let args = member.args.clone();
        eprintln!(
            "{name} ended; starting it again (see {}/{name}.log)",
            self.logs.display()
        );
        let pause = Duration::from_millis(100)
            .saturating_mul(1 << crashes.min(10))
            .min(PAUSE_MAX);
        tokio::time::sleep(pause).await;
        let child = self.spawn(&name, &args)?;
        self.members.insert(
            name,
            Member {
                args,
                child,
                started: Instant::now(),
                crashes: crashes + 1,
            },
        );
        Ok(())
    }

    /// Stops the API, then the scheduler, then the workers, which finish what they hold.
    pub async fn stop(&mut self) {
        let mut names: Vec<String> = self.members.keys().cloned().collect();
        names.sort_by_key(|name| (name.starts_with("worker"), name == "scheduler"));
        for name in names {
            let Some(mut member) = self.members.remove(&name) else {
                continue;
            };
            if let Some(pid) = member.child.id() {
                let _ = Command::new("kill").arg(pid.to_string()).status().await;
            }
            if tokio::time::timeout(Duration::from_secs(30), member.child.wait())
                .await
                .is_err()
            {
                let _ = member.child.kill().await;
            }
        }
    }
}
