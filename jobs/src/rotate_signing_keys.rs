//! Rotates the keys that sign access tokens.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Retires keys whose end has come, and makes the next one when the present one is old. A reconciler: a missed run is made up
/// by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct RotateSigningKeys {}

impl Job for RotateSigningKeys {
    const KIND: &'static str = "rotate_signing_keys";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
}
