//! Making one ticket of two.

use domain::{
    permission::Permission,
    ticket::{
        State, automatic,
        merge::{self, Refusal, Side},
        tags,
    },
};
use serde_json::json;
use store::{
    audit,
    ticket::{self, Change, Ticket, link},
};
use uuid::Uuid;

use super::{conduct_of, link::two, state_of};
use crate::{
    App, AppError, Caller,
    sla::{Said, save},
};

/// Makes `source` a part of `target`: its messages move there and remember where they were, who takes part in it takes part there,
/// and it is closed with a pointer that replies to it follow.
///
/// `meant` says that other people than now will see the messages, and that this is meant.
///
/// # Errors
/// [`AppError::Refused`] when they cannot be one, or are of different customers or projects; [`AppError::Stale`] when `source` changed.
pub async fn merge(
    app: &App,
    caller: &Caller,
    source: Uuid,
    target: Uuid,
    meant: bool,
    version: i32,
) -> Result<Ticket, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    caller.need(Permission::TicketsClose)?;
    if source == target {
        return Err(refused(Refusal::SameTicket));
    }
    let now = app.now();
    let mut tx = app.begin().await?;
    let (from, into) = two(&mut tx, source, target).await?;
    super::check_version(&from, Some(version))?;
    for one in [&from, &into] {
        super::handles(&mut tx, caller, one).await?;
    }
    merge::check(side(&from)?, side(&into)?, meant).map_err(refused)?;

    link::move_messages(tx.conn()?, source, target, None).await?;
    link::unite_participants(tx.conn()?, source, target, now).await?;
    let unanswered = from.unanswered || into.unanswered;

    let mut closing = Change::of(&from);
    State::Closed.as_str().clone_into(&mut closing.state);
    closing.unanswered = false;
    closing.delivery_failed = false;
    let data = json!({ "to": into.summary.number, "ticket_id": target });
    ticket::add_event(tx.conn()?, source, "merged", &caller.actor, data, now).await?;
    save(app, &mut tx, &from, &closing, &[], &caller.actor, now).await?;
    link::set_merged(tx.conn()?, source, target).await?;

    let mut change = Change::of(&into);
    change.tags = tags::joined(&into.summary.tags, &from.summary.tags);
    if change.tags.len() > into.summary.tags.len() {
        let data = json!({ "added": change.tags[into.summary.tags.len()..], "removed": [] });
        ticket::add_event(tx.conn()?, target, "tags_changed", &caller.actor, data, now).await?;
    }
    // A question that nobody answered waits here now.
    let asks = from.unanswered && !into.unanswered;
    let mut said: &[Said] = &[];
    if asks {
        said = &[Said::CustomerMessage];
        let before = state_of(&into)?;
        let conduct = conduct_of(&into, now);
        if let Some(after) = automatic::after_customer_message(before, conduct).filter(|after| *after != before) {
            after.as_str().clone_into(&mut change.state);
            let data = json!({ "from": before.as_str(), "to": after.as_str() });
            ticket::add_event(tx.conn()?, target, "state_changed", &caller.actor, data, now).await?;
        }
    }
    change.unanswered = unanswered;
    let data = json!({ "from": from.summary.number, "ticket_id": source });
    ticket::add_event(tx.conn()?, target, "merged_here", &caller.actor, data, now).await?;
    save(app, &mut tx, &into, &change, said, &caller.actor, now).await?;
    for id in [source, target] {
        link::recount(tx.conn()?, id).await?;
    }
    let entry = audit::Entry {
        action: "ticket.merge",
        subject_type: "ticket",
        subject_id: Some(source),
        data: json!({ "ticket_id": target, "number": into.summary.number, "confirmed": meant }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = ticket::find(tx.conn()?, target, None).await?;
    tx.commit().await?;
    Ok(stored)
}

fn side(ticket: &Ticket) -> Result<Side<'_>, AppError> {
    Ok(Side {
        id: ticket.summary.id,
        state: state_of(ticket)?,
        merged: ticket.merged_into.is_some(),
        customer: ticket.customer_id,
        project: ticket.project_id,
        requester: &ticket.summary.requester_email,
    })
}

pub(crate) fn refused(refusal: Refusal) -> AppError {
    AppError::refused(refusal.code(), refusal.to_string())
}
