//! Mails about accounts.

use app::{
    account::{
        delivery::{self, Begun},
        letter::{self, AccountLetter},
    },
    mail::Attempt,
};
use chrono::{DateTime, Utc};
use domain::{
    mail::address::MailAddress,
    message::{Filled, html},
};
use integrations::mail::compose::{Automatic, OutgoingMail, compose};
use jobs::{Outcome, SendAccountMail};
use uuid::Uuid;

use super::{
    Surroundings,
    mail_out::{attempt_of, record},
    outcome_of,
};
use crate::JobContext;

/// Sends one mail about an account. Its Message-ID is the job's, so a receiver that got it already can tell.
pub async fn send(with: &Surroundings, context: JobContext, job: SendAccountMail) -> Outcome {
    let (app, id) = (&with.app, context.job_id);
    let letter = match letter::letter(app, &job).await {
        Ok(Some(letter)) => letter,
        Ok(None) => {
            return match delivery::outdated(app, id).await {
                Ok(()) => Outcome::Done,
                Err(error) => outcome_of(&error),
            };
        }
        Err(error) => return outcome_of(&error),
    };
    let text = match letter::written(app, &letter).await {
        Ok(text) => text,
        Err(error) => return outcome_of(&error),
    };
    let begun = match delivery::begin(app, id, &letter, &text.subject).await {
        Ok(Some(begun)) => begun,
        Ok(None) => return Outcome::Done,
        Err(error) => return outcome_of(&error),
    };
    let attempt = match compose(&write(with, id, &letter, text, begun)) {
        Ok(mail) => {
            let report = with.transport.send(&mail).await;
            attempt_of(report.recipients.into_iter().next().map(|recipient| recipient.outcome))
        }
        Err(error) => Attempt::Failed(error.to_string()),
    };
    record(app, &context, id, attempt).await
}

/// When the mail was caused: the id of its job is a UUIDv7, which holds the time. The same at every attempt.
fn caused_at(job: Uuid) -> DateTime<Utc> {
    let (seconds, nanos) = job.get_timestamp().map_or((0, 0), |time| time.to_unix());
    DateTime::from_timestamp(seconds.cast_signed(), nanos).unwrap_or_default()
}

fn write(with: &Surroundings, job: Uuid, letter: &AccountLetter, text: Filled, begun: Begun) -> OutgoingMail {
    let identity = &with.app.identity;
    OutgoingMail {
        message_id: begun.message_id,
        date: caused_at(job),
        from: MailAddress::new("CloudManager", format!("no-reply@{}", identity.mail_domain)),
        to: vec![MailAddress::new(letter.name.clone(), letter.to.clone())],
        subject: text.subject,
        html: Some(html(&text.body, letter.locale)),
        text: format!("{}\n", text.body),
        automatic: Automatic::Generated,
        instance: identity.instance.clone(),
        // Nobody answers a machine's notice; that it did not arrive is worth knowing.
        envelope_from: begun.bounce_to,
        ..OutgoingMail::default()
    }
}
