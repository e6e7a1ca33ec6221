//! Runs a rule on a ticket.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Runs a version of a rule on a ticket, for one cause.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRule {
    /// Its row.
    pub run_id: Uuid,
}

impl Job for RunRule {
    const KIND: &'static str = "run_rule";
    const QUEUE: Queue = Queue::Sla;

    fn unique_key(&self) -> Option<String> {
        Some(self.run_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("automation_run", self.run_id))
    }
}
