//! `cloudmanager up`: everything on one machine, supervised.

mod banner;
mod children;
mod phones;
mod secrets;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use private::{Durability, Postgres, Redis};
use simulators::sms::SmsSimulator;
use tokio::net::TcpListener;

use children::Family;

/// What to start.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Port of the web application; without it 8080, or a free one when 8080 is taken.
    #[arg(long)]
    port: Option<u16>,
    /// Where everything is kept.
    #[arg(long, default_value = "data")]
    data_dir: PathBuf,
    /// Without demonstration people and mailbox.
    #[arg(long)]
    no_demo: bool,
    /// Worker processes.
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

/// Servers of our own, unless addresses are given.
struct Servers {
    postgres: Option<Postgres>,
    redis: Option<Redis>,
    database_url: String,
    redis_url: String,
}

impl Servers {
    /// Waits until one of our servers ends by itself.
    async fn crashed(&mut self) {
        match (&mut self.postgres, &mut self.redis) {
            (Some(postgres), Some(redis)) => tokio::select! {
                () = postgres.ended() => {}
                () = redis.ended() => {}
            },
            (Some(postgres), None) => postgres.ended().await,
            (None, Some(redis)) => redis.ended().await,
            (None, None) => std::future::pending().await,
        }
    }

    /// Starts what crashed again, at the same address, until it runs or everything is to stop. PostgreSQL refuses for a moment
    /// while processes of the crashed one are still ending.
    async fn revive(&mut self, dir: &std::path::Path, stop: &tokio::sync::watch::Receiver<bool>) {
        while !*stop.borrow() {
            if self.postgres.as_mut().is_some_and(|server| !server.is_running()) {
                match Postgres::start(dir, Durability::Full).await {
                    Ok(server) => self.postgres = Some(server),
                    Err(error) => eprintln!("PostgreSQL ended and does not start yet: {error}"),
                }
            }
            if self.redis.as_mut().is_some_and(|server| !server.is_running()) {
                match Redis::start(dir).await {
                    Ok(server) => self.redis = Some(server),
                    Err(error) => eprintln!("Redis ended and does not start yet: {error}"),
                }
            }
            let down = self.postgres.as_mut().is_some_and(|server| !server.is_running())
                || self.redis.as_mut().is_some_and(|server| !server.is_running());
            if !down {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    }
}

/// Starts everything, prints how to use it, and stops everything at Ctrl-C or SIGTERM.
///
/// # Errors
/// When something does not start; the message says what to do.
pub async fn run(args: Args) -> Result<()> {
    let mut stop = crate::wiring::stop_signal();
    let stopping = stop.clone();
    std::fs::create_dir_all(&args.data_dir).with_context(|| format!("data directory {}", args.data_dir.display()))?;
    let dir = args.data_dir.canonicalize()?;
    let _lock = lock(&dir)?;
    let secrets = secrets::load_or_make(&dir)?;
    let mut servers = servers(&dir).await?;
    let port = port(args.port).await?;
    let mut environment = environment(&dir, port, &servers, &secrets);
    let phones = phones::start(args.no_demo, &mut environment).await?;
    let admin = prepare(&environment, &secrets, args.no_demo).await?;
    let mut family = Family::new(environment, dir.join("logs"))?;
    family.start("api", &["api"])?;
    for n in 1..=args.workers.max(1) {
        let name = if n == 1 {
            "worker".to_owned()
        } else {
            format!("worker-{n}")
        };
        family.start(&name, &["worker"])?;
    }
    family.start("scheduler", &["scheduler"])?;
    let url = format!("http://localhost:{port}");
    family.wait_ready(port).await?;
    let mut runtime = banner::Runtime {
        url: &url,
        database_url: servers.database_url.clone(),
        redis_url: servers.redis_url.clone(),
        admin: &admin,
        phones: phones.as_ref().map(SmsSimulator::url),
        postgres: servers.postgres.as_ref().and_then(Postgres::pid),
        redis: servers.redis.as_ref().and_then(Redis::pid),
    };
    banner::write(&dir, &runtime, &family.pids())?;
    banner::print(&dir, &runtime, &secrets, args.no_demo);
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            ended = family.next_ended() => family.restart(ended).await?,
            () = servers.crashed() => servers.revive(&dir, &stopping).await,
        }
        runtime.postgres = servers.postgres.as_ref().and_then(Postgres::pid);
        runtime.redis = servers.redis.as_ref().and_then(Redis::pid);
        banner::write(&dir, &runtime, &family.pids())?;
    }
    println!("stopping …");
    family.stop().await;
    if let Some(redis) = servers.redis {
        redis.stop().await;
    }
    if let Some(postgres) = servers.postgres {
        postgres.stop().await;
    }
    let _ = std::fs::remove_file(dir.join("runtime.json"));
    println!("stopped");
    Ok(())
}

/// One `up` for each data directory.
fn lock(dir: &std::path::Path) -> Result<std::fs::File> {
    let path = dir.join("lock");
    let file = std::fs::File::create(&path).with_context(|| path.display().to_string())?;
    if file.try_lock().is_err() {
        bail!(
            "{} is in use by another `cloudmanager up`: stop it first, or choose another --data-dir",
            dir.display()
        );
    }
    Ok(file)
}

async fn servers(dir: &std::path::Path) -> Result<Servers> {
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (postgres, database_url) = match given("DATABASE_URL") {
        Some(url) => (None, url),
        None => {
            let server = Postgres::start(dir, Durability::Full).await?;
            store::create_database(&server.url("postgres"), "cloudmanager").await?;
            let url = server.url("cloudmanager");
            (Some(server), url)
        }
    };
    let (redis, redis_url) = match given("REDIS_URL") {
        Some(url) => (None, url),
        None => {
            let server = Redis::start(dir).await?;
            let url = server.url();
            (Some(server), url)
        }
    };
    Ok(Servers {
        postgres,
        redis,
        database_url,
        redis_url,
    })
}

/// The port asked for, or 8080, or a free one.
async fn port(wanted: Option<u16>) -> Result<u16> {
    if let Some(port) = wanted {
        TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| format!("port {port} is taken: choose another --port"))?;
        return Ok(port);
    }
    if TcpListener::bind(("127.0.0.1", 8080)).await.is_ok() {
        return Ok(8080);
    }
    Ok(private::free_port()?)
}

/// Only this machine reaches the product, and who tries it out does so with scripts that stand for many people.
const TRIAL_RATES: &str = "sign-in=6000,refresh=60000,reads=600000,writes=600000,exports=600,uploads=6000,streams=6000,inbound-mail=600000,feedback=6000";

fn environment(
    dir: &std::path::Path,
    port: u16,
    servers: &Servers,
    secrets: &secrets::Secrets,
) -> Vec<(String, String)> {
    let mut environment = vec![
        ("DATABASE_URL".to_owned(), servers.database_url.clone()),
        ("REDIS_URL".to_owned(), servers.redis_url.clone()),
        ("CM_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
        ("CM_MASTER_KEY".to_owned(), secrets.master_key.clone()),
    ];
    let defaults = [
        ("CM_PUBLIC_URL", format!("http://localhost:{port}")),
        ("CM_STORAGE_DIR", dir.join("files").display().to_string()),
        ("CM_MAIL_DIR", dir.join("mail-out").display().to_string()),
        ("CM_LOG", "warn".to_owned()),
        ("CM_RATE_LIMITS", TRIAL_RATES.to_owned()),
    ];
    for (name, value) in defaults {
        let given = std::env::var(name).ok().filter(|value| !value.is_empty());
        environment.push((name.to_owned(), given.unwrap_or(value)));
    }
    environment
}

/// Settings and address of the `up` that runs over a data directory.
///
/// # Errors
/// When none does.
pub fn running(dir: &std::path::Path) -> Result<(crate::config::Config, String)> {
    let path = dir.join("runtime.json");
    let bytes = std::fs::read(&path).with_context(|| {
        format!(
            "nothing runs over {}: start `cloudmanager up` first, or name its --data-dir",
            dir.display()
        )
    })?;
    let runtime: serde_json::Value = serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
    let text = |name: &str| runtime[name].as_str().unwrap_or_default().to_owned();
    let servers = Servers {
        postgres: None,
        redis: None,
        database_url: text("database_url"),
        redis_url: text("redis_url"),
    };
    let dir = dir.canonicalize()?;
    let secrets = secrets::load_or_make(&dir)?;
    let config = crate::config::from_pairs(&environment(&dir, 0, &servers, &secrets))?;
    Ok((config, text("url")))
}

/// Schema, first data and the administrator's login.
async fn prepare(environment: &[(String, String)], secrets: &secrets::Secrets, no_demo: bool) -> Result<banner::Login> {
    let config = crate::config::from_pairs(environment)?;
    store::migrate(config.database_url.expose()).await?;
    let (app, _) = crate::wiring::app(&config)?;
    app::seed::base(&app).await?;
    let email = "admin@cloudmanager.test".to_owned();
    let password = if no_demo {
        app::seed::ensure_account(&app, &email, "Administrator", "admin", &secrets.admin_password).await?;
        secrets.admin_password.clone()
    } else {
        app::seed::demo(&app, &secrets.demo_password).await?;
        secrets.demo_password.clone()
    };
    Ok(banner::Login { email, password })
}
