//! Shows a file to the virus scanner.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Shows a file to the virus scanner; until it has answered, the file is served to nobody.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CheckFile {
    /// Its row.
    pub attachment_id: Uuid,
}

impl Job for CheckFile {
    const KIND: &'static str = "check_file";
    const QUEUE: Queue = Queue::Files;
    // A scanner that is away for two days is still waited for.
    const MAX_ATTEMPTS: u16 = 60;
    const TIMEOUT: Duration = Duration::from_secs(120);

    fn unique_key(&self) -> Option<String> {
        Some(self.attachment_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("attachment", self.attachment_id))
    }
}
