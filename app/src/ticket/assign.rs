//! Giving a ticket to an agent.

use domain::permission::Permission;
use store::{
    group,
    ticket::{self, Ticket},
    user::{self, Agent},
};
use uuid::Uuid;

use super::{Alteration, check_version, handles};
use crate::{App, AppError, Caller, Tx};

/// Assigns a ticket, or nobody with `None`. Leads give those of their group to its members, whatever else they may.
///
/// # Errors
/// [`AppError::Invalid`] when the person cannot be given tickets; [`AppError::Refused`] `not_a_member` when he is not in the group that the
/// caller leads, or that keeps its tickets to its members; [`AppError::Stale`] when the ticket changed.
pub async fn assign(
    app: &App,
    caller: &Caller,
    id: Uuid,
    assignee: Option<Uuid>,
    version: i32,
) -> Result<Ticket, AppError> {
    let as_lead = !caller.may(Permission::TicketsAssign);
    let mut tx = app.begin().await?;
    if as_lead {
        caller.need(Permission::TicketsView)?;
        // A program that a lead lets read gives nothing to anybody.
        caller.need(Permission::TicketsEdit)?;
        if !group::leads_ticket(tx.conn()?, id, caller.user_id).await? {
            return Err(AppError::Forbidden);
        }
    }
    let ticket = ticket::find_for_update(tx.conn()?, id, caller.ticket_scope()?).await?;
    check_version(&ticket, Some(version))?;
    handles(&mut tx, caller, &ticket).await?;
    let agent = match assignee {
        Some(id) => Some(agent(&mut tx, id, "/assignee_id").await?),
        None => None,
    };
    if as_lead {
        within(&mut tx, caller, &ticket, agent.as_ref()).await?;
    }
    let mut alteration = Alteration::of(&ticket);
    alteration.assign(&mut tx, agent.as_ref()).await?;
    if !alteration.write(app, &mut tx, &caller.actor, None).await? {
        return Ok(ticket);
    }
    let stored = ticket::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}

/// A lead's word goes as far as his group, as it is while the ticket is held.
async fn within(tx: &mut Tx, caller: &Caller, ticket: &Ticket, agent: Option<&Agent>) -> Result<(), AppError> {
    let home = ticket.summary.group_id;
    if group::role(tx.conn()?, home, caller.user_id).await?.as_deref() != Some("lead") {
        return Err(AppError::Forbidden);
    }
    if let Some(agent) = agent
        && group::role(tx.conn()?, home, agent.id).await?.is_none()
    {
        return Err(AppError::refused(
            "not_a_member",
            "leads give tickets to members of their group",
        ));
    }
    Ok(())
}

/// Somebody who can be given tickets.
pub(crate) async fn agent(tx: &mut Tx, id: Uuid, pointer: &str) -> Result<Agent, AppError> {
    let found = user::agent(tx.conn()?, id).await?;
    found.ok_or_else(|| AppError::invalid(pointer, "not_an_agent", "this person cannot be given tickets"))
}
