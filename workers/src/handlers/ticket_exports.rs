//! Exports of tickets that are mailed again and again.

use app::{AppError, ticket::scheduled};
use jobs::{DueTicketExports, MakeTicketExport, Outcome};

use super::{Surroundings, is_over, outcome_of};
use crate::JobContext;

/// Finds those that are due.
pub async fn due(with: &Surroundings, _: JobContext, _: DueTicketExports) -> Outcome {
    match scheduled::due(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Makes one and queues its mails. After the last failure the run says that it failed.
pub async fn make(with: &Surroundings, context: JobContext, job: MakeTicketExport) -> Outcome {
    let Err(error) = scheduled::make(&with.app, job.run_id).await else {
        return Outcome::Done;
    };
    let outcome = match error {
        // Another try has it.
        AppError::Stale => return Outcome::Done,
        error => outcome_of(&error),
    };
    if is_over(&context, &outcome)
        && let Err(error) = scheduled::give_up(&with.app, job.run_id).await
    {
        tracing::error!(%error, run = %job.run_id, "a scheduled export that failed could not be marked");
    }
    outcome
}
