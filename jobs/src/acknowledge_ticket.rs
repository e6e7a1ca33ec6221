//! Tells the requester that his ticket was received.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Tells the requester that his ticket was received. At most one such job lives for each record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AcknowledgeTicket {
    /// Ticket to acknowledge.
    pub ticket_id: Uuid,
}

impl Job for AcknowledgeTicket {
    const KIND: &'static str = "acknowledge_ticket";
    const QUEUE: Queue = Queue::Notifications;
    const MAX_ATTEMPTS: u16 = 10;
    const TIMEOUT: Duration = Duration::from_secs(30);
    const PRIORITY: Priority = Priority::Normal;

    fn unique_key(&self) -> Option<String> {
        Some(self.ticket_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("ticket", self.ticket_id))
    }
}
