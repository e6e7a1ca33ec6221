//! Rules that act on tickets.

use app::automation;
use jobs::{FollowRules, Outcome, RunRule};

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Finds what rules have to look at.
pub async fn follow(with: &Surroundings, _: JobContext, _: FollowRules) -> Outcome {
    match automation::follow(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Runs a rule on a ticket; the end of the job is in its transaction.
pub async fn run(with: &Surroundings, context: JobContext, job: RunRule) -> Outcome {
    match automation::run(&with.app, job.run_id, (context.job_id, context.attempt)).await {
        Ok(()) => Outcome::Finished,
        Err(error) => outcome_of(&error),
    }
}
