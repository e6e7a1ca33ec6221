//! Has every enabled IMAP mailbox compared with what was taken from it.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Has every enabled IMAP mailbox compared with what was taken from it. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct ReconcileMailboxes {}

impl Job for ReconcileMailboxes {
    const KIND: &'static str = "reconcile_mailboxes";
    const QUEUE: Queue = Queue::MailIn;
    const MAX_ATTEMPTS: u16 = 3;
}
