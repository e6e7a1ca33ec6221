//! Makes sure that every enabled IMAP mailbox is watched.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Makes sure that every enabled IMAP mailbox is watched. A reconciler: it looks at the state and mends it, so a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct WatchMailboxes {}

impl Job for WatchMailboxes {
    const KIND: &'static str = "watch_mailboxes";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 3;
}
