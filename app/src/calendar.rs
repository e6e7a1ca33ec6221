//! What is due with an agent, for the calendar program that he uses: his reminders, and the promises of tickets that he has. Its address is a
//! secret of his own; it opens these entries and nothing else, and he takes it back whenever he wants.

use domain::{
    calendar::{self as rules, Entry},
    locale::Locale,
    permission::Permission,
};
use serde_json::json;
use store::{
    audit,
    calendar_feed::{self as rows, Due, Feed},
    event::{self, NewEvent},
    ticket::reminder::{self, Reminder},
    user,
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx, account::random_token, api_token::hash};

/// Most entries of a kind.
const MOST: i64 = 500;

/// The caller's address, if he has one. What is secret in it was told when it was made.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn own(app: &App, caller: &Caller) -> Result<Option<Feed>, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(rows::of_user(&mut *app.conn().await?, caller.user_id).await?)
}

/// Makes an address for the caller, who proved who he is minutes ago; the one that he had leads nowhere from then on. Returns it with what is
/// kept of it.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::StepUp`].
pub async fn make(app: &App, caller: &Caller) -> Result<(Feed, String), AppError> {
    caller.need(Permission::TicketsView)?;
    let now = app.now();
    caller.fresh_factor(now)?;
    let token = random_token()?;
    let mut tx = app.begin().await?;
    let feed = rows::put(tx.conn()?, caller.user_id, &hash(&token), now).await?;
    note(app, &mut tx, caller, "calendar_feed.make").await?;
    tx.commit().await?;
    // In the query: what is logged of a request is its path.
    let url = format!("{}/api/v1/calendar.ics?token={token}", app.identity.public_url);
    Ok((feed, url))
}

/// Takes the caller's address back. Twice is once.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn revoke(app: &App, caller: &Caller) -> Result<(), AppError> {
    caller.need(Permission::TicketsView)?;
    let mut tx = app.begin().await?;
    if !rows::delete(tx.conn()?, caller.user_id).await? {
        return Ok(());
    }
    note(app, &mut tx, caller, "calendar_feed.revoke").await?;
    tx.commit().await
}

async fn note(app: &App, tx: &mut Tx, caller: &Caller, action: &'static str) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "calendar_feed",
        subject_id: Some(caller.user_id),
        data: json!({}),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let news = NewEvent {
        kind: "calendar_feed.changed",
        subject_type: "calendar_feed",
        subject_id: caller.user_id,
        permission: None,
        user_id: Some(caller.user_id),
        data: json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

/// Whoever this address belongs to, with what he may now.
///
/// # Errors
/// [`AppError::NotFound`] when it is nobody's, or its owner may no longer see tickets or sign in.
pub async fn reader(app: &App, token: &str) -> Result<Caller, AppError> {
    let mut conn = app.conn().await?;
    let feed = rows::by_hash(&mut conn, &hash(token)).await?;
    let caller = Caller::acting(&mut conn, feed.user_id).await?;
    if caller.may(Permission::TicketsView) {
        Ok(caller)
    } else {
        Err(AppError::NotFound)
    }
}

/// The calendar of [`reader`], in his language.
///
/// # Errors
/// When the database is away.
pub async fn read(app: &App, reader: &Caller) -> Result<String, AppError> {
    let now = app.now();
    let mut conn = app.conn().await?;
    rows::read(&mut conn, reader.user_id, now).await?;
    let person = user::by_id(&mut conn, reader.user_id).await?;
    let locale = Locale::from_tag(&person.locale).unwrap_or_default();
    let reminders = reminder::own(&mut conn, reader.user_id, None, None, MOST).await?;
    let dues = rows::due(&mut conn, reader.user_id, MOST).await?;
    drop(conn);
    let entries: Vec<Entry> = reminders
        .iter()
        .map(|one| of_reminder(app, one))
        .chain(dues.iter().map(|one| of_due(app, one, locale)))
        .collect();
    Ok(rules::write(name(locale), now, &entries))
}

fn name(locale: Locale) -> &'static str {
    match locale {
        Locale::Fr => "CloudManager : rappels et échéances",
        Locale::En => "CloudManager: reminders and due times",
        Locale::Ar => "CloudManager: التذكيرات والمواعيد",
    }
}

fn due_word(locale: Locale) -> &'static str {
    match locale {
        Locale::Fr => "Échéance",
        Locale::En => "Due",
        Locale::Ar => "موعد الاستحقاق",
    }
}

fn url(app: &App, ticket: Uuid) -> String {
    format!("{}/t/{ticket}", app.identity.public_url)
}

fn of_reminder(app: &App, one: &Reminder) -> Entry {
    let ticket = format!("#{} {}", one.number, one.subject);
    let url = url(app, one.ticket_id);
    Entry {
        uid: format!("reminder-{}@{}", one.id, app.identity.mail_domain),
        at: one.at,
        sequence: u32::try_from(one.version.saturating_sub(1)).unwrap_or(0),
        description: format!("{ticket}\n{url}"),
        summary: if one.note.is_empty() { ticket } else { one.note.clone() },
        url,
    }
}

fn of_due(app: &App, one: &Due, locale: Locale) -> Entry {
    let url = url(app, one.ticket_id);
    Entry {
        uid: format!("due-{}@{}", one.ticket_id, app.identity.mail_domain),
        at: one.at,
        sequence: 0,
        summary: format!("{} · #{} {}", due_word(locale), one.number, one.subject),
        description: url.clone(),
        url,
    }
}
