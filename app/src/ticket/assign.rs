//! Giving a ticket to an agent.

use domain::permission::Permission;
use store::{
    ticket::{self, Ticket},
    user::{self, Agent},
};
use uuid::Uuid;

use super::{Alteration, check_version};
use crate::{App, AppError, Caller, Tx};

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
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, caller.ticket_scope()?).await?;
    check_version(&ticket, Some(version))?;
    let agent = match assignee {
        Some(id) => Some(agent(&mut tx, id, "/assignee_id").await?),
        None => None,
    };
    let mut alteration = Alteration::of(&ticket);
    alteration.assign(&mut tx, agent.as_ref()).await?;
    if !alteration.write(app, &mut tx, &caller.actor, None).await? {
        return Ok(ticket);
    }
    let stored = ticket::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Somebody who can be given tickets.
pub(crate) async fn agent(tx: &mut Tx, id: Uuid, pointer: &str) -> Result<Agent, AppError> {
    let found = user::agent(tx.conn()?, id).await?;
    found.ok_or_else(|| AppError::invalid(pointer, "not_an_agent", "this person cannot be given tickets"))
}
