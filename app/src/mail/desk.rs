//! What staff do with mail that needs a person: release it, have it read again, drop it.

use domain::{
    mail::{
        note::{Code, Note},
        spam::RuleVerdict,
        words::{MailReason, MailState},
    },
    permission::Permission,
    ticket::State,
};
use jobs::{NewJob, ProcessMail, process_mail::Release};
use store::{
    audit,
    mail::{self, Analysis, Mail},
    ticket::{self, Ticket},
};
use uuid::Uuid;

use super::{lookups::known, process::effects_json};
use crate::{App, AppError, Caller, spam_rule};

fn refused(mail: &Mail, verb: &str) -> AppError {
    AppError::refused(
        "mail_settled",
        format!("a mail that is {} cannot be {verb}", mail.summary.state),
    )
}

async fn log(
    tx: &mut crate::Tx,
    caller: &Caller,
    app: &App,
    id: Uuid,
    action: &str,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "mail",
        subject_id: Some(id),
        data,
    };
    Ok(audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?)
}

/// A ticket that a person chose for a message; in a closed one nobody would see it.
///
/// # Errors
/// [`AppError::Invalid`] when it is closed or there is none.
pub(crate) async fn open_ticket(tx: &mut crate::Tx, id: Uuid, scope: Option<Uuid>) -> Result<Ticket, AppError> {
    let wrong = |code, text: &str| AppError::invalid("/ticket_id", code, text);
    let found = known(ticket::find_for_update(tx.conn()?, id, scope).await)?;
    let found = found.ok_or_else(|| wrong("unknown_ticket", "there is no such ticket"))?;
    if found.summary.state == State::Closed.as_str() {
        return Err(wrong("ticket_closed", "this ticket is closed; choose another one"));
    }
    Ok(found)
}

/// Lets a quarantined mail in: into `ticket_id`, or into a ticket of its own. With `allow_sender` no points keep mail of its sender aside
/// from now on.
///
/// # Errors
/// [`AppError::Refused`] when it is not quarantined; [`AppError::Invalid`] when there is no such ticket, or nobody to allow.
pub async fn release(
    app: &App,
    caller: &Caller,
    id: Uuid,
    ticket_id: Option<Uuid>,
    allow_sender: bool,
) -> Result<Mail, AppError> {
    caller.need(Permission::MailManage)?;
    let mut tx = app.begin().await?;
    let mail = mail::find_for_update(tx.conn()?, id).await?;
    if mail.summary.state != "quarantined" {
        return Err(refused(&mail, "released"));
    }
    if let Some(ticket) = ticket_id {
        open_ticket(&mut tx, ticket, None).await?;
    }
    if allow_sender {
        let address = mail.summary.from_address.as_deref().unwrap_or_default();
        let allow = (RuleVerdict::Allow, address);
        spam_rule::set_sender(app, caller, &mut tx, allow, None, "/allow_sender").await?;
    }
    mail::reset(tx.conn()?, id, &["quarantined"]).await?;
    let release = Release {
        ticket_id,
        by: caller.actor.name.clone(),
    };
    tx.enqueue(&[NewJob::of(&ProcessMail {
        mail_id: id,
        release: Some(release),
    })
    .actor(caller.user_id)])
        .await?;
    log(
        &mut tx,
        caller,
        app,
        id,
        "mail.release",
        serde_json::json!({ "ticket_id": ticket_id, "allow_sender": allow_sender }),
    )
    .await?;
    let stored = mail::find(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Has a failed or quarantined mail processed again by the rules of today.
///
/// # Errors
/// [`AppError::Refused`] when it has its place already.
pub async fn reprocess(app: &App, caller: &Caller, id: Uuid) -> Result<Mail, AppError> {
    caller.need(Permission::MailManage)?;
    let mut tx = app.begin().await?;
    let mail = mail::find_for_update(tx.conn()?, id).await?;
    let again = matches!(mail.summary.state.as_str(), "quarantined" | "dropped")
        || (mail.summary.state == "dead" && mail.message_id.is_none());
    if !again || mail.sha256.is_empty() {
        return Err(refused(&mail, "processed again"));
    }
    mail::reset(tx.conn()?, id, &["quarantined", "dropped", "dead"]).await?;
    tx.enqueue(&[NewJob::of(&ProcessMail {
        mail_id: id,
        release: None,
    })
    .actor(caller.user_id)])
        .await?;
    log(&mut tx, caller, app, id, "mail.reprocess", serde_json::json!({})).await?;
    let stored = mail::find(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Drops a quarantined mail. Its bytes and this decision are kept.
///
/// # Errors
/// [`AppError::Refused`] when it is not quarantined; [`AppError::Invalid`] without a reason.
pub async fn drop_mail(app: &App, caller: &Caller, id: Uuid, reason: &str) -> Result<Mail, AppError> {
    caller.need(Permission::MailManage)?;
    if reason.trim().is_empty() {
        return Err(AppError::invalid("/reason", "empty", "say why the mail is dropped"));
    }
    let now = app.now();
    let mut tx = app.begin().await?;
    let mail = mail::find_for_update(tx.conn()?, id).await?;
    if mail.summary.state != "quarantined" {
        return Err(refused(&mail, "dropped"));
    }
    let dropped = Note::new(Code::Dropped)
        .with("by", &caller.actor.name)
        .with("reason", reason.trim());
    let analysis = Analysis {
        state: MailState::Dropped.as_str(),
        reason: Some(MailReason::DroppedByStaff.as_str()),
        evidence: serde_json::Value::Null,
        effects: effects_json(&[dropped], now),
        ..Analysis::default()
    };
    mail::settle(tx.conn()?, id, mail.version, &analysis, now).await?;
    log(
        &mut tx,
        caller,
        app,
        id,
        "mail.drop",
        serde_json::json!({ "reason": reason }),
    )
    .await?;
    let stored = mail::find(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(stored)
}
