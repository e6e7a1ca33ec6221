//! Puts the parts together: what every long-running process needs.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use app::{App, Caller, Identity, SystemClock, seal::MasterKey, ticket::Openings};
use domain::permission::Permission;
use integrations::http::Reach;
use integrations::mail::smtp::{FileTransport, MailTransport, SmtpOptions, SmtpTransport};
use jobs::Signals;
use queue::{RedisSignals, Transport};
use store::{Pool, StoreError, audit::Actor};
use tokio::sync::watch;
use tracing_subscriber::{EnvFilter, Layer, filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{blobs::Files, config::Config, logging, telemetry};

/// Starts logging, and the export of traces when there is a collector.
///
/// # Errors
/// When the exporter cannot be set up.
pub fn logging(config: &Config, role: &str) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| "info".into());
    let output = logging::output(config.log_json, std::io::stderr);
    let collector = config.collector.as_deref();
    let traces = collector.map(|url| telemetry::layer(url, role)).transpose()?;
    // What is exported does not depend on what is logged.
    tracing_subscriber::registry()
        .with(output.with_filter(filter))
        .with(traces.map(|layer| layer.with_filter(LevelFilter::INFO)))
        .init();
    Ok(())
}

/// The keys that the settings give.
#[must_use]
pub fn keys(config: &Config) -> MasterKey {
    MasterKey::new(config.master_key.expose())
        .with_former(config.former_master_keys.expose())
        .with_file_keys(config.file_keys.expose().clone())
}

/// The transport and the use cases over it.
///
/// # Errors
/// When an address cannot be understood.
pub fn app(config: &Config) -> Result<(App, Transport)> {
    let transport = Transport::connect(config.redis_url.expose(), &config.redis_prefix).context("REDIS_URL")?;
    let pool = store::connect(config.database_url.expose(), config.pool_size).context("DATABASE_URL")?;
    let signals: Arc<dyn Signals> = Arc::new(RedisSignals::start(transport.clone()));
    let app = App {
        openings: Arc::new(Openings::new(&pool, &signals)),
        pool,
        clock: Arc::new(SystemClock),
        signals,
        blobs: Arc::new(Files::open(config)?),
        keys: Arc::new(keys(config)),
        identity: Arc::new(Identity {
            public_url: config.public_url.clone(),
            mail_domain: config.mail_domain.clone(),
            instance: format!("cm-{}", config.mail_domain),
        }),
        loopback: config.outbound == Reach::Loopback,
        scan_files: config.antivirus.is_some(),
        sms: Arc::new(crate::sms::set_up(config)?),
        mail_reports: Arc::new(crate::mail_reports::set_up(config)?),
        sla: Arc::default(),
        categories: Arc::default(),
        render_markdown: integrations::markdown::render,
        render_message: integrations::markdown::message,
    };
    Ok((app, transport))
}

/// Whether the database has the schema of this release; one that is away is waited for, as it is later.
///
/// # Errors
/// When migrations have not run.
pub async fn await_schema(config: &Config) -> Result<()> {
    match lacking(config).await {
        Ok((pending, roles)) => complete(&pending, &roles),
        Err(error) => {
            tracing::warn!(%error, "DATABASE_URL: starting without the database");
            Ok(())
        }
    }
}

/// Whether the database is there, with the schema of this release.
///
/// # Errors
/// When it is away or migrations have not run; the message says what to do.
pub async fn need_schema(config: &Config) -> Result<()> {
    let (pending, roles) = lacking(config).await.map_err(|error| unreachable_database(&error))?;
    complete(&pending, &roles)
}

/// Migrations that have not run, and roles that cannot be taken.
async fn lacking(config: &Config) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let url = config.database_url.expose();
    Ok((store::pending(url).await?, store::missing_roles(url).await?))
}

fn complete(pending: &[String], roles: &[String]) -> Result<()> {
    ensure!(
        pending.is_empty(),
        "{} migration(s) have not run: run `cloudmanager migrate`",
        pending.len()
    );
    // A database that was moved to another server leaves its roles behind.
    ensure!(
        roles.is_empty(),
        "the role(s) {} cannot be taken: an administrator of the server must run, for each, `CREATE ROLE … NOLOGIN` unless it exists, and \
         `GRANT … TO` the login of DATABASE_URL",
        roles.join(", ")
    );
    Ok(())
}

/// What to do about a database that does not answer.
#[must_use]
pub fn unreachable_database(error: &StoreError) -> anyhow::Error {
    anyhow::anyhow!("{error}; check DATABASE_URL, and that the server runs and has this database")
}

/// Whoever sits at the command line: he who may read the configuration may do everything, and the record says so.
#[must_use]
pub fn operator() -> Caller {
    let user = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    Caller {
        user_id: uuid::Uuid::nil(),
        email: String::new(),
        permissions: vec![Permission::JobsManage],
        factor_at: None,
        actor: Actor {
            user_id: None,
            kind: "system",
            name: "command line".to_owned(),
            ip: None,
            user_agent: Some(format!("command line, {user}")),
            session_id: None,
            request_id: None,
        },
    }
}

/// Connections that a worker's handlers cannot use up: claims, leases and outcomes must go on whatever handlers wait for.
///
/// # Errors
/// When the address cannot be understood.
pub fn ledger(config: &Config) -> Result<Pool> {
    store::connect(config.database_url.expose(), config.ledger_connections).context("DATABASE_URL")
}

/// The way out for mail: a server, or files in a directory.
///
/// # Errors
/// When the server's certificate authority cannot be read.
pub fn mail_transport(config: &Config) -> Result<Arc<dyn MailTransport>> {
    let Some(server) = config.smtp.clone() else {
        return Ok(Arc::new(FileTransport::new(&config.mail_dir)));
    };
    let mut options = SmtpOptions::default();
    if let Some(path) = &config.smtp_ca {
        let authority = std::fs::read(path).with_context(|| format!("CM_SMTP_CA: {}", path.display()))?;
        options.extra_roots.push(authority);
    }
    let transport = SmtpTransport::new(server, options);
    Ok(Arc::new(
        transport.map_err(|refusal| anyhow::anyhow!("CM_SMTP_URL: {}", refusal.text))?,
    ))
}

/// Turns true at SIGTERM or Ctrl-C.
#[must_use]
pub fn stop_signal() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = terminate => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        let _ = sender.send(true);
    });
    receiver
}
