//! `cloudmanager doctor`: is everything there, and if not, what to do.

use std::process::Command;

use anyhow::{Result, bail};
use api::ReadyCheck;
use integrations::mail::smtp::Refusal;
use queue::Transport;

use crate::{blobs::Files, config, wiring};

/// Prints a line for each check.
///
/// # Errors
/// When a check failed.
pub async fn run() -> Result<()> {
    let mut failed = 0;
    let mut report = |name: &str, result: Result<String, String>| match result {
        Ok(detail) => println!("ok      {name:<14} {detail}"),
        Err(advice) => {
            failed += 1;
            println!("FAILED  {name:<14} {advice}");
        }
    };
    let given = std::env::var("DATABASE_URL").is_ok_and(|url| !url.is_empty());
    if given {
        match config::load() {
            Ok(config) => {
                report("configuration", Ok(format!("public URL {}", config.public_url)));
                report("PostgreSQL", database(&config).await);
                report("keys", keys(&config).await);
                report("Redis", redis(&config).await);
                report("files", files(&config).await);
                if let Some(server) = &config.smtp {
                    report("outgoing mail", mail(&config, &server.host).await);
                }
                if let Some(scanner) = &config.antivirus {
                    let answer = scanner.check().await;
                    let advice = |error| format!("{error}; check CM_ANTIVIRUS and that clamd runs");
                    report("virus scanner", answer.map(|()| "answers".to_owned()).map_err(advice));
                }
            }
            Err(error) => report("configuration", Err(error.to_string())),
        }
    } else {
        report(
            "configuration",
            Ok("DATABASE_URL is not set: `up` starts private servers".to_owned()),
        );
        let found = std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| versions.next().is_some());
        report(
            "PostgreSQL",
            if found {
                Ok("programs found".to_owned())
            } else {
                program("initdb", "postgresql")
            },
        );
        report("Redis", program("redis-server", "redis-server"));
        report("setpriv", program("setpriv", "util-linux"));
    }
    if failed > 0 {
        bail!("{failed} check(s) failed");
    }
    Ok(())
}

fn program(name: &str, package: &str) -> Result<String, String> {
    match Command::new(name).arg("--version").output() {
        Ok(output) => Ok(String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()
            .unwrap_or(name)
            .to_owned()),
        Err(_) => Err(format!("{name} is not installed: install the package `{package}`")),
    }
}

async fn database(config: &config::Config) -> Result<String, String> {
    let checked = wiring::need_schema(config).await;
    checked.map_err(|error| error.to_string())?;
    Ok("schema up to date".to_owned())
}

/// What still hangs on a master key that was replaced, and until when it is needed.
async fn keys(config: &config::Config) -> Result<String, String> {
    let (app, _) = wiring::app(config).map_err(|error| error.to_string())?;
    let state = app::master_key::state(&app).await.map_err(|error| error.to_string())?;
    let (present, former) = (app.keys.id(), app.keys.former_ids());
    if !state.missing.is_empty() {
        return Err(format!(
            "the audit trail names the master key {}, which is not configured: add it to CM_MASTER_KEYS_OLD",
            state.missing.join(", ")
        ));
    }
    // From before seals named their key: any configured one may have made them.
    let strange = |key: &str| {
        !key.is_empty() && key.len() == present.len() && key != present && !former.contains(&key.to_owned())
    };
    if let Some(lost) = state.stored.iter().find(|held| strange(&held.key_id)) {
        return Err(format!(
            "{} × {} under the master key {}, which is not configured: add it to CM_MASTER_KEYS_OLD",
            lost.n, lost.place, lost.key_id
        ));
    }
    if former.is_empty() {
        return Ok(format!("master key {present}, file key {}", app.keys.file_key_id()));
    }
    let stored: Vec<String> = state
        .stored
        .iter()
        .map(|held| format!("{} × {}", held.n, held.place))
        .collect();
    let Some(since) = state.since.filter(|_| stored.is_empty()) else {
        return Err(format!(
            "master key {present} replaces {}; under others are {}: run `cloudmanager keys rotate`",
            former.join(", "),
            if stored.is_empty() {
                "lines of the audit trail".to_owned()
            } else {
                stored.join(", ")
            }
        ));
    };
    Ok(format!(
        "master key {present} since {}; nothing that can be sealed anew is under {}. They are still needed for {} API tokens, \
         {} answers kept for a day, answers to mails sent before, and to check {} lines of the audit trail",
        since.format("%F"),
        former.join(", "),
        state.api_tokens,
        state.answers,
        state.audit_lines
    ))
}

async fn redis(config: &config::Config) -> Result<String, String> {
    let advice = "check REDIS_URL and that the server runs";
    let transport = Transport::connect(config.redis_url.expose(), &config.redis_prefix);
    let transport = transport.map_err(|error| format!("{error}; {advice}"))?;
    let answer = transport.ping().await;
    answer.map_err(|error| format!("{error}; {advice}"))?;
    Ok("answers".to_owned())
}

/// Whether the mail server lets us in; nothing is sent.
async fn mail(config: &config::Config, host: &str) -> Result<String, String> {
    let transport = wiring::mail_transport(config).map_err(|error| format!("{error:#}"))?;
    let refused = |refusal: Refusal| {
        let code = Some(refusal.code)
            .filter(|code| *code > 0)
            .map(|code| format!("{code} "));
        format!(
            "{host}: {}{}; check CM_SMTP_URL and CM_SMTP_SECRET",
            code.unwrap_or_default(),
            refusal.text
        )
    };
    transport.check().await.map_err(refused)?;
    Ok(format!("{host} takes our credentials"))
}

async fn files(config: &config::Config) -> Result<String, String> {
    let variables = if config.bucket.is_some() {
        "the CM_S3_… variables and the bucket's rules"
    } else {
        "CM_STORAGE_DIR and who may write there"
    };
    let files = Files::open(config).map_err(|error| error.to_string())?;
    let checked = files.examine().await;
    checked.map_err(|error| format!("{error}; check {variables}"))
}
