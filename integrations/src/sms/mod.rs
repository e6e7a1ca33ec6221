//! Text messages through a provider: what is sent, what it answers, and what it reports later.

mod client;
mod infobip;
#[cfg(test)]
mod tests;
mod twilio;

use std::time::Duration;

use async_trait::async_trait;
use domain::sms::Report;
use uuid::Uuid;

pub use infobip::{Infobip, InfobipConfig};
pub use twilio::{Twilio, TwilioConfig};

/// A text about to be sent.
#[derive(Clone, Copy)]
pub struct OutgoingText<'a> {
    /// Our id, the same at every attempt.
    pub id: Uuid,
    /// Number in the form of E.164.
    pub to: &'a str,
    /// What it says.
    pub body: &'a str,
    /// How long it is worth delivering.
    pub valid_for: Duration,
}

impl std::fmt::Debug for OutgoingText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingText")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A text that the provider took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's id of it.
    pub provider_id: String,
    /// Segments it is charged as, when the provider says so at once.
    pub segments: Option<i32>,
}

/// What a refusal means for another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// This text never goes to this number.
    Permanent,
    /// It may go later. The text may have been sent all the same when no answer came.
    Temporary,
    /// It may go after this pause.
    RateLimited(Duration),
    /// Somebody has to change the account or the settings first.
    Configuration,
}

/// Why a text was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} {text}")]
pub struct Refusal {
    /// What it means.
    pub kind: RefusalKind,
    /// The provider's code, or what happened instead of an answer.
    pub code: String,
    /// The provider's words, cut.
    pub text: String,
}

impl Refusal {
    fn new(kind: RefusalKind, code: impl Into<String>, text: &str) -> Self {
        Self {
            kind,
            code: code.into(),
            // Whatever a provider says ends in logs and on a page.
            text: text.chars().filter(|c| !c.is_control()).take(300).collect(),
        }
    }
}

/// A delivery report as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Query of the address it was posted to, as it was sent.
    pub query: &'a str,
    /// Signature, when there is one.
    pub signature: Option<&'a str>,
    /// Body.
    pub body: &'a [u8],
}

/// Nobody but the provider could have sent a genuine report; this one could be anybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the report is not signed by the provider")]
pub struct Forged;

/// A provider of text messages.
#[async_trait]
pub trait SmsGateway: Send + Sync + std::fmt::Debug {
    /// Its name, in the settings and in the address for reports.
    fn name(&self) -> &'static str;

    /// Hands a text over. What a retry does is said by each provider: see [`Infobip`] and [`Twilio`].
    ///
    /// # Errors
    /// [`Refusal`].
    async fn send(&self, text: OutgoingText<'_>) -> Result<Accepted, Refusal>;

    /// What a delivery report says; reports about something else than the state of a text of ours are left out.
    ///
    /// # Errors
    /// [`Forged`].
    fn reports(&self, delivery: Delivery<'_>) -> Result<Vec<Report>, Forged>;
}
