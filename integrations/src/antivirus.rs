//! A virus scanner: clamd, or anything else that speaks its protocol.

use std::time::Duration;

use clamav_client::tokio::{Socket, Tcp, ping, scan_buffer};
use domain::file::{Verdict, clamd_verdict};

/// Longest wait for the scanner's word on one file.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait for a sign of life.
const GREETING: Duration = Duration::from_secs(5);

/// Where a scanner listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clamd {
    /// Host and port.
    Tcp(String),
    /// Path of a socket on this machine.
    Socket(String),
}

impl Clamd {
    /// Reads `tcp://host:port` or `unix:/path`.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        if let Some(path) = address.strip_prefix("unix:") {
            return path.starts_with('/').then(|| Self::Socket(path.to_owned()));
        }
        let (host, port) = address.strip_prefix("tcp://")?.rsplit_once(':')?;
        let port: u16 = port.parse().ok()?;
        (!host.is_empty() && !host.contains('/')).then(|| Self::Tcp(format!("{host}:{port}")))
    }

    /// The scanner's word on a file.
    ///
    /// # Errors
    /// A sentence when it is away, or has not judged the file.
    pub async fn scan(&self, bytes: &[u8]) -> Result<Verdict, String> {
        let asked = async {
            match self {
                Self::Tcp(host_address) => scan_buffer(bytes, Tcp { host_address }, None).await,
                Self::Socket(socket_path) => scan_buffer(bytes, Socket { socket_path }, None).await,
            }
        };
        let answer = answered(asked, PATIENCE).await?;
        clamd_verdict(&String::from_utf8_lossy(&answer))
            .map_err(|answer| format!("the virus scanner did not judge the file: {answer}"))
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// A sentence when it does not.
    pub async fn check(&self) -> Result<(), String> {
        let asked = async {
            match self {
                Self::Tcp(host_address) => ping(Tcp { host_address }).await,
                Self::Socket(socket_path) => ping(Socket { socket_path }).await,
            }
        };
        let answer = answered(asked, GREETING).await?;
        if answer == clamav_client::PONG {
            Ok(())
        } else {
            Err(format!(
                "the virus scanner answers `{}` to PING",
                String::from_utf8_lossy(&answer).trim_matches('\0')
            ))
        }
    }
}

async fn answered(
    asked: impl Future<Output = std::io::Result<Vec<u8>>>,
    patience: Duration,
) -> Result<Vec<u8>, String> {
    match tokio::time::timeout(patience, asked).await {
        Ok(answer) => answer.map_err(|error| format!("the virus scanner is away: {error}")),
        Err(_) => Err(format!(
            "the virus scanner has not answered within {} s",
            patience.as_secs()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::Clamd;

    #[test]
    fn addresses() {
        let tcp = |text: &str| Some(Clamd::Tcp(text.to_owned()));
        assert_eq!(Clamd::parse("tcp://localhost:3310"), tcp("localhost:3310"));
        assert_eq!(Clamd::parse("tcp://[::1]:3310"), tcp("[::1]:3310"));
        assert_eq!(
            Clamd::parse("unix:/run/clamav/clamd.ctl"),
            Some(Clamd::Socket("/run/clamav/clamd.ctl".to_owned()))
        );
        for wrong in [
            "localhost:3310",
            "tcp://localhost",
            "tcp://:3310",
            "tcp://a/b:1",
            "unix:clamd.ctl",
            "",
        ] {
            assert_eq!(Clamd::parse(wrong), None, "{wrong}");
        }
    }
}
