//! What use cases need of the outside, as traits; the binary plugs in the real thing.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    oidc::{Discovered, Fault, Identity, Registration, Try},
    sms::Report,
    ticket::writing::Written,
};

use crate::AppError;

/// Files by the SHA-256 of their bytes. Storing the same bytes twice is one file.
#[async_trait]
pub trait Blobs: Send + Sync + std::fmt::Debug {
    /// Stores bytes and returns their SHA-256.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when the storage is away, [`AppError::Full`] when it has no room.
    async fn put(&self, bytes: Bytes) -> Result<[u8; 32], AppError>;

    /// Reads a file.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Unavailable`].
    async fn get(&self, sha256: &[u8]) -> Result<Bytes, AppError>;

    /// Removes a file, unless it was stored so lately that its name may still be on its way into the database. Says whether it is
    /// gone; one that is not there is gone already.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    async fn remove(&self, sha256: &[u8]) -> Result<bool, AppError>;

    /// The directory that the files are in, with the free bytes and the bytes in all of that disk; none where no disk of this machine keeps them.
    async fn room(&self) -> Option<Room> {
        None
    }
}

/// The room of a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Directory that it is the disk of.
    pub place: String,
    /// Free bytes.
    pub free: u64,
    /// Bytes in all.
    pub whole: u64,
}

/// Renders Markdown as HTML that may be shown to anybody: the text, the address of the web application, the addresses of the pictures
/// that belong to the text. Not quick enough for a thread that serves requests.
pub type RenderMarkdown = fn(&str, &str, &[String]) -> String;

/// Makes of a message in Markdown what is kept of it: its source, the address of the web application. Quick enough for a thread that
/// serves requests where the message is short.
pub type RenderMessage = fn(&str, &str) -> Written;

/// Understands what a provider of text messages posts.
pub trait SmsReports: Send + Sync + std::fmt::Debug {
    /// The provider's name, as in the address that reports are posted to.
    fn provider(&self) -> &'static str;

    /// What it reports, or `None` when it could have been posted by anybody: the query of the address, the signature, the body.
    fn read(&self, query: &str, signature: Option<&str>, body: &[u8]) -> Option<Vec<Report>>;
}

/// Reads what stands at an address of the web, which the caller has looked at. May take seconds: never within a transaction.
#[async_trait]
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The answer's body, when the answer is good.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    async fn get(&self, address: &str) -> Result<Vec<u8>, AppError>;
}

/// No issuers: nobody is named.
#[derive(Debug, Clone, Copy)]
pub struct NoIssuers;

#[async_trait]
impl Issuers for NoIssuers {
    async fn authorization(&self, _: &Registration, _: &Try) -> Result<String, Fault> {
        Err(Fault::Unreachable("this process calls no issuers".to_owned()))
    }

    async fn identify(&self, _: &Registration, _: &Try, _: String, _: DateTime<Utc>) -> Result<Identity, Fault> {
        Err(Fault::Unreachable("this process calls no issuers".to_owned()))
    }

    async fn discover(&self, _: &Registration) -> Result<Discovered, Fault> {
        Err(Fault::Unreachable("this process calls no issuers".to_owned()))
    }
}

/// Issuers of identities. Each call may take seconds: never within a transaction.
#[async_trait]
pub trait Issuers: Send + Sync + std::fmt::Debug {
    /// Where to send a person who wants to be named.
    ///
    /// # Errors
    /// [`Fault`].
    async fn authorization(&self, registration: &Registration, secrets: &Try) -> Result<String, Fault>;

    /// Who brought this code, verified.
    ///
    /// # Errors
    /// [`Fault`].
    async fn identify(
        &self,
        registration: &Registration,
        secrets: &Try,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Identity, Fault>;

    /// What an issuer says about itself now.
    ///
    /// # Errors
    /// [`Fault`].
    async fn discover(&self, registration: &Registration) -> Result<Discovered, Fault>;
}
