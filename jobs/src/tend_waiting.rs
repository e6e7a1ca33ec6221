//! Reminds customers whose answer is waited for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Does what is due of tickets that wait for their customer, each step once. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct TendWaiting {}

impl Job for TendWaiting {
    const KIND: &'static str = "tend_waiting";
    const QUEUE: Queue = Queue::Notifications;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(120);
}
