//! Service levels.

use jobs::{CheckSla, Outcome, RebindTickets};

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Raises what is due on the clocks of tickets.
pub async fn check(with: &Surroundings, _: JobContext, _: CheckSla) -> Outcome {
    match app::sla::check(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Binds open tickets to the present policies.
pub async fn rebind(with: &Surroundings, _: JobContext, job: RebindTickets) -> Outcome {
    match app::sla::run_rebind(&with.app, job.rebind_id).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}
