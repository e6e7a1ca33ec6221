//! A clamd of a test's own that knows one bad file. Needs the program.

use std::{
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A running virus scanner.
#[derive(Debug)]
pub struct Clamd {
    directory: PathBuf,
    child: Child,
    port: u16,
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

impl Clamd {
    /// The one file it calls infected.
    pub const BAD: &'static [u8] = b"this file is bad";
    /// What it calls what is in it.
    pub const FINDING: &'static str = "Test.Bad.UNOFFICIAL";

    /// Starts a scanner and waits until it answers; `None`, said aloud, where it cannot run.
    #[must_use]
    pub fn start() -> Option<Self> {
        let program = "/usr/sbin/clamd";
        if !std::path::Path::new(program).exists() {
            eprintln!("not run: clamd is not installed");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let directory = std::env::temp_dir().join(format!("clamd-{}-{port}", std::process::id()));
        let database = directory.join("db");
        std::fs::create_dir_all(&database).expect("a folder");
        // MD5 of the file, its size, the finding's name.
        std::fs::write(
            database.join("test.hdb"),
            format!("99079429d2923e0e9769326af1dae750:{}:Test.Bad\n", Self::BAD.len()),
        )
        .expect("a file");
        let settings = format!(
            "Foreground yes\nDatabaseDirectory {}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n",
            database.display()
        );
        let conf = directory.join("clamd.conf");
        std::fs::write(&conf, settings).expect("a file");
        let child = Command::new(program)
            .arg("-c")
            .arg(&conf)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("clamd");
        let server = Self { directory, child, port };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("clamd does not answer");
    }

    /// Where it listens, as the product's settings write it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}
