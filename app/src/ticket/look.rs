//! Answers that a customer looked at in the portal. Only that is noted: mails carry no pixel and ask for no receipt.

use domain::permission::Permission;
use serde_json::json;
use store::{
    event::{self, NewEvent},
    ticket::{self, look},
};
use uuid::Uuid;

use crate::{App, AppError, Caller};

/// Notes that the caller, one of a customer's people, looked at the answers of a ticket up to `up_to`, one of its messages. Staff are
/// told what was new to him, once. Nothing of the ticket changes, so neither its version nor its history does.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`] when the ticket is not his.
pub async fn viewed(app: &App, caller: &Caller, id: Uuid, up_to: Uuid) -> Result<(), AppError> {
    caller.need(Permission::TicketsOwn)?;
    let scope = caller.ticket_scope()?;
    let mut tx = app.begin().await?;
    let ticket = ticket::find(tx.conn()?, id, scope).await?;
    if scope.is_none() {
        // Of staff's looks nothing is noted.
        return Ok(());
    }
    let fresh = look::insert(tx.conn()?, id, up_to, caller.user_id, app.now()).await?;
    if fresh.is_empty() {
        return Ok(());
    }
    let news = NewEvent {
        kind: "ticket.viewed",
        subject_type: "ticket",
        subject_id: id,
        permission: Some(Permission::TicketsView.as_str()),
        user_id: None,
        data: json!({ "number": ticket.summary.number, "user_id": caller.user_id, "message_ids": fresh }),
    };
    event::append(tx.conn()?, news).await?;
    tx.commit().await
}
