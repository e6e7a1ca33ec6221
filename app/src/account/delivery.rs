//! What becomes of a mail about an account: a row like that of every other mail, without what it says. Its id is that of its job.

use domain::mail::words::DeliveryState;
use store::{mailbox, outgoing, outgoing::AccountMail, suppression};
use uuid::Uuid;

use super::letter::{AccountLetter, Content};
use crate::{App, AppError, mail::tokens};

/// A mail that is to be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Message-ID header, without angle brackets; the same at every attempt.
    pub message_id: String,
    /// Address to which bounces go; none while no mailbox of ours would get them.
    pub bounce_to: Option<String>,
}

/// Writes a mail down before it is sent; `None` when it needs no sending: its address gets no mail, or it went out in an attempt
/// of which nobody heard.
///
/// # Errors
/// When the database is away.
pub async fn begin(app: &App, job: Uuid, letter: &AccountLetter, subject: &str) -> Result<Option<Begun>, AppError> {
    let now = app.now();
    let message_id = format!("account-{job}@{}", app.identity.mail_domain);
    let mut tx = app.begin().await?;
    let row = AccountMail {
        id: job,
        recipient: &letter.to,
        recipient_name: &letter.name,
        mail_message_id: &message_id,
        subject,
        locale: letter.locale.as_str(),
        at: now,
    };
    outgoing::begin_account(tx.conn()?, &row).await?;
    let mail = outgoing::find(tx.conn()?, job).await?;
    // Who complained about mail is not invited by others; what he asks for himself he gets.
    let unasked = matches!(letter.content, Content::Invitation(_));
    let stopped = suppression::of(tx.conn()?, &letter.to, now)
        .await?
        .filter(|found| found.holds_for_accounts() || (unasked && found.holds_for_all()));
    if let Some(found) = &stopped {
        let state = DeliveryState::Suppressed.as_str();
        outgoing::set_state(tx.conn()?, job, state, found.detail.as_deref(), false, now).await?;
    }
    let domain = format!("@{}", app.identity.mail_domain);
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let ours = mailboxes
        .iter()
        .any(|mailbox| mailbox.enabled && mailbox.address.to_lowercase().ends_with(&domain));
    tx.commit().await?;
    // One that failed is here again because an operator had its job retried.
    if stopped.is_some() || !matches!(mail.state.as_str(), "queued" | "failed") {
        return Ok(None);
    }
    let bounce_to = if ours {
        Some(tokens(app)?.bounce_address(job, &app.identity.mail_domain))
    } else {
        None
    };
    Ok(Some(Begun { message_id, bounce_to }))
}

/// Nothing is sent any more, such as a link that was used or is too old. What was written down before says so.
///
/// # Errors
/// When the database is away.
pub async fn outdated(app: &App, job: Uuid) -> Result<(), AppError> {
    let mut conn = app.conn().await?;
    let (state, why) = (DeliveryState::Failed.as_str(), Some("not needed any more"));
    outgoing::set_state(&mut conn, job, state, why, false, app.now()).await?;
    Ok(())
}
