//! Looks for what has gone wrong with the installation itself.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Looks for what has gone wrong with the installation itself, jobs that were given up and mailboxes that are not read, and tells whoever
/// looks after it.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct WatchSystem {}

impl Job for WatchSystem {
    const KIND: &'static str = "watch_system";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;

    fn unique_key(&self) -> Option<String> {
        Some("all".to_owned())
    }
}
