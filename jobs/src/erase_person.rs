//! Erases a person, step by step.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Erases a person, step by step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasePerson {
    /// The erasure.
    pub erasure_id: Uuid,
}

impl Job for ErasePerson {
    const KIND: &'static str = "erase_person";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 30;
    const TIMEOUT: Duration = Duration::from_secs(1800);

    fn unique_key(&self) -> Option<String> {
        Some(self.erasure_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("personal_erasure", self.erasure_id))
    }
}
