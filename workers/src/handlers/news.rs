//! What people are told besides their work.

use app::notification;
use jobs::{DueDigests, FollowNews, Outcome, SendDigest, WatchSystem};

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Tells people what happened.
pub async fn follow(with: &Surroundings, _: JobContext, _: FollowNews) -> Outcome {
    match notification::follow(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Tells people what has gone wrong with the installation.
pub async fn watch(with: &Surroundings, _: JobContext, _: WatchSystem) -> Outcome {
    match notification::watch(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Finds the people whose digest is due.
pub async fn due(with: &Surroundings, _: JobContext, _: DueDigests) -> Outcome {
    match notification::due_digests(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Writes a digest.
pub async fn digest(with: &Surroundings, _: JobContext, job: SendDigest) -> Outcome {
    match notification::digest(&with.app, job.user_id, job.due_at).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}
