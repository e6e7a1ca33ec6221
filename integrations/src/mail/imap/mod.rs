//! Reading a mailbox by UID. Nothing here decides what is new: the caller remembers the last UID it has stored.

mod client;
mod fake;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};

pub use client::ImapSource;
pub use fake::FakeSource;

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (port 993).
    Implicit,
    /// Plain greeting, then STARTTLS; refused when the server does not offer it.
    StartTls,
    /// No TLS; allowed towards this machine only, since the password travels in the clear.
    None,
}

/// How to reach a mailbox.
#[derive(Clone)]
pub struct ImapConfig {
    /// Host name, also the name that the certificate must have.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Security of the connection.
    pub tls: Tls,
    /// Certificates (PEM) to trust beside the public roots.
    pub ca_file: Option<PathBuf>,
    /// Login name.
    pub user: String,
    /// Password.
    pub password: String,
    /// Folder to read, usually `INBOX`.
    pub folder: String,
    /// Longest time for one command; a download of a large mail is one command.
    pub timeout: Duration,
}

impl std::fmt::Debug for ImapConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImapConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// State of the selected folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailboxState {
    /// UIDs mean something only together with this number; when it changes, all are forgotten.
    pub uidvalidity: u32,
    /// Number of mails.
    pub exists: u32,
    /// Lowest UID that the next mail can have.
    pub uid_next: Option<u32>,
}

/// What is known of a mail before its download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailHead {
    /// UID.
    pub uid: u32,
    /// RFC822.SIZE in bytes.
    pub size: u32,
    /// When the server received it.
    pub internal_date: Option<DateTime<Utc>>,
}

/// What happens to a mail on the server once it is stored here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Marked as read.
    Seen,
    /// Moved to a folder.
    Move(String),
}

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Something changed in the folder.
    Changed,
    /// The time is over.
    TimedOut,
}

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The settings are wrong; another try will not help.
    #[error("mailbox settings: {0}")]
    Settings(String),
    /// The server refused the login.
    #[error("login refused: {0}")]
    Login(String),
    /// The server refused a command.
    #[error("the server refused: {0}")]
    Refused(String),
    /// The connection failed or broke; connect again.
    #[error("connection: {0}")]
    Connection(String),
    /// No answer in time; connect again.
    #[error("no answer in time to {0}")]
    TimedOut(&'static str),
    /// The mail is no longer there.
    #[error("mail {0} is gone")]
    Gone(u32),
}

impl ImapError {
    /// Whether a new connection may help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Connection(_) | Self::TimedOut(_))
    }
}

/// A mailbox that mails are taken from.
#[async_trait]
pub trait MailSource: Send {
    /// Opens the folder, or refreshes its state.
    ///
    /// # Errors
    /// See [`ImapError`].
    async fn select(&mut self) -> Result<MailboxState, ImapError>;

    /// Mails with a UID of `from` or above, ascending, without their content.
    ///
    /// # Errors
    /// See [`ImapError`].
    async fn list_from(&mut self, from: u32) -> Result<Vec<MailHead>, ImapError>;

    /// UIDs of the mails received on the day of `since` or later, ascending. For the reconciliation that finds what a
    /// listing by last UID has missed; the server's day may differ from ours by a time zone, so ask for a day more.
    ///
    /// # Errors
    /// See [`ImapError`].
    async fn uids_since(&mut self, since: DateTime<Utc>) -> Result<Vec<u32>, ImapError>;

    /// The raw bytes of a mail, the first `most` of them when it is longer: the size that a server tells may be wrong.
    /// Does not mark it as read.
    ///
    /// # Errors
    /// [`ImapError::Gone`] when somebody deleted it.
    async fn fetch(&mut self, uid: u32, most: u32) -> Result<Bytes, ImapError>;

    /// Several mails in one command, each as [`Self::fetch`] gives it. A mail that is not in the answer may be gone, or one that
    /// the server could not read; fetching it alone tells.
    ///
    /// # Errors
    /// See [`ImapError`].
    async fn fetch_many(&mut self, uids: &[u32], most: u32) -> Result<HashMap<u32, Bytes>, ImapError>;

    /// Only the header section, at most `most` bytes of it, for mails too large to be downloaded.
    ///
    /// # Errors
    /// [`ImapError::Gone`] when somebody deleted it.
    async fn fetch_header(&mut self, uid: u32, most: u32) -> Result<Bytes, ImapError>;

    /// Marks or moves mails that are safely stored, in one command; doing so twice is harmless, and so is one that is gone.
    ///
    /// # Errors
    /// See [`ImapError`].
    async fn mark(&mut self, uids: &[u32], after: &After) -> Result<(), ImapError>;

    /// Waits until something changes, at most `timeout` and never longer than nine minutes: servers and firewalls drop
    /// silent connections without a word. The caller lists again either way.
    ///
    /// # Errors
    /// See [`ImapError`].
    async fn wait(&mut self, timeout: Duration) -> Result<Woken, ImapError>;
}
