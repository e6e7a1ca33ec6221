//! Starting programs so that they end with us, and as somebody else than root.

use std::{
    fs::{File, OpenOptions},
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program is not installed.
    #[error("{program} is not installed: {hint}")]
    Missing {
        /// Program.
        program: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Something about a file.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What.
        source: std::io::Error,
    },
    /// It ended or does not answer.
    #[error("{program} did not start; the last lines of {log}:\n{tail}")]
    NotStarted {
        /// Program.
        program: &'static str,
        /// Its log.
        log: PathBuf,
        /// End of the log.
        tail: String,
    },
    /// Somebody else uses the directory.
    #[error("{path} is in use by process {pid}: stop it first, or choose another data directory")]
    InUse {
        /// Directory.
        path: PathBuf,
        /// Who uses it.
        pid: u32,
    },
}

/// Whether this process is root.
#[must_use]
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

/// A port of the loopback address that is free now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16, Error> {
    let file = |source| Error::File {
        path: "127.0.0.1".into(),
        source,
    };
    Ok(TcpListener::bind(("127.0.0.1", 0))
        .map_err(file)?
        .local_addr()
        .map_err(file)?
        .port())
}

/// A command that gets `signal` when this process dies, run as `user` when given. `setpriv` does both without unsafe code.
pub(crate) fn command(program: &Path, signal: &str, user: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal]);
    if let Some(user) = user {
        command.args(["--reuid", user, "--regid", user, "--init-groups", "--reset-env"]);
    }
    command.arg("--").arg(program).current_dir("/").stdin(Stdio::null());
    command
}

pub(crate) fn log_file(path: &Path) -> Result<File, Error> {
    let open = OpenOptions::new().create(true).append(true).open(path);
    open.map_err(|source| Error::File {
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn not_started(program: &'static str, log: &Path) -> Error {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(8)..].join("\n");
    Error::NotStarted {
        program,
        log: log.to_owned(),
        tail,
    }
}

/// Reads a remembered port, or remembers a free one. A remembered one that somebody else took is replaced.
pub(crate) fn remembered_port(file: &Path) -> Result<u16, Error> {
    let known = std::fs::read_to_string(file)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    if let Some(port) = known
        && TcpListener::bind(("127.0.0.1", port)).is_ok()
    {
        return Ok(port);
    }
    let port = free_port()?;
    std::fs::write(file, port.to_string()).map_err(|source| Error::File {
        path: file.to_owned(),
        source,
    })?;
    Ok(port)
}

/// Reads a remembered password, or makes one, in a file that only its owner can read.
pub(crate) fn remembered_password(path: &Path) -> Result<String, Error> {
    let file = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    if let Ok(known) = std::fs::read_to_string(path) {
        return Ok(known.trim().to_owned());
    }
    let password = uuid::Uuid::new_v4().simple().to_string();
    std::fs::write(path, "").map_err(file)?;
    restrict(path)?;
    std::fs::write(path, &password).map_err(file)?;
    Ok(password)
}

/// Makes a file readable by its owner only.
pub(crate) fn restrict(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let only_owner = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, only_owner).map_err(|source| Error::File {
        path: path.to_owned(),
        source,
    })
}
