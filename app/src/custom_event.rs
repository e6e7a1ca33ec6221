//! Events that programs outside raise. One goes into the log of events like everything else that happens, where notifications and webhooks
//! follow it; one about a ticket stands in its history as well, where rules find it.

use domain::{
    canned::line,
    custom_event::{TITLE_MAX, faults},
    permission::Permission,
};
use serde_json::{Value, json};
use store::{
    StoreError,
    audit::{self, Entry},
    event::{self, NewEvent},
    ticket,
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError};

/// An event as it is raised.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// A line for people; empty for none.
    pub title: String,
    /// Facts.
    pub data: Value,
    /// The ticket that it is about.
    pub ticket_id: Option<Uuid>,
}

/// Raises one; returns its id.
///
/// # Errors
/// [`AppError::Forbidden`], also for a ticket without `tickets.view`; [`AppError::Invalid`].
pub async fn raise(app: &App, caller: &Caller, draft: &Draft) -> Result<Uuid, AppError> {
    caller.need(Permission::EventsRaise)?;
    let mut errors: Vec<FieldError> = faults(&draft.name, &draft.data)
        .into_iter()
        .map(|fault| FieldError::new(fault.pointer(), fault.code(), fault))
        .collect();
    let title = line(&draft.title, TITLE_MAX);
    if let Err(error) = &title {
        errors.push(FieldError::new("/title", error.code(), error));
    }
    let title = match title {
        Ok(title) if errors.is_empty() => title,
        _ => return Err(AppError::Invalid(errors)),
    };
    let (id, now) = (Uuid::now_v7(), app.now());
    let mut tx = app.begin().await?;
    if let Some(on) = draft.ticket_id {
        caller.need(Permission::TicketsView)?;
        ticket::find_for_update(tx.conn()?, on, None)
            .await
            .map_err(|error| match error {
                StoreError::NotFound => AppError::invalid("/ticket_id", "unknown_ticket", "there is no such ticket"),
                other => other.into(),
            })?;
        // What it says besides is told to those who follow it, and is no part of the ticket.
        let said = json!({ "name": draft.name, "title": title });
        ticket::add_event(tx.conn()?, on, "custom_event", &caller.actor, said, now).await?;
    }
    let news = NewEvent {
        kind: "custom.raised",
        subject_type: if draft.ticket_id.is_some() {
            "ticket"
        } else {
            "custom_event"
        },
        subject_id: draft.ticket_id.unwrap_or(id),
        permission: Some(match draft.ticket_id {
            Some(_) => Permission::TicketsView.as_str(),
            None => Permission::EventsRaise.as_str(),
        }),
        user_id: None,
        data: json!({ "event_id": id, "name": draft.name, "title": title, "data": draft.data }),
    };
    event::append(tx.conn()?, news).await?;
    let entry = Entry {
        action: "custom_event.raise",
        subject_type: "custom_event",
        subject_id: Some(id),
        data: json!({ "name": draft.name, "title": title, "ticket_id": draft.ticket_id }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    tx.commit().await?;
    Ok(id)
}
