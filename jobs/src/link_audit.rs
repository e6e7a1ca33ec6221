//! Links new lines of the audit trail into its chain.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Links new lines of the audit trail into the chain of the day. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct LinkAudit {}

impl Job for LinkAudit {
    const KIND: &'static str = "link_audit";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
}
