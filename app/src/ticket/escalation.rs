//! Who has taken note that a ticket was escalated.

use domain::permission::Permission;
use serde_json::json;
use store::{
    audit,
    event::{self, NewEvent},
    ticket::{
        self,
        escalation::{self as rows, Escalation},
    },
};
use uuid::Uuid;

use crate::{App, AppError, Caller, ticket::handles};

/// The escalations of a ticket, oldest first; staff only.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Forbidden`].
pub async fn list(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Escalation>, AppError> {
    caller.need(Permission::TicketsView)?;
    let mut conn = app.conn().await?;
    ticket::find(&mut conn, id, None).await?;
    Ok(rows::of_ticket(&mut conn, id).await?)
}

/// Takes note of all escalations of a ticket of which nobody has yet.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Refused`] when there are none.
pub async fn acknowledge(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Escalation>, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let found = ticket::find_for_update(tx.conn()?, id, None).await?;
    handles(&mut tx, caller, &found).await?;
    let n = rows::acknowledge(tx.conn()?, id, caller.user_id, now).await?;
    if n == 0 {
        return Err(AppError::refused("no_escalation", "Nothing is left to take note of."));
    }
    let data = json!({ "count": n });
    ticket::add_event(
        tx.conn()?,
        id,
        "escalation_acknowledged",
        &caller.actor,
        data.clone(),
        now,
    )
    .await?;
    let entry = audit::Entry {
        action: "ticket.escalation_acknowledge",
        subject_type: "ticket",
        subject_id: Some(id),
        data,
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let news = NewEvent {
        kind: "ticket.escalation_acknowledged",
        subject_type: "ticket",
        subject_id: id,
        permission: Some(Permission::TicketsView.as_str()),
        user_id: None,
        data: json!({ "number": found.summary.number }),
    };
    event::append(tx.conn()?, news).await?;
    let stored = rows::of_ticket(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(stored)
}
