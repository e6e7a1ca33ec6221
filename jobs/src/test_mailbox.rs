//! Checks the settings of a mailbox at its servers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Checks the settings of a mailbox at its servers. Somebody waits for the result.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestMailbox {
    /// The check, which holds the settings.
    pub test_id: Uuid,
}

impl Job for TestMailbox {
    const KIND: &'static str = "test_mailbox";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::High;

    fn unique_key(&self) -> Option<String> {
        Some(self.test_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("mailbox_test", self.test_id))
    }
}
