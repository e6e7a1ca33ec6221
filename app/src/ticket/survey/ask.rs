//! Asking about a resolution, some time after it.

use chrono::TimeDelta;
use domain::{
    mail::address::OwnAddresses,
    notification::Topic,
    ticket::{State, survey as rules},
};
use jobs::{NewJob, SurveyTicket};
use serde_json::json;
use store::{
    audit::Actor,
    mailbox, outgoing, suppression,
    ticket::{
        self, Change, Ticket,
        survey::{self, Survey},
    },
    user,
};
use uuid::Uuid;

use super::{finish, new, tell};
use crate::{
    App, AppError, Tx, notification,
    ticket::{Letter, queue_letters, state_of},
};

/// Plans the question about a resolution that is being written, when the ticket's group asks.
pub(crate) async fn plan(app: &App, tx: &mut Tx, ticket: &Ticket, change: &Change) -> Result<(), AppError> {
    let resolved = State::Resolved.as_str();
    if change.state != resolved || ticket.summary.state == resolved {
        return Ok(());
    }
    let Some(hours) = survey::delay(tx.conn()?, change.group_id).await? else {
        return Ok(());
    };
    let (id, cycle) = (ticket.summary.id, ticket.resolutions + 1);
    if survey::of_cycle(tx.conn()?, id, cycle).await?.is_some() {
        // It is settled that nobody asks.
        return Ok(());
    }
    let job = SurveyTicket::Ask { ticket_id: id, cycle };
    let at = app.now() + TimeDelta::hours(i64::from(hours));
    tx.enqueue(&[NewJob::of(&job).run_at(at)]).await?;
    Ok(())
}

/// Settles, before it is written, that nobody asks about a resolution by silence: neither a mail does nor the portal, also when the ticket's
/// group begins to ask later. Only where it asks now is there anything to say.
pub(crate) async fn spare(app: &App, tx: &mut Tx, ticket: &Ticket) -> Result<(), AppError> {
    let cycle = ticket.resolutions + 1;
    let why = rules::NotAsked::NoAnswer.as_str();
    let unasked = Survey {
        not_asked: why.map(str::to_owned),
        ..new(app, ticket, cycle)
    };
    survey::insert(tx.conn()?, &unasked).await?;
    if survey::delay(tx.conn()?, ticket.summary.group_id).await?.is_none() {
        return Ok(());
    }
    let data = json!({ "cycle": cycle, "reason": why });
    tell(app, tx, ticket, &Actor::product(), "ticket.survey_skip", data).await
}

/// Asks about a resolution. Whether it still stands, and whether the requester may be asked, is looked at in the transaction that asks;
/// run again it finds that it was.
///
/// # Errors
/// When the database refuses; a ticket that is gone needs no question.
pub async fn ask(app: &App, id: Uuid, cycle: i32) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, None).await?;
    if survey::of_cycle(tx.conn()?, id, cycle).await?.is_some() {
        return Ok(());
    }
    let to = ticket.summary.requester_email.as_str();
    let mailboxes = mailbox::all(tx.conn()?).await?;
    // Two tickets of one requester may be asked about at the same time: the second sees that the first was.
    outgoing::hold(tx.conn()?, to).await?;
    let facts = rules::Asking {
        enabled: survey::delay(tx.conn()?, ticket.summary.group_id).await?.is_some()
            && notification::is_on(tx.conn()?, Topic::Survey).await?,
        state: state_of(&ticket)?,
        resolutions: ticket.resolutions,
        cycle,
        merged: ticket.merged_into.is_some(),
        email: to,
        own: OwnAddresses::new(mailboxes.iter().map(|mailbox| mailbox.address.as_str())).contains(to),
        machine: survey::opened_by_machine(tx.conn()?, id).await?,
        suppressed: suppression::of(tx.conn()?, to, now).await?.is_some(),
        declined: notification::survey_declined(app, &mut tx, to).await?,
        last_asked: survey::last_asked(tx.conn()?, to).await?,
    };
    let mut written = new(app, &ticket, cycle);
    let refused = match rules::ask(facts, now) {
        Ok(()) => {
            let letter = Letter::Survey { survey_id: written.id };
            let mut reader = ticket.clone();
            if let Some(person) = ticket.summary.requester_user_id {
                reader.locale = user::by_id(tx.conn()?, person).await?.locale;
            }
            let notes = queue_letters(app, &mut tx, &mailboxes, &reader, letter, now).await?;
            notes.iter().find_map(|note| note.params.get("why").cloned())
        }
        Err(why) => match why.as_str() {
            Some(word) => Some(word.to_owned()),
            None => return Ok(()),
        },
    };
    if refused.is_none() {
        written.asked_at = Some(now);
    }
    written.not_asked = refused;
    survey::insert(tx.conn()?, &written).await?;
    let (action, data) = match &written.not_asked {
        None => ("ticket.survey_ask", json!({ "cycle": cycle })),
        Some(why) => ("ticket.survey_skip", json!({ "cycle": cycle, "reason": why })),
    };
    if written.asked_at.is_some() {
        ticket::add_event(tx.conn()?, id, "survey_asked", &Actor::product(), json!({}), now).await?;
    }
    finish(app, tx, &ticket, &Actor::product(), action, data).await
}
