//! Housekeeping.

use jobs::{CleanUp, Noop, Outcome};

use super::Surroundings;
use crate::JobContext;

/// Does nothing.
pub async fn noop(_: JobContext, _: Noop) -> Outcome {
    Outcome::Done
}

/// Deletes what is past its time.
pub async fn clean_up(with: &Surroundings, _: JobContext, _: CleanUp) -> Outcome {
    match app::retention::clean_up(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}
