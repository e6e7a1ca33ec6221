//! Makes deliveries of what happened.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Makes deliveries of what happened since the last look. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct TellWebhooks {}

impl Job for TellWebhooks {
    const KIND: &'static str = "tell_webhooks";
    const QUEUE: Queue = Queue::Webhooks;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::High;
}
