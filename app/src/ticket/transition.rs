//! Moving a ticket to another state.

use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    ticket::{
        State,
        actions::{self, Rights},
        transition::{Facts, Refusal, Request, decide},
    },
};
use store::ticket::{self, Change, Ticket};
use uuid::Uuid;

use super::{check_version, facts_of};
use crate::{
    App, AppError, Caller,
    sla::{Said, save},
};

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
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, scope).await?;
    check_version(&ticket, Some(wanted.version))?;
    let facts = facts_of(&ticket)?;
    if facts.state == wanted.to {
        return Ok(ticket);
    }
    let request = Request {
        to: wanted.to,
        reason: wanted.reason.as_deref(),
        with_reply: false,
        no_reply_needed: wanted.no_reply_needed.as_deref(),
    };
    decide(caller.as_ticket_actor(), facts, request).map_err(|refusal| refused(caller, facts, &refusal))?;
    let mut change = Change::of(&ticket);
    change.state = wanted.to.as_str().to_owned();
    let on_hold = wanted.to == State::OnHold;
    change.hold_reason = wanted.reason.clone().filter(|_| on_hold);
    change.on_hold_until = wanted.on_hold_until.filter(|_| on_hold);
    if wanted.no_reply_needed.is_some() {
        change.unanswered = false;
    }
    let data = serde_json::json!({
        "from": facts.state.as_str(), "to": wanted.to.as_str(),
        "reason": wanted.reason, "no_reply_needed": wanted.no_reply_needed,
    });
    ticket::add_event(tx.conn()?, id, "state_changed", &caller.actor, data.clone(), now).await?;
    let said: &[Said] = if wanted.no_reply_needed.is_some() {
        &[Said::NoReplyNeeded]
    } else {
        &[]
    };
    save(app, &mut tx, &ticket, &change, said, &caller.actor, now).await?;
    let entry = store::audit::Entry {
        action: "ticket.transition",
        subject_type: "ticket",
        subject_id: Some(id),
        data,
    };
    store::audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = ticket::find(tx.conn()?, id, scope).await?;
    tx.commit().await?;
    Ok(stored)
}

/// The refusal with what would be accepted.
pub(crate) fn refused(caller: &Caller, facts: Facts, refusal: &Refusal) -> AppError {
    let rights = Rights {
        reply: true,
        note: true,
        assign: true,
        edit: true,
    };
    let allowed = actions::list(caller.as_ticket_actor(), rights, facts)
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
