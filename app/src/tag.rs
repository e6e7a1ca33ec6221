//! Tags as people manage them. A tag is its word: renamed or merged, its tickets are given the other word by a job, a few in each
//! transaction, and the old one goes when the last of them has it.

use chrono::TimeDelta;
use domain::{
    audit::changes,
    permission::Permission,
    ticket::{colour::Colour, tags},
};
use jobs::{MoveTag, NewJob};
use store::{
    audit::{self, Actor},
    tag::{self, Counted, Tag},
    ticket::{self, Change},
    user,
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx, sla::save, ticket::scheduled};

/// Tickets that one transaction of a move changes.
const CHUNK: i64 = 50;
/// What figures call recent.
const RECENT: TimeDelta = TimeDelta::days(30);

/// A change of a tag.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The word; another one renames it.
    pub name: String,
    /// Colour.
    pub colour: Colour,
    /// No longer offered.
    pub retired: bool,
}

/// All tags by name, for whoever reads tickets.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn all(app: &App, caller: &Caller) -> Result<Vec<Tag>, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(tag::all(&mut *app.conn().await?).await?)
}

/// Those that hold a text after the one with this name, with how many tickets have them.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn counted(
    app: &App,
    caller: &Caller,
    text: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Counted>, AppError> {
    caller.need(Permission::TagsEdit)?;
    Ok(tag::counted(&mut *app.conn().await?, text, app.now() - RECENT, after, limit).await?)
}

/// Adds a tag that no ticket has yet.
///
/// # Errors
/// [`AppError::Invalid`]; `tag_exists`.
pub async fn create(app: &App, caller: &Caller, name: &str, colour: Colour) -> Result<Tag, AppError> {
    caller.need(Permission::TagsEdit)?;
    let name = word(name)?;
    let mut tx = app.begin().await?;
    let Some(made) = tag::insert(tx.conn()?, &name, colour.as_str(), app.now()).await? else {
        return Err(exists());
    };
    told(app, &caller.actor, &mut tx, made.id, "tag.create", shown(&made)).await?;
    tx.commit().await?;
    Ok(made)
}

/// Gives a tag another colour, retires it or offers it again; another word renames it on every ticket.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`]; [`AppError::Conflict`] `tag_exists`, `tag_moving`, `tag_in_rules`.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Tag, AppError> {
    caller.need(Permission::TagsEdit)?;
    let name = word(&draft.name)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let before = tag::lock(tx.conn()?, id).await?;
    let mut after = before.clone();
    after.version = version;
    draft.colour.as_str().clone_into(&mut after.colour);
    after.retired = draft.retired;
    let target = if name == before.name {
        None
    } else {
        movable(&mut tx, &before).await?;
        let made = tag::insert(tx.conn()?, &name, &after.colour, now)
            .await?
            .ok_or_else(exists)?;
        Some(made)
    };
    begin(&mut tx, caller, &mut after, target.as_ref()).await?;
    tag::update(tx.conn()?, &after, now).await?;
    let data = changes(&shown(&before), &shown(&after));
    told(app, &caller.actor, &mut tx, id, "tag.change", data).await?;
    after.version += 1;
    tx.commit().await?;
    Ok(after)
}

/// Makes one tag of two: its tickets are given the other one.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`]; [`AppError::Conflict`] `tag_moving`, `tag_in_rules`.
pub async fn merge(app: &App, caller: &Caller, id: Uuid, version: i32, into: Uuid) -> Result<Tag, AppError> {
    caller.need(Permission::TagsEdit)?;
    let mut tx = app.begin().await?;
    // Two merges of the same two tags wait for each other in one order.
    let (low, high) = (id.min(into), id.max(into));
    tag::lock(tx.conn()?, low).await?;
    tag::lock(tx.conn()?, high).await?;
    let before = tag::lock(tx.conn()?, id).await?;
    let target = tag::lock(tx.conn()?, into).await?;
    if id == into || target.moving_to.is_some() {
        return Err(moving());
    }
    movable(&mut tx, &before).await?;
    let mut after = before.clone();
    after.version = version;
    begin(&mut tx, caller, &mut after, Some(&target)).await?;
    tag::update(tx.conn()?, &after, app.now()).await?;
    let data = serde_json::json!({ "name": before.name, "into": target.name });
    told(app, &caller.actor, &mut tx, id, "tag.merge", data).await?;
    after.version += 1;
    tx.commit().await?;
    Ok(after)
}

/// Deletes a tag that no ticket has.
///
/// # Errors
/// [`AppError::Conflict`] `tag_in_use`, `tag_in_rules`; [`AppError::Stale`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::TagsEdit)?;
    let mut tx = app.begin().await?;
    let tag = tag::seize(tx.conn()?, id).await?;
    if tag.version != version {
        return Err(AppError::Stale);
    }
    if !tag::tickets(tx.conn()?, &tag.name, 1).await?.is_empty() {
        return Err(conflict(
            "tag_in_use",
            "tickets have this tag; retire it, or merge it into another one",
        ));
    }
    movable(&mut tx, &tag).await?;
    tag::delete(tx.conn()?, id).await?;
    told(app, &caller.actor, &mut tx, id, "tag.delete", shown(&tag)).await?;
    tx.commit().await
}

/// Gives the tickets of a tag that moves the other one, a few in each transaction; run again, it goes on where it was.
///
/// # Errors
/// When the database is away.
pub async fn run_move(app: &App, id: Uuid) -> Result<(), AppError> {
    while chunk(app, id).await? {}
    Ok(())
}

/// Goes on with a move whose job is over without having ended it: half of the tickets would keep the old word.
///
/// # Errors
/// When the database refuses.
pub async fn resume_move(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    if tag::lock(tx.conn()?, id).await?.moving_to.is_some() {
        tx.enqueue(&[NewJob::of(&MoveTag { tag_id: id })]).await?;
    }
    tx.commit().await
}

async fn chunk(app: &App, id: Uuid) -> Result<bool, AppError> {
    let mut tx = app.begin().await?;
    let tag = match tag::lock(tx.conn()?, id).await {
        Ok(tag) => tag,
        // It went with the last ticket.
        Err(store::StoreError::NotFound) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let Some(to) = tag.moving_to.clone() else {
        return Ok(false);
    };
    let actor = actor(&mut tx, &tag).await?;
    let next = tag::tickets(tx.conn()?, &tag.name, CHUNK).await?;
    if next.is_empty() {
        tag::seize(tx.conn()?, id).await?;
        if !tag::tickets(tx.conn()?, &tag.name, 1).await?.is_empty() {
            // Somebody marked one just now.
            return Ok(true);
        }
        tag::delete(tx.conn()?, id).await?;
        scheduled::retag(&mut tx, &actor, &tag.name, &to, app.now()).await?;
        let data = serde_json::json!({ "name": tag.name, "into": to });
        told(app, &actor, &mut tx, id, "tag.moved", data).await?;
        tx.commit().await?;
        return Ok(false);
    }
    for ticket in next {
        one(app, &mut tx, &actor, ticket, &tag.name, &to).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// In whose name it is done.
async fn actor(tx: &mut Tx, tag: &Tag) -> Result<Actor, AppError> {
    let by = match tag.moving_by {
        Some(id) => user::by_id(tx.conn()?, id).await.ok(),
        None => None,
    };
    Ok(Actor {
        kind: "system",
        user_id: by.as_ref().map(|by| by.id),
        name: by.map_or_else(|| tag.name.clone(), |by| by.name),
        ..Actor::default()
    })
}

/// A closed ticket, and one that became a part of another, is marked anew as well: only the word is another.
async fn one(app: &App, tx: &mut Tx, actor: &Actor, id: Uuid, from: &str, to: &str) -> Result<(), AppError> {
    let now = app.now();
    let ticket = ticket::find_for_update(tx.conn()?, id, None).await?;
    let mut change = Change::of(&ticket);
    change.tags = tags::moved(&change.tags, from, to);
    if change.tags == Change::of(&ticket).tags {
        return Ok(());
    }
    let data = serde_json::json!({ "added": [to], "removed": [from] });
    ticket::add_event(tx.conn()?, id, "tags_changed", actor, data.clone(), now).await?;
    save(app, tx, &ticket, &change, &[], actor, now).await?;
    let entry = audit::Entry {
        action: "ticket.edit",
        subject_type: "ticket",
        subject_id: Some(id),
        data: serde_json::json!({ "tags": data }),
    };
    Ok(audit::append(tx.conn()?, actor, now, entry).await?)
}

async fn begin(tx: &mut Tx, caller: &Caller, tag: &mut Tag, target: Option<&Tag>) -> Result<(), AppError> {
    if let Some(target) = target {
        tag.moving_to = Some(target.name.clone());
        tag.moving_by = Some(caller.user_id);
        tx.enqueue(&[NewJob::of(&MoveTag { tag_id: tag.id }).actor(caller.user_id)])
            .await?;
    }
    Ok(())
}

/// What moves already has nothing to be moved, what others move to is about to have tickets, and what a rule names it would go on using.
async fn movable(tx: &mut Tx, tag: &Tag) -> Result<(), AppError> {
    if tag.moving_to.is_some() || tag::is_awaited(tx.conn()?, &tag.name).await? {
        return Err(moving());
    }
    let rules = tag::rules(tx.conn()?, &tag.name).await?;
    if rules.is_empty() {
        return Ok(());
    }
    Err(AppError::Refused {
        code: "tag_in_rules".to_owned(),
        message: "rules name this tag; change them first".to_owned(),
        allowed: rules,
    })
}

fn word(text: &str) -> Result<String, AppError> {
    tags::tag(text).map_err(|error| AppError::invalid("/name", error.code(), error))
}

fn conflict(code: &str, detail: &str) -> AppError {
    AppError::Conflict {
        code: code.to_owned(),
        detail: detail.to_owned(),
    }
}

fn exists() -> AppError {
    conflict("tag_exists", "there is such a tag already; merge the two instead")
}

pub(crate) fn moving() -> AppError {
    conflict("tag_moving", "the tickets of this tag are being given another one")
}

/// What the trail says of one.
fn shown(tag: &Tag) -> serde_json::Value {
    serde_json::json!({ "name": tag.name, "colour": tag.colour, "retired": tag.retired, "into": tag.moving_to })
}

async fn told(
    app: &App,
    actor: &Actor,
    tx: &mut Tx,
    id: Uuid,
    action: &'static str,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "tag",
        subject_id: Some(id),
        data,
    };
    tx.record(actor, app.now(), entry, ("tag.changed", Permission::TicketsView))
        .await
}
