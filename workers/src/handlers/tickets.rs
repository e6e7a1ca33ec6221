//! Many tickets at once.

use jobs::{ChangeTickets, Outcome};

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Does one thing to many tickets. After the last failure the work says that it was stopped.
pub async fn change(with: &Surroundings, context: JobContext, job: ChangeTickets) -> Outcome {
    let Err(error) = app::ticket::run_bulk(&with.app, job.bulk_id).await else {
        return Outcome::Done;
    };
    if context.is_last_attempt()
        && let Err(error) = app::ticket::give_up_bulk(&with.app, job.bulk_id).await
    {
        tracing::error!(%error, bulk = %job.bulk_id, "a change of many tickets that failed could not be marked");
    }
    outcome_of(&error)
}
