//! Outgoing webhooks.

use std::time::Duration;

use app::webhook::{self, Due, Heard, Letter};
use domain::webhook::Fault;
use integrations::http::CallError;
use jobs::{Outcome, SendWebhook, TellWebhooks};
use tokio::time::Instant;

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Makes deliveries of what happened.
pub async fn tell(with: &Surroundings, _: JobContext, _: TellWebhooks) -> Outcome {
    match webhook::tell(&with.app).await {
        Ok(_) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Sends one delivery. When this process dies between the answer and the note of it, the next attempt sends the same id and the same
/// bytes once more: receivers are told to go by `webhook-id`.
pub async fn send(with: &Surroundings, context: JobContext, job: SendWebhook) -> Outcome {
    let held = (context.job_id, context.attempt);
    let letter = match webhook::due(&with.app, job.delivery_id).await {
        Ok(Due::Send(letter)) => letter,
        Ok(Due::Wait(pause)) => return Outcome::Snooze(pause),
        Ok(Due::Settled) => return Outcome::Done,
        Ok(Due::Off) => {
            return match webhook::give_up(&with.app, job.delivery_id, held).await {
                Ok(()) => Outcome::Finished,
                Err(error) => outcome_of(&error),
            };
        }
        Err(error) => return outcome_of(&error),
    };
    let (at, began) = (with.app.now(), Instant::now());
    let answer = call(with, &letter).await;
    let retry_after = answer.as_ref().ok().and_then(|answer| {
        let seconds = answer
            .headers()
            .get("retry-after")?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()?;
        Some(Duration::from_secs(seconds))
    });
    let heard = Heard {
        at,
        took: began.elapsed(),
        answer: match &answer {
            Ok(answer) => Ok((answer.status().as_u16(), answer.body().as_slice())),
            Err(error) => Err((fault(error), error.to_string())),
        },
        retry_after,
    };
    match webhook::tried(&with.app, job.delivery_id, held, &heard).await {
        Ok(Some(pause)) => Outcome::Snooze(pause),
        Ok(None) => Outcome::Finished,
        Err(error) => outcome_of(&error),
    }
}

const fn fault(error: &CallError) -> Fault {
    match error {
        CallError::Refused(_) => Fault::AddressRefused,
        CallError::Unreachable(_) => Fault::Unreachable,
        CallError::TimedOut => Fault::TimedOut,
        CallError::NoAnswer(_) => Fault::NoAnswer,
        CallError::TooLong => Fault::TooLong,
    }
}

async fn call(with: &Surroundings, letter: &Letter) -> Result<http::Response<Vec<u8>>, CallError> {
    let request = http::Request::post(letter.url.as_str())
        .header("content-type", "application/json")
        .header("webhook-id", letter.id.as_str())
        .header("webhook-timestamp", letter.timestamp)
        .header("webhook-signature", letter.signature.as_str())
        .body(letter.body.clone().into_bytes())
        .map_err(|_| CallError::Refused("it is not an address of the web"))?;
    with.outbound.call(request).await
}
