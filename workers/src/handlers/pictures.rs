//! Pictures of mails, fetched from servers of others for a reader who asked for them.

use std::time::Duration;

use app::{
    AppError,
    ticket::pictures::{self as cases, Fetched},
};
use bytes::Bytes;
use domain::{
    file::Verdict,
    mail::picture::{MAX_BYTES, MAX_TOTAL, MOST, PictureFault},
};
use futures::future::join_all;
use integrations::{http::picture, mail::html::remote_pictures};
use jobs::{FetchPictures, Outcome};
use tokio::time::{Instant, timeout_at};

use super::{Surroundings, is_over, outcome_of};
use crate::JobContext;

/// Longest time for all pictures of a message; whoever asked for them waits.
const PATIENCE: Duration = Duration::from_secs(90);
/// Pictures that are fetched at the same time.
const AT_ONCE: usize = 4;

/// Fetches the pictures of a message. After the last failure readers are shown what is there.
pub async fn fetch(with: &Surroundings, context: JobContext, job: FetchPictures) -> Outcome {
    let Err(error) = attempt(with, &job).await else {
        return Outcome::Done;
    };
    let outcome = outcome_of(&error);
    if is_over(&context, &outcome)
        && let Err(error) = cases::finish(&with.app, job.message_id).await
    {
        return outcome_of(&error);
    }
    outcome
}

async fn attempt(with: &Surroundings, job: &FetchPictures) -> Result<(), AppError> {
    let Some(wanted) = cases::wanted(&with.app, job.message_id).await? else {
        return Ok(());
    };
    let html = wanted.html;
    let addresses = tokio::task::spawn_blocking(move || remote_pictures(&html))
        .await
        .map_err(|error| AppError::Internal(format!("reading the message failed: {error}")))?;
    let left: Vec<(i32, String)> = (0..)
        .zip(addresses.into_iter().take(MOST))
        .filter(|(position, _)| !wanted.known.contains(position))
        .collect();
    let (until, mut total) = (Instant::now() + PATIENCE, wanted.bytes);
    for some in left.chunks(AT_ONCE) {
        let mut running = Vec::with_capacity(some.len());
        for (_, url) in some {
            running.push(one(with, url, until));
        }
        let found = join_all(running).await;
        for ((position, url), found) in some.iter().zip(found) {
            let found = match found {
                Ok((_, bytes)) if total + bytes.len() > MAX_TOTAL => Err(PictureFault::Total),
                found => found,
            };
            total += found.as_ref().map_or(0, |(_, bytes)| bytes.len());
            cases::keep(&with.app, job.message_id, *position, url, found).await?;
        }
    }
    cases::finish(&with.app, job.message_id).await
}

/// One picture, which a scanner has seen where there is one.
async fn one(with: &Surroundings, url: &str, until: Instant) -> Fetched {
    let (kind, bytes) = timeout_at(until, picture(&with.outbound, url, MAX_BYTES))
        .await
        .map_err(|_| PictureFault::TimedOut)??;
    if let Some(scanner) = &with.antivirus
        && !matches!(scanner.scan(&bytes).await, Ok(Verdict::Clean))
    {
        return Err(PictureFault::Infected);
    }
    Ok((kind, Bytes::from(bytes)))
}
