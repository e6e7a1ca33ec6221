//! Fetches new mail of one IMAP mailbox and waits there for more.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Fetches new mail of one IMAP mailbox and waits there for more. At most one such job lives for each record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WatchMailbox {
    /// Mailbox to watch.
    pub mailbox_id: Uuid,
}

impl Job for WatchMailbox {
    const KIND: &'static str = "watch_mailbox";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 1000;
    const TIMEOUT: Duration = Duration::from_secs(600);
    const PRIORITY: Priority = Priority::Normal;

    fn unique_key(&self) -> Option<String> {
        Some(self.mailbox_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("mailbox", self.mailbox_id))
    }
}
