//! Marks invitations whose time is over.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Marks invitations to act for customers whose time is over. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct ExpireInvitations {}

impl Job for ExpireInvitations {
    const KIND: &'static str = "expire_invitations";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
}
