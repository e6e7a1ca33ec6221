//! Files before the virus scanner.

use app::{AppError, upload};
use domain::file::Verdict;
use jobs::{CheckFile, Outcome};

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Asks the scanner about a file and takes its word.
pub async fn check(with: &Surroundings, _: JobContext, job: CheckFile) -> Outcome {
    match attempt(with, &job).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
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
