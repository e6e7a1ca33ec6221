//! Digests of what waited for its hour.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Finds the people whose digest is due. Whoever's hour was missed gets one, however many there would have been.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct DueDigests {}

impl Job for DueDigests {
    const KIND: &'static str = "due_digests";
    const QUEUE: Queue = Queue::Notifications;
    const MAX_ATTEMPTS: u16 = 3;
}

/// Sends one person what waited for his digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendDigest {
    /// Who gets it.
    pub user_id: Uuid,
    /// When it was due: with the person, what makes it this one and no other.
    pub due_at: DateTime<Utc>,
}

impl Job for SendDigest {
    const KIND: &'static str = "send_digest";
    const QUEUE: Queue = Queue::Notifications;
    const TIMEOUT: Duration = Duration::from_secs(30);

    fn unique_key(&self) -> Option<String> {
        Some(format!("{}@{}", self.user_id, self.due_at.timestamp()))
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("user", self.user_id))
    }
}
