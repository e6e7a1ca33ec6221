//! Finds what rules have to look at.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Finds what rules have to look at: what happened since the last look, and what is due by the clock. A reconciler: a missed run is
/// made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct FollowRules {}

impl Job for FollowRules {
    const KIND: &'static str = "follow_rules";
    const QUEUE: Queue = Queue::Sla;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
    const PRIORITY: Priority = Priority::High;
}
