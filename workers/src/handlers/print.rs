//! Documents: laid out and written on the blocking pool.

use std::time::Duration;

use app::{AppError, ticket::print as cases};
use jobs::{Outcome, RenderTicketPdf};

use super::{Surroundings, is_over, outcome_of};
use crate::JobContext;

/// Longest time one document may take.
const PRINTING: Duration = Duration::from_secs(90);

/// Prints a ticket. After the last failure whoever waits for it is told.
pub async fn ticket(with: &Surroundings, context: JobContext, job: RenderTicketPdf) -> Outcome {
    let Err(error) = attempt(with, &job).await else {
        return Outcome::Done;
    };
    let outcome = match error {
        // Another try has it.
        AppError::Stale => return Outcome::Done,
        error => outcome_of(&error),
    };
    if is_over(&context, &outcome)
        && let Err(error) = cases::give_up(&with.app, job.print_id).await
    {
        tracing::error!(%error, print = %job.print_id, "a ticket that could not be printed could not be marked");
    }
    outcome
}

async fn attempt(with: &Surroundings, job: &RenderTicketPdf) -> Result<(), AppError> {
    let Some(begun) = cases::begin(&with.app, job.print_id).await? else {
        return Ok(());
    };
    let run = begun.run();
    let printing = tokio::task::spawn_blocking(move || printing::print(&begun.sheet.paper(), printing::PAGES));
    let printed = tokio::time::timeout(PRINTING, printing)
        .await
        .map_err(|_| AppError::Internal(format!("printing it took more than {} s", PRINTING.as_secs())))?
        .map_err(|error| AppError::Internal(format!("printing it failed: {error}")))?
        .map_err(|error| AppError::Internal(error.to_string()))?;
    cases::finish(
        &with.app,
        job.print_id,
        run,
        &printed.bytes,
        printed.pages,
        printed.left_out,
    )
    .await
}
