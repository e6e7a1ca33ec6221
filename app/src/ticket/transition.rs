//! Moving a ticket to another state.

use chrono::{DateTime, Utc};
use domain::{
    mail::spam::RuleVerdict,
    permission::Permission,
    ticket::{
        State,
        actions::{self, Rights},
        transition::{Actor as Asks, Facts, Refusal},
    },
};
use store::ticket::{self, Ticket};
use uuid::Uuid;

use super::{Alteration, alter::SPAM, check_version, handles};
use crate::{App, AppError, Caller, spam_rule};

/// Where a request says that the sender is blocked.
const BLOCK: &str = "/block_sender";

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
    step(app, caller, id, &wanted, false).await
}

/// Closes a ticket as spam and keeps aside from now on what its sender writes. The rule goes with the ticket's being spam: whoever opens it
/// again takes it back.
///
/// # Errors
/// As [`transition`]; [`AppError::Forbidden`] without the permission for incoming mail; [`AppError::Invalid`] when nobody can be blocked, or
/// it is not closed as spam.
pub async fn close_as_spam(app: &App, caller: &Caller, id: Uuid, wanted: Move) -> Result<Ticket, AppError> {
    if wanted.to != State::Closed || wanted.reason.as_deref() != Some(SPAM) {
        return Err(AppError::invalid(
            BLOCK,
            "only_with_spam",
            "a sender is blocked when his ticket is closed with the reason spam",
        ));
    }
    caller.need(Permission::MailManage)?;
    step(app, caller, id, &wanted, true).await
}

async fn step(app: &App, caller: &Caller, id: Uuid, wanted: &Move, block: bool) -> Result<Ticket, AppError> {
    let scope = caller.ticket_scope()?;
    if scope.is_none() {
        caller.need(Permission::TicketsEdit)?;
    }
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, scope).await?;
    check_version(&ticket, Some(wanted.version))?;
    handles(&mut tx, caller, &ticket).await?;
    let mut alteration = Alteration::of(&ticket);
    alteration.state(caller.as_ticket_actor(), wanted)?;
    let written = alteration.write(app, &mut tx, &caller.actor, None).await?;
    if !written && !block {
        return Ok(ticket);
    }
    if block {
        if !written && !ticket.summary.spam {
            return Err(AppError::refused(
                "only_with_spam",
                "this ticket was closed for another reason: open it again to close it as spam",
            ));
        }
        let sender = (RuleVerdict::Block, ticket.summary.requester_email.as_str());
        spam_rule::set_sender(app, caller, &mut tx, sender, Some(id), BLOCK).await?;
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
