//! Canned replies: managing them, filling them in for a ticket, and counting what was sent with them.

use std::collections::BTreeMap;

use domain::{
    audit::changes,
    canned::{self as rules, CATEGORY_MAX, COUNT_MAX, Facts, TITLE_MAX, Texts},
    locale::Locale,
    permission::Permission,
    template::{self, Flaw},
    ticket::writing,
};
use store::{
    audit,
    canned::{self, CannedReply, Counted, Filter, Sort, UsedBy},
    ticket::{self, Ticket},
    user::{self, Group},
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, Tx, named::missing_groups};

/// What is used now says more of what will be used next than what was used years ago.
const OF_LATE: chrono::TimeDelta = chrono::TimeDelta::days(90);

/// A canned reply as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Title.
    pub title: String,
    /// What is typed after a slash.
    pub shortcut: String,
    /// Name of its folder; empty for none.
    pub category: String,
    /// Offered on tickets of this group alone.
    pub group_id: Option<Uuid>,
    /// What it says.
    pub texts: Texts,
    /// Offered no longer.
    pub retired: bool,
}

/// What managers choose from.
#[derive(Debug)]
pub struct Options {
    /// Folders there are.
    pub categories: Vec<String>,
    /// Groups.
    pub groups: Vec<Group>,
}

/// A text of one language, filled in.
#[derive(Debug)]
pub struct Said {
    /// Language.
    pub locale: Locale,
    /// What it says, or why it says nothing.
    pub text: Result<String, Vec<Flaw>>,
    /// The same as Markdown, in which the values format nothing; none when it says nothing.
    pub markdown: Option<String>,
}

/// A canned reply on a ticket.
#[derive(Debug)]
pub struct Offer {
    /// The reply.
    pub reply: CannedReply,
    /// What it says to this requester.
    pub said: Said,
}

/// All that fit.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn list(app: &App, caller: &Caller, filter: &Filter<'_>, sort: Sort) -> Result<Vec<Counted>, AppError> {
    caller.need(Permission::CannedRepliesEdit)?;
    Ok(canned::list(&mut *app.conn().await?, filter, sort).await?)
}

/// One, with who used it.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<(Counted, Vec<UsedBy>), AppError> {
    caller.need(Permission::CannedRepliesEdit)?;
    let mut conn = app.conn().await?;
    let reply = canned::find(&mut conn, id).await?;
    let people = canned::used_by(&mut conn, id).await?;
    Ok((reply, people))
}

/// What managers choose from.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn options(app: &App, caller: &Caller) -> Result<Options, AppError> {
    caller.need(Permission::CannedRepliesEdit)?;
    let mut conn = app.conn().await?;
    Ok(Options {
        categories: canned::categories(&mut conn).await?,
        groups: user::groups(&mut conn).await?,
    })
}

/// Adds one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Refused`] when there are too many.
pub async fn create(app: &App, caller: &Caller, draft: Draft) -> Result<Counted, AppError> {
    caller.need(Permission::CannedRepliesEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    if canned::count(tx.conn()?).await? >= COUNT_MAX {
        return Err(AppError::refused(
            "too_many",
            format!("there may be {COUNT_MAX} canned replies at most; delete some that nobody uses"),
        ));
    }
    let id = Uuid::now_v7();
    let reply = checked(&mut tx, id, 1, draft, None).await?;
    let taken = canned::insert(tx.conn()?, &reply, caller.user_id, now).await;
    taken.map_err(shortcut_taken)?;
    finish(app, caller, tx, id, "canned_reply.create", shown(&reply)).await
}

/// Changes one, retires it or offers it again.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Counted, AppError> {
    caller.need(Permission::CannedRepliesEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let before = canned::lock(tx.conn()?, id).await?;
    let after = checked(&mut tx, id, version, draft, before.group_id).await?;
    let taken = canned::update(tx.conn()?, &after, caller.user_id, now).await;
    taken.map_err(shortcut_taken)?;
    let data = changes(&shown(&before), &shown(&after));
    finish(app, caller, tx, id, "canned_reply.change", data).await
}

/// Deletes one that is retired. Messages that were sent with it stay as they are.
///
/// # Errors
/// [`AppError::Refused`] while it is offered; [`AppError::Stale`] when it changed meanwhile.
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::CannedRepliesEdit)?;
    let mut tx = app.begin().await?;
    let reply = canned::lock(tx.conn()?, id).await?;
    if !reply.retired {
        return Err(AppError::refused(
            "retire_first",
            "retire it first; what is still offered is not deleted",
        ));
    }
    canned::delete(tx.conn()?, id, version, caller.user_id, app.now()).await?;
    told(app, caller, &mut tx, id, "canned_reply.delete", shown(&reply)).await?;
    tx.commit().await
}

/// What texts would say, for a ticket or with examples, in each language there is.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`] when there is no such ticket.
pub async fn preview(app: &App, caller: &Caller, texts: Texts, on: Option<Uuid>) -> Result<Vec<Said>, AppError> {
    caller.need(Permission::CannedRepliesEdit)?;
    let values = match on {
        Some(id) => {
            caller.need(Permission::TicketsView)?;
            let mut conn = app.conn().await?;
            let ticket = ticket::find(&mut conn, id, None).await?;
            values(app, caller, &mut conn, &ticket).await?.0
        }
        None => rules::samples(),
    };
    let texts = texts.tidy();
    too_long(&texts)?;
    Ok(texts.each().map(|(locale, text)| said(locale, text, &values)).collect())
}

/// Those offered on a ticket, the most used of late first, in the language asked for or else the requester's: that of his account, or
/// of the ticket. A reply that has no text in it speaks French, else English, else Arabic.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn offered(app: &App, caller: &Caller, id: Uuid, locale: Option<Locale>) -> Result<Vec<Offer>, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsReply)?;
    let mut conn = app.conn().await?;
    let ticket = ticket::find(&mut conn, id, None).await?;
    let (values, own) = values(app, caller, &mut conn, &ticket).await?;
    let replies = canned::offered(&mut conn, ticket.summary.group_id, app.now() - OF_LATE).await?;
    let wanted = locale.unwrap_or(own);
    let offers = replies.into_iter().filter_map(|reply| {
        let texts = texts_of(&reply);
        let (locale, text) = texts.choose(wanted)?;
        Some(Offer {
            said: said(locale, text, &values),
            reply,
        })
    });
    Ok(offers.collect())
}

/// Notes in the transaction of an answer which canned replies it was made of. Each counts once for a message, and only for one
/// that was sent to the customer.
pub(crate) async fn used(tx: &mut Tx, message: Uuid, replies: &[Uuid]) -> Result<(), AppError> {
    if !replies.is_empty() {
        canned::used(tx.conn()?, message, replies).await?;
    }
    Ok(())
}

/// What a reply says in its languages.
#[must_use]
pub fn texts_of(reply: &CannedReply) -> Texts {
    Texts {
        fr: reply.text_fr.clone(),
        en: reply.text_en.clone(),
        ar: reply.text_ar.clone(),
    }
}

fn said(locale: Locale, text: &str, values: &BTreeMap<&'static str, String>) -> Said {
    Said {
        locale,
        text: template::render(text, values),
        markdown: template::render_escaped(text, values, writing::escape).ok(),
    }
}

/// What the variables say on a ticket, and the language of its requester.
async fn values(
    app: &App,
    caller: &Caller,
    conn: &mut store::PgConn,
    ticket: &Ticket,
) -> Result<(BTreeMap<&'static str, String>, Locale), AppError> {
    let summary = &ticket.summary;
    let of = canned::addressee(conn, summary.requester_user_id, ticket.customer_id).await?;
    let facts = Facts {
        number: summary.number,
        subject: &summary.subject,
        opened_at: summary.created_at,
        url: format!("{}/t/{}", app.identity.public_url, summary.id),
        requester_name: &summary.requester_name,
        requester_email: &summary.requester_email,
        customer_name: of.customer_name.as_deref(),
        customer_number: of.customer_number,
        agent_name: &caller.actor.name,
        group_name: &summary.group_name,
        now: app.now(),
    };
    let tag = of.locale.as_deref().unwrap_or(&ticket.locale);
    Ok((facts.values(), Locale::from_tag(tag).unwrap_or_default()))
}

fn too_long(texts: &Texts) -> Result<(), AppError> {
    let errors: Vec<FieldError> = texts
        .each()
        .filter(|(_, text)| text.chars().count() > template::LENGTH_MAX)
        .map(|(locale, _)| FieldError::new(&pointer(locale), "too_long", "a text has 20,000 characters at most"))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(errors))
    }
}

fn pointer(locale: Locale) -> String {
    format!("/texts/{}", locale.as_str())
}

/// A draft in its one form, once everything in it is right.
async fn checked(
    tx: &mut Tx,
    id: Uuid,
    version: i32,
    draft: Draft,
    group: Option<Uuid>,
) -> Result<CannedReply, AppError> {
    let texts = draft.texts.tidy();
    too_long(&texts)?;
    let mut errors = Vec::new();
    let mut keep = |pointer: &str, result: Result<String, domain::ticket::input::Invalid>| {
        result.unwrap_or_else(|error| {
            errors.push(FieldError::new(pointer, error.code(), error));
            String::new()
        })
    };
    let title = keep("/title", rules::line(&draft.title, TITLE_MAX));
    let category = keep("/category", rules::line(&draft.category, CATEGORY_MAX));
    let shortcut = rules::shortcut(&draft.shortcut);
    if title.is_empty() {
        errors.push(FieldError::new("/title", "empty", "must not be empty"));
    }
    if shortcut.is_err() {
        errors.push(FieldError::new(
            "/shortcut",
            "invalid_shortcut",
            "a shortcut is one word of 1 to 30 letters, digits and dashes",
        ));
    }
    let shortcut = shortcut.unwrap_or_default();
    if canned::shortcut_taken(tx.conn()?, &shortcut, id).await? {
        errors.push(taken());
    }
    if texts.each().next().is_none() {
        errors.push(FieldError::new(
            "/texts/fr",
            "empty",
            "a reply says something in one language at least",
        ));
    }
    for (locale, flaws) in texts.check().err().unwrap_or_default() {
        errors.extend(flaws.first().map(|flaw| {
            FieldError::new(&pointer(locale), flaw.kind.code(), flaw)
                .with("line", flaw.line)
                .with("name", flaw.kind.subject())
        }));
    }
    if !missing_groups(tx, draft.group_id, group.as_slice()).await?.is_empty() {
        errors.push(FieldError::new("/group_id", "unknown_group", "there is no such group"));
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    Ok(CannedReply {
        id,
        title,
        shortcut,
        category,
        group_id: draft.group_id,
        group_name: None,
        text_fr: texts.fr,
        text_en: texts.en,
        text_ar: texts.ar,
        retired: draft.retired,
        updated_at: chrono::DateTime::UNIX_EPOCH,
        version,
    })
}

fn taken() -> FieldError {
    FieldError::new("/shortcut", "shortcut_taken", "another canned reply has this shortcut")
}

/// Two people may choose the same shortcut at the same time.
fn shortcut_taken(error: store::StoreError) -> AppError {
    match error {
        store::StoreError::Conflict(constraint) if constraint == "canned_replies_shortcut" => {
            AppError::Invalid(vec![taken()])
        }
        other => other.into(),
    }
}

/// What the trail says of one.
fn shown(reply: &CannedReply) -> serde_json::Value {
    serde_json::json!({
        "title": reply.title, "shortcut": reply.shortcut, "category": reply.category, "group_id": reply.group_id,
        "text_fr": reply.text_fr, "text_en": reply.text_en, "text_ar": reply.text_ar, "retired": reply.retired,
    })
}

async fn told(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    id: Uuid,
    action: &'static str,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "canned_reply",
        subject_id: Some(id),
        data,
    };
    // Composers offer them too.
    tx.record(
        &caller.actor,
        app.now(),
        entry,
        ("canned_reply.changed", Permission::TicketsView),
    )
    .await
}

async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    id: Uuid,
    action: &'static str,
    data: serde_json::Value,
) -> Result<Counted, AppError> {
    told(app, caller, &mut tx, id, action, data).await?;
    let reply = canned::find(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(reply)
}
