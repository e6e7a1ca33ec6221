//! What people ask about their data.

use app::{AppError, privacy};
use futures::future::BoxFuture;
use jobs::{ErasePerson, ExportPerson, Outcome};

use super::{Surroundings, is_over, outcome_of};
use crate::JobContext;

/// Makes a copy of all that is kept about a person. After the last failure the copy says so; before, it only takes longer.
pub async fn export(with: &Surroundings, context: JobContext, job: ExportPerson) -> Outcome {
    let progress = |percent: i16| -> BoxFuture<'_, Result<(), AppError>> {
        let context = &context;
        Box::pin(async move { Ok(context.progress(percent, "export").await?) })
    };
    let Err(error) = privacy::export::make(&with.app, job.export_id, &progress).await else {
        return Outcome::Done;
    };
    let outcome = outcome_of(&error);
    if is_over(&context, &outcome)
        && let Err(error) = privacy::export::give_up(&with.app, job.export_id).await
    {
        tracing::error!(%error, export = %job.export_id, "a copy of personal data that failed could not be marked");
    }
    outcome
}

/// Erases a person. What is done stays done: another attempt takes it up from there.
pub async fn erase(with: &Surroundings, _: JobContext, job: ErasePerson) -> Outcome {
    match privacy::erasure::erase(&with.app, job.erasure_id).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}
