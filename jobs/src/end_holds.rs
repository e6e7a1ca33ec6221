//! Opens tickets that were on hold until now.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Opens each ticket whose hold has ended, once. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct EndHolds {}

impl Job for EndHolds {
    const KIND: &'static str = "end_holds";
    const QUEUE: Queue = Queue::Sla;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::High;
}
