//! The product as it is delivered: processes of the release binary over servers of our own.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use app::{App, Caller, mailbox};
use bytes::Bytes;
use domain::{
    mail::words::{StartPoint, TlsMode},
    permission::Permission,
};
use hyper::Method;
use queue::Transport;
use serde_json::Value;
use store::audit::Actor;
use uuid::Uuid;

use crate::{
    bench::load::{Connection, Outgoing},
    fleet::Process,
    servers::Servers,
    surroundings,
    watch::Watch,
};

/// The key that `surroundings::app` uses as well.
const MASTER_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// The password of everybody.
pub const PASSWORD: &str = "bench-CloudManager-2026";
/// Prefix of all keys in Redis.
const PREFIX: &str = "bench";
/// How long the API may take to start.
const START: Duration = Duration::from_secs(120);

/// One who works with tickets.
pub const AGENT: &str = "agent@cloudmanager.test";

/// Servers, and what is needed to start the product's processes over them.
pub struct Product {
    pub servers: Servers,
    pub watch: Watch,
    /// Use cases over the same database.
    pub app: App,
    pub address: SocketAddr,
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Product {
    /// Starts the servers, with the product's roles, a few people and a mailbox. `program` is the product; without it the binary
    /// beside this one.
    pub async fn prepare(program: Option<PathBuf>) -> anyhow::Result<Self> {
        Self::over(Servers::start().await?, program).await
    }

    /// The same over servers that were started.
    pub async fn over(servers: Servers, program: Option<PathBuf>) -> anyhow::Result<Self> {
        let program = match program {
            Some(program) => program,
            None => std::env::current_exe()?.with_file_name("cloudmanager"),
        };
        ensure!(
            program.exists(),
            "{} is missing: run `cargo build --release -p cloudmanager` first, as `make bench` does",
            program.display()
        );
        let transport = Transport::connect(servers.redis_url(), PREFIX)?;
        let app = surroundings::app(servers.database_url(), &transport, 2)?;
        app::seed::base(&app).await?;
        app::seed::demo(&app, PASSWORD).await?;
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let file = |name: &str| servers.folder().join(name).display().to_string();
        let environment = vec![
            ("DATABASE_URL", servers.database_url().to_owned()),
            ("REDIS_URL", servers.redis_url().to_owned()),
            ("CM_REDIS_PREFIX", PREFIX.to_owned()),
            ("CM_MASTER_KEY", MASTER_KEY.to_owned()),
            ("CM_LISTEN", address.to_string()),
            // One caller stands for thousands.
            ("CM_RATE_LIMITS", "off".to_owned()),
            ("CM_PUBLIC_URL", format!("http://{address}")),
            ("CM_STORAGE_DIR", file("files")),
            ("CM_MAIL_DIR", file("mail-out")),
        ];
        let watch = Watch::new(servers.database_url().to_owned());
        Ok(Self {
            servers,
            watch,
            app,
            address,
            program,
            environment,
        })
    }

    /// Changes a variable of the processes that are started from now on.
    pub fn set(&mut self, name: &'static str, value: String) {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value));
    }

    /// Starts a process of the product; what it logs goes to a file in the servers' folder.
    pub fn start(&self, args: &[&str]) -> anyhow::Result<Process> {
        let role = args.first().context("a role")?;
        let log = File::create(self.servers.folder().join(format!("{role}.log")))?;
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        Process::spawn(command)
    }

    /// Starts the API and waits until it answers.
    pub async fn api(&self) -> anyhow::Result<Process> {
        let mut api = self.start(&["api"])?;
        answers(self.address, &mut api, &self.servers.folder().join("api.log")).await?;
        Ok(api)
    }

    /// A mailbox whose mail is taken from an IMAP server of this machine, all of it.
    pub async fn imap_mailbox(&self, address: &str, username: &str, port: u16) -> anyhow::Result<Uuid> {
        let caller = Caller {
            user_id: Uuid::now_v7(),
            email: "bench@cloudmanager.test".to_owned(),
            permissions: vec![Permission::MailboxesEdit],
            factor_at: None,
            actor: Actor {
                kind: "system",
                ..Actor::default()
            },
        };
        let settings = mailbox::Settings {
            address: Some(address.to_owned()),
            start_point: Some(StartPoint::All),
            imap: Some(mailbox::Imap {
                host: "localhost".to_owned(),
                port,
                tls: TlsMode::None,
                username: username.to_owned(),
                password: Some("secret".to_owned()),
                folder: None,
            }),
            ..mailbox::Settings::default()
        };
        Ok(mailbox::create(&self.app, &caller, settings).await?.id)
    }

    /// Signs in and gives the access token, which lives ten minutes.
    pub async fn sign_in(&self, email: &str) -> anyhow::Result<String> {
        sign_in(self.address, email).await
    }
}

/// Signs in with everybody's password.
pub async fn sign_in(address: SocketAddr, email: &str) -> anyhow::Result<String> {
    let login = serde_json::json!({ "email": email, "password": PASSWORD }).to_string();
    let outgoing = Outgoing {
        method: Method::POST,
        path: "/api/v1/auth/login",
        headers: &[("content-type", "application/json")],
        body: Bytes::from(login),
    };
    let answer = ask(address, None, outgoing).await?;
    Ok(answer["access_token"].as_str().context("an access token")?.to_owned())
}

/// One request of ours, outside of any measurement.
pub async fn ask(address: SocketAddr, token: Option<&str>, outgoing: Outgoing<'_>) -> anyhow::Result<Value> {
    let path = outgoing.path.to_owned();
    let (status, body) = Connection::open(address, token).await?.send(outgoing).await?;
    ensure!(
        status.is_success(),
        "{path}: {status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(serde_json::from_slice(&body)?)
}

/// Waits until a service that was just started takes connections.
pub async fn answers(address: SocketAddr, process: &mut Process, log: &Path) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + START;
    while Connection::open(address, None).await.is_err() {
        if process.ended() || tokio::time::Instant::now() > deadline {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            bail!("the service did not start: {log}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
