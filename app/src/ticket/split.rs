//! Making a ticket of some messages of another one.

use domain::{
    permission::Permission,
    ticket::{input, merge as rules},
};
use serde_json::json;
use store::{
    audit,
    ticket::{self, Change, NewTicket, Opening, Ticket, link},
};
use uuid::Uuid;

use super::category::{self, Beginning, Origin};
use super::{handles, merge::refused, state_of};
use crate::{
    App, AppError, Caller,
    sla::{Said, priority_named, save},
};

/// Opens a ticket with these messages of `source`. Requester, group, priority and tags are the same; the two are linked.
///
/// # Errors
/// [`AppError::Refused`] when nothing would be left or moved; [`AppError::Invalid`] when a message is not there or still held.
pub async fn split(
    app: &App,
    caller: &Caller,
    source: Uuid,
    subject: &str,
    mut messages: Vec<Uuid>,
) -> Result<Ticket, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let subject = input::subject(subject).map_err(|error| AppError::invalid("/subject", error.code(), error))?;
    messages.sort_unstable();
    messages.dedup();
    let now = app.now();
    let mut tx = app.begin().await?;
    let from = ticket::find_for_update(tx.conn()?, source, None).await?;
    handles(&mut tx, caller, &from).await?;
    let left = link::public_messages_besides(tx.conn()?, source, &messages).await?;
    rules::check_split(state_of(&from)?, messages.len(), left).map_err(refused)?;
    if link::movable(tx.conn()?, source, &messages).await? != messages.len() {
        return Err(AppError::invalid(
            "/message_ids",
            "unknown_message",
            "one of these messages is not in this ticket, or must be judged first",
        ));
    }
    let id = Uuid::now_v7();
    let priority = priority_named(&from.summary.priority)?;
    let known = category::known(app, tx.conn()?).await?;
    let begins = Beginning::of(&known, Origin::Ticket(from.summary.category_id))?;
    let promises = app.sla.promises(tx.conn()?, priority, &begins.path, now).await?;
    let opening = Opening {
        ticket: NewTicket {
            id,
            subject: &subject,
            priority: &from.summary.priority,
            source: "agent",
            requester_email: &from.summary.requester_email,
            requester_name: &from.summary.requester_name,
            // Whose the ticket is was found out when it was opened.
            requester_proven: from.summary.requester_user_id.is_some() || from.customer_id.is_some(),
            group_id: Some(category::home(&mut tx, &known, &from).await?.id),
            mailbox_id: from.mailbox_id,
            locale: Some(&from.locale),
            follow_up_of: None,
            tags: &from.summary.tags,
            category_id: begins.id,
            project_id: None,
            related: from.related,
            explained: begins.explained(false, false),
            at: now,
            since: now,
        },
        promises: &promises,
        actor: &caller.actor,
        message: None,
        jobs: &[],
        key: None,
    };
    let opened = ticket::open(tx.conn()?, &opening).await?;
    app.sla.opened(&opened);
    ticket::file_with(tx.conn()?, id, source).await?;
    link::move_messages(tx.conn()?, source, id, Some(&messages)).await?;
    link::add_link(tx.conn()?, (source, id), "split", Some(caller.user_id), now).await?;
    for (here, number, kind, other) in [
        (source, opened.summary.number, "split_to", id),
        (id, from.summary.number, "split_from", source),
    ] {
        let data = json!({ "number": number, "ticket_id": other });
        ticket::add_event(tx.conn()?, here, kind, &caller.actor, data, now).await?;
    }
    // What waits for an answer waits where it is now.
    for one in [&from, &opened] {
        let mut change = Change::of(one);
        change.unanswered = link::last_is_customers(tx.conn()?, one.summary.id).await?;
        let settled = one.unanswered && !change.unanswered;
        let said: &[Said] = if settled { &[Said::NoReplyNeeded] } else { &[] };
        save(app, &mut tx, one, &change, said, &caller.actor, now).await?;
        link::recount(tx.conn()?, one.summary.id).await?;
    }
    let entry = audit::Entry {
        action: "ticket.split",
        subject_type: "ticket",
        subject_id: Some(source),
        data: json!({ "ticket_id": id, "number": opened.summary.number, "messages": messages.len() }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = ticket::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}
