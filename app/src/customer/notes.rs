//! Internal notes: staff only; what is pinned stays on top, who is mentioned is told.

use domain::{permission::Permission, ticket::input};
use store::{
    customer::{self, Customer, Note},
    user::User,
};
use uuid::Uuid;

use super::{access, record};
use crate::{
    App, AppError, Caller, Tx,
    mention::{self, Place},
};

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

async fn check(tx: &mut Tx, wanted: &NoteInput) -> Result<(String, Vec<User>), AppError> {
    let body = input::body(&wanted.body).map_err(|error| AppError::invalid("/body", error.code(), error))?;
    if body.chars().count() > 20_000 {
        return Err(AppError::invalid(
            "/body",
            "too_long",
            "is longer than 20,000 characters",
        ));
    }
    Ok((
        body,
        mention::people(tx, &wanted.mentions, Permission::NotesView).await?,
    ))
}

fn ids_of(people: &[User]) -> Vec<Uuid> {
    people.iter().map(|person| person.id).collect()
}

async fn tell(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    customer: &Customer,
    note: Uuid,
    people: Vec<User>,
) -> Result<(), AppError> {
    let place = Place {
        kind: "customer",
        id: customer.summary.id,
        name: &format!("{} ({})", customer.summary.name, customer.summary.number),
        path: &format!("/desk/customers/{}?tab=notes", customer.summary.id),
        note,
        mailbox: None,
    };
    mention::tell(app, tx, caller, place, people).await
}

/// Writes a note.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Forbidden`].
pub async fn add_note(app: &App, caller: &Caller, id: Uuid, wanted: NoteInput) -> Result<Note, AppError> {
    let (mut tx, found) = opened(app, caller, id).await?;
    let reached = found.reached();
    let (body, people) = check(&mut tx, &wanted).await?;
    let now = app.now();
    let note = Note {
        id: Uuid::now_v7(),
        author_id: caller.user_id,
        author_name: caller.actor.name.clone(),
        body,
        pinned: wanted.pinned,
        mentions: ids_of(&people),
        mention_names: Vec::new(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    customer::insert_note(tx.conn()?, reached, &note).await?;
    tell(app, &mut tx, caller, &found, note.id, people).await?;
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
    let before = customer::note(tx.conn()?, reached, note_id).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    let (body, mentions, new) = changed(&mut tx, &wanted, &before).await?;
    if before.author_id != caller.user_id && (body != before.body || mentions != before.mentions) {
        return Err(not_yours());
    }
    let note = Note {
        body,
        mentions,
        pinned: wanted.pinned,
        ..before.clone()
    };
    customer::update_note(tx.conn()?, reached, &note, app.now()).await?;
    tell(app, &mut tx, caller, &found, note_id, new).await?;
    let data = serde_json::json!({ "note_id": note_id, "pinned": { "from": before.pinned, "to": note.pinned } });
    record(app, &mut tx, caller, reached, "customer.note_edit", data).await?;
    let stored = customer::note(tx.conn()?, reached, note_id).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Text, whom it mentions, and who of them is new. Whom it mentions already may be an agent no longer.
async fn changed(tx: &mut Tx, wanted: &NoteInput, before: &Note) -> Result<(String, Vec<Uuid>, Vec<User>), AppError> {
    let (kept, added): (Vec<Uuid>, Vec<Uuid>) = wanted.mentions.iter().partition(|id| before.mentions.contains(id));
    let added = NoteInput {
        mentions: added,
        ..wanted.clone()
    };
    let (body, new) = check(tx, &added).await?;
    let mut mentions = kept;
    mentions.extend(ids_of(&new));
    mentions.sort_unstable();
    mentions.dedup();
    Ok((body, mentions, new))
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
