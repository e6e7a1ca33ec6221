//! Housekeeping.

use jobs::{Noop, Outcome};

use crate::JobContext;

/// Does nothing.
pub async fn noop(_: JobContext, _: Noop) -> Outcome {
    Outcome::Done
}
