//! Moving a ticket to another state.

use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    ticket::{
        State,
        actions::{self, Rights},
        transition::{Actor as Asks, Facts, Refusal},
    },
};
use store::ticket::{self, Ticket};
use uuid::Uuid;

use super::{Alteration, check_version, handles};
use crate::{App, AppError, Caller};

/// A transition as asked for.
#[derive(Debug, Clone)]
pub struct Move {
    /// Wanted state.
    pub to: State,
    /// Why; needed for on_hold and closed.
    pub reason: Option<String>,
    /// Until when a ticket is on hold.
    pub on_hold_until: Option<DateTime<Utc>>,
    /// Why an unanswered message needs no reply.
    pub no_reply_needed: Option<String>,
    /// Version the caller read.
    pub version: i32,
}

/// Moves a ticket.
///
/// # Errors
/// [`AppError::Refused`] with the states that would be accepted; [`AppError::Stale`] when the ticket changed.
pub async fn transition(app: &App, caller: &Caller, id: Uuid, wanted: Move) -> Result<Ticket, AppError> {
    let scope = caller.ticket_scope()?;
    if scope.is_none() {
        caller.need(Permission::TicketsEdit)?;
    }
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, scope).await?;
    check_version(&ticket, Some(wanted.version))?;
    handles(&mut tx, caller, &ticket).await?;
    let mut alteration = Alteration::of(&ticket);
    alteration.state(caller.as_ticket_actor(), &wanted)?;
    if !alteration.write(app, &mut tx, &caller.actor, None).await? {
        return Ok(ticket);
    }
    let stored = ticket::find(tx.conn()?, id, scope).await?;
    tx.commit().await?;
    Ok(stored)
}

/// The refusal with what would be accepted.
pub(crate) fn refused(asks: Asks, facts: Facts, refusal: &Refusal) -> AppError {
    let rights = Rights {
        reply: true,
        note: true,
        assign: true,
        edit: true,
    };
    let allowed = actions::list(asks, rights, facts)
        .into_iter()
        .filter(|action| action.allowed)
        .filter_map(|action| action.to)
        .map(|state| state.as_str().to_owned())
        .collect();
    AppError::Refused {
        code: refusal.code().to_owned(),
        message: refusal.to_string(),
        allowed,
    }
}
