//! Connecting to the server by an address such as `postgres://user:password@host:5432/name`.

use std::{io, str::FromStr, time::Duration};

use diesel::{ConnectionError, ConnectionResult};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
};

use crate::{
    PgConn, StoreError,
    sqlstate::Labelled,
    tls::{self, Wanted},
};

/// How long one host may take to accept.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// The server's usual port.
const PORT: u16 = 5432;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Reads the address.
///
/// # Errors
/// [`StoreError::Unavailable`] that says what is wrong with it; the address itself, which holds a password, is not repeated.
pub(crate) fn parse(url: &str) -> Result<(Config, Wanted), StoreError> {
    let (url, tls) = tls::split(url).map_err(StoreError::Unavailable)?;
    let mut config = Config::from_str(&url).map_err(|error| {
        StoreError::Unavailable(format!(
            "{error}; write the address as postgres://user:password@host:5432/name"
        ))
    })?;
    if config.get_hosts().is_empty() {
        return Err(StoreError::Unavailable("the address names no host".to_owned()));
    }
    // It is agreed on before the conversation begins, so that the errors in it can be read.
    config.ssl_mode(SslMode::Disable);
    Ok((config, tls))
}

/// A connection whose errors tell their SQLSTATE (see [`crate::sqlstate`]).
///
/// # Errors
/// When the address is wrong, no host of it answers, or the server refuses.
pub(crate) async fn establish(url: &str) -> ConnectionResult<PgConn> {
    let (config, tls) = parse(url).map_err(|error| ConnectionError::InvalidConnectionUrl(error.to_string()))?;
    let mut refusal = String::new();
    for (at, host) in config.get_hosts().iter().enumerate() {
        let ports = config.get_ports();
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(PORT);
        match reach(&config, &tls, host, port).await {
            Ok(stream) => return start(&config, stream).await,
            Err(error) => refusal = format!("{} port {port}: {error}", name(host)),
        }
    }
    Err(ConnectionError::BadConnection(refusal))
}

fn name(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    }
}

async fn reach(config: &Config, tls: &Wanted, host: &Host, port: u16) -> io::Result<Box<dyn Stream>> {
    let connecting = async {
        let stream: Box<dyn Stream> = match host {
            Host::Tcp(name) => {
                let stream = TcpStream::connect((name.as_str(), port)).await?;
                stream.set_nodelay(true)?;
                probe(config, &stream)?;
                match tls {
                    Wanted::Plain => Box::new(stream),
                    Wanted::Verified(roots) => Box::new(
                        tls::agree(stream, name, roots.as_ref())
                            .await
                            .map_err(io::Error::other)?,
                    ),
                }
            }
            // It does not leave the machine.
            Host::Unix(folder) => Box::new(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?),
        };
        Ok(stream)
    };
    tokio::time::timeout(CONNECT_TIME, connecting)
        .await
        .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer within 5 s")))
}

/// A server that vanished without a word is noticed by the probes that the address asks for.
fn probe(config: &Config, stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    socket.set_tcp_user_timeout(config.get_tcp_user_timeout().copied())?;
    if !config.get_keepalives() {
        return Ok(());
    }
    let mut probes = TcpKeepalive::new().with_time(config.get_keepalives_idle());
    if let Some(interval) = config.get_keepalives_interval() {
        probes = probes.with_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        probes = probes.with_retries(retries);
    }
    socket.set_tcp_keepalive(&probes)
}

async fn start(config: &Config, stream: Box<dyn Stream>) -> ConnectionResult<PgConn> {
    let (client, connection) = config
        .connect_raw(Labelled::new(stream), NoTls)
        .await
        .map_err(refused)?;
    tokio::spawn(async move {
        // Whoever waits for an answer is told as well.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    });
    PgConn::try_from(client).await
}

/// What the server says, without the client's wrapping.
fn refused(error: tokio_postgres::Error) -> ConnectionError {
    let text = error.as_db_error().map(|said| said.message().to_owned());
    ConnectionError::BadConnection(text.unwrap_or_else(|| error.to_string()))
}
