//! Many tickets at once.

use jobs::{ChangeTickets, DealTickets, IndexTickets, MoveTag, Outcome};

use super::{Surroundings, is_over, outcome_of};
use crate::JobContext;

/// Does one thing to many tickets. After the last failure the work says that it was stopped.
pub async fn change(with: &Surroundings, context: JobContext, job: ChangeTickets) -> Outcome {
    let Err(error) = app::ticket::run_bulk(&with.app, job.bulk_id).await else {
        return Outcome::Done;
    };
    let outcome = outcome_of(&error);
    if is_over(&context, &outcome)
        && let Err(error) = app::ticket::give_up_bulk(&with.app, job.bulk_id).await
    {
        tracing::error!(%error, bulk = %job.bulk_id, "a change of many tickets that failed could not be marked");
    }
    outcome
}

/// Reads what tickets say, for the search.
pub async fn index(with: &Surroundings, _: JobContext, _: IndexTickets) -> Outcome {
    match app::ticket::search::read(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Gives the tickets of a tag another one.
pub async fn move_tag(with: &Surroundings, _: JobContext, job: MoveTag) -> Outcome {
    match app::tag::run_move(&with.app, job.tag_id).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Deals out what waits in groups.
pub async fn deal(with: &Surroundings, _: JobContext, _: DealTickets) -> Outcome {
    match app::ticket::deal_out(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}
