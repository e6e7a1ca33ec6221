//! Linking tickets that belong together.

use domain::{permission::Permission, ticket::link::LinkKind};
use serde_json::json;
use store::{
    StoreError, audit,
    ticket::{
        self, Ticket,
        link::{self, Linked},
    },
};
use uuid::Uuid;

use crate::{
    App, AppError, Caller, Tx,
    ticket::{handles, touched},
};

/// Everything that belongs to a ticket.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn links(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Linked>, AppError> {
    caller.need(Permission::TicketsView)?;
    let mut conn = app.conn().await?;
    ticket::find(&mut conn, id, None).await?;
    Ok(link::links(&mut conn, id).await?)
}

/// The two in the order the link is kept in, with its kind.
fn kept(id: Uuid, other: Uuid, kind: LinkKind) -> Result<((Uuid, Uuid), &'static str), AppError> {
    let kept = kind
        .kept()
        .ok_or_else(|| AppError::invalid("/kind", "not_a_link", "this kind is not made by hand"))?;
    let pair = match kept.first {
        Some(true) => (id, other),
        Some(false) => (other, id),
        None => (id.min(other), id.max(other)),
    };
    Ok((pair, kept.kind))
}

/// Says what `other` is to a ticket.
///
/// # Errors
/// [`AppError::Invalid`] when there is no such ticket; [`AppError::Refused`] when a family would have more than two generations,
/// or `group_members_only`: a link changes both tickets.
pub async fn add_link(
    app: &App,
    caller: &Caller,
    id: Uuid,
    other: Uuid,
    kind: LinkKind,
) -> Result<Vec<Linked>, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let (pair, name) = kept(id, other, kind)?;
    if id == other {
        return Err(AppError::invalid("/ticket_id", "same_ticket", "choose another ticket"));
    }
    let mut tx = app.begin().await?;
    let (here, there) = two(&mut tx, id, other).await?;
    for one in [&here, &there] {
        handles(&mut tx, caller, one).await?;
    }
    if name == "parent" {
        let (parent, child) = pair;
        let grows = link::has_parent_link(tx.conn()?, parent, false).await?
            || link::has_parent_link(tx.conn()?, child, true).await?;
        if grows {
            return Err(AppError::refused(
                "family",
                "A parent has no parent itself, and a child no children.",
            ));
        }
    }
    let added = match link::add_link(tx.conn()?, pair, name, Some(caller.user_id), app.now()).await {
        Err(StoreError::Conflict(_)) => {
            return Err(AppError::refused("has_parent", "The ticket has a parent already."));
        }
        other => other?,
    };
    if added {
        told(app, &mut tx, caller, (&here, &there), "ticket.link", kind).await?;
    }
    let links = link::links(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(links)
}

/// Takes a link away.
///
/// # Errors
/// [`AppError::NotFound`] when there is none; [`AppError::Refused`] `group_members_only`.
pub async fn remove_link(app: &App, caller: &Caller, id: Uuid, other: Uuid, kind: LinkKind) -> Result<(), AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let (pair, name) = kept(id, other, kind)?;
    let mut tx = app.begin().await?;
    let (here, there) = two(&mut tx, id, other).await?;
    for one in [&here, &there] {
        handles(&mut tx, caller, one).await?;
    }
    if !link::remove_link(tx.conn()?, pair, name).await? {
        return Err(AppError::NotFound);
    }
    told(app, &mut tx, caller, (&here, &there), "ticket.unlink", kind).await?;
    tx.commit().await
}

/// Both, locked in the order of their ids, so that two who do so at once do not wait for each other.
pub(super) async fn two(tx: &mut Tx, id: Uuid, other: Uuid) -> Result<(Ticket, Ticket), AppError> {
    let lower = ticket::find_for_update(tx.conn()?, id.min(other), None).await;
    let higher = ticket::find_for_update(tx.conn()?, id.max(other), None).await;
    let (here, there) = if id < other { (lower, higher) } else { (higher, lower) };
    let here = here?;
    match there {
        Err(StoreError::NotFound) => Err(AppError::invalid(
            "/ticket_id",
            "unknown_ticket",
            "there is no such ticket",
        )),
        there => Ok((here, there?)),
    }
}

/// The history of both, the trail of the one, and browsers that show either.
async fn told(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (here, there): (&Ticket, &Ticket),
    action: &'static str,
    kind: LinkKind,
) -> Result<(), AppError> {
    let now = app.now();
    let word = if action == "ticket.link" { "linked" } else { "unlinked" };
    for (one, other) in [(here, there), (there, here)] {
        let id = one.summary.id;
        let data = json!({ "number": other.summary.number, "ticket_id": other.summary.id });
        ticket::add_event(tx.conn()?, id, word, &caller.actor, data, now).await?;
        touched(tx, one).await?;
    }
    let entry = audit::Entry {
        action,
        subject_type: "ticket",
        subject_id: Some(here.summary.id),
        data: json!({ "ticket_id": there.summary.id, "number": there.summary.number, "kind": kind.as_str() }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    Ok(())
}
