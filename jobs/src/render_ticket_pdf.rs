//! Prints a ticket.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Prints a ticket for somebody who waits for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenderTicketPdf {
    /// What was asked for.
    pub print_id: Uuid,
}

impl Job for RenderTicketPdf {
    const KIND: &'static str = "render_ticket_pdf";
    const QUEUE: Queue = Queue::Pdf;
    const MAX_ATTEMPTS: u16 = 4;
    const TIMEOUT: Duration = Duration::from_secs(180);
    const PRIORITY: Priority = Priority::High;

    fn unique_key(&self) -> Option<String> {
        Some(self.print_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("ticket_print", self.print_id))
    }
}
