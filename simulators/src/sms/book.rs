//! What was sent, and how a provider misbehaves.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Account;

/// Texts that are kept.
const KEPT: usize = 500;

/// How a provider misbehaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It does not.
    #[default]
    None,
    /// Too many requests (429), with `Retry-After: 1`.
    RateLimited,
    /// Out of order (500).
    Unavailable,
    /// It takes the text, but the connection breaks before it answers.
    LostAnswer,
    /// It never answers.
    Silent,
    /// It answers after three seconds.
    Slow,
    /// The number is refused.
    InvalidNumber,
    /// The account has no money left, or is not allowed to.
    NoCredit,
    /// The answer is a page of a proxy.
    Html,
    /// The answer is longer than anybody wants to read.
    Endless,
    /// The text is taken, and then not delivered.
    Undelivered,
    /// The text is taken, and nothing is reported.
    NoReports,
    /// Reports come twice and the last one first.
    Disorder,
}

/// A text that a phone would have got.
#[derive(Debug, Clone, Serialize)]
pub struct SentText {
    /// The provider's id.
    pub id: String,
    /// Number.
    pub to: String,
    /// Sender.
    pub from: String,
    /// Text.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was sent, and how a provider misbehaves.
#[derive(Debug)]
pub struct Book {
    pub(super) account: Account,
    sent: Mutex<Vec<SentText>>,
    fault: Mutex<Fault>,
    pub(super) client: reqwest::Client,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Book {
    pub(super) fn new(account: Account) -> Self {
        Self {
            account,
            sent: Mutex::default(),
            fault: Mutex::default(),
            client: reqwest::Client::new(),
        }
    }

    /// What was sent, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<SentText> {
        held(&self.sent).clone()
    }

    /// How it misbehaves from now on.
    pub fn set_fault(&self, fault: Fault) {
        *held(&self.fault) = fault;
    }

    /// How it misbehaves.
    #[must_use]
    pub fn fault(&self) -> Fault {
        *held(&self.fault)
    }

    /// A text with this id was taken before.
    pub(super) fn knows(&self, id: &str) -> bool {
        held(&self.sent).iter().any(|text| text.id == id)
    }

    /// Sends a text to its phone.
    pub(super) fn deliver(&self, text: SentText) {
        let mut sent = held(&self.sent);
        sent.push(text);
        let over = sent.len().saturating_sub(KEPT);
        sent.drain(..over);
    }

    /// An id of the provider's kind.
    pub(super) fn id() -> String {
        Uuid::new_v4().simple().to_string()
    }

    /// Waits as a slow or silent provider does.
    pub(super) async fn dawdle(&self) {
        match self.fault() {
            Fault::Slow => tokio::time::sleep(Duration::from_secs(3)).await,
            Fault::Silent => std::future::pending().await,
            _ => {}
        }
    }
}
