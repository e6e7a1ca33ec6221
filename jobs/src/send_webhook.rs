//! Sends a delivery to its endpoint.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Sends a delivery to its endpoint. Its pauses are those of `domain::webhook::retry`, kept in its row; the failures counted here are those
/// of our own side.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendWebhook {
    /// Its row.
    pub delivery_id: Uuid,
}

impl Job for SendWebhook {
    const KIND: &'static str = "send_webhook";
    const QUEUE: Queue = Queue::Webhooks;
    const MAX_ATTEMPTS: u16 = 10;
    const TIMEOUT: Duration = Duration::from_secs(60);

    fn unique_key(&self) -> Option<String> {
        Some(self.delivery_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("webhook_delivery", self.delivery_id))
    }
}
