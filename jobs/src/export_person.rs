//! Makes a copy of all that is kept about a person.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Makes a copy of all that is kept about a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportPerson {
    /// The copy.
    pub export_id: Uuid,
}

impl Job for ExportPerson {
    const KIND: &'static str = "export_person";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 8;
    const TIMEOUT: Duration = Duration::from_secs(900);

    fn unique_key(&self) -> Option<String> {
        Some(self.export_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("personal_export", self.export_id))
    }
}
