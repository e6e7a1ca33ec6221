//! The command line as somebody uses it who has read nothing: every refusal says what to do.
#![expect(clippy::unwrap_used, reason = "a test: what fails here fails the test")]

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use testkit::{S3, TestDb};

const KEY: &str = "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ=";

/// An environment of its own, in a folder of its own.
struct Shell {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

/// How a command ended, and everything it said.
struct Said {
    good: bool,
    text: String,
}

impl Shell {
    fn new(variables: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("cm-cli-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self {
            folder,
            variables: variables.collect(),
        }
    }

    /// One that reaches this database and the Redis of the tests.
    fn over(database_url: &str, more: &[(&str, &str)]) -> Self {
        let redis = testkit::redis_url();
        let base = [
            ("DATABASE_URL", database_url),
            ("REDIS_URL", redis.as_str()),
            ("CM_MASTER_KEY", KEY),
        ];
        Self::new(&[&base, more].concat())
    }

    fn run_with(&self, args: &[&str], input: &str) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cloudmanager"))
            .args(args)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that refuses at once does not wait for input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        Said {
            good: output.status.success(),
            text: String::from_utf8(text).unwrap(),
        }
    }

    fn run(&self, line: &str) -> Said {
        self.run_with(&line.split(' ').collect::<Vec<_>>(), "")
    }

    fn refuses(&self, line: &str, advice: &[&str]) {
        let said = self.run(line);
        assert!(!said.good, "`{line}` succeeded: {}", said.text);
        for part in advice {
            assert!(
                said.text.contains(part),
                "`{line}` does not say `{part}`: {}",
                said.text
            );
        }
        assert!(
            !said.text.contains("hunter2") && !said.text.contains(KEY),
            "{}",
            said.text
        );
        assert!(!said.text.contains("panicked"), "{}", said.text);
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const LINES: [&str; 7] = [
    "api",
    "worker",
    "scheduler",
    "migrate",
    "jobs list",
    "queues",
    "create-admin a@b.test",
];

#[test]
fn without_a_configuration_every_missing_variable_is_named() {
    let shell = Shell::new(&[]);
    for line in LINES {
        shell.refuses(
            line,
            &[
                "DATABASE_URL is not set",
                "REDIS_URL is not set",
                "openssl rand -base64 32",
            ],
        );
    }
    assert!(shell.run("doctor").text.contains("`up` starts private servers"));
    assert!(shell.run("openapi").text.contains("\"openapi\": \"3.1.0\""));
    shell.refuses(
        "openapi --out /none/such.json",
        &["/none/such.json", "No such file or directory"],
    );
}

#[test]
fn wrong_arguments_are_answered_with_the_right_ones() {
    let shell = Shell::new(&[]);
    shell.refuses("start", &["unrecognized subcommand 'start'", "--help"]);
    shell.refuses("api --port 3", &["unexpected argument '--port'"]);
    shell.refuses("create-admin", &["<EMAIL>"]);
    shell.refuses("jobs", &["list", "show", "retry", "cancel"]);
    shell.refuses("jobs show 17", &["invalid value '17' for '<ID>'"]);
    shell.refuses("jobs list --limit 0", &["1..=1000"]);
    shell.refuses("worker --queue mail", &["use one of provisioning, mail_in, mail_out"]);
    shell.refuses("worker --queue mail_in=0", &["a number from 1 to 4096"]);
}

#[test]
fn a_database_that_is_away_is_named_with_what_to_check() {
    let shell = Shell::new(&[
        ("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d"),
        ("REDIS_URL", "redis://:hunter2@127.0.0.1:1"),
        ("CM_MASTER_KEY", KEY),
    ]);
    for line in ["migrate", "jobs list", "queues", "create-admin a@b.test", "doctor"] {
        shell.refuses(line, &["127.0.0.1 port 1", "check DATABASE_URL"]);
    }
    shell.refuses("doctor", &["FAILED  Redis", "check REDIS_URL", "ok      files"]);
    let wrong = Shell::new(&[
        ("DATABASE_URL", "mysql://h/d"),
        ("REDIS_URL", "redis://h"),
        ("CM_MASTER_KEY", KEY),
    ]);
    wrong.refuses("migrate", &["postgres://user:password@host:5432/name"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_migrated_and_then_used() {
    let db = TestDb::new().await;
    db.execute("CREATE DATABASE fresh_of_cli").await;
    let (server, _) = db.url.rsplit_once('/').unwrap();
    let shell = Shell::over(&format!("{server}/fresh_of_cli"), &[]);
    for line in [
        "doctor",
        "jobs list",
        "queues",
        "create-admin a@b.test",
        "api",
        "worker",
        "scheduler",
    ] {
        shell.refuses(line, &["migration(s) have not run: run `cloudmanager migrate`"]);
    }
    let migrated = shell.run("migrate");
    assert!(
        migrated.good && migrated.text.contains("20260101000100"),
        "{}",
        migrated.text
    );
    assert!(shell.run("migrate").text.contains("0 migration(s) run"));
    let doctor = shell.run("doctor");
    assert!(doctor.good && !doctor.text.contains("FAILED"), "{}", doctor.text);

    shell.refuses("create-admin nobody", &["`nobody` is no address"]);
    shell.refuses("create-admin a@b.test", &["fewer than 15 characters"]);
    let made = shell.run_with(&["create-admin", "a@b.test"], "a long enough password\n");
    assert!(
        made.good && made.text.contains("a@b.test is an administrator"),
        "{}",
        made.text
    );

    shell.refuses(
        "jobs list --queue mail",
        &["--queue mail: use one of provisioning, mail_in"],
    );
    shell.refuses(
        "jobs list --state done",
        &["use one of queued, running, succeeded, dead, cancelled"],
    );
    shell.refuses("jobs list --kind mail", &["send_mail"]);
    shell.refuses("queues stop mail_in", &["use pause, resume or drain"]);
    shell.refuses("queues pause", &["cloudmanager queues pause mail_out"]);
    shell.refuses("queues pause mail", &["use one of provisioning, mail_in"]);
    let id = "01890000-0000-7000-8000-000000000000";
    for verb in ["show", "retry", "cancel"] {
        shell.refuses(
            &format!("jobs {verb} {id}"),
            &["there is no job", "cloudmanager jobs list"],
        );
    }
    assert!(shell.run("queues pause mail_out").text.contains("mail_out paused"));
    let listed = shell.run("queues").text;
    assert!(
        listed.lines().any(|line| line.starts_with("mail_out       paused")),
        "{listed}"
    );
    assert!(shell.run("queues resume mail_out").good);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_retried_and_cancelled_and_the_record_says_by_whom() {
    let db = TestDb::new().await;
    let id = "01890000-0000-7000-8000-000000000001";
    db.execute(&format!(
        "INSERT INTO jobs (id, kind, queue, state, payload, max_attempts, failures, run_at, created_at)
         VALUES ('{id}', 'noop', 'maintenance', 'dead', '{{}}', 3, 3, now(), now())"
    ))
    .await;
    let shell = Shell::over(&db.url, &[("USER", "lina")]);
    assert!(shell.run("jobs list --state dead").text.contains(id));
    shell.refuses(
        &format!("jobs cancel {id}"),
        &["dead does not allow this", &format!("cloudmanager jobs show {id}")],
    );
    let retried = shell.run(&format!("jobs retry {id}"));
    assert!(
        retried.good && retried.text.contains("is due again"),
        "{}",
        retried.text
    );
    assert!(
        shell
            .run(&format!("jobs show {id}"))
            .text
            .contains("noop on maintenance: queued")
    );
    assert!(shell.run(&format!("jobs cancel {id}")).good);
    let recorded =
        "SELECT 1 / count(*) FROM audit_log WHERE action = 'job.cancel' AND user_agent = 'command line, lina'";
    db.try_execute(recorded).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_a_good_bucket_from_wrong_keys_and_reads_the_file() {
    let (db, server) = (TestDb::new().await, S3::start().await);
    let shell = Shell::over(&db.url, &[]);
    let file = |secret: &str| {
        let text = format!(
            "CM_S3_BUCKET={}\nCM_S3_ENDPOINT={}\nCM_S3_ACCESS_KEY={}\nCM_S3_SECRET_KEY={secret}\n",
            S3::BUCKET,
            server.endpoint(),
            S3::ACCESS_KEY
        );
        std::fs::write(shell.folder.join(".env"), text).unwrap();
    };
    file(S3::SECRET_KEY);
    let said = tokio::task::block_in_place(|| shell.run("doctor"));
    assert!(
        said.good && said.text.contains("ok      files          bucket files at http://"),
        "{}",
        said.text
    );
    file("hunter2");
    let advice = [
        "FAILED  files",
        "refuses the access key or the secret key",
        "check the CM_S3_… variables",
    ];
    tokio::task::block_in_place(|| shell.refuses("doctor", &advice));
    std::fs::write(shell.folder.join(".env"), "CM_S3_BUCKET='files\n").unwrap();
    shell.refuses("doctor", &[".env in this directory cannot be read"]);
}

#[tokio::test]
async fn the_master_key_is_replaced_step_by_step() {
    const NEW: &str = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI=";
    let db = TestDb::new().await;
    let redis = testkit::redis_url();
    let with = |key: &str, former: &str| {
        Shell::new(&[
            ("DATABASE_URL", &db.url),
            ("REDIS_URL", &redis),
            ("CM_MASTER_KEY", key),
            ("CM_MASTER_KEYS_OLD", former),
        ])
    };
    let does = |shell: &Shell, args: &[&str], part: &str| {
        let said = shell.run_with(args, "a long enough password\n");
        assert!(said.good && said.text.contains(part), "{args:?}: {}", said.text);
        said.text
    };
    let doctor = |shell: &Shell| {
        let text = shell.run("doctor").text;
        text.lines()
            .find(|line| line.contains(" keys "))
            .unwrap_or(&text)
            .to_owned()
    };
    let old = with(KEY, "");
    does(&old, &["create-admin", "a@b.test"], "is an administrator");
    does(&old, &["verify", "audit"], "lines are as they were written");
    assert!(doctor(&old).starts_with("ok"), "{}", doctor(&old));

    let both = with(NEW, KEY);
    assert!(
        doctor(&both).contains("run `cloudmanager keys rotate`"),
        "{}",
        doctor(&both)
    );
    does(&both, &["keys", "rotate"], "under the master key");
    // These are marked with the new key, in a trail that began under the old one.
    does(&both, &["create-admin", "c@d.test"], "is an administrator");
    does(&both, &["verify", "audit"], "lines are as they were written");
    let said = doctor(&both);
    assert!(
        said.starts_with("ok") && said.contains("lines of the audit trail"),
        "{said}"
    );

    let new = with(NEW, "");
    new.refuses(
        "verify audit",
        &["cannot be followed without the master key", "CM_MASTER_KEYS_OLD"],
    );
    assert!(doctor(&new).starts_with("FAILED"), "{}", doctor(&new));
    old.refuses("verify audit", &["cannot be followed without the master key"]);
    // What was mistyped may be most of a key: it is not repeated.
    let mistyped = with(NEW, "c2VjcmV0").run("doctor");
    let names = mistyped
        .text
        .contains("CM_MASTER_KEYS_OLD: entry 1 is not 32 bytes in base64");
    assert!(
        !mistyped.good && names && !mistyped.text.contains("c2VjcmV0"),
        "{}",
        mistyped.text
    );
}
