//! The IMAP source against a real Dovecot over TLS. Needs Dovecot, OpenSSL and root; says so and passes without them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panic as tests do")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use integrations::mail::imap::{After, ImapConfig, ImapError, ImapSource, MailSource, Tls, Woken};

/// Owner of the mails; Dovecot refuses to work for root.
const NOBODY: u32 = 65_534;

struct Dovecot {
    directory: PathBuf,
    child: Child,
    plain: u16,
    secure: u16,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let stop = Command::new("kill").arg(self.child.id().to_string()).status();
        if stop.is_ok() {
            let _ = self.child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn own(path: &Path) {
    std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
}

impl Dovecot {
    fn start() -> Option<Self> {
        let works = |program: &str, argument: &str| {
            Command::new(program)
                .arg(argument)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|s| s.success())
        };
        if !works("dovecot", "--version") || !works("openssl", "version") {
            eprintln!("not run: Dovecot or OpenSSL is not installed");
            return None;
        }
        let directory = std::env::temp_dir().join(format!("imap-{}", uuid::Uuid::now_v7().simple()));
        let home = directory.join("home");
        for part in [
            "run",
            "state",
            "home",
            "home/Maildir",
            "home/Maildir/new",
            "home/Maildir/cur",
            "home/Maildir/tmp",
        ] {
            std::fs::create_dir_all(directory.join(part)).unwrap();
        }
        if std::os::unix::fs::chown(&home, Some(NOBODY), Some(NOBODY)).is_err() {
            eprintln!("not run: needs root to give the mails another owner");
            return None;
        }
        for part in ["Maildir", "Maildir/new", "Maildir/cur", "Maildir/tmp"] {
            own(&home.join(part));
        }
        let at = directory.display();
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
            ])
            .args([
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ])
            .arg("-keyout")
            .arg(directory.join("key.pem"))
            .arg("-out")
            .arg(directory.join("cert.pem"))
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success());
        let (plain, secure) = (free_port(), free_port());
        let settings = format!(
            "base_dir={at}/run\nstate_dir={at}/state\nlog_path={at}/log\nprotocols=imap\nlisten=127.0.0.1\nssl=required\n\
             ssl_cert=<{at}/cert.pem\nssl_key=<{at}/key.pem\nmail_location=maildir:{at}/home/Maildir\n\
             passdb {{\n driver=static\n args=password=secret\n}}\n\
             userdb {{\n driver=static\n args=uid={NOBODY} gid={NOBODY} home={at}/home\n}}\n\
             namespace inbox {{\n inbox=yes\n mailbox Done {{\n auto=create\n }}\n}}\n\
             service imap-login {{\n inet_listener imap {{\n port={plain}\n }}\n inet_listener imaps {{\n port={secure}\n ssl=yes\n }}\n}}\n"
        );
        std::fs::write(directory.join("dovecot.conf"), settings).unwrap();
        let mut command = Command::new("dovecot");
        command.arg("-F").arg("-c").arg(directory.join("dovecot.conf"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Some(Self {
            directory,
            child,
            plain,
            secure,
        })
    }

    fn deliver(&self, name: &str, raw: &str) {
        let maildir = self.directory.join("home/Maildir");
        std::fs::write(maildir.join("tmp").join(name), raw).unwrap();
        own(&maildir.join("tmp").join(name));
        std::fs::rename(maildir.join("tmp").join(name), maildir.join("new").join(name)).unwrap();
    }

    fn config(&self, tls: Tls) -> ImapConfig {
        ImapConfig {
            host: "localhost".into(),
            port: if tls == Tls::Implicit { self.secure } else { self.plain },
            tls,
            ca_file: Some(self.directory.join("cert.pem")),
            user: "support".into(),
            password: "secret".into(),
            folder: "INBOX".into(),
            timeout: Duration::from_secs(10),
        }
    }

    async fn connect(&self, tls: Tls) -> ImapSource {
        for _ in 0..50 {
            match ImapSource::connect(&self.config(tls)).await {
                Ok(source) => return source,
                Err(ImapError::Connection(_)) => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(other) => panic!("{other}"),
            }
        }
        let log = std::fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("Dovecot does not answer: {log}");
    }
}

#[tokio::test]
async fn mails_are_listed_fetched_marked_and_waited_for() {
    let Some(server) = Dovecot::start() else { return };
    let mut source = server.connect(Tls::Implicit).await;
    let empty = source.select().await.unwrap();
    assert_eq!((empty.exists, empty.uid_next), (0, Some(1)));
    assert!(source.list_from(1).await.unwrap().is_empty());

    server.deliver("1.a", "Subject: one\r\n\r\nfirst\r\n");
    server.deliver("2.b", &format!("Subject: two\r\n\r\n{}", "x".repeat(300_000)));
    source.select().await.unwrap();
    let heads = source.list_from(1).await.unwrap();
    assert_eq!(heads.iter().map(|h| h.uid).collect::<Vec<_>>(), [1, 2]);
    assert!(heads[1].size >= 300_000 && heads[0].internal_date.is_some());
    assert_eq!(source.fetch(1).await.unwrap(), "Subject: one\r\n\r\nfirst\r\n");
    assert_eq!(source.fetch(2).await.unwrap().len(), heads[1].size as usize);
    assert_eq!(source.fetch_header(2).await.unwrap(), "Subject: two\r\n\r\n");
    assert!(matches!(source.fetch(99).await, Err(ImapError::Gone(99))));

    let now = chrono::Utc::now();
    assert_eq!(
        source.uids_since(now - Duration::from_secs(86_400)).await.unwrap(),
        [1, 2]
    );
    assert!(
        source
            .uids_since(now + Duration::from_secs(2 * 86_400))
            .await
            .unwrap()
            .is_empty()
    );
    source.mark(1, &After::Seen).await.unwrap();
    source.mark(1, &After::Seen).await.unwrap();
    source.mark(2, &After::Move("Done".into())).await.unwrap();
    assert_eq!(source.list_from(2).await.unwrap(), []);
    assert_eq!(source.wait(Duration::from_millis(200)).await.unwrap(), Woken::TimedOut);

    let (woken, ()) = tokio::join!(source.wait(Duration::from_secs(60)), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.deliver("3.c", "Subject: three\r\n\r\n");
    });
    assert_eq!(woken.unwrap(), Woken::Changed);
    source.select().await.unwrap();
    assert_eq!(
        source
            .list_from(2)
            .await
            .unwrap()
            .iter()
            .map(|h| h.uid)
            .collect::<Vec<_>>(),
        [3]
    );
    source.logout().await.unwrap();
}

#[tokio::test]
async fn starttls_certificates_and_passwords_are_checked() {
    let Some(server) = Dovecot::start() else { return };
    let mut source = server.connect(Tls::StartTls).await;
    assert_eq!(source.select().await.unwrap().exists, 0);
    let wrong = ImapConfig {
        password: "wrong".into(),
        ..server.config(Tls::Implicit)
    };
    assert!(matches!(ImapSource::connect(&wrong).await, Err(ImapError::Login(_))));
    let stranger = ImapConfig {
        ca_file: None,
        ..server.config(Tls::Implicit)
    };
    let error = ImapSource::connect(&stranger).await.unwrap_err();
    assert!(
        matches!(&error, ImapError::Connection(text) if text.contains("certificate")),
        "{error}"
    );
    let other_name = ImapConfig {
        host: "127.0.0.1".into(),
        ..server.config(Tls::Implicit)
    };
    assert!(ImapSource::connect(&other_name).await.is_err());
    // Dovecot takes connections of the same machine as safe.
    assert!(ImapSource::connect(&server.config(Tls::None)).await.is_ok());
}
