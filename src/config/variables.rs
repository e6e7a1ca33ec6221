//! Every variable with its meaning and default: what `.env.example` says, and what the tests hold the reading against.

/// One variable.
pub struct Variable {
    pub name: &'static str,
    /// A sentence without its capital letter and full stop.
    pub meaning: &'static str,
    /// What holds when it is not set; `None` for one that must be given.
    pub default: Option<&'static str>,
}

const fn of(name: &'static str, default: Option<&'static str>, meaning: &'static str) -> Variable {
    Variable { name, meaning, default }
}

#[rustfmt::skip]
pub const VARIABLES: &[Variable] = &[
    of("CM_PROFILE", Some("dev"), "dev, staging or prod"),
    of("DATABASE_URL", None, "PostgreSQL, such as postgres://user:password@host:5432/name; TLS with ?sslmode=verify-full&sslrootcert=FILE"),
    of("REDIS_URL", None, "Redis, such as redis://:password@host:6379"),
    of("CM_REDIS_PREFIX", Some("cm"), "prefix of all keys in Redis"),
    of("CM_POOL_SIZE", Some("16"), "database connections of one process, and as many again for customers' requests"),
    of("CM_LEDGER_CONNECTIONS", Some("4"), "further database connections of a worker, for claims, leases and outcomes alone"),
    of("CM_LISTEN", Some("127.0.0.1:8080"), "address and port of the API"),
    of("CM_PUBLIC_URL", Some("http://localhost:8080"), "address under which people reach the web application"),
    of("CM_MASTER_KEY", None, "32 random bytes in base64, the root of all keys"),
    of("CM_MASTER_KEYS_OLD", Some(""), "master keys that CM_MASTER_KEY replaced, newest first, in base64, separated by commas; they open and verify, and neither seal nor sign"),
    of("CM_FILE_KEYS", Some(""), "keys that wrap the data keys of stored documents, such as 2026:BASE64, separated by commas; the first wraps new ones; without any, one made from CM_MASTER_KEY"),
    of("CM_STORAGE_DIR", Some("data/files"), "where files are kept when there is no bucket"),
    of("CM_S3_BUCKET", Some(""), "bucket in which files are kept (Amazon S3, MinIO and others that speak S3)"),
    of("CM_S3_ENDPOINT", Some(""), "address of the bucket's server, such as https://minio.example:9000; without it Amazon's own"),
    of("CM_S3_REGION", Some("us-east-1"), "region of the bucket"),
    of("CM_S3_ACCESS_KEY", Some(""), "access key, needed with a bucket"),
    of("CM_S3_SECRET_KEY", Some(""), "secret key, needed with a bucket"),
    of("CM_SMTP_URL", Some(""), "outgoing mail server, such as smtp://user:password@host:587?tls=required, sendgrid:// or ses://user@eu-west-3"),
    of("CM_SMTP_SECRET", Some(""), "password or API key for the outgoing mail server, where CM_SMTP_URL has none"),
    of("CM_SMTP_CA", Some(""), "certificate authority of the outgoing mail server in PEM, besides the public ones"),
    of("CM_SENDGRID_EVENTS_KEY", Some(""), "verification key of SendGrid's Event Webhook, which then posts to /api/v1/mail/reports/sendgrid"),
    of("CM_SES_EVENTS_TOPIC", Some(""), "ARN of the SNS topic that SES tells of bounces, complaints and deliveries, which then posts to /api/v1/mail/reports/ses"),
    of("CM_MAIL_DIR", Some("data/mail-out"), "where outgoing mail is written when there is no server"),
    of("CM_IMAP_CA", Some(""), "certificate authority of IMAP servers in PEM, besides the public ones"),
    of("CM_MAIL_DOMAIN", Some("cloudmanager.test"), "domain of Message-IDs"),
    of("CM_SECOND_FACTOR_ROLES", Some(""), "roles whose people must set up a second factor, with those that inherit them, such as admin,corporate, separated by commas, or none; without a value admin,corporate in the prod profile and none in the others"),
    of("CM_SMS_PROVIDER", Some("none"), "provider of text messages: twilio, infobip or none"),
    of("CM_SMS_ACCOUNT", Some(""), "account SID, needed with twilio"),
    of("CM_SMS_SECRET", Some(""), "auth token of twilio, or API key of infobip"),
    of("CM_SMS_SENDER", Some(""), "number, name or messaging service (MG…) that texts come from, needed with a provider"),
    of("CM_SMS_BASE_URL", Some(""), "address of the provider's API; needed with infobip, whose accounts have one each; https://api.twilio.com with twilio"),
    of("CM_SMS_PREFIXES", Some("213"), "country codes that get texts, such as 213,33, separated by commas"),
    of("CM_SMS_HOURLY", Some("200"), "codes that are sent in an hour, over all accounts; then texts pause and security is alerted"),
    of("CM_SMS_STRONG_ROLES", Some("admin"), "roles for which a code by text message is not enough, with those that inherit them, separated by commas; none, and it is for all"),
    of("CM_CORS_ORIGINS", Some(""), "other sites whose pages may call the API, such as https://shop.example, separated by commas"),
    of("CM_TRUSTED_PROXIES", Some(""), "proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8, separated by commas"),
    of("CM_MAX_REQUESTS", Some("1024"), "requests that one API process serves at once"),
    of("CM_RATE_LIMITS", Some(""), "changes of how many requests of a class one caller may send in a minute, such as reads=3000,exports=5, separated by commas; off lifts all, for load tests"),
    of("CM_OUTBOUND", Some("public"), "where calls to addresses go that people gave us, such as issuers of single sign-on: public hosts over https, or loopback, this machine as well, for trials in the dev profile"),
    of("CM_LOG", Some("info"), "what is logged, such as info,store=debug"),
    of("CM_LOG_FORMAT", Some("pretty"), "pretty or json, one object for each line; without a value json in the prod profile"),
    of("CM_ANTIVIRUS", Some(""), "virus scanner (clamd), such as tcp://localhost:3310 or unix:/run/clamav/clamd.ctl; without it attachments are not scanned"),
    of("OTEL_EXPORTER_OTLP_ENDPOINT", Some(""), "OpenTelemetry collector (OTLP over HTTP), such as http://localhost:4318; without it nothing is exported"),
];

/// The text of `.env.example`.
pub fn example() -> String {
    let mut text =
        "# Configuration of CloudManager: copy to .env and adapt. Commented values are the defaults.\n".to_owned();
    for Variable { name, meaning, default } in VARIABLES {
        let mut letters = meaning.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        let line = default.map_or_else(|| format!("{name}="), |default| format!("# {name}={default}"));
        text += &format!("\n# {first}{}.\n{line}\n", letters.as_str());
    }
    text
}
