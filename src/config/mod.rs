//! Configuration, read once from the environment. Every mistake is reported, each with what to do about it.

mod read;
mod secret;
pub mod sms;
#[cfg(test)]
mod variables;

use std::{collections::HashMap, net::IpAddr, path::PathBuf};

use anyhow::{Result, bail};
use base64::Engine;
use domain::permission::roles;
use integrations::{antivirus::Clamd, http::Reach, mail::smtp::SmtpConfig, storage::Bucket};
use ipnet::IpNet;

use read::Reader;
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
    /// Database connections that a worker keeps for the ledger.
    pub ledger_connections: usize,
    /// Address and port of the API.
    pub listen: String,
    /// Address under which people reach the web application.
    pub public_url: String,
    /// Root of all keys.
    pub master_key: Secret<[u8; 32]>,
    /// Keys that wrap the data keys of files, by id; the first wraps new ones.
    pub former_master_keys: Secret<Vec<[u8; 32]>>,
    pub file_keys: Secret<Vec<(String, [u8; 32])>>,
    /// Where files are kept when there is no bucket.
    pub storage_dir: PathBuf,
    /// Bucket in which files are kept.
    pub bucket: Option<Secret<Bucket>>,
    /// Outgoing mail server; without one, mail is written into `mail_dir`.
    pub smtp: Option<SmtpConfig>,
    /// Certificate authority of the outgoing mail server, in PEM, besides the public ones.
    pub smtp_ca: Option<PathBuf>,
    /// Verification key of SendGrid's Event Webhook, as SendGrid shows it.
    pub sendgrid_events_key: Option<String>,
    /// Topic of SNS that tells what becomes of mail that goes out through SES.
    pub ses_events_topic: Option<String>,
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
    /// Virus scanner; none, and files are not scanned.
    pub antivirus: Option<Clamd>,
    /// OpenTelemetry collector; none, and nothing is exported.
    pub collector: Option<String>,
    /// Roles that must have a second factor, and with them those that inherit them.
    pub second_factor_roles: Vec<String>,
    /// Other sites whose pages may call the API.
    pub cors_origins: Vec<api::Origin>,
    /// Proxies whose word on the caller's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Requests that one API process serves at once.
    pub max_requests: usize,
    /// Text messages.
    pub sms: sms::SmsConfig,
    /// How far calls to addresses reach that people gave us.
    pub outbound: Reach,
    /// Changes of how many requests one caller may send.
    pub rate_limits: Vec<api::limits::Setting>,
}

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

/// An id and 32 bytes in base64.
fn file_key(text: &str) -> Option<(String, [u8; 32])> {
    let (id, key) = text.split_once(':')?;
    let fits = (1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    // Ids that begin so are those of keys made from a master key.
    Some((id.to_owned(), bytes32(key)?)).filter(|_| fits && id != "root" && !id.starts_with("root-"))
}

/// 32 bytes in base64.
fn bytes32(text: &str) -> Option<[u8; 32]> {
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .ok()?
        .try_into()
        .ok()
}

fn parse(vars: &HashMap<String, String>) -> Result<Config> {
    let mut read = Reader::new(vars);
    let profiles = [("staging", Profile::Staging), ("prod", Profile::Prod)];
    let profile = read.choice("CM_PROFILE", ("dev", Profile::Dev), &profiles);
    let database_url = read.need(
        "DATABASE_URL",
        "the address of PostgreSQL, such as postgres://user:password@host:5432/name",
    );
    let redis_url = read.need("REDIS_URL", "the address of Redis, such as redis://:password@host:6379");
    let master_key = read.need("CM_MASTER_KEY", "32 random bytes in base64 (openssl rand -base64 32)");
    let key = bytes32(&master_key);
    if key.is_none() && !master_key.is_empty() {
        read.mistakes
            .push("CM_MASTER_KEY is not 32 bytes in base64: make one with `openssl rand -base64 32`".to_owned());
    }
    let former_master_keys = read.secrets("CM_MASTER_KEYS_OLD", "32 bytes in base64", bytes32);
    let file_keys = read.secrets("CM_FILE_KEYS", "an id, a colon and 32 bytes in base64", file_key);
    let ledger_connections = read.number("CM_LEDGER_CONNECTIONS", 4, 2..=32);
    let pool_size = read.number("CM_POOL_SIZE", 16, 2..=200);
    let (pretty, json) = (("pretty", false), ("json", true));
    let log_json = match profile {
        Profile::Prod => read.choice("CM_LOG_FORMAT", json, &[pretty]),
        Profile::Dev | Profile::Staging => read.choice("CM_LOG_FORMAT", pretty, &[json]),
    };
    let collector = read.get("OTEL_EXPORTER_OTLP_ENDPOINT");
    if let Some(url) = &collector
        && !is_http(url)
    {
        read.mistakes.push(format!(
            "OTEL_EXPORTER_OTLP_ENDPOINT is `{url}`: use an address such as http://localhost:4318"
        ));
    }
    let scanner = read.get("CM_ANTIVIRUS");
    let antivirus = scanner.as_deref().and_then(Clamd::parse);
    if let (Some(text), None) = (&scanner, &antivirus) {
        read.mistakes.push(format!(
            "CM_ANTIVIRUS is `{text}`: use an address such as tcp://localhost:3310 or unix:/run/clamav/clamd.ctl"
        ));
    }
    let second_factor_roles = second_factor_roles(&mut read, profile);
    let cors_origins = read.list("CM_CORS_ORIGINS", "origins such as https://shop.example", api::origin);
    let trusted_proxies = read.list(
        "CM_TRUSTED_PROXIES",
        "addresses or networks such as 10.0.0.0/8",
        network,
    );
    let max_requests = read.number("CM_MAX_REQUESTS", 1024, 1..=100_000);
    let rate_limits = read.list(
        "CM_RATE_LIMITS",
        "off, or a class and its requests in a minute such as reads=3000",
        api::rate_setting,
    );
    let public_url = read.text("CM_PUBLIC_URL", "http://localhost:8080");
    if !is_http(&public_url) {
        read.mistakes.push(format!(
            "CM_PUBLIC_URL is `{public_url}`: it must start with http:// or https://"
        ));
    }
    let outbound = read.choice(
        "CM_OUTBOUND",
        ("public", Reach::Public),
        &[("loopback", Reach::Loopback)],
    );
    if outbound == Reach::Loopback && profile != Profile::Dev {
        read.mistakes
            .push("CM_OUTBOUND is `loopback`: only the dev profile may call this machine".to_owned());
    }
    let bucket = bucket(&mut read);
    let sms = sms::sms(&mut read);
    let smtp = smtp(&mut read);
    let (sendgrid_events_key, ses_events_topic) = mail_reports(&mut read);
    if profile == Profile::Prod {
        if !public_url.starts_with("https://") {
            read.mistakes
                .push("CM_PUBLIC_URL must start with https:// in the prod profile".to_owned());
        }
        if names_address(&public_url) {
            read.mistakes.push(format!(
                "CM_PUBLIC_URL is `{public_url}`: the prod profile needs a host name, browsers bind passkeys to none else"
            ));
        }
        if read.get("CM_SMTP_URL").is_none() {
            read.mistakes
                .push("CM_SMTP_URL is not set: the prod profile needs a mail server".to_owned());
        }
    }
    if !read.mistakes.is_empty() {
        bail!(
            "the configuration has {} mistake(s):\n  - {}",
            read.mistakes.len(),
            read.mistakes.join("\n  - ")
        );
    }
    Ok(Config {
        database_url: Secret::new(database_url),
        redis_url: Secret::new(redis_url),
        redis_prefix: read.text("CM_REDIS_PREFIX", "cm"),
        pool_size,
        ledger_connections,
        listen: read.text("CM_LISTEN", "127.0.0.1:8080"),
        public_url: public_url.trim_end_matches('/').to_owned(),
        master_key: Secret::new(key.unwrap_or_default()),
        former_master_keys: Secret::new(former_master_keys),
        file_keys: Secret::new(file_keys),
        storage_dir: read.text("CM_STORAGE_DIR", "data/files").into(),
        bucket: bucket.map(Secret::new),
        smtp,
        smtp_ca: read.get("CM_SMTP_CA").map(PathBuf::from),
        sendgrid_events_key,
        ses_events_topic,
        mail_dir: read.text("CM_MAIL_DIR", "data/mail-out").into(),
        imap_ca: read.get("CM_IMAP_CA").map(PathBuf::from),
        mail_domain: read.text("CM_MAIL_DOMAIN", "cloudmanager.test"),
        second_factor_roles,
        cors_origins,
        trusted_proxies,
        max_requests,
        sms,
        outbound,
        rate_limits,
        log: read.text("CM_LOG", "info"),
        log_json,
        antivirus,
        collector,
    })
}

/// How reports of providers of outgoing mail are recognised: SendGrid's verification key, and the topic that SES tells.
fn mail_reports(read: &mut Reader<'_>) -> (Option<String>, Option<String>) {
    let key = read.get("CM_SENDGRID_EVENTS_KEY");
    if app::mail::provider::MailReports::default()
        .with_sendgrid(key.as_deref())
        .is_err()
    {
        read.mistakes.push(
            "CM_SENDGRID_EVENTS_KEY is no verification key: copy it from SendGrid's signature verification settings"
                .to_owned(),
        );
    }
    let topic = read.get("CM_SES_EVENTS_TOPIC");
    let arn = |topic: &String| {
        let parts: Vec<&str> = topic.split(':').collect();
        matches!(parts[..], ["arn", "aws" | "aws-cn" | "aws-us-gov", "sns", region, _, name] if !region.is_empty() && !name.is_empty())
    };
    if topic.as_ref().is_some_and(|topic| !arn(topic)) {
        read.mistakes.push(
            "CM_SES_EVENTS_TOPIC is no topic: use its ARN, such as arn:aws:sns:eu-west-3:123456789012:mail".to_owned(),
        );
    }
    (key, topic)
}

/// The outgoing mail server, when there is one. What is wrong with its address is said without the address, which may hold a secret.
fn smtp(read: &mut Reader<'_>) -> Option<SmtpConfig> {
    let secret = read.get("CM_SMTP_SECRET");
    let Some(url) = read.get("CM_SMTP_URL") else {
        if secret.is_some() {
            read.mistakes
                .push("CM_SMTP_SECRET is set without CM_SMTP_URL: name the outgoing mail server".to_owned());
        }
        return None;
    };
    match SmtpConfig::with_secret(&url, secret.as_deref()) {
        Ok(server) => Some(server),
        Err(error) => {
            read.mistakes.push(format!("CM_SMTP_URL and CM_SMTP_SECRET: {error}"));
            None
        }
    }
}

/// The bucket for files, when one is named.
fn bucket(read: &mut Reader<'_>) -> Option<Bucket> {
    let name = read.get("CM_S3_BUCKET");
    let endpoint = read.get("CM_S3_ENDPOINT");
    if let Some(url) = &endpoint
        && !is_http(url)
    {
        read.mistakes.push(format!(
            "CM_S3_ENDPOINT is `{url}`: use an address such as https://minio.example:9000"
        ));
    }
    let region = read.text("CM_S3_REGION", "us-east-1");
    if name.is_none() {
        for other in ["CM_S3_ENDPOINT", "CM_S3_ACCESS_KEY", "CM_S3_SECRET_KEY"] {
            if read.get(other).is_some() {
                read.mistakes.push(format!(
                    "{other} is set without CM_S3_BUCKET: name the bucket for files"
                ));
            }
        }
        return None;
    }
    Some(Bucket {
        name: name?,
        endpoint: endpoint.map(|url| url.trim_end_matches('/').to_owned()),
        region,
        access_key: read.need("CM_S3_ACCESS_KEY", "the access key of the bucket in CM_S3_BUCKET"),
        secret_key: read.need("CM_S3_SECRET_KEY", "the secret key that belongs to CM_S3_ACCESS_KEY"),
    })
}

/// Roles whose people must have a second factor: in production those of staff, unless others, or `none`, are named.
fn second_factor_roles(read: &mut Reader<'_>, profile: Profile) -> Vec<String> {
    match (read.get("CM_SECOND_FACTOR_ROLES").as_deref(), profile) {
        (Some("none"), _) => Vec::new(),
        (None, Profile::Prod) => roles::staff().map(str::to_owned).collect(),
        _ => read.list(
            "CM_SECOND_FACTOR_ROLES",
            "none, or keys of roles such as admin",
            role_key,
        ),
    }
}

/// The key of a role.
fn role_key(text: &str) -> Option<String> {
    let fine = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    fine.then(|| text.to_owned())
}

fn is_http(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// Leads to an IP address instead of a name.
fn names_address(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.starts_with('[') {
        return true;
    }
    let host = authority.split_once(':').map_or(authority, |(host, _)| host);
    host.parse::<IpAddr>().is_ok()
}

/// A network, or a single address as the network of one.
fn network(text: &str) -> Option<IpNet> {
    let single = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(single)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{variables::VARIABLES, *};

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
            ("CM_CORS_ORIGINS", "*"),
            ("CM_TRUSTED_PROXIES", "10.0.0.0/33"),
            ("CM_SECOND_FACTOR_ROLES", "admin;agent"),
            ("CM_MAX_REQUESTS", "0"),
            ("CM_RATE_LIMITS", "reads=many"),
            ("CM_LOG_FORMAT", "xml"),
            ("CM_S3_BUCKET", "files"),
            ("CM_S3_ENDPOINT", "minio:9000"),
            ("CM_SMTP_URL", "sendgrid://hunter2"),
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
            "CM_CORS_ORIGINS",
            "CM_TRUSTED_PROXIES",
            "CM_SECOND_FACTOR_ROLES",
            "CM_MAX_REQUESTS",
            "CM_RATE_LIMITS",
            "CM_LOG_FORMAT",
            "CM_S3_ENDPOINT",
            "CM_S3_ACCESS_KEY",
            "CM_S3_SECRET_KEY",
            "CM_SMTP_URL",
        ] {
            assert!(text.contains(name), "{name} missing in {text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn an_address_is_no_name() {
        for address in [
            "https://10.0.0.5",
            "https://10.0.0.5:8443/x",
            "https://[::1]:8443",
            "https://[2001:db8::1]",
        ] {
            assert!(names_address(address), "{address}");
        }
        for name in [
            "https://cm.example",
            "https://cm.example:8443/x",
            "http://localhost:8080",
            "https://10.0.0.5.example",
        ] {
            assert!(!names_address(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = parse(&vars(&[
            ("DATABASE_URL", "postgres://u:hunter2@h/d"),
            ("REDIS_URL", "redis://:hunter2@h"),
            ("CM_MASTER_KEY", "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ="),
            ("CM_S3_BUCKET", "files"),
            ("CM_S3_ACCESS_KEY", "hunter2"),
            ("CM_S3_SECRET_KEY", "hunter2"),
            ("CM_SMTP_URL", "ses://AKIAX@eu-west-3"),
            ("CM_SMTP_SECRET", "hunter2"),
        ]))
        .unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let smtp = config.smtp.unwrap();
        assert_eq!(smtp.host, "email-smtp.eu-west-3.amazonaws.com");
        assert_eq!(smtp.credentials, Some(("AKIAX".to_owned(), "hunter2".to_owned())));
    }

    #[test]
    fn the_example_says_what_the_table_says() {
        let expected = variables::example();
        let example = include_str!("../../.env.example");
        assert!(example == expected, ".env.example is to say:\n{expected}");
    }

    #[test]
    fn what_is_read_is_in_the_table() {
        let code = [include_str!("mod.rs"), include_str!("sms.rs")]
            .map(|code| code.split("#[cfg(test)]\nmod tests").next().unwrap());
        let is_name = |text: &&str| {
            text.len() > 3
                && text.contains('_')
                && text
                    .bytes()
                    .all(|b| b == b'_' || b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        let read: BTreeSet<&str> = code.iter().flat_map(|code| code.split('"')).filter(is_name).collect();
        let listed: BTreeSet<&str> = VARIABLES.iter().map(|variable| variable.name).collect();
        assert_eq!(read, listed);
    }

    #[test]
    fn the_defaults_are_those_of_the_table() {
        let needed = [
            ("DATABASE_URL", "postgres://h/d"),
            ("REDIS_URL", "redis://h"),
            ("CM_MASTER_KEY", "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ="),
        ];
        let with_nothing = parse(&vars(&needed)).unwrap();
        let defaults = VARIABLES.iter().filter_map(|v| Some((v.name, v.default?)));
        let with_defaults: Vec<_> = needed.into_iter().chain(defaults).collect();
        let with_defaults = parse(&vars(&with_defaults)).unwrap();
        assert_eq!(format!("{with_nothing:?}"), format!("{with_defaults:?}"));
        let without = VARIABLES.iter().filter(|v| v.default.is_none()).count();
        assert_eq!(without, needed.len());
    }

    /// An installation of this profile, with this set besides.
    fn installed(profile: &str, name: &str, value: &str) -> Config {
        parse(&vars(&[
            ("DATABASE_URL", "postgres://h/d"),
            ("REDIS_URL", "redis://h"),
            ("CM_MASTER_KEY", "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ="),
            ("CM_PUBLIC_URL", "https://cm.example"),
            ("CM_SMTP_URL", "smtp://mail.example"),
            ("CM_PROFILE", profile),
            (name, value),
        ]))
        .unwrap()
    }

    #[test]
    fn staff_need_a_second_factor_in_production() {
        let roles = |profile, given| installed(profile, "CM_SECOND_FACTOR_ROLES", given).second_factor_roles;
        assert_eq!(roles("prod", ""), ["admin", "corporate"]);
        assert_eq!(roles("prod", "admin, client"), ["admin", "client"]);
        for nobody in [roles("prod", "none"), roles("staging", ""), roles("dev", "")] {
            assert!(nobody.is_empty(), "{nobody:?}");
        }
    }

    #[test]
    fn production_logs_objects_unless_told_otherwise() {
        let json = |profile, given| installed(profile, "CM_LOG_FORMAT", given).log_json;
        assert!(json("prod", "") && json("dev", "json"));
        assert!(!json("prod", "pretty") && !json("dev", "") && !json("staging", ""));
    }

    #[test]
    fn lists_are_separated_by_commas() {
        let config = parse(&vars(&[
            ("DATABASE_URL", "postgres://h/d"),
            ("REDIS_URL", "redis://h"),
            ("CM_MASTER_KEY", "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ="),
            ("CM_TRUSTED_PROXIES", "10.0.0.0/8, ::1,"),
            ("CM_CORS_ORIGINS", "https://a.example,https://b.example"),
        ]))
        .unwrap();
        assert_eq!(
            config.trusted_proxies,
            ["10.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap())
        );
        assert_eq!(config.cors_origins, ["https://a.example", "https://b.example"]);
    }
}
