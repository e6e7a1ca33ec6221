//! Changing subject, category, priority, group, tags and what a ticket is about.

use domain::{
    permission::Permission,
    ticket::{Priority, input, tags},
};
use store::{
    ticket::{self, Related, Ticket},
    user::{self, Group},
};
use uuid::Uuid;

use super::{Alteration, Keep, category, check_version, handles};
use crate::{App, AppError, Caller, Tx};

/// What to change; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Subject.
    pub subject: Option<String>,
    /// Priority.
    pub priority: Option<Priority>,
    /// Support group.
    pub group_id: Option<Uuid>,
    /// Category; its routing gives way to what else is said here.
    pub category_id: Option<Uuid>,
    /// All its tags.
    pub tags: Option<Vec<String>>,
    /// All that it is about besides its customer.
    pub related: Option<Related>,
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
    let tags = wanted.tags.as_deref().map(tags_of).transpose()?;
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, caller.ticket_scope()?).await?;
    check_version(&ticket, Some(wanted.version))?;
    handles(&mut tx, caller, &ticket).await?;
    let mut alteration = Alteration::of(&ticket);
    if let Some(subject) = subject {
        alteration.subject(subject)?;
    }
    if let Some(id) = wanted.category_id {
        let known = category::known(app, tx.conn()?).await?;
        let keep = Keep {
            group: wanted.group_id.is_some(),
            priority: wanted.priority.is_some(),
        };
        alteration.category(&mut tx, &known, id, keep).await?;
    }
    if let Some(priority) = wanted.priority {
        alteration.priority(priority)?;
    }
    if let Some(id) = wanted.group_id {
        let group = group(&mut tx, id, "/group_id").await?;
        alteration.group(&mut tx, &group).await?;
    }
    if let Some(tags) = &tags {
        alteration.retag(tags)?;
    }
    if let Some(related) = wanted.related {
        alteration.related(&mut tx, related).await?;
    }
    if !alteration.write(app, &mut tx, &caller.actor, None).await? {
        return Ok(ticket);
    }
    let stored = ticket::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}

fn tags_of(texts: &[String]) -> Result<Vec<String>, AppError> {
    let mut found = Vec::with_capacity(texts.len());
    for text in texts {
        let tag = tags::tag(text).map_err(|error| AppError::invalid("/tags", error.code(), error))?;
        if !found.contains(&tag) {
            found.push(tag);
        }
    }
    Ok(found)
}

/// A support group.
pub(crate) async fn group(tx: &mut Tx, id: Uuid, pointer: &str) -> Result<Group, AppError> {
    let found = user::group(tx.conn()?, id).await?;
    found.ok_or_else(|| AppError::invalid(pointer, "unknown_group", "there is no such group"))
}
