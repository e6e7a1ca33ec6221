//! Looks whether the audit trail is still whole.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Reads the whole audit trail and reports what was edited, removed or inserted.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct VerifyAudit {}

impl Job for VerifyAudit {
    const KIND: &'static str = "verify_audit";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(3600);
}
