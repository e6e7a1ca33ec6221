//! A transport for tests: remembers what it got and answers as told.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{MailTransport, Refusal, SendOutcome, SendReport};
use crate::mail::compose::Composed;

/// Remembers mails; answers with scripted outcomes first, with success after.
#[derive(Debug, Default)]
pub struct FakeTransport {
    sent: Mutex<Vec<Composed>>,
    script: Mutex<VecDeque<SendOutcome>>,
}

impl FakeTransport {
    /// The next mail gets this outcome.
    pub fn answer(&self, outcome: SendOutcome) {
        self.script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(outcome);
    }

    /// Every mail that was handed over, whatever the answer.
    #[must_use]
    pub fn sent(&self) -> Vec<Composed> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl MailTransport for FakeTransport {
    async fn send(&self, mail: &Composed) -> SendReport {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(mail.clone());
        let scripted = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        SendReport::all(
            mail,
            &scripted.unwrap_or(SendOutcome::Sent {
                response: "ok".to_owned(),
            }),
        )
    }

    async fn check(&self) -> Result<(), Refusal> {
        Ok(())
    }
}
