//! The tree as people manage it. Nothing is deleted: what tickets have is retired.

use domain::{
    audit::changes,
    permission::Permission,
    ticket::{
        Priority,
        category::{self as rules, DESCRIPTION_MAX, Refusal},
    },
};
use serde_json::{Value, json};
use store::{
    audit,
    ticket::category::{self, Category, Words},
};
use uuid::Uuid;

use super::{Known, invalid};
use crate::{App, AppError, Caller, FieldError, Tx, named::missing_groups};

/// A category as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Names and descriptions.
    pub words: Words,
    /// New tickets may have it.
    pub active: bool,
    /// Tickets that name none have it.
    pub is_default: bool,
    /// Where its tickets go.
    pub group_id: Option<Uuid>,
    /// How urgent its tickets begin.
    pub priority: Option<Priority>,
    /// What whoever gets them should know.
    pub skills: Vec<String>,
}

/// A place in the tree.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The category above; `None` = the top.
    pub parent_id: Option<Uuid>,
    /// How many siblings come before it.
    pub position: usize,
}

/// Whoever has tickets, works on them, or names categories in settings.
const READERS: [Permission; 6] = [
    Permission::TicketsView,
    Permission::TicketsOwn,
    Permission::CategoriesEdit,
    Permission::SlaView,
    Permission::AutomationView,
    Permission::MailboxesView,
];

/// All categories, siblings in their order: whoever sees tickets, or has some, chooses from them.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Category>, AppError> {
    if !READERS.iter().any(|one| caller.may(*one)) {
        return Err(AppError::Forbidden);
    }
    Ok(category::all(&mut *app.conn().await?).await?)
}

fn one_line(pointer: &str, text: &str, errors: &mut Vec<FieldError>) -> String {
    rules::name(text).unwrap_or_else(|| {
        errors.push(FieldError::new(pointer, "bad_name", "a name has 1 to 80 characters"));
        String::new()
    })
}

fn some_lines(pointer: &str, text: &str, errors: &mut Vec<FieldError>) -> String {
    let text = text.trim().to_owned();
    if text.chars().count() > DESCRIPTION_MAX {
        errors.push(FieldError::new(
            pointer,
            "too_long",
            "a description has 500 characters at most",
        ));
    }
    text
}

/// The draft in its one form, once everything in it is right.
async fn checked(tx: &mut Tx, draft: Draft, group: Option<Uuid>) -> Result<Draft, AppError> {
    let (mut errors, given) = (Vec::new(), &draft.words);
    let words = Words {
        name_fr: one_line("/names/fr", &given.name_fr, &mut errors),
        name_en: one_line("/names/en", &given.name_en, &mut errors),
        name_ar: one_line("/names/ar", &given.name_ar, &mut errors),
        description_fr: some_lines("/descriptions/fr", &given.description_fr, &mut errors),
        description_en: some_lines("/descriptions/en", &given.description_en, &mut errors),
        description_ar: some_lines("/descriptions/ar", &given.description_ar, &mut errors),
    };
    let skills = rules::skills(&draft.skills).unwrap_or_else(|| {
        let text = "ten skills at most, each of 1 to 40 characters";
        errors.push(FieldError::new("/skills", "bad_skills", text));
        Vec::new()
    });
    // A group may be retired once only retired categories name it; it has to be in use again before they are.
    let group = group.filter(|_| !draft.active);
    if !missing_groups(tx, draft.group_id, group.as_slice()).await?.is_empty() {
        errors.push(FieldError::new("/group_id", "unknown_group", "there is no such group"));
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    Ok(Draft { words, skills, ..draft })
}

/// The tree, held until the transaction ends.
async fn held(tx: &mut Tx) -> Result<(Vec<Category>, Known), AppError> {
    category::lock(tx.conn()?).await?;
    let rows = category::all(tx.conn()?).await?;
    let known = Known::of(rows.clone())?;
    Ok((rows, known))
}

fn refused(refusal: Refusal) -> AppError {
    AppError::refused(refusal.code(), refusal.to_string())
}

fn facts(category: &Category) -> Value {
    let words = &category.words;
    json!({
        "name": words.name_fr, "names": super::names(words),
        "descriptions": { "fr": words.description_fr, "en": words.description_en, "ar": words.description_ar },
        "active": category.active, "is_default": category.is_default, "group_id": category.group_id,
        "priority": category.priority, "skills": category.skills,
    })
}

/// The audit line and the live event; this process reads the categories anew.
async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    action: &str,
    id: Uuid,
    data: Value,
) -> Result<Category, AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "ticket_category",
        subject_id: Some(id),
        data,
    };
    tx.record(
        &caller.actor,
        app.now(),
        entry,
        ("ticket_category.updated", Permission::TicketsView),
    )
    .await?;
    let stored = category::find(tx.conn()?, id).await?;
    tx.commit().await?;
    app.categories.forget();
    Ok(stored)
}

pub(super) fn written(id: Uuid, parent_id: Option<Uuid>, version: i32, draft: Draft) -> Category {
    Category {
        id,
        parent_id,
        position: 0,
        words: draft.words,
        active: draft.active,
        is_default: draft.is_default,
        group_id: draft.group_id,
        priority: draft.priority.map(|priority| priority.as_str().to_owned()),
        skills: draft.skills,
        version,
    }
}

/// Adds a category after those below `parent`.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Refused`] when the tree does not take it.
pub async fn create(app: &App, caller: &Caller, parent: Option<Uuid>, draft: Draft) -> Result<Category, AppError> {
    caller.need(Permission::CategoriesEdit)?;
    let (id, now) = (Uuid::now_v7(), app.now());
    let mut tx = app.begin().await?;
    let draft = checked(&mut tx, draft, None).await?;
    let (_, known) = held(&mut tx).await?;
    known.tree.may_add(parent).map_err(|refusal| match refusal {
        Refusal::TooMany => refused(refusal),
        _ => invalid("/parent_id", refusal),
    })?;
    if !draft.active && draft.is_default {
        return Err(refused(Refusal::DefaultStays));
    }
    if draft.is_default {
        category::clear_default(tx.conn()?, caller.user_id, now).await?;
    }
    let new = written(id, parent, 1, draft);
    category::insert(tx.conn()?, &new, None, Some(caller.user_id), now).await?;
    let data = changes(&Value::Null, &facts(&new));
    finish(app, caller, tx, "ticket_category.create", id, data).await
}

/// Changes what a category says, retires it, or takes it into use again.
///
/// # Errors
/// As [`create`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Category, AppError> {
    caller.need(Permission::CategoriesEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let (rows, known) = held(&mut tx).await?;
    let before = rows.into_iter().find(|row| row.id == id).ok_or(AppError::NotFound)?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    let draft = checked(&mut tx, draft, before.group_id).await?;
    if before.is_default && !draft.is_default {
        return Err(refused(Refusal::DefaultStays));
    }
    if draft.active != before.active || (draft.is_default && !draft.active) {
        let may = known.tree.may_be_active(id, draft.active, draft.is_default);
        may.map_err(refused)?;
    }
    if draft.is_default && !before.is_default {
        category::clear_default(tx.conn()?, caller.user_id, now).await?;
    }
    let new = written(id, before.parent_id, version, draft);
    category::update(tx.conn()?, &new, caller.user_id, now).await?;
    let data = changes(&facts(&before), &facts(&new));
    finish(app, caller, tx, "ticket_category.change", id, data).await
}

/// Puts a category, with all below it, to another place.
///
/// # Errors
/// [`AppError::Invalid`] when the place is none; [`AppError::Stale`] when it changed meanwhile.
pub async fn move_to(app: &App, caller: &Caller, id: Uuid, version: i32, to: Place) -> Result<Category, AppError> {
    caller.need(Permission::CategoriesEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let (rows, known) = held(&mut tx).await?;
    let before = rows.iter().find(|row| row.id == id).ok_or(AppError::NotFound)?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    let may = known.tree.may_move(id, to.parent_id);
    may.map_err(|refusal| invalid("/parent_id", refusal))?;
    let siblings = rows.iter().filter(|row| row.parent_id == to.parent_id && row.id != id);
    let mut children: Vec<Uuid> = siblings.map(|row| row.id).collect();
    children.insert(to.position.min(children.len()), id);
    category::place(tx.conn()?, (id, version), to.parent_id, &children, caller.user_id, now).await?;
    let place = |parent: Option<Uuid>, position: usize| json!({ "name": before.words.name_fr, "parent": known.name(parent), "position": position });
    let old = usize::try_from(before.position).unwrap_or_default();
    let data = changes(
        &place(before.parent_id, old),
        &place(to.parent_id, to.position.min(children.len() - 1) + 1),
    );
    finish(app, caller, tx, "ticket_category.move", id, data).await
}
