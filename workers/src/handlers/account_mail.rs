//! Mails about accounts.

use app::account::letter::{self, AccountLetter, Content};
use chrono::{DateTime, Utc};
use domain::mail::address::MailAddress;
use integrations::mail::{
    compose::{Automatic, OutgoingMail, compose},
    smtp::SendOutcome,
    texts::{
        account::{Say, account},
        member::Invited,
    },
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
    let mail = match compose(&write(with, context.job_id, &letter)) {
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

fn write(with: &Surroundings, job: Uuid, letter: &AccountLetter) -> OutgoingMail {
    let identity = &with.app.identity;
    let facts: Vec<(&str, String)> = match &letter.content {
        Content::Notice { facts, .. } => facts.iter().map(|(k, v)| (k.as_str(), v.clone())).collect(),
        _ => Vec::new(),
    };
    let say = match &letter.content {
        Content::Link { purpose, url, minutes } => Say::Link {
            purpose: *purpose,
            url,
            minutes: *minutes,
        },
        Content::Invitation(invited) => Say::Invited(Invited {
            customer: &invited.customer,
            by: &invited.by,
            role: invited.role,
            url: &invited.url,
            days: invited.days,
        }),
        Content::AccountExists => Say::AccountExists,
        Content::Notice { notice, .. } => Say::Notice(*notice, &facts),
    };
    let text = account(letter.locale, &letter.name, &identity.public_url, say);
    OutgoingMail {
        message_id: format!("account-{job}@{}", identity.mail_domain),
        date: caused_at(job),
        from: MailAddress::new("CloudManager", format!("no-reply@{}", identity.mail_domain)),
        to: vec![MailAddress::new(letter.name.clone(), letter.to.clone())],
        subject: text.subject,
        text: text.body,
        automatic: Automatic::Generated,
        instance: identity.instance.clone(),
        // Nobody answers a machine's notice, and no bounce of it needs to come back.
        envelope_from: None,
        ..OutgoingMail::default()
    }
}
