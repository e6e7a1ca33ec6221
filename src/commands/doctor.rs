//! `cloudmanager doctor`: is everything there, and if not, what to do.

use std::process::Command;

use anyhow::{Result, bail};
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
                report("Redis", redis(&config).await);
                report("files", files(&config).await);
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

async fn redis(config: &config::Config) -> Result<String, String> {
    let advice = "check REDIS_URL and that the server runs";
    let transport = Transport::connect(config.redis_url.expose(), &config.redis_prefix);
    let transport = transport.map_err(|error| format!("{error}; {advice}"))?;
    let answer = transport.ping().await;
    answer.map_err(|error| format!("{error}; {advice}"))?;
    Ok("answers".to_owned())
}

async fn files(config: &config::Config) -> Result<String, String> {
    let variables = if config.bucket.is_some() {
        "the CM_S3_… variables and the bucket's rules"
    } else {
        "CM_STORAGE_DIR and who may write there"
    };
    let files = Files::open(config).map_err(|error| error.to_string())?;
    let storage = files.storage();
    let checked = storage.check().await;
    checked.map_err(|error| format!("{error}; check {variables}"))?;
    Ok(storage.place().to_owned())
}
