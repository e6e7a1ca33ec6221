//! Changing subject and priority.

use domain::{
    permission::Permission,
    ticket::{Priority, State, input},
};
use store::ticket::{self, Change, Ticket};
use uuid::Uuid;

use super::{check_version, state_of};
use crate::{App, AppError, Caller, sla::save};

/// What to change; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Subject.
    pub subject: Option<String>,
    /// Priority.
    pub priority: Option<Priority>,
    /// Version the caller read.
    pub version: i32,
}

/// Edits a ticket.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Stale`], [`AppError::Refused`] when it is closed.
pub async fn edit(app: &App, caller: &Caller, id: Uuid, wanted: Edit) -> Result<Ticket, AppError> {
    caller.need(Permission::TicketsEdit)?;
    let subject = wanted
        .subject
        .as_deref()
        .map(input::subject)
        .transpose()
        .map_err(|error| AppError::invalid("/subject", error.code(), error))?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, caller.ticket_scope()?).await?;
    check_version(&ticket, Some(wanted.version))?;
    if state_of(&ticket)? == State::Closed {
        return Err(AppError::Refused {
            code: "ticket_closed".to_owned(),
            message: "reopen the ticket before you change it".to_owned(),
            allowed: Vec::new(),
        });
    }
    let mut change = Change::of(&ticket);
    let mut changed = serde_json::Map::new();
    if let Some(subject) = subject.filter(|subject| *subject != change.subject) {
        let data = serde_json::json!({ "from": change.subject, "to": subject });
        ticket::add_event(tx.conn()?, id, "subject_changed", &caller.actor, data.clone(), now).await?;
        changed.insert("subject".to_owned(), data);
        change.subject = subject;
    }
    if let Some(priority) = wanted.priority.filter(|priority| priority.as_str() != change.priority) {
        let data = serde_json::json!({ "from": change.priority, "to": priority.as_str() });
        ticket::add_event(tx.conn()?, id, "priority_changed", &caller.actor, data.clone(), now).await?;
        changed.insert("priority".to_owned(), data);
        change.priority = priority.as_str().to_owned();
    }
    if changed.is_empty() {
        return Ok(ticket);
    }
    save(app, &mut tx, &ticket, &change, &[], &caller.actor, now).await?;
    let entry = store::audit::Entry {
        action: "ticket.edit",
        subject_type: "ticket",
        subject_id: Some(id),
        data: changed.into(),
    };
    store::audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = ticket::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}
