//! Customers from files.

use app::{AppError, customer::import};
use futures::{FutureExt, future::BoxFuture};
use jobs::{CheckCustomerImport, Outcome, RunCustomerImport};
use uuid::Uuid;

use super::{Surroundings, is_over, outcome_of};
use crate::JobContext;

/// Checks the rows of a file.
pub async fn check(with: &Surroundings, context: JobContext, job: CheckCustomerImport) -> Outcome {
    let done = import::check(&with.app, job.import_id, &progress(&context, "check")).await;
    end(with, &context, job.import_id, done).await
}

/// Makes the customers of a file.
pub async fn run(with: &Surroundings, context: JobContext, job: RunCustomerImport) -> Outcome {
    let done = import::carry_out(&with.app, job.import_id, &progress(&context, "import")).await;
    end(with, &context, job.import_id, done).await
}

fn progress(context: &JobContext, step: &'static str) -> impl Fn(i16) -> BoxFuture<'static, Result<(), AppError>> {
    let context = context.clone();
    move |percent| {
        let context = context.clone();
        async move { Ok(context.progress(percent, step).await?) }.boxed()
    }
}

/// An import that is not tried again says so; before, it only takes longer.
async fn end(with: &Surroundings, context: &JobContext, id: Uuid, done: Result<(), AppError>) -> Outcome {
    let Err(error) = done else { return Outcome::Done };
    let outcome = outcome_of(&error);
    if is_over(context, &outcome)
        && let Err(error) = import::give_up(&with.app, id, &error.to_string()).await
    {
        tracing::error!(%error, import = %id, "an import that failed could not be marked");
    }
    outcome
}
