//! Gives the tickets of a tag another one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Gives the tickets of a tag that was renamed or merged the other one. What is done is read off the tickets, so it goes on where it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveTag {
    /// The tag that goes.
    pub tag_id: Uuid,
}

impl Job for MoveTag {
    const KIND: &'static str = "move_tag";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 10;
    const TIMEOUT: Duration = Duration::from_secs(900);

    fn unique_key(&self) -> Option<String> {
        Some(self.tag_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("tag", self.tag_id))
    }
}
