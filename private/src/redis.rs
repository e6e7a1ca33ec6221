//! Redis of our own.

use std::{path::Path, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
};

use crate::child::{Error, command, log_file, not_started, remembered_password, remembered_port};

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    port: u16,
    password: String,
}

impl Redis {
    /// Starts the server in `dir`, with an append-only file there. Port and password are remembered.
    ///
    /// # Errors
    /// See [`Error`]; each says what to do.
    pub async fn start(dir: &Path) -> Result<Self, Error> {
        let file = |source| Error::File {
            path: dir.to_owned(),
            source,
        };
        let data = dir.join("redis");
        std::fs::create_dir_all(&data).map_err(file)?;
        let data = data.canonicalize().map_err(file)?;
        let settings = dir.join("redis.conf");
        let port = remembered_port(&dir.join("redis.port"))?;
        let password = remembered_password(&dir.join("redis.password"))?;
        // In a file, because command lines can be read by everybody.
        let text = format!(
            "bind 127.0.0.1\nport {port}\nrequirepass {password}\nappendonly yes\nappendfsync everysec\nsave \"\"\n\
             maxmemory-policy noeviction\ndaemonize no\ndir {}\n",
            data.display()
        );
        let log = dir.join("redis.log");
        std::fs::write(&settings, text).map_err(file)?;
        let mut permissions = std::fs::metadata(&settings).map_err(file)?.permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
        std::fs::set_permissions(&settings, permissions).map_err(file)?;
        let settings = settings.canonicalize().map_err(file)?;
        let output = log_file(&log)?;
        let errors = output.try_clone().map_err(file)?;
        let child = command(Path::new("redis-server"), "TERM", None)
            .arg(settings)
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(file)?;
        let mut started = Self { child, port, password };
        for _ in 0..300 {
            if started.answers().await {
                return Ok(started);
            }
            if !matches!(started.child.try_wait(), Ok(None)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(not_started("redis-server", &log))
    }

    /// Address of the server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}", self.password, self.port)
    }

    /// Process id of the server.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Stops it in good order.
    pub async fn stop(mut self) {
        if let Some(pid) = self.child.id() {
            let _ = Command::new("kill").arg(pid.to_string()).status().await;
        }
        let _ = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
    }

    /// Whether the process is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until the process ends, as it does in a crash.
    pub async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }

    async fn answers(&self) -> bool {
        let ask = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
            stream
                .write_all(format!("AUTH {}\r\nPING\r\n", self.password).as_bytes())
                .await
                .ok()?;
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.ok()?;
            answer.starts_with(b"+OK\r\n+PONG").then_some(())
        };
        matches!(tokio::time::timeout(Duration::from_secs(1), ask).await, Ok(Some(())))
    }
}
