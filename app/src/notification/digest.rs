//! Digests: what waited for its hour, in one mail.

use chrono::{DateTime, Utc};
use domain::{
    locale::Locale,
    message::{Message, Values},
};
use jobs::{NewJob, SendDigest};
use store::{
    mailbox,
    notification::{inbox, settings},
    user,
};
use uuid::Uuid;

use super::{
    of_people,
    tell::{Notice, write},
    unsubscribe,
};
use crate::{App, AppError, mail::sender, message_template};

/// People of one transaction.
const BATCH: i64 = 500;
/// Most lines of a digest; of what is left it says how much it is.
const LINES: i64 = 100;

/// Queues the digests that are due, and notes when the next ones are: after this moment, so one that was missed is made up for once.
/// Returns how many.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn due(app: &App) -> Result<usize, AppError> {
    let mut queued = 0;
    loop {
        let now = app.now();
        let mut tx = app.begin().await?;
        let rows = settings::due(tx.conn()?, now, BATCH).await?;
        if rows.is_empty() {
            return Ok(queued);
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.user_id).collect();
        let chosen = of_people(tx.conn()?, &ids).await?;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in &rows {
            let next = chosen
                .get(&row.user_id)
                .map_or(now, |preferences| preferences.next_digest(now));
            settings::advance(tx.conn()?, row.user_id, next).await?;
            jobs.push(NewJob::of(&SendDigest {
                user_id: row.user_id,
                due_at: row.next_digest_at,
            }));
        }
        tx.enqueue(&jobs).await?;
        tx.commit().await?;
        queued += rows.len();
    }
}

/// Writes a person's digest; none when nothing waits. Written twice it is one mail: what went with it waits no longer, and its key is
/// the person and the moment it was due.
///
/// # Errors
/// When the database is away.
pub async fn digest(app: &App, id: Uuid, due_at: DateTime<Utc>) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let person = user::by_id(tx.conn()?, id).await?;
    let waiting = inbox::waiting(tx.conn()?, id, LINES).await?;
    if waiting.is_empty() || !person.is_active() {
        return Ok(());
    }
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let Some(from) = sender(&mailboxes, None) else {
        return Err(AppError::Unavailable(
            "there is no mailbox to send digests from".to_owned(),
        ));
    };
    let count = inbox::digested(tx.conn()?, id, app.now()).await?;
    let home = &app.identity.public_url;
    let mut lines: Vec<String> = waiting
        .iter()
        .map(|one| format!("{}\n{home}{}", one.title, one.path))
        .collect();
    let left = count.saturating_sub(waiting.len());
    if left > 0 {
        lines.push(format!("+ {left}"));
    }
    let values = Values::from([
        ("person.name", person.name.clone()),
        ("digest.count", count.to_string()),
        ("digest.lines", lines.join("\n\n")),
        ("digest.url", format!("{home}/notifications")),
    ]);
    let locale = Locale::from_tag(&person.locale).unwrap_or_default();
    let filled = message_template::fill(app, tx.conn()?, Message::Digest, locale, &values).await?;
    let link = unsubscribe::of_digests(app, id)?;
    let notice = Notice {
        event_key: &format!("digest.{id}.{}", due_at.timestamp()),
        from: from.id,
        subject: filled.subject,
        body: format!(
            "{}\n\n{}",
            filled.body,
            unsubscribe::footer(app, locale, Some(&link.page))
        ),
        unsubscribe_url: Some(link.one_click),
    };
    write(app, &mut tx, &person, locale, notice, None).await?;
    tx.commit().await
}
