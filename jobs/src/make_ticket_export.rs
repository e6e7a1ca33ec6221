//! Exports of tickets that are mailed again and again.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Finds the exports that are due. One whose moment was missed is made once, however often it would have been.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct DueTicketExports {}

impl Job for DueTicketExports {
    const KIND: &'static str = "due_ticket_exports";
    const QUEUE: Queue = Queue::Exports;
    const MAX_ATTEMPTS: u16 = 3;
}

/// Makes the file of one run and queues its mails.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakeTicketExport {
    /// The run.
    pub run_id: Uuid,
}

impl Job for MakeTicketExport {
    const KIND: &'static str = "make_ticket_export";
    const QUEUE: Queue = Queue::Exports;
    const MAX_ATTEMPTS: u16 = 5;
    const TIMEOUT: Duration = Duration::from_secs(600);

    fn unique_key(&self) -> Option<String> {
        Some(self.run_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("ticket_export_run", self.run_id))
    }
}
