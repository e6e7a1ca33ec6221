//! [`MailSource`] over an IMAP connection.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use async_imap::Session;
use async_imap::extensions::idle::IdleResponse;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{After, ImapConfig, ImapError, MailHead, MailSource, MailboxState, Tls, Woken};
use crate::mail::tls::client_config;

/// Longest IDLE; servers and address translators forget connections that are silent for longer.
const LONGEST_IDLE: Duration = Duration::from_secs(9 * 60);
/// Time between two looks at a server without IDLE.
const POLL: Duration = Duration::from_secs(30);

trait Wire: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Wire for T {}
type Connection = Session<Box<dyn Wire>>;

/// A logged-in IMAP connection with its folder. After an error that [`ImapError::is_transient`], connect anew.
#[derive(Debug)]
pub struct ImapSource {
    /// `None` once the connection was lost inside IDLE, which owns it meanwhile.
    session: Option<Connection>,
    folder: String,
    timeout: Duration,
    can_idle: bool,
    can_move: bool,
    exists: u32,
}

impl ImapSource {
    /// Connects, secures the connection and logs in.
    ///
    /// # Errors
    /// [`ImapError::Settings`] and [`ImapError::Login`] do not go away by themselves; the others may.
    pub async fn connect(config: &ImapConfig) -> Result<Self, ImapError> {
        if config.tls == Tls::None && !is_this_machine(&config.host) {
            return Err(ImapError::Settings(
                "a connection without TLS is allowed to this machine only".to_owned(),
            ));
        }
        let tcp = within(
            config.timeout,
            "connect",
            TcpStream::connect((config.host.as_str(), config.port)),
        )
        .await?;
        let tcp = tcp.map_err(|e| ImapError::Connection(e.to_string()))?;
        // A lost keep-alive only costs detection time; the command timeouts hold without it.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY not set");
        }
        let client = match config.tls {
            Tls::None => greet(config, Box::new(tcp)).await?,
            Tls::Implicit => {
                let secured = handshake(config, Box::new(tcp)).await?;
                greet(config, secured).await?
            }
            Tls::StartTls => {
                let mut plain = greet(config, Box::new(tcp)).await?;
                let upgrade = plain.run_command_and_check_ok("STARTTLS", None);
                within(config.timeout, "STARTTLS", upgrade)
                    .await?
                    .map_err(|e| fault(&e))?;
                // What the other side sent in the clear after its OK is dropped with the old reader.
                async_imap::Client::new(handshake(config, plain.into_inner()).await?)
            }
        };
        let login = within(config.timeout, "LOGIN", client.login(&config.user, &config.password)).await?;
        let mut session = login.map_err(|(error, _)| match error {
            async_imap::error::Error::No(text) | async_imap::error::Error::Bad(text) => ImapError::Login(text),
            other => fault(&other),
        })?;
        let capabilities = within(config.timeout, "CAPABILITY", session.capabilities())
            .await?
            .map_err(|e| fault(&e))?;
        Ok(Self {
            can_idle: capabilities.has_str("IDLE"),
            can_move: capabilities.has_str("MOVE"),
            session: Some(session),
            folder: config.folder.clone(),
            timeout: config.timeout,
            exists: 0,
        })
    }

    /// Says goodbye; dropping the source without it is fine as well.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn logout(mut self) -> Result<(), ImapError> {
        let limit = self.timeout;
        within(limit, "LOGOUT", self.session()?.logout())
            .await?
            .map_err(|e| fault(&e))
    }

    fn session(&mut self) -> Result<&mut Connection, ImapError> {
        let session = self
            .session
            .as_mut()
            .ok_or_else(|| ImapError::Connection("lost".to_owned()))?;
        // Notices nobody reads would fill their channel; lists and counts are asked for anew.
        while session.unsolicited_responses.try_recv().is_ok() {}
        Ok(session)
    }

    async fn fetch_one(&mut self, uid: u32, what: &str) -> Result<async_imap::types::Fetch, ImapError> {
        let limit = self.timeout;
        let session = self.session()?;
        let download = async {
            let stream = session.uid_fetch(uid.to_string(), what).await?;
            stream.try_collect::<Vec<_>>().await
        };
        let found = within(limit, "FETCH", download).await?.map_err(|e| fault(&e))?;
        found
            .into_iter()
            .find(|mail| mail.uid == Some(uid))
            .ok_or(ImapError::Gone(uid))
    }

    /// Waits inside IDLE. The session is given back only by a clean end, so an error means a new connection.
    async fn idle(&mut self, time: Duration) -> Result<Woken, ImapError> {
        let limit = self.timeout;
        self.session()?;
        let session = self
            .session
            .take()
            .ok_or_else(|| ImapError::Connection("lost".to_owned()))?;
        let mut handle = session.idle();
        within(limit, "IDLE", handle.init()).await?.map_err(|e| fault(&e))?;
        let woken = {
            let (waiting, _interrupt) = handle.wait_with_timeout(time);
            // The inner time starts anew with every keep-alive of the server; the outer one does not.
            match timeout(time, waiting).await {
                Err(_) | Ok(Ok(IdleResponse::Timeout)) => Woken::TimedOut,
                Ok(Ok(IdleResponse::NewData(_))) => Woken::Changed,
                Ok(Ok(IdleResponse::ManualInterrupt)) => {
                    return Err(ImapError::Connection("closed while waiting".to_owned()));
                }
                Ok(Err(error)) => return Err(fault(&error)),
            }
        };
        self.session = Some(within(limit, "DONE", handle.done()).await?.map_err(|e| fault(&e))?);
        Ok(woken)
    }
}

#[async_trait]
impl MailSource for ImapSource {
    async fn select(&mut self) -> Result<MailboxState, ImapError> {
        let (limit, folder) = (self.timeout, self.folder.clone());
        let mailbox = within(limit, "SELECT", self.session()?.select(folder))
            .await?
            .map_err(|e| fault(&e))?;
        self.exists = mailbox.exists;
        let uidvalidity = mailbox
            .uid_validity
            .ok_or_else(|| ImapError::Refused("the folder has no UIDVALIDITY".to_owned()))?;
        Ok(MailboxState {
            uidvalidity,
            exists: mailbox.exists,
            uid_next: mailbox.uid_next,
        })
    }

    async fn list_from(&mut self, from: u32) -> Result<Vec<MailHead>, ImapError> {
        let limit = self.timeout;
        let from = from.max(1);
        let session = self.session()?;
        let listing = async {
            let stream = session
                .uid_fetch(format!("{from}:*"), "(UID RFC822.SIZE INTERNALDATE)")
                .await?;
            stream.try_collect::<Vec<_>>().await
        };
        let found = within(limit, "FETCH", listing).await?.map_err(|e| fault(&e))?;
        // `n:*` always names the last mail, even when its UID is below n.
        let heads = found.iter().filter_map(|mail| {
            let uid = mail.uid.filter(|uid| *uid >= from)?;
            let internal_date = mail.internal_date().map(|date| date.with_timezone(&Utc));
            Some(MailHead {
                uid,
                size: mail.size.unwrap_or(0),
                internal_date,
            })
        });
        let mut heads: Vec<MailHead> = heads.collect();
        heads.sort_by_key(|head| head.uid);
        heads.dedup_by_key(|head| head.uid);
        Ok(heads)
    }

    async fn uids_since(&mut self, since: DateTime<Utc>) -> Result<Vec<u32>, ImapError> {
        let limit = self.timeout;
        // IMAP dates have English month names, which is what chrono writes.
        let query = format!("SINCE {}", since.format("%d-%b-%Y"));
        let found = within(limit, "SEARCH", self.session()?.uid_search(query)).await?;
        let mut uids: Vec<u32> = found.map_err(|e| fault(&e))?.into_iter().collect();
        uids.sort_unstable();
        Ok(uids)
    }

    async fn fetch(&mut self, uid: u32, most: u32) -> Result<Bytes, ImapError> {
        let mail = self.fetch_one(uid, &format!("(UID BODY.PEEK[]<0.{most}>)")).await?;
        mail.body().map(|bytes| first(bytes, most)).ok_or(ImapError::Gone(uid))
    }

    async fn fetch_many(&mut self, uids: &[u32], most: u32) -> Result<HashMap<u32, Bytes>, ImapError> {
        if uids.is_empty() {
            return Ok(HashMap::new());
        }
        let limit = self.timeout;
        let session = self.session()?;
        let download = async {
            let mut found = HashMap::with_capacity(uids.len());
            let mut stream = session
                .uid_fetch(set(uids), format!("(UID BODY.PEEK[]<0.{most}>)"))
                .await?;
            while let Some(mail) = stream.try_next().await? {
                // Servers may tell of other mails in between.
                let uid = mail.uid.filter(|uid| uids.contains(uid));
                if let (Some(uid), Some(bytes)) = (uid, mail.body()) {
                    found.insert(uid, first(bytes, most));
                }
            }
            Ok(found)
        };
        within(limit, "FETCH", download).await?.map_err(|e| fault(&e))
    }

    async fn fetch_header(&mut self, uid: u32, most: u32) -> Result<Bytes, ImapError> {
        let mail = self
            .fetch_one(uid, &format!("(UID BODY.PEEK[HEADER]<0.{most}>)"))
            .await?;
        mail.header()
            .map(|bytes| first(bytes, most))
            .ok_or(ImapError::Gone(uid))
    }

    async fn mark(&mut self, uids: &[u32], after: &After) -> Result<(), ImapError> {
        if uids.is_empty() {
            return Ok(());
        }
        let (limit, can_move) = (self.timeout, self.can_move);
        let session = self.session()?;
        let work = async {
            let flags = match after {
                After::Seen => "+FLAGS.SILENT (\\Seen)",
                After::Move(folder) if can_move => return session.uid_mv(set(uids), folder).await,
                After::Move(folder) => {
                    session.uid_copy(set(uids), folder).await?;
                    // Without MOVE the original stays, marked, until the server or its user expunges it.
                    "+FLAGS.SILENT (\\Seen \\Deleted)"
                }
            };
            let stream = session.uid_store(set(uids), flags).await?;
            stream.try_collect::<Vec<_>>().await.map(|_| ())
        };
        within(limit, "STORE", work).await?.map_err(|e| fault(&e))
    }

    async fn wait(&mut self, time: Duration) -> Result<Woken, ImapError> {
        let time = time.min(LONGEST_IDLE);
        if self.can_idle {
            return self.idle(time).await;
        }
        let before = self.exists;
        let mut left = time;
        while !left.is_zero() {
            let nap = left.min(POLL);
            tokio::time::sleep(nap).await;
            left = left.saturating_sub(nap);
            if self.select().await?.exists != before {
                return Ok(Woken::Changed);
            }
        }
        Ok(Woken::TimedOut)
    }
}

/// UIDs as a command names them.
fn set(uids: &[u32]) -> String {
    let names: Vec<String> = uids.iter().map(u32::to_string).collect();
    names.join(",")
}

/// A server that does not know partial fetches answers with everything.
fn first(bytes: &[u8], most: u32) -> Bytes {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Bytes::copy_from_slice(&bytes[..bytes.len().min(most)])
}

async fn greet(config: &ImapConfig, wire: Box<dyn Wire>) -> Result<async_imap::Client<Box<dyn Wire>>, ImapError> {
    let mut client = async_imap::Client::new(wire);
    let greeting = within(config.timeout, "greeting", client.read_response()).await?;
    match greeting {
        Ok(Some(_)) => Ok(client),
        Ok(None) => Err(ImapError::Connection("closed before its greeting".to_owned())),
        Err(error) => Err(ImapError::Connection(error.to_string())),
    }
}

async fn handshake(config: &ImapConfig, wire: Box<dyn Wire>) -> Result<Box<dyn Wire>, ImapError> {
    let settings = client_config(config.ca_file.as_deref()).map_err(|e| ImapError::Settings(e.to_string()))?;
    let name = ServerName::try_from(config.host.clone()).map_err(|e| ImapError::Settings(e.to_string()))?;
    let secured = within(
        config.timeout,
        "TLS handshake",
        TlsConnector::from(settings).connect(name, wire),
    )
    .await?;
    Ok(Box::new(secured.map_err(|e| ImapError::Connection(e.to_string()))?))
}

async fn within<T>(limit: Duration, what: &'static str, work: impl Future<Output = T>) -> Result<T, ImapError> {
    timeout(limit, work).await.map_err(|_| ImapError::TimedOut(what))
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn fault(error: &async_imap::error::Error) -> ImapError {
    use async_imap::error::Error;
    match error {
        Error::No(text) | Error::Bad(text) => ImapError::Refused(text.clone()),
        Error::Validate(error) => ImapError::Settings(error.to_string()),
        other => ImapError::Connection(other.to_string()),
    }
}
