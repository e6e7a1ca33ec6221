//! Compares how much mail mailboxes get and send with what they are used to.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Compares how much mail mailboxes get and send with what they are used to; far more stops their automatic mail.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct WatchMailFlow {}

impl Job for WatchMailFlow {
    const KIND: &'static str = "watch_mail_flow";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;

    fn unique_key(&self) -> Option<String> {
        Some("all".to_owned())
    }
}
