//! Fetches the pictures that a message names on servers of others.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Fetches the pictures of a message, for a reader who asked for them and waits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct FetchPictures {
    /// Message.
    pub message_id: Uuid,
}

impl Job for FetchPictures {
    const KIND: &'static str = "fetch_pictures";
    // Like deliveries, it waits for servers of others most of its time.
    const QUEUE: Queue = Queue::Webhooks;
    const MAX_ATTEMPTS: u16 = 4;
    const TIMEOUT: Duration = Duration::from_secs(240);
    const PRIORITY: Priority = Priority::High;

    fn unique_key(&self) -> Option<String> {
        Some(self.message_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("message", self.message_id))
    }
}
