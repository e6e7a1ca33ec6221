//! Words that an installation writes instead of those that messages come with.

use domain::{
    audit::changes,
    canned::line,
    locale::Locale,
    message::{Channel, Message, Part, Source},
    permission::Permission,
    template::Flaw,
    words::WordSet,
};
use serde_json::json;
use store::{
    audit,
    message_template::{self as rows, MessageTemplate, NewVersion, TemplateVersion},
};

use crate::{App, AppError, Caller, FieldError, Tx};

/// Longest note on a version, in characters.
const NOTE_MAX: usize = 200;

/// Words as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Subject; empty for text messages.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Why.
    pub note: String,
}

/// A message in the list.
#[derive(Debug)]
pub struct Listed {
    /// The message.
    pub message: Message,
    /// What was changed of it, language by language.
    pub changed: Vec<MessageTemplate>,
}

/// A message with its words in one language.
#[derive(Debug)]
pub struct Found {
    /// Language.
    pub locale: Locale,
    /// What was changed; nothing when it never was.
    pub row: Option<MessageTemplate>,
}

/// All messages, in the order of the catalogue.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Listed>, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut all = rows::all(&mut *app.conn().await?).await?;
    let listed = Message::ALL.iter().map(|message| {
        let (own, others) = std::mem::take(&mut all)
            .into_iter()
            .partition(|row| row.key == message.as_str());
        all = others;
        Listed {
            message: *message,
            changed: own,
        }
    });
    Ok(listed.collect())
}

/// One message in its three languages.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn find(app: &App, caller: &Caller, message: Message) -> Result<Vec<Found>, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut changed = rows::of(&mut *app.conn().await?, message.as_str()).await?;
    let found = [Locale::Fr, Locale::En, Locale::Ar].map(|locale| {
        let at = changed.iter().position(|row| row.locale == locale.as_str());
        Found {
            locale,
            row: at.map(|at| changed.swap_remove(at)),
        }
    });
    Ok(found.into())
}

/// The versions of a message in a language before `before`, the latest first.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn versions(
    app: &App,
    caller: &Caller,
    (message, locale): (Message, Locale),
    (before, limit): (Option<i32>, i64),
) -> Result<Vec<TemplateVersion>, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut conn = app.conn().await?;
    Ok(rows::versions(&mut conn, message.as_str(), locale.as_str(), before, limit).await?)
}

/// Text with uniform line ends, without what nobody sees at its end.
pub(super) fn tidy(message: Message, draft: &Draft) -> (String, String) {
    let body = draft.body.replace("\r\n", "\n");
    let subject = match message.spec().channel {
        Channel::Mail => draft.subject.trim().to_owned(),
        Channel::Sms => String::new(),
    };
    (subject, body.trim_end().to_owned())
}

fn wrong((part, flaw): (Part, Flaw)) -> FieldError {
    let pointer = match part {
        Part::Subject => "/subject",
        Part::Body => "/body",
    };
    let error = FieldError::new(pointer, flaw.kind.code(), &flaw)
        .with("line", flaw.line)
        .with("name", flaw.kind.subject());
    match flaw.kind.most() {
        Some(most) => error.with("most", most),
        None => error,
    }
}

/// Words of which everything is right.
pub(super) fn checked(message: Message, draft: &Draft) -> Result<(String, String), AppError> {
    let (subject, body) = tidy(message, draft);
    let source = Source {
        subject: &subject,
        body: &body,
    };
    match message.spec().check(source) {
        Ok(()) => Ok((subject, body)),
        Err(flaws) => Err(AppError::Invalid(flaws.into_iter().map(wrong).collect())),
    }
}

fn note(text: &str) -> Result<String, AppError> {
    line(text, NOTE_MAX).map_err(|error| AppError::invalid("/note", error.code(), error))
}

/// Says something else from now on.
///
/// # Errors
/// [`AppError::Invalid`] with every flaw; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(
    app: &App,
    caller: &Caller,
    (message, locale): (Message, Locale),
    version: i32,
    draft: &Draft,
) -> Result<Found, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let note = note(&draft.note)?;
    let (subject, body) = checked(message, draft)?;
    let mut tx = app.begin().await?;
    let before = rows::lock(tx.conn()?, message.as_str(), locale.as_str(), app.now()).await?;
    let new = NewVersion {
        words: Some((&subject, &body)),
        note: &note,
        restores: None,
        by: caller.user_id,
    };
    put(app, caller, tx, (message, locale), &before, version, &new).await
}

/// Says again what it comes with. That is a version as well.
///
/// # Errors
/// [`AppError::Refused`] when it does; [`AppError::Stale`] when it changed meanwhile.
pub async fn back_to_default(
    app: &App,
    caller: &Caller,
    (message, locale): (Message, Locale),
    version: i32,
) -> Result<Found, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut tx = app.begin().await?;
    let before = rows::lock(tx.conn()?, message.as_str(), locale.as_str(), app.now()).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    if before.body.is_none() {
        return Err(AppError::refused("is_default", "It says what it comes with already."));
    }
    let new = NewVersion {
        words: None,
        note: "",
        restores: None,
        by: caller.user_id,
    };
    put(app, caller, tx, (message, locale), &before, version, &new).await
}

/// Says again what it said in an earlier version. What a release since refuses is not put to use.
///
/// # Errors
/// [`AppError::NotFound`] without such a version; as [`change`].
pub async fn restore(
    app: &App,
    caller: &Caller,
    (message, locale): (Message, Locale),
    version: i32,
    earlier: i32,
) -> Result<Found, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let mut tx = app.begin().await?;
    let before = rows::lock(tx.conn()?, message.as_str(), locale.as_str(), app.now()).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    let next = earlier.checked_add(1);
    let found = rows::versions(tx.conn()?, message.as_str(), locale.as_str(), next, 1).await?;
    let found = found
        .into_iter()
        .find(|row| row.version == earlier)
        .ok_or(AppError::NotFound)?;
    let words = match (found.subject, found.body) {
        (Some(subject), Some(body)) => {
            let draft = Draft {
                subject,
                body,
                note: String::new(),
            };
            Some(checked(message, &draft)?)
        }
        _ => None,
    };
    let new = NewVersion {
        words: words.as_ref().map(|(subject, body)| (subject.as_str(), body.as_str())),
        note: "",
        restores: Some(earlier),
        by: caller.user_id,
    };
    put(app, caller, tx, (message, locale), &before, version, &new).await
}

async fn put(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    (message, locale): (Message, Locale),
    before: &MessageTemplate,
    version: i32,
    new: &NewVersion<'_>,
) -> Result<Found, AppError> {
    rows::change(tx.conn()?, before.id, version, new, app.now()).await?;
    let shown = |subject: Option<&str>, body: Option<&str>| json!({ "subject": subject, "body": body });
    let mut data = changes(
        &shown(before.subject.as_deref(), before.body.as_deref()),
        &shown(new.words.map(|words| words.0), new.words.map(|words| words.1)),
    );
    if let Some(data) = data.as_object_mut() {
        data.insert("key".to_owned(), json!(message.as_str()));
        data.insert("locale".to_owned(), json!(locale.as_str()));
        data.insert("restores".to_owned(), json!(new.restores));
    }
    let entry = audit::Entry {
        action: match (new.words, new.restores) {
            (_, Some(_)) => "message_template.restore",
            (Some(_), None) => "message_template.change",
            (None, None) => "message_template.reset",
        },
        subject_type: "message_template",
        subject_id: Some(before.id),
        data,
    };
    tx.record(
        &caller.actor,
        app.now(),
        entry,
        ("message_template.changed", Permission::TemplatesEdit),
    )
    .await?;
    let row = rows::lock(tx.conn()?, message.as_str(), locale.as_str(), app.now()).await?;
    tx.commit().await?;
    Ok(Found { locale, row: Some(row) })
}
