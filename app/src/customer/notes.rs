//! Internal notes: staff only; what is pinned stays on top, who is mentioned is told.

use domain::{account::notice::AccountNotice, permission::Permission, ticket::input};
use jobs::{NewJob, SendAccountMail};
use store::{
    customer::{self, Customer, Note},
    event::{self, NewEvent},
    user,
};
use uuid::Uuid;

use super::{access, record};
use crate::{App, AppError, Caller, Tx};

/// A note as typed.
#[derive(Debug, Clone)]
pub struct NoteInput {
    /// Text.
    pub body: String,
    /// Keep it on top.
    pub pinned: bool,
    /// People to tell.
    pub mentions: Vec<Uuid>,
}

/// Notes, pinned ones first.
///
/// # Errors
/// [`AppError::Forbidden`], [`AppError::NotFound`].
pub async fn notes(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Note>, AppError> {
    caller.need(Permission::NotesView)?;
    let mut conn = app.conn().await?;
    let (reached, _) = access::reach(&mut conn, caller, id).await?;
    Ok(customer::notes(&mut conn, reached).await?)
}

async fn opened(app: &App, caller: &Caller, id: Uuid) -> Result<(Tx, Customer), AppError> {
    caller.need(Permission::NotesEdit)?;
    let mut tx = app.begin().await?;
    let (found, _) = access::open(tx.conn()?, caller, id).await?;
    Ok((tx, found))
}

async fn check(tx: &mut Tx, wanted: &NoteInput) -> Result<(String, Vec<Uuid>), AppError> {
    let body = input::body(&wanted.body).map_err(|error| AppError::invalid("/body", error.code(), error))?;
    if body.chars().count() > 20_000 {
        return Err(AppError::invalid(
            "/body",
            "too_long",
            "is longer than 20,000 characters",
        ));
    }
    let mut mentions = wanted.mentions.clone();
    mentions.sort_unstable();
    mentions.dedup();
    if !mentions.is_empty() {
        let agents = user::agents(tx.conn()?, None, 500).await?;
        if mentions.iter().any(|id| agents.iter().all(|agent| agent.id != *id)) {
            return Err(AppError::invalid("/mentions", "unknown_agent", "is no agent"));
        }
    }
    Ok((body, mentions))
}

/// Tells people who are mentioned for the first time: in the browser, and by a mail that says where, but not what.
async fn tell(tx: &mut Tx, caller: &Caller, customer: &Customer, people: &[Uuid]) -> Result<(), AppError> {
    let path = format!("/desk/customers/{}?tab=notes", customer.summary.id);
    let whom = format!("{} ({})", customer.summary.name, customer.summary.number);
    let mut mails = Vec::new();
    for person in people.iter().filter(|person| **person != caller.user_id) {
        let mail = SendAccountMail::notice(*person, AccountNotice::Mentioned)
            .with("by", &caller.actor.name)
            .with("customer", &whom)
            .with("path", &path);
        mails.push(NewJob::of(&mail).actor(caller.user_id));
        let told = NewEvent {
            kind: "customer.mentioned",
            subject_type: "customer",
            subject_id: customer.summary.id,
            permission: None,
            user_id: Some(*person),
            data: serde_json::json!({ "by": caller.actor.name }),
        };
        event::append(tx.conn()?, told).await?;
    }
    tx.enqueue(&mails).await?;
    Ok(())
}

/// Writes a note.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Forbidden`].
pub async fn add_note(app: &App, caller: &Caller, id: Uuid, wanted: NoteInput) -> Result<Note, AppError> {
    let (mut tx, found) = opened(app, caller, id).await?;
    let reached = found.reached();
    let (body, mentions) = check(&mut tx, &wanted).await?;
    let now = app.now();
    let note = Note {
        id: Uuid::now_v7(),
        author_id: caller.user_id,
        author_name: caller.actor.name.clone(),
        body,
        pinned: wanted.pinned,
        mentions,
        mention_names: Vec::new(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    customer::insert_note(tx.conn()?, reached, &note).await?;
    tell(&mut tx, caller, &found, &note.mentions).await?;
    let data = serde_json::json!({ "note_id": note.id });
    record(app, &mut tx, caller, reached, "customer.note_add", data).await?;
    let stored = customer::note(tx.conn()?, reached, note.id).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Changes a note: its author all of it, anybody else only whether it is pinned.
///
/// # Errors
/// [`AppError::Stale`], [`AppError::Refused`] when it is somebody else's.
pub async fn edit_note(
    app: &App,
    caller: &Caller,
    id: Uuid,
    note_id: Uuid,
    wanted: NoteInput,
    version: i32,
) -> Result<Note, AppError> {
    let (mut tx, found) = opened(app, caller, id).await?;
    let reached = found.reached();
    let (body, mentions) = check(&mut tx, &wanted).await?;
    let before = customer::note(tx.conn()?, reached, note_id).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    if before.author_id != caller.user_id && (body != before.body || mentions != before.mentions) {
        return Err(not_yours());
    }
    let new: Vec<Uuid> = mentions
        .iter()
        .filter(|id| !before.mentions.contains(id))
        .copied()
        .collect();
    let note = Note {
        body,
        mentions,
        pinned: wanted.pinned,
        ..before.clone()
    };
    customer::update_note(tx.conn()?, reached, &note, app.now()).await?;
    tell(&mut tx, caller, &found, &new).await?;
    let data = serde_json::json!({ "note_id": note_id, "pinned": { "from": before.pinned, "to": note.pinned } });
    record(app, &mut tx, caller, reached, "customer.note_edit", data).await?;
    let stored = customer::note(tx.conn()?, reached, note_id).await?;
    tx.commit().await?;
    Ok(stored)
}

fn not_yours() -> AppError {
    AppError::refused("note_of_another", "only its author changes or deletes a note")
}

/// Deletes one's own note.
///
/// # Errors
/// [`AppError::Refused`] when it is somebody else's.
pub async fn delete_note(app: &App, caller: &Caller, id: Uuid, note_id: Uuid) -> Result<(), AppError> {
    let (mut tx, found) = opened(app, caller, id).await?;
    let reached = found.reached();
    let known = customer::note(tx.conn()?, reached, note_id).await?;
    if known.author_id != caller.user_id {
        return Err(not_yours());
    }
    customer::delete_note(tx.conn()?, reached, note_id, app.now()).await?;
    let data = serde_json::json!({ "note_id": note_id });
    record(app, &mut tx, caller, reached, "customer.note_delete", data).await?;
    tx.commit().await
}
