//! What every use case needs: the database, the clock, signals, files, keys.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use jobs::Signals;
use store::{Conn, Pool};

use crate::{
    AppError, Tx,
    ports::{Blobs, RenderMarkdown, RenderMessage},
    seal::MasterKey,
    sms::SmsSetUp,
    wall,
};

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// How this installation presents itself.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Address of the web application, without a slash at its end.
    pub public_url: String,
    /// Domain of Message-IDs.
    pub mail_domain: String,
    /// Marks our own mails, so that one that comes back is known.
    pub instance: String,
}

/// The use cases' surroundings; cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// Database connections.
    pub pool: Pool,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Wake-ups after a commit.
    pub signals: Arc<dyn Signals>,
    /// Files.
    pub blobs: Arc<dyn Blobs>,
    /// How articles become pages.
    pub render_markdown: RenderMarkdown,
    /// How messages in Markdown become what they look like.
    pub render_message: RenderMessage,
    /// Root of all keys.
    pub keys: Arc<MasterKey>,
    /// How the installation presents itself.
    pub identity: Arc<Identity>,
    /// Calls to addresses that people give may go to this very machine: for trials and tests.
    pub loopback: bool,
    /// Files wait for a virus scanner before anybody is served them.
    pub scan_files: bool,
    /// How text messages are set up.
    pub sms: Arc<SmsSetUp>,
    /// How reports of providers of outgoing mail are recognised.
    pub mail_reports: Arc<crate::mail::provider::MailReports>,
    /// What is known of service level policies.
    pub sla: Arc<crate::sla::Book>,
    /// What is known of categories of tickets.
    pub categories: Arc<crate::ticket::category::Book>,
    /// Tickets that staff open at the same moment.
    pub openings: Arc<crate::ticket::Openings>,
}

impl App {
    /// A connection for reading; behind the wall where the request is.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn conn(&self) -> Result<Conn, AppError> {
        Ok(match wall::person() {
            Some(person) => self.pool.get_for(person).await?,
            None => self.pool.get().await?,
        })
    }

    /// Opens a transaction; behind the wall where the request is.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn begin(&self) -> Result<Tx, AppError> {
        self.mark_lines();
        let conn = match wall::person() {
            Some(person) => self.pool.begin_for(person).await?,
            None => self.pool.begin().await?,
        };
        Ok(Tx::over(conn, self.signals.clone()))
    }

    /// The bytes of a file that a row names. That they are gone is nobody's mistake who asks: it must not look as if the row were.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the storage has no such file; [`AppError::Unavailable`].
    pub async fn bytes_of(&self, sha256: &[u8]) -> Result<bytes::Bytes, AppError> {
        match self.blobs.get(sha256).await {
            Err(AppError::NotFound) => Err(AppError::Internal(
                "the file storage lacks a file that it was given".to_owned(),
            )),
            other => other,
        }
    }

    /// From now on lines of the audit log can be written.
    pub(crate) fn mark_lines(&self) {
        store::audit::mark_with(|| crate::audit::key(self).ok());
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
