//! Sections: a small tree of two levels.

use domain::{
    audit::changes,
    canned::line,
    knowledge::{NAME_MAX, SECTIONS_MAX, is_slug, slug_of},
    permission::Permission,
};
use serde_json::{Value, json};
use store::knowledge::{self as rows, Section};
use uuid::Uuid;

use super::{About, told};
use crate::{App, AppError, Caller, FieldError};

/// A section as entered.
#[derive(Debug, Clone)]
pub struct SectionDraft {
    /// The section it stands in.
    pub parent_id: Option<Uuid>,
    /// Its address; empty for the one that its names propose.
    pub slug: String,
    /// Names in French, English and Arabic.
    pub names: [String; 3],
    /// Place among its siblings.
    pub position: i32,
}

/// All of them with how many articles each holds, for editors.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn sections(app: &App, caller: &Caller) -> Result<Vec<Section>, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    Ok(rows::sections(&mut *app.conn().await?, None).await?)
}

fn shown(section: &Section) -> Value {
    json!({
        "parent_id": section.parent_id, "slug": section.slug, "name_fr": section.name_fr, "name_en": section.name_en,
        "name_ar": section.name_ar, "position": section.position,
    })
}

/// The draft in its one form, once everything in it is right; `all` are those there are.
fn checked(id: Uuid, version: i32, draft: SectionDraft, all: &[Section]) -> Result<Section, AppError> {
    let mut errors = Vec::new();
    let [fr, en, ar] = [("fr", 0), ("en", 1), ("ar", 2)].map(|(locale, at)| {
        let name = line(&draft.names[at], NAME_MAX).ok().filter(|name| !name.is_empty());
        name.unwrap_or_else(|| {
            let pointer = format!("/names/{locale}");
            errors.push(FieldError::new(&pointer, "bad_name", "a name has 1 to 80 characters"));
            String::new()
        })
    });
    let slug = match draft.slug.trim() {
        "" => [&fr, &en]
            .into_iter()
            .map(|name| slug_of(name))
            .find(|slug| !slug.is_empty())
            .unwrap_or_default(),
        given => given.to_owned(),
    };
    if !is_slug(&slug) {
        errors.push(bad_slug());
    } else if all.iter().any(|other| other.slug == slug && other.id != id) {
        errors.push(slug_taken());
    }
    if let Some(parent) = draft.parent_id {
        let at_top = all.iter().any(|other| other.id == parent && other.parent_id.is_none());
        let holds = all.iter().any(|other| other.parent_id == Some(id));
        if !at_top || parent == id || holds {
            errors.push(FieldError::new(
                "/parent_id",
                "too_deep",
                "sections have two levels: it stands at the top, or in one that does",
            ));
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    Ok(Section {
        id,
        parent_id: draft.parent_id,
        slug,
        name_fr: fr,
        name_en: en,
        name_ar: ar,
        position: draft.position,
        version,
        articles: 0,
    })
}

pub(super) fn bad_slug() -> FieldError {
    FieldError::new(
        "/slug",
        "bad_slug",
        "an address is words of small letters and digits with dashes between them",
    )
}

pub(super) fn slug_taken() -> FieldError {
    FieldError::new("/slug", "slug_taken", "something else has this address")
}

/// Adds one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Refused`] when there are too many.
pub async fn create_section(app: &App, caller: &Caller, draft: SectionDraft) -> Result<Section, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let mut tx = app.begin().await?;
    rows::lock_sections(tx.conn()?).await?;
    let all = rows::sections(tx.conn()?, None).await?;
    if i64::try_from(all.len()).unwrap_or(i64::MAX) >= SECTIONS_MAX {
        return Err(AppError::refused(
            "too_many",
            format!("there may be {SECTIONS_MAX} sections at most"),
        ));
    }
    let section = checked(Uuid::now_v7(), 1, draft, &all)?;
    rows::insert_section(tx.conn()?, &section, app.now()).await?;
    let subject = About::Section(section.id);
    told(
        app,
        caller,
        &mut tx,
        subject,
        "knowledge_section.create",
        shown(&section),
    )
    .await?;
    tx.commit().await?;
    Ok(section)
}

/// Changes one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change_section(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    draft: SectionDraft,
) -> Result<Section, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let mut tx = app.begin().await?;
    rows::lock_sections(tx.conn()?).await?;
    let all = rows::sections(tx.conn()?, None).await?;
    let before = all.iter().find(|one| one.id == id).ok_or(AppError::NotFound)?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    let after = checked(id, version, draft, &all)?;
    rows::update_section(tx.conn()?, &after, app.now()).await?;
    let data = changes(&shown(before), &shown(&after));
    told(
        app,
        caller,
        &mut tx,
        About::Section(id),
        "knowledge_section.change",
        data,
    )
    .await?;
    tx.commit().await?;
    Ok(Section {
        version: version + 1,
        articles: before.articles,
        ..after
    })
}

/// Deletes one in which nothing stands.
///
/// # Errors
/// [`AppError::Refused`] while something does; [`AppError::Stale`] when it changed meanwhile.
pub async fn delete_section(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let mut tx = app.begin().await?;
    rows::lock_sections(tx.conn()?).await?;
    let all = rows::sections(tx.conn()?, None).await?;
    let section = all.iter().find(|one| one.id == id).ok_or(AppError::NotFound)?;
    if section.articles > 0 || all.iter().any(|other| other.parent_id == Some(id)) {
        return Err(not_empty());
    }
    rows::delete_section(tx.conn()?, id, version).await?;
    told(
        app,
        caller,
        &mut tx,
        About::Section(id),
        "knowledge_section.delete",
        shown(section),
    )
    .await?;
    tx.commit().await
}

fn not_empty() -> AppError {
    AppError::refused("section_not_empty", "move its articles and sections elsewhere first")
}
