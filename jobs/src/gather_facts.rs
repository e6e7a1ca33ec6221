//! Writes down what statistics count.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Writes down what statistics count of tickets that changed since the last look. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct GatherFacts {}

impl Job for GatherFacts {
    const KIND: &'static str = "gather_facts";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
}
