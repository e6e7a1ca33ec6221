//! Articles as editors write them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    audit::changes,
    canned::line,
    knowledge::{
        ARTICLES_MAX, BODY_MAX, IMAGE_SIZE_MAX, IMAGES_MAX, OUTDATED_DAYS, SUMMARY_MAX, State, TITLE_MAX, Visibility,
        is_slug, slug_of,
    },
    locale::Locale,
    permission::Permission,
};
use serde_json::{Value, json};
use store::{
    StoreError,
    knowledge::{self as rows, Article, Filter, Image, Listed, Revision, Text},
};
use uuid::Uuid;

use super::{
    About, order,
    section::{bad_slug, slug_taken},
    told, word,
};
use crate::{App, AppError, Caller, FieldError, Tx, upload::Upload};

/// What an article is to say in one language.
#[derive(Debug, Clone)]
pub struct TextDraft {
    /// Language.
    pub locale: Locale,
    /// Title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// Markdown.
    pub body: String,
}

/// An article as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its section.
    pub section_id: Uuid,
    /// Its address; empty for the one that its titles propose.
    pub slug: String,
    /// Whom it is for.
    pub visibility: Visibility,
    /// What it says; a language that is not among them is taken away.
    pub texts: Vec<TextDraft>,
}

/// An article with all that belongs to it.
#[derive(Debug)]
pub struct Found {
    /// The article.
    pub article: Article,
    /// What it says.
    pub texts: Vec<Text>,
    /// Its pictures.
    pub images: Vec<Image>,
}

/// Those that fit, the one that changed last first. `outdated` keeps those that nobody looked at for long.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &Filter<'_>,
    outdated: bool,
    wanted: Locale,
    page: (Option<(DateTime<Utc>, Uuid)>, i64),
) -> Result<Vec<Listed>, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let filter = Filter {
        checked_before: outdated.then(|| app.now() - TimeDelta::days(OUTDATED_DAYS)),
        ..filter.clone()
    };
    Ok(rows::list(&mut *app.conn().await?, &filter, &order(wanted), page.0, page.1).await?)
}

/// One.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn find(app: &App, caller: &Caller, id: Uuid) -> Result<Found, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    whole(&mut *app.conn().await?, id).await
}

async fn whole(conn: &mut store::PgConn, id: Uuid) -> Result<Found, AppError> {
    Ok(Found {
        article: rows::find(conn, id).await?,
        texts: rows::texts(conn, id).await?,
        images: rows::images(conn, id).await?,
    })
}

/// Text in its one form: uniform line ends, nothing blank around it.
fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// The texts in their one form; a language in which nothing was entered is none.
fn checked_texts(drafts: Vec<TextDraft>, now: DateTime<Utc>, errors: &mut Vec<FieldError>) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for draft in drafts {
        let locale = draft.locale.as_str();
        let body = tidy(&draft.body);
        let lines = [
            ("title", line(&draft.title, TITLE_MAX)),
            ("summary", line(&draft.summary, SUMMARY_MAX)),
        ];
        let nothing = body.is_empty() && lines.iter().all(|(_, text)| text.as_deref().is_ok_and(str::is_empty));
        if nothing || texts.iter().any(|text| text.locale == locale) {
            continue;
        }
        let [title, summary] = lines.map(|(field, text)| {
            let pointer = format!("/texts/{locale}/{field}");
            match text {
                Ok(text) if text.is_empty() => errors.push(FieldError::new(&pointer, "empty", "must not be empty")),
                Err(error) => errors.push(FieldError::new(&pointer, error.code(), error)),
                Ok(text) => return text,
            }
            String::new()
        });
        let pointer = format!("/texts/{locale}/body");
        if body.is_empty() {
            errors.push(FieldError::new(&pointer, "empty", "must not be empty"));
        } else if body.chars().count() > BODY_MAX {
            errors.push(FieldError::new(
                &pointer,
                "too_long",
                "a text has 50,000 characters at most",
            ));
        }
        texts.push(Text {
            locale: locale.to_owned(),
            title,
            summary,
            body,
            updated_at: now,
        });
    }
    if texts.is_empty() && errors.is_empty() {
        let text = "an article says something in one language at least";
        errors.push(FieldError::new("/texts/fr/title", "empty", text));
    }
    texts
}

/// A draft in its one form, once everything in it is right. `before` is what it changes.
async fn checked(
    tx: &mut Tx,
    before: Option<&Article>,
    draft: Draft,
    now: DateTime<Utc>,
) -> Result<(Article, Vec<Text>), AppError> {
    let id = before.map_or_else(Uuid::now_v7, |article| article.id);
    let mut errors = Vec::new();
    let texts = checked_texts(draft.texts, now, &mut errors);
    let slug = match (draft.slug.trim(), before) {
        ("", Some(article)) => article.slug.clone(),
        ("", None) => proposed(tx, &texts).await?,
        (given, _) => given.to_owned(),
    };
    let published = before.is_some_and(|article| article.published_at.is_some());
    if published && before.is_some_and(|article| article.slug != slug) {
        let text = "people know the address of what was published; it stays";
        errors.push(FieldError::new("/slug", "slug_fixed", text));
    } else if !is_slug(&slug) {
        errors.push(bad_slug());
    } else if rows::find_slug(tx.conn()?, &slug)
        .await?
        .is_some_and(|other| other != id)
    {
        errors.push(slug_taken());
    }
    // Nobody deletes the section meanwhile.
    rows::lock_sections(tx.conn()?).await?;
    let all = rows::sections(tx.conn()?, None).await?;
    if !all.iter().any(|section| section.id == draft.section_id) {
        errors.push(FieldError::new(
            "/section_id",
            "unknown_section",
            "there is no such section",
        ));
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let article = Article {
        id,
        section_id: draft.section_id,
        slug,
        state: State::Draft.as_str().to_owned(),
        visibility: draft.visibility.as_str().to_owned(),
        published_at: None,
        checked_at: now,
        updated_at: now,
        version: 1,
        helpful: 0,
        unhelpful: 0,
        solved: 0,
    };
    Ok((article, texts))
}

/// The address that the titles propose, with a number where it is taken. Empty when they have no letter of an address.
async fn proposed(tx: &mut Tx, texts: &[Text]) -> Result<String, AppError> {
    let of = |locale: Locale| texts.iter().find(|text| text.locale == locale.as_str());
    let slugs = [Locale::Fr, Locale::En, Locale::Ar]
        .into_iter()
        .filter_map(|locale| of(locale).map(|text| slug_of(&text.title)));
    let Some(base) = slugs.into_iter().find(|slug| !slug.is_empty()) else {
        return Ok(String::new());
    };
    let mut slug = base.clone();
    for n in 2..100 {
        if rows::find_slug(tx.conn()?, &slug).await?.is_none() {
            break;
        }
        let cut = base.get(..base.len().min(76)).unwrap_or(&base).trim_end_matches('-');
        slug = format!("{cut}-{n}");
    }
    Ok(slug)
}

/// What the trail says of one: the texts are kept as revisions.
fn shown(article: &Article, texts: &[Text]) -> Value {
    let titles: serde_json::Map<String, Value> = texts
        .iter()
        .map(|text| (text.locale.clone(), json!(text.title)))
        .collect();
    json!({
        "section_id": article.section_id, "slug": article.slug, "visibility": article.visibility, "titles": titles,
    })
}

/// Two people may choose the same address at the same time.
fn taken(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(constraint) if constraint.contains("slug") => AppError::Invalid(vec![slug_taken()]),
        other => other.into(),
    }
}

/// Adds a draft.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Refused`] when there are too many.
pub async fn create(app: &App, caller: &Caller, draft: Draft) -> Result<Found, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    if rows::count(tx.conn()?).await? >= ARTICLES_MAX {
        return Err(too_many(&format!("there may be {ARTICLES_MAX} articles at most")));
    }
    let (article, texts) = checked(&mut tx, None, draft, now).await?;
    rows::insert(tx.conn()?, &article, Some(caller.user_id), now)
        .await
        .map_err(taken)?;
    for text in &texts {
        rows::write_text(tx.conn()?, article.id, text, Some(caller.user_id)).await?;
    }
    let data = shown(&article, &texts);
    finish(app, caller, tx, article.id, "knowledge_article.create", data).await
}

fn too_many(message: &str) -> AppError {
    AppError::refused("too_many", message)
}

/// Changes one; what a text said before is kept.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Found, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let before = held(&mut tx, id, version).await?;
    let old = rows::texts(tx.conn()?, id).await?;
    let (article, texts) = checked(&mut tx, Some(&before), draft, now).await?;
    let after = Article { version, ..article };
    rows::change(tx.conn()?, &after, caller.user_id, now)
        .await
        .map_err(taken)?;
    let mut written = Vec::new();
    for text in &texts {
        let said = old.iter().find(|known| known.locale == text.locale);
        let same = said
            .is_some_and(|said| (&said.title, &said.summary, &said.body) == (&text.title, &text.summary, &text.body));
        if !same {
            rows::write_text(tx.conn()?, id, text, Some(caller.user_id)).await?;
            written.push(text.locale.clone());
        }
    }
    for gone in old
        .iter()
        .filter(|known| !texts.iter().any(|text| text.locale == known.locale))
    {
        rows::remove_text(tx.conn()?, id, &gone.locale, caller.user_id, now).await?;
        written.push(gone.locale.clone());
    }
    let mut data = changes(&shown(&before, &old), &shown(&after, &texts));
    if !written.is_empty() {
        data["texts"] = json!(written);
    }
    finish(app, caller, tx, id, "knowledge_article.change", data).await
}

async fn held(tx: &mut Tx, id: Uuid, version: i32) -> Result<Article, AppError> {
    let article = rows::lock(tx.conn()?, id).await?;
    if article.version == version {
        Ok(article)
    } else {
        Err(AppError::Stale)
    }
}

/// Publishes, withdraws or archives one.
///
/// # Errors
/// [`AppError::Refused`] when it is there already; [`AppError::Stale`] when it changed meanwhile.
pub async fn move_to(app: &App, caller: &Caller, id: Uuid, version: i32, to: State) -> Result<Found, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let mut tx = app.begin().await?;
    let article = held(&mut tx, id, version).await?;
    let from: State = word(&article.state)?;
    if !from.next().contains(&to) {
        return Err(AppError::Refused {
            code: "state_not_allowed".to_owned(),
            message: format!("it is {} already", from.as_str()),
            allowed: from.next().iter().map(|state| state.as_str().to_owned()).collect(),
        });
    }
    let by = Some(caller.user_id);
    rows::set_state(tx.conn()?, id, version, to.as_str(), by, app.now()).await?;
    let action = match to {
        State::Published => "knowledge_article.publish",
        State::Draft => "knowledge_article.withdraw",
        State::Archived => "knowledge_article.archive",
    };
    let data = json!({ "state": { "from": from.as_str(), "to": to.as_str() } });
    finish(app, caller, tx, id, action, data).await
}

/// Notes that one is still right, so that it counts as outdated no longer.
///
/// # Errors
/// [`AppError::Stale`] when it changed meanwhile.
pub async fn mark_right(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<Found, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let mut tx = app.begin().await?;
    let article = held(&mut tx, id, version).await?;
    rows::check(tx.conn()?, id, version, app.now()).await?;
    let data = json!({ "checked_at": { "from": article.checked_at, "to": app.now() } });
    finish(app, caller, tx, id, "knowledge_article.check", data).await
}

/// What it said, the latest first.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn revisions(
    app: &App,
    caller: &Caller,
    id: Uuid,
    page: (Option<(DateTime<Utc>, Uuid)>, i64),
) -> Result<Vec<Revision>, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let mut conn = app.conn().await?;
    rows::find(&mut conn, id).await?;
    Ok(rows::revisions(&mut conn, id, page.0, page.1).await?)
}

/// One of them, whole.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn revision(app: &App, caller: &Caller, id: Uuid, revision: Uuid) -> Result<Revision, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    Ok(rows::revision(&mut *app.conn().await?, id, revision).await?)
}

/// Lets an article say again what it said once; what it says now is kept as well.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn restore(app: &App, caller: &Caller, id: Uuid, version: i32, revision: Uuid) -> Result<Found, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let article = held(&mut tx, id, version).await?;
    let once = rows::revision(tx.conn()?, id, revision).await?;
    let text = Text {
        locale: once.locale,
        title: once.title,
        summary: once.summary,
        body: once.body,
        updated_at: now,
    };
    rows::change(tx.conn()?, &article, caller.user_id, now).await?;
    rows::write_text(tx.conn()?, id, &text, Some(caller.user_id)).await?;
    let data = json!({ "texts": [text.locale], "revision": { "id": revision, "at": once.at } });
    finish(app, caller, tx, id, "knowledge_article.restore", data).await
}

/// Refuses who may not write; what he wrote is rendered without being kept.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::Invalid`] when it is too long.
pub async fn preview(app: &App, caller: &Caller, body: &str, article: Option<Uuid>) -> Result<Vec<Image>, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    if body.chars().count() > BODY_MAX {
        let text = "a text has 50,000 characters at most";
        return Err(AppError::invalid("/body", "too_long", text));
    }
    match article {
        Some(id) => Ok(rows::images(&mut *app.conn().await?, id).await?),
        None => Ok(Vec::new()),
    }
}

/// Adds a picture to an article. It is seen by whoever may read the article.
///
/// # Errors
/// [`AppError::Invalid`] when it is no picture or too large; [`AppError::Refused`] when there are too many.
pub async fn add_image(app: &App, caller: &Caller, id: Uuid, upload: Upload) -> Result<Image, AppError> {
    caller.need(Permission::KnowledgeEdit)?;
    let known = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    if !known.contains(&upload.content_type.as_str()) {
        let text = "a picture is a PNG, JPEG, GIF or WebP file";
        return Err(AppError::invalid("", "not_a_picture", text));
    }
    if upload.bytes.len() > IMAGE_SIZE_MAX {
        return Err(AppError::invalid(
            "",
            "picture_too_heavy",
            "a picture may have 5 MB at most",
        ));
    }
    rows::find(&mut *app.conn().await?, id).await?;
    let size = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
    let sha256 = app.blobs.put(upload.bytes).await?;
    let image = Image {
        id: Uuid::now_v7(),
        article_id: id,
        name: upload.name,
        content_type: upload.content_type,
        size,
        sha256: sha256.to_vec(),
        created_at: app.now(),
    };
    let mut tx = app.begin().await?;
    rows::lock(tx.conn()?, id).await?;
    if i64::try_from(rows::images(tx.conn()?, id).await?.len()).unwrap_or(i64::MAX) >= IMAGES_MAX {
        return Err(too_many(&format!("an article has {IMAGES_MAX} pictures at most")));
    }
    rows::add_image(tx.conn()?, &image).await?;
    let data = json!({ "image": { "id": image.id, "name": image.name, "size": size } });
    told(
        app,
        caller,
        &mut tx,
        About::Article(id),
        "knowledge_article.image_add",
        data,
    )
    .await?;
    tx.commit().await?;
    Ok(image)
}

async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    id: Uuid,
    action: &'static str,
    data: Value,
) -> Result<Found, AppError> {
    told(app, caller, &mut tx, About::Article(id), action, data).await?;
    let found = whole(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(found)
}
