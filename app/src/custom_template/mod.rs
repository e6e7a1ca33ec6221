//! Templates that an installation adds: written, looked at, tried out, taken again from an earlier version, and said by rules and by whoever answers.

mod say;
mod trial;

use domain::{
    audit::changes,
    canned::line,
    message::{
        Channel, Part,
        custom::{COUNT_MAX, NAME_MAX, Purpose, Texts},
    },
    permission::Permission,
    template::Flaw,
    words::WordSet,
};
use serde_json::{Value, json};
use store::{
    StoreError,
    audit::Entry,
    custom_template::{self as rows, CustomTemplate, NewTemplate, TemplateVersion},
};
use uuid::Uuid;

pub use say::{Offer, offered};
pub(crate) use say::{Own, answer};
pub use trial::{preview, test};

use crate::{App, AppError, Caller, FieldError, Tx};

/// Longest note on a version, in characters.
const NOTE_MAX: usize = 200;

/// A template as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// How it goes out.
    pub channel: Channel,
    /// What it says.
    pub texts: Texts,
    /// Why.
    pub note: String,
}

/// A version of a template.
#[derive(Debug, Clone)]
pub struct Version {
    /// What is stored.
    pub row: TemplateVersion,
    /// What it said.
    pub texts: Texts,
}

/// A template.
#[derive(Debug, Clone)]
pub struct Template {
    /// What is stored.
    pub row: CustomTemplate,
    /// What it is for.
    pub purpose: Purpose,
    /// How it goes out.
    pub channel: Channel,
    /// What it says.
    pub texts: Texts,
}

impl Template {
    pub(crate) fn read(row: CustomTemplate) -> Result<Self, AppError> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("custom template {}: {what}", row.id));
        let purpose = Purpose::parse(&row.category).ok_or_else(|| corrupt("category"))?;
        let channel = Channel::parse(&row.channel).ok_or_else(|| corrupt("channel"))?;
        let texts = serde_json::from_value(row.texts.clone()).map_err(|error| corrupt(&error.to_string()))?;
        Ok(Self {
            row,
            purpose,
            channel,
            texts,
        })
    }
}

fn of_staff(caller: &Caller) -> Result<(), AppError> {
    // Whoever looks at a rule sees what it says.
    if caller.may(Permission::TemplatesEdit) {
        return Ok(());
    }
    caller.need(Permission::AutomationView)
}

/// All of them by name.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Template>, AppError> {
    of_staff(caller)?;
    let all = rows::all(&mut *app.conn().await?, None).await?;
    all.into_iter().map(Template::read).collect()
}

/// One, with the names of the rules that speak in it.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<(Template, Vec<String>), AppError> {
    of_staff(caller)?;
    let mut conn = app.conn().await?;
    let row = rows::find(&mut conn, id).await?;
    let rules = rows::rules(&mut conn, id).await?;
    Ok((Template::read(row)?, rules))
}

fn said(id: Uuid, row: TemplateVersion) -> Result<Version, AppError> {
    let texts = serde_json::from_value(row.texts.clone())
        .map_err(|error| StoreError::Corrupt(format!("custom template {id}, version {}: {error}", row.version)))?;
    Ok(Version { row, texts })
}

/// The versions of one before `before`, the latest first.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn versions(
    app: &App,
    caller: &Caller,
    id: Uuid,
    (before, limit): (Option<i32>, i64),
) -> Result<Vec<Version>, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut conn = app.conn().await?;
    rows::find(&mut conn, id).await?;
    let found = rows::versions(&mut conn, id, before, limit).await?;
    found.into_iter().map(|row| said(id, row)).collect()
}

fn pointer(locale: domain::locale::Locale, part: Part) -> String {
    let part = match part {
        Part::Subject => "subject",
        Part::Body => "body",
    };
    format!("/texts/{}/{part}", locale.as_str())
}

fn wrong(pointer: &str, flaw: &Flaw) -> FieldError {
    let error = FieldError::new(pointer, flaw.kind.code(), flaw)
        .with("line", flaw.line)
        .with("name", flaw.kind.subject());
    match flaw.kind.most() {
        Some(most) => error.with("most", most),
        None => error,
    }
}

/// A draft in its one form, once everything in it is right.
fn checked(draft: Draft) -> Result<Draft, AppError> {
    let mut errors = Vec::new();
    let name = line(&draft.name, NAME_MAX).ok().filter(|name| !name.is_empty());
    if name.is_none() {
        errors.push(FieldError::new("/name", "bad_name", "a name has 1 to 80 characters"));
    }
    if !draft.purpose.channels().contains(&draft.channel) {
        errors.push(FieldError::new(
            "/channel",
            "not_a_choice",
            "templates of this category do not go this way",
        ));
    }
    let note = line(&draft.note, NOTE_MAX).unwrap_or_else(|error| {
        errors.push(FieldError::new("/note", error.code(), error));
        String::new()
    });
    let texts = draft.texts.tidy(draft.purpose, draft.channel);
    if texts.each().next().is_none() {
        errors.push(FieldError::new(
            "/texts/fr/body",
            "empty",
            "a template says something in one language at least",
        ));
    }
    for (locale, words) in texts.each() {
        let flaws = draft.purpose.check(draft.channel, words).err().unwrap_or_default();
        errors.extend(flaws.iter().map(|(part, flaw)| wrong(&pointer(locale, *part), flaw)));
    }
    match name {
        Some(name) if errors.is_empty() => Ok(Draft {
            name,
            texts,
            note,
            ..draft
        }),
        _ => Err(AppError::Invalid(errors)),
    }
}

fn taken(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(_) => AppError::Conflict {
            code: "name_taken".to_owned(),
            detail: "This name is taken.".to_owned(),
        },
        other => other.into(),
    }
}

fn json(texts: &Texts) -> Result<Value, AppError> {
    serde_json::to_value(texts).map_err(|error| AppError::Internal(error.to_string()))
}

/// What the trail says of one.
fn facts(row: &CustomTemplate) -> Value {
    json!({ "name": row.name, "category": row.category, "channel": row.channel,
            "fr": row.texts["fr"], "en": row.texts["en"], "ar": row.texts["ar"] })
}

/// Adds one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when the name is taken; [`AppError::Refused`] when there are too many.
pub async fn create(app: &App, caller: &Caller, draft: Draft) -> Result<Template, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let draft = checked(draft)?;
    let mut tx = app.begin().await?;
    if rows::count(tx.conn()?).await? >= COUNT_MAX {
        return Err(AppError::refused("too_many", "there may be 300 templates at most"));
    }
    let texts = json(&draft.texts)?;
    let new = NewTemplate {
        id: Uuid::now_v7(),
        name: &draft.name,
        category: draft.purpose.as_str(),
        channel: draft.channel.as_str(),
        texts: &texts,
        note: &draft.note,
        restores: None,
        by: caller.user_id,
    };
    rows::insert(tx.conn()?, &new, app.now()).await.map_err(taken)?;
    let row = rows::find(tx.conn()?, new.id).await?;
    let data = facts(&row);
    finish(app, caller, tx, "custom_template.create", new.id, data).await?;
    Template::read(row)
}

/// Changes what one says and is called; what it is for stays.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`]; [`AppError::Conflict`] when the name is taken; [`AppError::Refused`] `template_kind`.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Template, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let draft = checked(draft)?;
    let mut tx = app.begin().await?;
    let before = Template::read(rows::lock(tx.conn()?, id).await?)?;
    if (before.purpose, before.channel) != (draft.purpose, draft.channel) {
        return Err(AppError::refused(
            "template_kind",
            "category and channel of a template stay as they are; add another one",
        ));
    }
    put(app, caller, tx, &before, version, (&draft, None)).await
}

/// Says again what it said in an earlier version; what it is called stays. What a release since refuses is not put to use.
///
/// # Errors
/// [`AppError::NotFound`] without such a version; [`AppError::Invalid`]; [`AppError::Stale`].
pub async fn restore(app: &App, caller: &Caller, id: Uuid, version: i32, earlier: i32) -> Result<Template, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut tx = app.begin().await?;
    let before = Template::read(rows::lock(tx.conn()?, id).await?)?;
    if before.row.version != version {
        return Err(AppError::Stale);
    }
    let found = rows::versions(tx.conn()?, id, earlier.checked_add(1), 1).await?;
    let found = found
        .into_iter()
        .find(|row| row.version == earlier)
        .ok_or(AppError::NotFound)?;
    let draft = checked(Draft {
        name: before.row.name.clone(),
        purpose: before.purpose,
        channel: before.channel,
        texts: said(id, found)?.texts,
        note: String::new(),
    })?;
    put(app, caller, tx, &before, version, (&draft, Some(earlier))).await
}

async fn put(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    before: &Template,
    version: i32,
    (draft, restores): (&Draft, Option<i32>),
) -> Result<Template, AppError> {
    let id = before.row.id;
    let texts = json(&draft.texts)?;
    let new = NewTemplate {
        id,
        name: &draft.name,
        category: draft.purpose.as_str(),
        channel: draft.channel.as_str(),
        texts: &texts,
        note: &draft.note,
        restores,
        by: caller.user_id,
    };
    rows::update(tx.conn()?, &new, version, app.now())
        .await
        .map_err(taken)?;
    let row = rows::find(tx.conn()?, id).await?;
    let mut data = changes(&facts(&before.row), &facts(&row));
    let mut action = "custom_template.change";
    if let (Some(earlier), Some(data)) = (restores, data.as_object_mut()) {
        data.insert("restores".to_owned(), json!(earlier));
        action = "custom_template.restore";
    }
    finish(app, caller, tx, action, id, data).await?;
    Template::read(row)
}

/// Deletes one in which no rule speaks.
///
/// # Errors
/// [`AppError::Refused`] `template_used` with the rules' names; [`AppError::Stale`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut tx = app.begin().await?;
    let before = rows::lock(tx.conn()?, id).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    let rules = rows::rules(tx.conn()?, id).await?;
    if !rules.is_empty() {
        return Err(AppError::refused(
            "template_used",
            format!("these rules speak in it; change them first: {}", rules.join(", ")),
        ));
    }
    rows::delete(tx.conn()?, id, version, caller.user_id, app.now()).await?;
    finish(app, caller, tx, "custom_template.delete", id, facts(&before)).await
}

async fn finish(app: &App, caller: &Caller, mut tx: Tx, action: &str, id: Uuid, data: Value) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "custom_template",
        subject_id: Some(id),
        data,
    };
    // Composers and rules offer them too.
    tx.record(
        &caller.actor,
        app.now(),
        entry,
        ("custom_template.changed", Permission::TicketsView),
    )
    .await?;
    tx.commit().await
}

/// Templates that a rule names anew have to be there, for what it uses them.
pub(crate) async fn known(tx: &mut Tx, named: &[(Uuid, Purpose, Channel)]) -> Result<bool, AppError> {
    if named.is_empty() {
        return Ok(true);
    }
    let ids: Vec<Uuid> = named.iter().map(|(id, ..)| *id).collect();
    let there = rows::keep(tx.conn()?, &ids).await?;
    Ok(named.iter().all(|(id, purpose, channel)| {
        there
            .iter()
            .any(|row| row.id == *id && row.category == purpose.as_str() && row.channel == channel.as_str())
    }))
}
