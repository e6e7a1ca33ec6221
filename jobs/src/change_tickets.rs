//! Does one thing to many tickets.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Does one thing to many tickets. It remembers what became of each, and goes on with the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeTickets {
    /// The work.
    pub bulk_id: Uuid,
}

impl Job for ChangeTickets {
    const KIND: &'static str = "change_tickets";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 10;
    const TIMEOUT: Duration = Duration::from_secs(900);

    fn unique_key(&self) -> Option<String> {
        Some(self.bulk_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("ticket_bulk", self.bulk_id))
    }
}
