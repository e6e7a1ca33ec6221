//! A Dovecot of a test's own: IMAP with STARTTLS and TLS under a certificate made for it. Needs Dovecot, OpenSSL and root.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Owner of the mails; Dovecot refuses to work for root.
const NOBODY: u32 = 65_534;

/// A running server. Its one user is `support` with the password `secret`, who owns an INBOX and a folder `Done`.
#[derive(Debug)]
pub struct Dovecot {
    directory: PathBuf,
    child: Child,
    /// Port that begins in the clear and offers STARTTLS.
    pub plain: u16,
    /// Port that speaks TLS from the first byte.
    pub secure: u16,
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
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("a port").port()
}

fn works(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn own(path: &Path) {
    std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("another owner");
}

impl Dovecot {
    /// Starts a server and waits until it answers; `None`, said aloud, where it cannot run.
    #[must_use]
    pub fn start() -> Option<Self> {
        if !works("dovecot", "--version") || !works("openssl", "version") {
            eprintln!("not run: Dovecot or OpenSSL is not installed");
            return None;
        }
        let directory = std::env::temp_dir().join(format!("imap-{}-{}", std::process::id(), free_port()));
        let maildir = directory.join("home/Maildir");
        for part in [
            "run",
            "state",
            "home/Maildir/new",
            "home/Maildir/cur",
            "home/Maildir/tmp",
        ] {
            std::fs::create_dir_all(directory.join(part)).expect("a folder");
        }
        if std::os::unix::fs::chown(directory.join("home"), Some(NOBODY), Some(NOBODY)).is_err() {
            eprintln!("not run: needs root to give the mails another owner");
            return None;
        }
        own(&maildir);
        ["new", "cur", "tmp"].iter().for_each(|part| own(&maildir.join(part)));
        certificate(&directory);
        let (plain, secure) = (free_port(), free_port());
        let at = directory.display();
        let settings = format!(
            "base_dir={at}/run\nstate_dir={at}/state\nlog_path={at}/log\nprotocols=imap\nlisten=127.0.0.1\nssl=required\n\
             ssl_cert=<{at}/cert.pem\nssl_key=<{at}/key.pem\nmail_location=maildir:{at}/home/Maildir\n\
             passdb {{\n driver=static\n args=password=secret\n}}\n\
             userdb {{\n driver=static\n args=uid={NOBODY} gid={NOBODY} home={at}/home\n}}\n\
             namespace inbox {{\n inbox=yes\n mailbox Done {{\n auto=create\n }}\n}}\n\
             service imap-login {{\n inet_listener imap {{\n port={plain}\n }}\n inet_listener imaps {{\n port={secure}\n ssl=yes\n }}\n}}\n"
        );
        std::fs::write(directory.join("dovecot.conf"), settings).expect("a file");
        let mut command = Command::new("dovecot");
        command.arg("-F").arg("-c").arg(directory.join("dovecot.conf"));
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Dovecot");
        let server = Self {
            directory,
            child,
            plain,
            secure,
        };
        server.wait();
        Some(server)
    }

    fn wait(&self) {
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", self.plain)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("Dovecot does not answer: {log}");
    }

    /// Certificate to trust.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.directory.join("cert.pem")
    }

    /// Puts a mail into the INBOX as a delivery agent does; `name` is its file's.
    pub fn deliver(&self, name: &str, raw: impl AsRef<[u8]>) {
        let maildir = self.directory.join("home/Maildir");
        std::fs::write(maildir.join("tmp").join(name), raw).expect("a mail");
        own(&maildir.join("tmp").join(name));
        std::fs::rename(maildir.join("tmp").join(name), maildir.join("new").join(name)).expect("a mail");
    }

    /// Makes the server forget the UIDs of the INBOX, as one does that was restored without its index: the mails stay and
    /// get new ones under a new UIDVALIDITY.
    pub fn forget_uids(&self) {
        let maildir = self.directory.join("home/Maildir");
        for entry in std::fs::read_dir(&maildir).expect("the maildir").flatten() {
            if entry.file_name().to_string_lossy().starts_with("dovecot") {
                std::fs::remove_file(entry.path()).expect("an index file");
            }
        }
    }

    /// What a person does with another mail program: sends commands as the user, each answered with OK. Of a command
    /// with a literal, the second part is sent once the server asks for it.
    pub fn commands(&self, commands: &[(&str, &str)]) {
        // The server takes connections of the same machine as safe, so no TLS is needed.
        let mut write = TcpStream::connect(("127.0.0.1", self.plain)).expect("a connection");
        write
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        let mut read = BufReader::new(write.try_clone().expect("a second handle"));
        let mut line = String::new();
        read.read_line(&mut line).expect("a greeting");
        let login = [("LOGIN support secret", "")];
        for (n, (command, literal)) in login.iter().chain(commands).enumerate() {
            write!(write, "a{n} {command}\r\n").expect("a command");
            let mut literal = Some(*literal).filter(|literal| !literal.is_empty());
            loop {
                line.clear();
                assert!(read.read_line(&mut line).expect("an answer") > 0, "{command}: closed");
                if line.starts_with('+') {
                    write!(write, "{}\r\n", literal.take().expect("a literal")).expect("a literal");
                } else if line.starts_with(&format!("a{n} ")) {
                    assert!(line.starts_with(&format!("a{n} OK")), "{command}: {line}");
                    break;
                }
            }
        }
    }
}

fn certificate(directory: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ])
        .args([
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(directory.join("key.pem"))
        .arg("-out")
        .arg(directory.join("cert.pem"))
        .stderr(Stdio::null())
        .status()
        .expect("OpenSSL");
    assert!(made.success(), "no certificate");
}
