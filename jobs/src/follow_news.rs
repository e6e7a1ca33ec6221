//! Finds out whom to tell about what happened.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Follows the log of events and tells people what concerns them. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct FollowNews {}

impl Job for FollowNews {
    const KIND: &'static str = "follow_news";
    const QUEUE: Queue = Queue::Notifications;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::High;
}
