//! Ends verifications of identity whose time is over.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Ends verifications of identity whose time is over. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct ExpireKyc {}

impl Job for ExpireKyc {
    const KIND: &'static str = "expire_kyc";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
}
