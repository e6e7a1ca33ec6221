//! A mail server of a test's own: Dovecot and Exim, as `scripts/mail-servers.sh` sets them up.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Running servers: IMAP and SMTP, each with STARTTLS and with TLS from the first byte, under a certificate for `localhost`.
/// Everybody's password is `secret`.
#[derive(Debug)]
pub struct MailServers {
    directory: PathBuf,
    child: Child,
    /// IMAP that begins in the clear and offers STARTTLS.
    pub imap: u16,
    /// IMAP over TLS.
    pub imaps: u16,
    /// SMTP that begins in the clear and offers STARTTLS.
    pub smtp: u16,
    /// SMTP over TLS.
    pub smtps: u16,
}

fn free_ports<const N: usize>() -> [u16; N] {
    // All are held until all are known: no port is given twice.
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    held.map(|listener| listener.local_addr().expect("a port").port())
}

impl MailServers {
    /// Starts the servers with a mailbox for each address (`all@…` takes a whole domain), and waits until they answer.
    #[must_use]
    pub fn start(addresses: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("cloudmanager-mail-{}-{number}", std::process::id()));
        let ports: [u16; 4] = free_ports();
        let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/mail-servers.sh"))
            .arg(&directory)
            .args(ports.map(|port| port.to_string()))
            .args(addresses)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/mail-servers.sh");
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).expect("its output");
        }
        assert_eq!(
            line.trim(),
            "ready",
            "Dovecot and Exim do not start; `scripts/setup.sh test` installs them"
        );
        let [imap, imaps, smtp, smtps] = ports;
        Self {
            directory,
            child,
            imap,
            imaps,
            smtp,
            smtps,
        }
    }

    /// Authority to trust, in PEM.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// How many mails reached a mailbox so far, counted once for each recipient.
    #[must_use]
    pub fn deliveries(&self) -> usize {
        let log = std::fs::read_to_string(self.directory.join("exim/main.log")).unwrap_or_default();
        log.lines()
            .filter(|line| line.contains(" => ") || line.contains(" -> "))
            .count()
    }

    /// The mails that reached an address and were not opened by a mail program yet.
    #[must_use]
    pub fn received(&self, address: &str) -> Vec<String> {
        let folder = self.directory.join("mail").join(address).join("Maildir/new");
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| read(&entry.path())).collect()
    }
}

fn read(path: &Path) -> Option<String> {
    std::fs::read(path)
        .ok()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

impl Drop for MailServers {
    fn drop(&mut self) {
        // The end of its input ends the script, and the script its servers.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
