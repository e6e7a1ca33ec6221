//! Configuration, read once from the environment. Every mistake is reported, each with what to do about it.

mod secret;

use std::{collections::HashMap, path::PathBuf};

use anyhow::{Result, bail};
use base64::Engine;

pub use secret::Secret;

/// What kind of installation this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A developer's machine or a trial.
    Dev,
    /// A rehearsal of production.
    Staging,
    /// Production: keys must be given.
    Prod,
}

/// Everything the processes need to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// PostgreSQL.
    pub database_url: Secret<String>,
    /// Redis.
    pub redis_url: Secret<String>,
    /// Prefix of all keys in Redis.
    pub redis_prefix: String,
    /// Database connections of one process.
    pub pool_size: usize,
    /// Address and port of the API.
    pub listen: String,
    /// Address under which people reach the web application.
    pub public_url: String,
    /// Root of all keys.
    pub master_key: Secret<[u8; 32]>,
    /// Where files are kept.
    pub storage_dir: PathBuf,
    /// Outgoing mail server; without one, mail is written into `mail_dir`.
    pub smtp_url: Option<Secret<String>>,
    /// Certificate authority of the outgoing mail server, in PEM, besides the public ones.
    pub smtp_ca: Option<PathBuf>,
    /// Where outgoing mail is written when there is no server.
    pub mail_dir: PathBuf,
    /// Certificate authority of IMAP servers, in PEM, besides the public ones.
    pub imap_ca: Option<PathBuf>,
    /// Domain of Message-IDs.
    pub mail_domain: String,
    /// What is logged (`tracing` filter).
    pub log: String,
    /// One JSON object for each line.
    pub log_json: bool,
    /// OpenTelemetry collector; none, and nothing is exported.
    pub collector: Option<String>,
}

/// Every variable and its meaning; `.env.example` is checked against this.
#[cfg(test)]
const VARIABLES: &[(&str, &str)] = &[
    ("CM_PROFILE", "dev, staging or prod"),
    (
        "DATABASE_URL",
        "PostgreSQL, such as postgres://user:password@host:5432/name",
    ),
    ("REDIS_URL", "Redis, such as redis://:password@host:6379"),
    ("CM_REDIS_PREFIX", "prefix of all keys in Redis"),
    ("CM_POOL_SIZE", "database connections of one process"),
    ("CM_LISTEN", "address and port of the API"),
    ("CM_PUBLIC_URL", "address under which people reach the web application"),
    ("CM_MASTER_KEY", "32 random bytes in base64, the root of all keys"),
    ("CM_STORAGE_DIR", "where files are kept"),
    (
        "CM_SMTP_URL",
        "outgoing mail server, such as smtp://user:password@host:587?tls=required",
    ),
    (
        "CM_SMTP_CA",
        "certificate authority of the outgoing mail server in PEM, besides the public ones",
    ),
    ("CM_MAIL_DIR", "where outgoing mail is written when there is no server"),
    (
        "CM_IMAP_CA",
        "certificate authority of IMAP servers in PEM, besides the public ones",
    ),
    ("CM_MAIL_DOMAIN", "domain of Message-IDs"),
    ("CM_LOG", "what is logged, such as info,store=debug"),
    ("CM_LOG_FORMAT", "pretty or json"),
    (
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OpenTelemetry collector (OTLP over HTTP), such as http://localhost:4318; without it nothing is exported",
    ),
];

/// Reads the environment.
///
/// # Errors
/// One message that lists every mistake.
pub fn load() -> Result<Config> {
    let vars = std::env::vars().collect();
    parse(&vars)
}

/// Reads the environment with these values over it.
///
/// # Errors
/// As [`load`].
pub fn from_pairs(pairs: &[(String, String)]) -> Result<Config> {
    let mut vars: HashMap<String, String> = std::env::vars().collect();
    vars.extend(pairs.iter().cloned());
    parse(&vars)
}

fn parse(vars: &HashMap<String, String>) -> Result<Config> {
    let mut mistakes = Vec::new();
    let get = |name: &str| vars.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    let profile = match get("CM_PROFILE").as_deref() {
        None | Some("dev") => Profile::Dev,
        Some("staging") => Profile::Staging,
        Some("prod") => Profile::Prod,
        Some(other) => {
            mistakes.push(format!("CM_PROFILE is `{other}`: use dev, staging or prod"));
            Profile::Dev
        }
    };
    let mut need = |name: &str, hint: &str| {
        get(name).unwrap_or_else(|| {
            mistakes.push(format!("{name} is not set: give {hint}"));
            String::new()
        })
    };
    let database_url = need(
        "DATABASE_URL",
        "the address of PostgreSQL, such as postgres://user:password@host:5432/name",
    );
    let redis_url = need("REDIS_URL", "the address of Redis, such as redis://:password@host:6379");
    let master_key = need("CM_MASTER_KEY", "32 random bytes in base64 (openssl rand -base64 32)");
    let key = base64::engine::general_purpose::STANDARD
        .decode(&master_key)
        .ok()
        .and_then(|k| k.try_into().ok());
    if key.is_none() && !master_key.is_empty() {
        mistakes.push("CM_MASTER_KEY is not 32 bytes in base64: make one with `openssl rand -base64 32`".to_owned());
    }
    let pool_size = get("CM_POOL_SIZE").unwrap_or_else(|| "16".to_owned());
    let pool_size = pool_size
        .parse()
        .ok()
        .filter(|n| (2..=200).contains(n))
        .unwrap_or_else(|| {
            mistakes.push(format!("CM_POOL_SIZE is `{pool_size}`: use a number from 2 to 200"));
            16
        });
    let log_json = match get("CM_LOG_FORMAT").as_deref() {
        None | Some("pretty") => false,
        Some("json") => true,
        Some(other) => {
            mistakes.push(format!("CM_LOG_FORMAT is `{other}`: use pretty or json"));
            false
        }
    };
    let collector = get("OTEL_EXPORTER_OTLP_ENDPOINT");
    if let Some(url) = &collector
        && !url.starts_with("http://")
        && !url.starts_with("https://")
    {
        mistakes.push(format!(
            "OTEL_EXPORTER_OTLP_ENDPOINT is `{url}`: use an address such as http://localhost:4318"
        ));
    }
    let public_url = get("CM_PUBLIC_URL").unwrap_or_else(|| "http://localhost:8080".to_owned());
    if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
        mistakes.push(format!(
            "CM_PUBLIC_URL is `{public_url}`: it must start with http:// or https://"
        ));
    }
    if profile == Profile::Prod && !public_url.starts_with("https://") {
        mistakes.push("CM_PUBLIC_URL must start with https:// in the prod profile".to_owned());
    }
    if profile == Profile::Prod && get("CM_SMTP_URL").is_none() {
        mistakes.push("CM_SMTP_URL is not set: the prod profile needs a mail server".to_owned());
    }
    if !mistakes.is_empty() {
        bail!(
            "the configuration has {} mistake(s):\n  - {}",
            mistakes.len(),
            mistakes.join("\n  - ")
        );
    }
    Ok(Config {
        database_url: Secret::new(database_url),
        redis_url: Secret::new(redis_url),
        redis_prefix: get("CM_REDIS_PREFIX").unwrap_or_else(|| "cm".to_owned()),
        pool_size,
        listen: get("CM_LISTEN").unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
        public_url: public_url.trim_end_matches('/').to_owned(),
        master_key: Secret::new(key.unwrap_or_default()),
        storage_dir: get("CM_STORAGE_DIR").unwrap_or_else(|| "data/files".to_owned()).into(),
        smtp_url: get("CM_SMTP_URL").map(Secret::new),
        smtp_ca: get("CM_SMTP_CA").map(PathBuf::from),
        mail_dir: get("CM_MAIL_DIR").unwrap_or_else(|| "data/mail-out".to_owned()).into(),
        imap_ca: get("CM_IMAP_CA").map(PathBuf::from),
        mail_domain: get("CM_MAIL_DOMAIN").unwrap_or_else(|| "cloudmanager.test".to_owned()),
        log: get("CM_LOG").unwrap_or_else(|| "info".to_owned()),
        log_json,
        collector,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let error = parse(&vars(&[
            ("CM_PROFILE", "x"),
            ("CM_POOL_SIZE", "0"),
            ("CM_MASTER_KEY", "abc"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317"),
        ]))
        .unwrap_err();
        let text = error.to_string();
        for name in [
            "CM_PROFILE",
            "CM_POOL_SIZE",
            "CM_MASTER_KEY",
            "DATABASE_URL",
            "REDIS_URL",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ] {
            assert!(text.contains(name), "{name} missing in {text}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = parse(&vars(&[
            ("DATABASE_URL", "postgres://u:hunter2@h/d"),
            ("REDIS_URL", "redis://:hunter2@h"),
            ("CM_MASTER_KEY", "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ="),
        ]))
        .unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn the_example_lists_every_variable() {
        let example = include_str!("../../.env.example");
        for (name, _) in VARIABLES {
            assert!(
                example.contains(&format!("{name}=")),
                "{name} is missing in .env.example"
            );
        }
    }
}
