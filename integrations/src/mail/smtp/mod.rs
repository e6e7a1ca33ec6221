//! Sending mail: one trait, the real SMTP client, a directory of `.eml` files for the demo, and a fake for tests.
//!
//! What matters is to know what became of each recipient: refused for good, refused for now, or *perhaps sent*, when
//! the connection broke after the message had begun to travel.

mod client;
mod config;
mod fake;
mod file;
mod preset;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

pub use client::SmtpTransport;
pub use config::{SmtpConfig, SmtpOptions, SmtpTls, SmtpUrlError};
pub use fake::FakeTransport;
pub use file::FileTransport;

use super::compose::Composed;

/// A server's refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Reply code such as 550; 0 when the server could not be reached.
    pub code: u16,
    /// Enhanced status code such as `5.1.1`; empty when the server gave none. For
    /// [`domain::mail::report::DeliveryOutcome::of`].
    pub enhanced: String,
    /// The server's words, or what went wrong on the way.
    pub text: String,
    /// It was said of the recipient: not of us, whom the server may not know, nor of what the mail says.
    #[serde(default)]
    pub of_recipient: bool,
}

/// What became of one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum SendOutcome {
    /// The server took the mail.
    Sent {
        /// Its answer.
        response: String,
    },
    /// Refused for good.
    Permanent(Refusal),
    /// Refused for now, or not reached: try again.
    Temporary(Refusal),
    /// The connection broke after the message began to travel: try again with the same Message-ID and note that the
    /// recipient may get it twice.
    Ambiguous {
        /// What went wrong.
        text: String,
    },
}

/// One recipient and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientResult {
    /// Address as in the envelope.
    pub address: String,
    /// Outcome.
    pub outcome: SendOutcome,
}

/// What became of a mail, one entry per envelope recipient in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendReport {
    /// Results.
    pub recipients: Vec<RecipientResult>,
}

impl SendReport {
    /// The same outcome for everybody.
    #[must_use]
    pub fn all(mail: &Composed, outcome: &SendOutcome) -> Self {
        let result = |address: &lettre::Address| RecipientResult {
            address: address.to_string(),
            outcome: outcome.clone(),
        };
        Self {
            recipients: mail.envelope.to().iter().map(result).collect(),
        }
    }
}

/// Something that sends mail.
#[async_trait]
pub trait MailTransport: Send + Sync + std::fmt::Debug {
    /// Sends one mail. Never fails as a whole: every recipient has an outcome.
    async fn send(&self, mail: &Composed) -> SendReport;

    /// Checks that the server can be reached and takes our credentials.
    ///
    /// # Errors
    /// What the server said, or why it was not reached.
    async fn check(&self) -> Result<(), Refusal>;
}
