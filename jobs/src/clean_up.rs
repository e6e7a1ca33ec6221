//! Deletes what is past its time: live events, spent idempotency keys and tokens, uploads nothing used.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Deletes what is past its time: live events, spent idempotency keys and tokens, uploads nothing used. A reconciler: it looks at the state and mends it, so a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct CleanUp {}

impl Job for CleanUp {
    const KIND: &'static str = "clean_up";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
}
