//! Many tickets at once.

use jobs::{
    ChangeTickets, DealTickets, EndHolds, GatherFacts, IndexTickets, MoveTag, Outcome, SurveyTicket, TellReminders,
    TendWaiting,
};

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

/// Asks how satisfied a customer is, or tells an agent that he is not.
pub async fn survey(with: &Surroundings, _: JobContext, job: SurveyTicket) -> Outcome {
    let done = match job {
        SurveyTicket::Ask { ticket_id, cycle } => app::ticket::survey::ask(&with.app, ticket_id, cycle).await,
        SurveyTicket::Alarm { survey_id, .. } => app::ticket::survey::alarm(&with.app, survey_id).await,
    };
    match done {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Writes down what statistics count.
pub async fn gather(with: &Surroundings, _: JobContext, _: GatherFacts) -> Outcome {
    match app::statistics::gather(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Tells what is due of the reminders.
pub async fn remind(with: &Surroundings, _: JobContext, _: TellReminders) -> Outcome {
    match app::ticket::reminder::tell_due(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Opens what was on hold until now.
pub async fn end_holds(with: &Surroundings, _: JobContext, _: EndHolds) -> Outcome {
    match app::ticket::hold::end_due(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Reminds customers whose answer is waited for.
pub async fn tend_waiting(with: &Surroundings, _: JobContext, _: TendWaiting) -> Outcome {
    match app::ticket::waiting::tend_due(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}
