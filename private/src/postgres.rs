//! PostgreSQL of our own.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::child::{Error, command, is_root, log_file, not_started, remembered_password, remembered_port, restrict};

/// The account PostgreSQL runs as when we are root: it refuses root.
const USER: &str = "postgres";
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "max_connections=200",
    "shared_buffers=512MB",
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    "wal_compression=on",
    "autovacuum_naptime=10s",
    "random_page_cost=1.1",
    "jit=off",
];

/// Whether a commit survives the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Yes: for data that counts.
    Full,
    /// No: for tests.
    None,
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Postgres {
    child: Child,
    port: u16,
    password: String,
    data: PathBuf,
}

impl Postgres {
    /// Starts the server in `dir`, creating its data the first time. Port and password are remembered there.
    ///
    /// # Errors
    /// See [`Error`]; each says what to do.
    pub async fn start(dir: &Path, durability: Durability) -> Result<Self, Error> {
        let bin = binaries()?;
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::File { path, source }
        };
        std::fs::create_dir_all(dir).map_err(file(dir))?;
        let user = is_root().then_some(USER);
        let home = home(dir, user).await?;
        let data = home.join("data");
        let password = remembered_password(&dir.join("postgres.password"))?;
        let log = dir.join("postgres.log");
        if !data.join("PG_VERSION").exists() {
            initialise(&bin, &home, &data, &password, user, &log).await?;
        }
        if let Some(pid) = running(&data) {
            return Err(Error::InUse {
                path: dir.to_owned(),
                pid,
            });
        }
        let port = remembered_port(&dir.join("postgres.port"))?;
        let mut server = command(&bin.join("postgres"), "INT", user);
        server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-k", ""]);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        if durability == Durability::None {
            server.args([
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off",
            ]);
        }
        let child = spawn(server, &log)?;
        let mut started = Self {
            child,
            port,
            password,
            data,
        };
        started.wait(&bin, &log).await?;
        Ok(started)
    }

    /// Address of database `name`.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{}/{name}", self.password, self.port)
    }

    /// Process id of the server.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }

    /// Stops it in good order: sessions are ended, everything is written.
    pub async fn stop(mut self) {
        if let Some(pid) = self.pid() {
            // SIGINT is the "fast" shutdown.
            let _ = Command::new("kill").args(["-INT", &pid.to_string()]).status().await;
        }
        if tokio::time::timeout(Duration::from_secs(30), self.child.wait())
            .await
            .is_err()
        {
            tracing::warn!("PostgreSQL did not stop within 30 s");
        }
    }

    /// Whether the process is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until the process ends, as it does in a crash.
    pub async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }

    async fn wait(&mut self, bin: &Path, log: &Path) -> Result<(), Error> {
        for _ in 0..600 {
            let ready = Command::new(bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()
                .await;
            if ready.is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(not_started("PostgreSQL", log))
    }
}

fn spawn(mut command: Command, log: &Path) -> Result<Child, Error> {
    let output = log_file(log)?;
    let errors = output.try_clone().map_err(|source| Error::File {
        path: log.to_owned(),
        source,
    })?;
    command.stdout(output).stderr(errors).kill_on_drop(true);
    command.spawn().map_err(|source| Error::File {
        path: "setpriv".into(),
        source,
    })
}

/// The newest server programs of the distribution, or those on the path.
fn binaries() -> Result<PathBuf, Error> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|dir| dir.join("initdb").exists())
    };
    found.pop().map(|(_, bin)| bin).or_else(on_path).ok_or(Error::Missing {
        program: "PostgreSQL",
        hint: "install the package `postgresql`, or set DATABASE_URL",
    })
}

/// Where the server's own files are: below `dir`, or below `/var/lib` when the server's account cannot get into `dir`, as with
/// a directory below `/root`.
async fn home(dir: &Path, user: Option<&str>) -> Result<PathBuf, Error> {
    let file = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { path, source }
    };
    let dir = dir.canonicalize().map_err(file(dir))?;
    let marker = dir.join("postgres.home");
    if let Ok(known) = std::fs::read_to_string(&marker) {
        return Ok(known.trim().into());
    }
    let mut home = dir.join("postgres");
    std::fs::create_dir_all(&home).map_err(file(&home))?;
    if let Some(user) = user {
        own(&home, user).await?;
        let reachable = command(Path::new("test"), "KILL", Some(user))
            .arg("-w")
            .arg(&home)
            .status()
            .await;
        if !reachable.is_ok_and(|status| status.success()) {
            let _ = std::fs::remove_dir(&home);
            home = PathBuf::from("/var/lib/cloudmanager").join(Uuid::now_v7().to_string());
            std::fs::create_dir_all(&home).map_err(file(&home))?;
            own(&home, user).await?;
        }
    }
    std::fs::write(&marker, home.display().to_string()).map_err(file(&marker))?;
    Ok(home)
}

async fn own(path: &Path, user: &str) -> Result<(), Error> {
    let status = Command::new("chown").arg(format!("{user}:")).arg(path).status().await;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Error::Missing {
            program: "the account `postgres`",
            hint: "install the package `postgresql`",
        }),
        Err(source) => Err(Error::File {
            path: path.to_owned(),
            source,
        }),
    }
}

async fn initialise(
    bin: &Path,
    home: &Path,
    data: &Path,
    password: &str,
    user: Option<&str>,
    log: &Path,
) -> Result<(), Error> {
    let secret = home.join("initial-password");
    std::fs::write(&secret, password).map_err(|source| Error::File {
        path: secret.clone(),
        source,
    })?;
    restrict(&secret)?;
    if let Some(user) = user {
        own(&secret, user).await?;
    }
    let mut initdb = command(&bin.join("initdb"), "KILL", user);
    initdb.args([
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--pwfile",
    ]);
    initdb.arg(&secret).arg("-D").arg(data);
    let status = spawn(initdb, log)?.wait().await;
    let _ = std::fs::remove_file(&secret);
    if status.is_ok_and(|status| status.success()) {
        Ok(())
    } else {
        Err(not_started("initdb", log))
    }
}

/// The process that has these data open; a lock file whose process is gone, or is no PostgreSQL, is left over from a crash.
fn running(data: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid: u32 = text.lines().next()?.trim().parse().ok()?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    name.trim().starts_with("postgres").then_some(pid)
}
