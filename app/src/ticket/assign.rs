//! Giving a ticket to an agent.

use domain::{permission::Permission, ticket::State};
use store::{
    ticket::{self, Change, Ticket},
    user,
};
use uuid::Uuid;

use super::{check_version, state_of};
use crate::{App, AppError, Caller, sla::save};

/// Assigns a ticket, or nobody with `None`.
///
/// # Errors
/// [`AppError::Invalid`] when the person cannot be given tickets; [`AppError::Stale`] when the ticket changed.
pub async fn assign(
    app: &App,
    caller: &Caller,
    id: Uuid,
    assignee: Option<Uuid>,
    version: i32,
) -> Result<Ticket, AppError> {
    caller.need(Permission::TicketsAssign)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, caller.ticket_scope()?).await?;
    check_version(&ticket, Some(version))?;
    if state_of(&ticket)? == State::Closed {
        return Err(AppError::Refused {
            code: "ticket_closed".to_owned(),
            message: "reopen the ticket before you assign it".to_owned(),
            allowed: Vec::new(),
        });
    }
    let agent = match assignee {
        Some(id) => user::agent(tx.conn()?, id).await?,
        None => None,
    };
    if assignee.is_some() && agent.is_none() {
        return Err(AppError::invalid(
            "/assignee_id",
            "not_an_agent",
            "this person cannot be given tickets",
        ));
    }
    if assignee == ticket.summary.assignee_id {
        return Ok(ticket);
    }
    let mut change = Change::of(&ticket);
    change.assignee_id = assignee;
    let data = serde_json::json!({
        "from": ticket.summary.assignee_name,
        "to": agent.map(|agent| agent.name),
    });
    ticket::add_event(tx.conn()?, id, "assigned", &caller.actor, data.clone(), now).await?;
    save(app, &mut tx, &ticket, &change, &[], &caller.actor, now).await?;
    let entry = store::audit::Entry {
        action: "ticket.assign",
        subject_type: "ticket",
        subject_id: Some(id),
        data,
    };
    store::audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = ticket::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}
