//! Who gets the answers of a ticket besides its requester.

use domain::{
    permission::Permission,
    ticket::{State, input},
};
use serde_json::{Value, json};
use store::{
    audit, mailbox,
    ticket::{self, Participant, Ticket},
    user,
};
use uuid::Uuid;

use super::{handles, state_of, touched};
use crate::{App, AppError, Caller, Tx};

/// Most people of one ticket.
const PEOPLE_MAX: usize = 50;

/// Has somebody get every public answer of a ticket by mail. One who takes part already keeps his part. Where only members of its group
/// change a ticket, others may watch it themselves and no more.
///
/// # Errors
/// [`AppError::Invalid`] when it is no address, one of our own, or there are too many people; [`AppError::Refused`] when the
/// ticket is over, or `group_members_only`.
pub async fn add_watcher(app: &App, caller: &Caller, id: Uuid, email: &str, name: &str) -> Result<Ticket, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let email = input::address(email).map_err(|error| AppError::invalid("/email", error.code(), error))?;
    let name = input::subject(name).unwrap_or_default();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, None).await?;
    if enrol(app, &mut tx, caller, &ticket, (&email, &name)).await? {
        tx.commit().await?;
    }
    Ok(ticket)
}

/// Has somebody watch a ticket that is held, in the transaction of what makes him one. False when he takes part already.
///
/// # Errors
/// As of [`add_watcher`].
pub(super) async fn enrol(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    ticket: &Ticket,
    (email, name): (&str, &str),
) -> Result<bool, AppError> {
    caller.need(Permission::TicketsEdit)?;
    let (id, now) = (ticket.summary.id, app.now());
    let account = user::by_email(tx.conn()?, email).await?.map(|user| user.id);
    if account != Some(caller.user_id) {
        handles(tx, caller, ticket).await?;
    }
    if state_of(ticket)? == State::Closed {
        return Err(AppError::refused(
            "ticket_closed",
            "nothing is answered in a closed ticket",
        ));
    }
    let ours = mailbox::all(tx.conn()?).await?;
    if ours.iter().any(|mailbox| mailbox.address.eq_ignore_ascii_case(email)) {
        return Err(AppError::invalid("/email", "own_address", "this is an address of ours"));
    }
    let people = ticket::participants(tx.conn()?, id).await?;
    let same = |one: &Participant| one.email == email || (account.is_some() && one.user_id == account);
    if people.iter().any(|one| same(one) && one.role != "cc_pending") {
        return Ok(false);
    }
    if people.len() >= PEOPLE_MAX {
        return Err(AppError::invalid(
            "/email",
            "too_many",
            "50 people at most take part in a ticket",
        ));
    }
    if !ticket::add_participant(tx.conn()?, id, email, name, "watcher", now).await? {
        return Ok(false);
    }
    told(
        app,
        tx,
        caller,
        ticket,
        ("ticket.watcher_add", "watcher_added"),
        json!({ "email": email }),
    )
    .await?;
    Ok(true)
}

/// Takes somebody out of a ticket who is not its requester: he gets no more answers. Where only members of its group change a ticket,
/// others take out themselves alone.
///
/// # Errors
/// [`AppError::NotFound`] when he takes no part; [`AppError::Refused`] `group_members_only`.
pub async fn remove_participant(app: &App, caller: &Caller, id: Uuid, email: &str) -> Result<(), AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let email = email.to_lowercase();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, None).await?;
    let people = ticket::participants(tx.conn()?, id).await?;
    let himself = |one: &Participant| one.email == email && one.user_id == Some(caller.user_id);
    if !email.eq_ignore_ascii_case(&caller.email) && !people.iter().any(himself) {
        handles(&mut tx, caller, &ticket).await?;
    }
    if !ticket::remove_participant(tx.conn()?, id, &email).await? {
        return Err(AppError::NotFound);
    }
    told(
        app,
        &mut tx,
        caller,
        &ticket,
        ("ticket.participant_remove", "participant_removed"),
        json!({ "email": email }),
    )
    .await?;
    tx.commit().await
}

/// History, trail, and browsers that show the ticket.
async fn told(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    ticket: &Ticket,
    (action, word): (&'static str, &str),
    data: Value,
) -> Result<(), AppError> {
    let (id, now) = (ticket.summary.id, app.now());
    ticket::add_event(tx.conn()?, id, word, &caller.actor, data.clone(), now).await?;
    let entry = audit::Entry {
        action,
        subject_type: "ticket",
        subject_id: Some(id),
        data,
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    touched(tx, ticket).await
}
