//! Mails about accounts.

use app::account::letter::{self, AccountLetter};
use chrono::{DateTime, Utc};
use domain::{
    mail::address::MailAddress,
    message::{Filled, html},
};
use integrations::mail::{
    compose::{Automatic, OutgoingMail, compose},
    smtp::SendOutcome,
};
use jobs::{Outcome, SendAccountMail};
use uuid::Uuid;

use super::{Surroundings, outcome_of};
use crate::JobContext;

/// Sends one mail about an account. Its Message-ID is the job's, so a receiver that got it already can tell.
pub async fn send(with: &Surroundings, context: JobContext, job: SendAccountMail) -> Outcome {
    let letter = match letter::letter(&with.app, &job).await {
        Ok(Some(letter)) => letter,
        Ok(None) => return Outcome::Done,
        Err(error) => return outcome_of(&error),
    };
    let text = match letter::written(&with.app, &letter).await {
        Ok(text) => text,
        Err(error) => return outcome_of(&error),
    };
    let mail = match compose(&write(with, context.job_id, &letter, text)) {
        Ok(mail) => mail,
        Err(error) => return Outcome::Dead(error.to_string()),
    };
    let report = with.transport.send(&mail).await;
    match report.recipients.into_iter().next().map(|recipient| recipient.outcome) {
        Some(SendOutcome::Sent { .. }) => Outcome::Done,
        Some(SendOutcome::Permanent(refusal)) => Outcome::Dead(format!("{} {}", refusal.code, refusal.text)),
        Some(SendOutcome::Temporary(refusal)) => Outcome::Retry(format!("{} {}", refusal.code, refusal.text)),
        Some(SendOutcome::Ambiguous { text }) => Outcome::Retry(text),
        None => Outcome::Retry("the server said nothing about the recipient".to_owned()),
    }
}

/// When the mail was caused: the id of its job is a UUIDv7, which holds the time. The same at every attempt.
fn caused_at(job: Uuid) -> DateTime<Utc> {
    let (seconds, nanos) = job.get_timestamp().map_or((0, 0), |time| time.to_unix());
    DateTime::from_timestamp(seconds.cast_signed(), nanos).unwrap_or_default()
}

fn write(with: &Surroundings, job: Uuid, letter: &AccountLetter, text: Filled) -> OutgoingMail {
    let identity = &with.app.identity;
    OutgoingMail {
        message_id: format!("account-{job}@{}", identity.mail_domain),
        date: caused_at(job),
        from: MailAddress::new("CloudManager", format!("no-reply@{}", identity.mail_domain)),
        to: vec![MailAddress::new(letter.name.clone(), letter.to.clone())],
        subject: text.subject,
        html: Some(html(&text.body, letter.locale)),
        text: format!("{}\n", text.body),
        automatic: Automatic::Generated,
        instance: identity.instance.clone(),
        // Nobody answers a machine's notice, and no bounce of it needs to come back.
        envelope_from: None,
        ..OutgoingMail::default()
    }
}
