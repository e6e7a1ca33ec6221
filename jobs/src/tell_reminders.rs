//! Tells agents what they wanted to be reminded of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Tells each reminder that is due, once. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct TellReminders {}

impl Job for TellReminders {
    const KIND: &'static str = "tell_reminders";
    const QUEUE: Queue = Queue::Notifications;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::High;
}
