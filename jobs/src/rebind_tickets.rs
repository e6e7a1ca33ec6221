//! Binds open tickets to the present service level policies.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Binds open tickets to the present service level policies. It remembers how far it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RebindTickets {
    /// The work.
    pub rebind_id: Uuid,
}

impl Job for RebindTickets {
    const KIND: &'static str = "rebind_tickets";
    const QUEUE: Queue = Queue::Sla;
    const TIMEOUT: Duration = Duration::from_secs(1800);

    fn unique_key(&self) -> Option<String> {
        Some(self.rebind_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("sla_rebind", self.rebind_id))
    }
}
