//! Reminders of tickets: set by an agent for himself, told once when they are due, moved or ended by him.

use chrono::{DateTime, Utc};
use domain::{account::notice::AccountNotice, permission::Permission, ticket::reminder as rules};
use jobs::{NewJob, SendAccountMail};
use serde_json::json;
use store::{
    audit::{self, Actor},
    event::{self, NewEvent},
    ticket::{
        self,
        reminder::{self as rows, Reminder},
    },
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx};

/// Reminders that are told in one transaction.
const BATCH: i64 = 100;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 100;

/// What is wanted of a reminder.
#[derive(Debug, Clone)]
pub struct Draft {
    /// When.
    pub at: DateTime<Utc>,
    /// What of; may be empty.
    pub note: String,
    /// Also by mail.
    pub by_mail: bool,
    /// The ticket is aside until then: not in its agent's lists, unless he asks for what is.
    pub aside: bool,
}

impl Draft {
    fn checked(self, now: DateTime<Utc>) -> Result<Self, AppError> {
        let note = rules::check(self.at, &self.note, now)
            .map_err(|flaw| AppError::invalid(flaw.pointer(), flaw.code(), flaw))?;
        Ok(Self { note, ..self })
    }
}

/// The caller's reminders, the next first, of all tickets or of one.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn own(
    app: &App,
    caller: &Caller,
    ticket: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Reminder>, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(rows::own(&mut *app.conn().await?, caller.user_id, ticket, after, limit).await?)
}

/// How many of the caller's reminders are due.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn count_due(app: &App, caller: &Caller) -> Result<i64, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(rows::count(&mut *app.conn().await?, caller.user_id, Some(app.now())).await?)
}

/// Sets a reminder.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Invalid`]; [`AppError::Refused`] when there are too many.
pub async fn set(app: &App, caller: &Caller, ticket: Uuid, draft: Draft) -> Result<Reminder, AppError> {
    caller.need(Permission::TicketsView)?;
    let now = app.now();
    let draft = draft.checked(now)?;
    let mut tx = app.begin().await?;
    let found = ticket::find(tx.conn()?, ticket, None).await?;
    if rows::count(tx.conn()?, caller.user_id, None).await? >= rules::MOST {
        return Err(AppError::refused(
            "too_many_reminders",
            "You have 500 reminders. End some of them first.",
        ));
    }
    let reminder = Reminder {
        id: Uuid::now_v7(),
        ticket_id: found.summary.id,
        number: found.summary.number,
        subject: found.summary.subject,
        state: found.summary.state,
        user_id: caller.user_id,
        at: draft.at,
        note: draft.note,
        by_mail: draft.by_mail,
        version: 1,
        told_at: None,
        aside_since: draft.aside.then_some(now),
    };
    rows::insert(tx.conn()?, &reminder, now).await.map_err(aside_already)?;
    note(app, &mut tx, &caller.actor, &reminder, "reminder.set").await?;
    tx.commit().await?;
    Ok(reminder)
}

/// Moves a reminder or changes what it says. One that was told is told again at its new moment.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`]; [`AppError::Invalid`].
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Reminder, AppError> {
    caller.need(Permission::TicketsView)?;
    let draft = draft.checked(app.now())?;
    let mut tx = app.begin().await?;
    let mut reminder = mine(&mut tx, caller, id, version).await?;
    reminder.at = draft.at;
    reminder.note = draft.note;
    reminder.by_mail = draft.by_mail;
    reminder.told_at = None;
    reminder.aside_since = draft.aside.then(|| app.now());
    rows::update(tx.conn()?, &reminder).await.map_err(aside_already)?;
    reminder.version += 1;
    note(app, &mut tx, &caller.actor, &reminder, "reminder.change").await?;
    tx.commit().await?;
    Ok(reminder)
}

/// Ends a reminder: its owner is through with it, or wants it no more.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`].
pub async fn end(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::TicketsView)?;
    let mut tx = app.begin().await?;
    let reminder = mine(&mut tx, caller, id, version).await?;
    rows::delete(tx.conn()?, id).await?;
    note(app, &mut tx, &caller.actor, &reminder, "reminder.end").await?;
    tx.commit().await
}

/// A ticket is put aside once by one agent: there is one moment at which it comes back.
fn aside_already(error: store::StoreError) -> AppError {
    match error {
        store::StoreError::Conflict(_) => AppError::refused(
            "aside_already",
            "You have put this ticket aside already. Move that reminder, or end it.",
        ),
        other => other.into(),
    }
}

async fn mine(tx: &mut Tx, caller: &Caller, id: Uuid, version: i32) -> Result<Reminder, AppError> {
    let reminder = rows::find_for_update(tx.conn()?, caller.user_id, id).await?;
    if reminder.version == version {
        Ok(reminder)
    } else {
        Err(AppError::Stale)
    }
}

/// Tells what is due, however long nobody looked: each once. Returns how many were told.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn tell_due(app: &App) -> Result<usize, AppError> {
    let mut told = 0;
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        rows::wake(tx.conn()?, app.now()).await?;
        let due = rows::due(tx.conn()?, app.now(), BATCH).await?;
        if due.is_empty() {
            break;
        }
        told += due.len();
        for reminder in due {
            tell(app, &mut tx, reminder).await?;
        }
        tx.commit().await?;
    }
    Ok(told)
}

async fn tell(app: &App, tx: &mut Tx, mut reminder: Reminder) -> Result<(), AppError> {
    let now = app.now();
    let owner = Caller::acting(tx.conn()?, reminder.user_id).await?;
    let there = match ticket::find(tx.conn()?, reminder.ticket_id, None).await {
        Ok(_) => true,
        Err(store::StoreError::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    if !owner.is_staff() || !there {
        // Whoever may no longer see tickets, or not this one, is told nothing of it.
        rows::delete(tx.conn()?, reminder.id).await?;
        return note(app, tx, &Actor::product(), &reminder, "reminder.end").await;
    }
    reminder.told_at = Some(now);
    rows::update(tx.conn()?, &reminder).await?;
    note(app, tx, &Actor::product(), &reminder, "reminder.tell").await?;
    if reminder.by_mail {
        let mail = SendAccountMail::notice(reminder.user_id, AccountNotice::Reminder)
            .with("ticket", &format!("{} ({})", reminder.subject, reminder.number))
            .with("note", &reminder.note)
            .with("path", &format!("/t/{}", reminder.ticket_id));
        tx.enqueue(&[NewJob::of(&mail)]).await?;
    }
    Ok(())
}

/// Writes what happened into the trail, without what the reminder says, and tells its owner's pages.
async fn note(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    reminder: &Reminder,
    action: &'static str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "ticket",
        subject_id: Some(reminder.ticket_id),
        data: json!({ "at": reminder.at, "user_id": reminder.user_id, "aside": reminder.aside_since.is_some() }),
    };
    audit::append(tx.conn()?, actor, app.now(), entry).await?;
    let event = NewEvent {
        kind: if action == "reminder.tell" {
            "reminder.due"
        } else {
            "reminder.updated"
        },
        subject_type: "reminder",
        subject_id: reminder.id,
        permission: None,
        user_id: Some(reminder.user_id),
        data: json!({ "ticket_id": reminder.ticket_id, "number": reminder.number }),
    };
    Ok(event::append(tx.conn()?, event).await?)
}
