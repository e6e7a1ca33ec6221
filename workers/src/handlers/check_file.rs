//! Files before the virus scanner.

use app::{AppError, upload};
use domain::file::Verdict;
use jobs::{CheckFile, Outcome};

use super::{Surroundings, is_over, outcome_of};
use crate::JobContext;

/// Asks the scanner about a file and takes its word.
pub async fn check(with: &Surroundings, context: JobContext, job: CheckFile) -> Outcome {
    let Err(error) = attempt(with, &job).await else {
        return Outcome::Done;
    };
    let outcome = outcome_of(&error);
    // Mails wait for the file: they are to go without it rather than never.
    if is_over(&context, &outcome)
        && let Err(error) = upload::judge(&with.app, job.attachment_id, &Verdict::None).await
    {
        return outcome_of(&error);
    }
    outcome
}

async fn attempt(with: &Surroundings, job: &CheckFile) -> Result<(), AppError> {
    let Some(bytes) = upload::unchecked(&with.app, job.attachment_id).await? else {
        return Ok(());
    };
    let verdict = match &with.antivirus {
        Some(scanner) => scanner.scan(&bytes).await.map_err(AppError::Unavailable)?,
        // It was switched off since the file came: files are served unseen again.
        None => Verdict::Clean,
    };
    upload::judge(&with.app, job.attachment_id, &verdict).await
}
