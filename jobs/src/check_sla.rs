//! Raises what is due on the clocks of tickets.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Raises what is due on the clocks of tickets, and does what follows. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct CheckSla {}

impl Job for CheckSla {
    const KIND: &'static str = "check_sla";
    const QUEUE: Queue = Queue::Sla;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
    const PRIORITY: Priority = Priority::High;
}
