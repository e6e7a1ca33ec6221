//! Judging a reply of somebody who is not part of the ticket.

use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    ticket::{Priority, automatic},
};
use store::ticket::{self, Change, Opening, Ticket, link};
use uuid::Uuid;

use super::category::{self, Beginning, Origin};
use super::{conduct_of, state_of};
use crate::{
    App, AppError, Caller, Tx,
    mail::open_ticket,
    sla::{Said, save},
};

/// What an agent decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The sender joins the ticket and his message counts.
    Accept,
    /// The message becomes a ticket of its own.
    Split,
    /// The message goes to another ticket, which its sender joins.
    MoveTo(Uuid),
    /// The message stays hidden for good; as a note, so that nothing is lost.
    Spam,
}

/// Carries out the decision; returns the ticket the message is in afterwards.
///
/// # Errors
/// [`AppError::Stale`] when somebody judged it already; [`AppError::Invalid`] when it cannot go to the chosen ticket.
pub async fn judge(
    app: &App,
    caller: &Caller,
    id: Uuid,
    message: Uuid,
    verdict: Judgement,
) -> Result<Ticket, AppError> {
    caller.need(Permission::TicketsReply)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, caller.ticket_scope()?).await?;
    super::handles(&mut tx, caller, &ticket).await?;
    let held = ticket::message(tx.conn()?, id, message).await?;
    if !held.held {
        return Err(AppError::Stale);
    }
    let email = held.author_email.clone().unwrap_or_default();
    let mut change = Change::of(&ticket);
    let mut home = id;
    let verb = match verdict {
        Judgement::Accept => {
            ticket::release_message(tx.conn()?, message, id).await?;
            ticket::add_participant(tx.conn()?, id, &email, &held.author_name, "contributor", now).await?;
            change.released_message = true;
            asks(&mut tx, caller, &ticket, &mut change, now).await?;
            "held_accepted"
        }
        Judgement::Split => {
            home = Uuid::now_v7();
            let known = category::known(app, tx.conn()?).await?;
            let begins = Beginning::of(&known, Origin::Ticket(ticket.summary.category_id))?;
            let row = ticket::NewTicket {
                id: home,
                subject: &ticket.summary.subject,
                priority: "medium",
                source: "mail",
                requester_email: &email,
                requester_name: &held.author_name,
                requester_proven: held.verified,
                group_id: Some(category::home(&mut tx, &known, &ticket).await?.id),
                mailbox_id: ticket.mailbox_id,
                locale: Some(&ticket.locale),
                follow_up_of: None,
                tags: &[],
                category_id: begins.id,
                project_id: ticket.project_id,
                related: ticket::Related::default(),
                explained: begins.explained(false, false),
                at: now,
                since: now,
            };
            let promises = app
                .sla
                .promises(tx.conn()?, Priority::Medium, &begins.path, now)
                .await?;
            let opening = Opening {
                ticket: row,
                promises: &promises,
                actor: &caller.actor,
                message: None,
                jobs: &[],
                key: None,
            };
            app.sla.opened(&ticket::open(tx.conn()?, &opening).await?);
            ticket::release_message(tx.conn()?, message, home).await?;
            "held_split"
        }
        Judgement::MoveTo(target) => {
            if target == id {
                return Err(AppError::invalid("/ticket_id", "same_ticket", "choose another ticket"));
            }
            let other = open_ticket(&mut tx, target, caller.ticket_scope()?).await?;
            home = target;
            ticket::release_message(tx.conn()?, message, home).await?;
            ticket::add_participant(tx.conn()?, home, &email, &held.author_name, "contributor", now).await?;
            let mut news = Change::of(&other);
            news.new_message = true;
            asks(&mut tx, caller, &other, &mut news, now).await?;
            save(
                app,
                &mut tx,
                &other,
                &news,
                &[Said::CustomerMessage],
                &caller.actor,
                now,
            )
            .await?;
            "held_moved"
        }
        Judgement::Spam => {
            ticket::hide_message(tx.conn()?, message).await?;
            "held_spam"
        }
    };
    let data = serde_json::json!({ "from": email, "message_id": message, "ticket_id": home });
    ticket::add_event(tx.conn()?, id, verb, &caller.actor, data.clone(), now).await?;
    let said: &[Said] = if verdict == Judgement::Accept {
        &[Said::CustomerMessage]
    } else {
        &[]
    };
    save(app, &mut tx, &ticket, &change, said, &caller.actor, now).await?;
    if home != id {
        link::recount(tx.conn()?, id).await?;
    }
    let entry = store::audit::Entry {
        action: "ticket.judge_held",
        subject_type: "ticket",
        subject_id: Some(id),
        data,
    };
    store::audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = ticket::find(tx.conn()?, home, None).await?;
    tx.commit().await?;
    Ok(stored)
}

/// A message that counts from now on waits for an answer, as one that just came.
async fn asks(
    tx: &mut Tx,
    caller: &Caller,
    ticket: &Ticket,
    change: &mut Change,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let before = state_of(ticket)?;
    let Some(after) = automatic::after_customer_message(before, conduct_of(ticket, now)) else {
        return Ok(());
    };
    change.unanswered = true;
    if after != before {
        after.as_str().clone_into(&mut change.state);
        let data = serde_json::json!({ "from": before.as_str(), "to": after.as_str() });
        ticket::add_event(tx.conn()?, ticket.summary.id, "state_changed", &caller.actor, data, now).await?;
    }
    Ok(())
}
