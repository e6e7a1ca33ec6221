//! Outgoing text messages.

use app::sms::{self, Due};
use domain::sms::SmsState;
use integrations::sms::{OutgoingText, Refusal, RefusalKind};
use jobs::{Outcome, SendSms};
use store::sms::message::Attempt;

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Hands one text to the provider. When this process dies between the provider's answer and the note of it, the next attempt hands
/// the text over again: Infobip knows it by its id and sends nothing twice, Twilio sends the same text a second time.
pub async fn send(with: &Surroundings, context: JobContext, job: SendSms) -> Outcome {
    let due = match sms::due(&with.app, job.sms_id).await {
        Ok(Due::Send(due)) => due,
        Ok(Due::Settled) => return Outcome::Done,
        Ok(Due::Expired) => {
            return Outcome::Cancel("not sent: what it says was good for a few minutes, which are over".to_owned());
        }
        Err(error) => return outcome_of(&error),
    };
    let Some(gateway) = &with.sms else {
        let refusal = "text messages are not set up: CM_SMS_PROVIDER";
        return match note(with, &job, "none", SmsState::Failed, refusal).await {
            Ok(()) => Outcome::Dead(refusal.to_owned()),
            Err(outcome) => outcome,
        };
    };
    let text = OutgoingText {
        id: job.sms_id,
        to: &due.phone,
        body: &due.body,
        valid_for: due.valid_for.to_std().unwrap_or_default(),
    };
    match gateway.send(text).await {
        Ok(accepted) => {
            let attempt = Attempt {
                state: SmsState::Sent,
                provider: gateway.name(),
                provider_id: Some(&accepted.provider_id),
                segments: accepted.segments,
                error: None,
            };
            match sms::attempted(&with.app, job.sms_id, &attempt).await {
                Ok(()) => Outcome::Done,
                Err(error) => outcome_of(&error),
            }
        }
        Err(refusal) => {
            let (state, outcome) = after(&refusal, context.is_last_attempt());
            match note(with, &job, gateway.name(), state, &refusal.to_string()).await {
                Ok(()) => outcome,
                Err(outcome) => outcome,
            }
        }
    }
}

/// Where a refused text is then, and its job.
fn after(refusal: &Refusal, last: bool) -> (SmsState, Outcome) {
    // The provider's words, which may repeat the number, are for the page of messages alone.
    let text = refusal.code.clone();
    match refusal.kind {
        // Nothing is broken: the number is.
        RefusalKind::Permanent => (SmsState::Failed, Outcome::Cancel(text)),
        RefusalKind::Configuration => (SmsState::Failed, Outcome::Dead(text)),
        RefusalKind::RateLimited(pause) => (SmsState::Queued, Outcome::Snooze(pause)),
        RefusalKind::Temporary if last => (SmsState::Failed, Outcome::Retry(text)),
        RefusalKind::Temporary => (SmsState::Queued, Outcome::Retry(text)),
    }
}

async fn note(with: &Surroundings, job: &SendSms, provider: &str, state: SmsState, error: &str) -> Result<(), Outcome> {
    let attempt = Attempt {
        state,
        provider,
        provider_id: None,
        segments: None,
        error: Some(error),
    };
    let noted = sms::attempted(&with.app, job.sms_id, &attempt).await;
    noted.map_err(|error| outcome_of(&error))
}
