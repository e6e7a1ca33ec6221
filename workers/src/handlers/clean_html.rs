//! HTML of earlier mails, made anew when the policy changes.

use std::time::{Duration, Instant};

use app::{AppError, mail};
use integrations::mail::{
    html::{self, SanitiseOptions},
    parse::{ParseOptions, parse},
};
use jobs::{CleanHtml, Outcome};

use super::{Surroundings, mail_in::READING, outcome_of};
use crate::JobContext;

/// Mails that are looked up at a time; their bytes are read one by one.
const BATCH: i64 = 20;
/// How long one run goes on; the next one takes up what is left.
const RUN: Duration = Duration::from_secs(180);

/// Makes the HTML of earlier mails anew.
pub async fn run(with: &Surroundings, _: JobContext, _: CleanHtml) -> Outcome {
    match attempt(with, i32::try_from(html::POLICY_VERSION).unwrap_or(i32::MAX)).await {
        Ok(0) => Outcome::Done,
        Ok(mails) => {
            tracing::info!(mails, "HTML made anew by the present policy");
            Outcome::Done
        }
        Err(error) => outcome_of(&error),
    }
}

/// Returns how many mails it made anew.
pub(crate) async fn attempt(with: &Surroundings, policy: i32) -> Result<usize, AppError> {
    let (started, mut done) = (Instant::now(), 0);
    loop {
        let found = mail::outdated(&with.app, policy, BATCH).await?;
        if found.is_empty() {
            return Ok(done);
        }
        for outdated in found {
            if started.elapsed() > RUN {
                return Ok(done);
            }
            let source = mail::html_source(&with.app, outdated).await?;
            let id = source.mail.id;
            let made = tokio::task::spawn_blocking(move || clean(source));
            // What cannot be read in time is shown as text, as it is when it arrives.
            let html = match tokio::time::timeout(READING, made).await {
                Ok(Ok(html)) => html,
                Ok(Err(_)) | Err(_) => None,
            };
            if html.is_none() {
                tracing::warn!(mail = %id, "its HTML cannot be made anew; its text is shown");
            }
            mail::renew(&with.app, id, html.as_deref(), policy).await?;
            done += 1;
        }
    }
}

fn clean(source: mail::Source) -> Option<String> {
    let options = ParseOptions {
        assume_envelope_sender: true,
        ..ParseOptions::default()
    };
    let parsed = parse(&source.raw?, &options);
    let options = SanitiseOptions {
        cid_urls: source.cid_urls,
        ..SanitiseOptions::default()
    };
    html::sanitise(parsed.html.as_deref()?, &options).html
}
