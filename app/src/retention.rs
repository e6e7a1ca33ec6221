//! What is deleted when its time is over.

use chrono::Duration;
use store::{attachment, customer_import, event, mailbox_test, oidc, session, sms};

use crate::{App, AppError};

/// Rows of one statement.
const BATCH: i64 = 5000;
/// Imports of one statement, each with its rows.
const IMPORTS: i64 = 20;

/// How long the file of an import and its rows are kept, in days.
const IMPORT_DAYS: i64 = 30;

/// How long the log of text messages is kept, in days: long enough to hold a year's bill of the provider against it.
const TEXT_DAYS: i64 = 400;

/// Deletes live events and checks of mailboxes older than a day, uploads that no message used within a day, ended sessions,
/// sign-ins with a provider that were not finished, and the files and rows of imports and the log of text messages when their time is over; ends
/// texts that nobody waits for any more. Stops at the first small batch.
///
/// # Errors
/// When the database is away.
pub async fn clean_up(app: &App) -> Result<(), AppError> {
    let before = app.now() - Duration::hours(24);
    let mut conn = app.conn().await?;
    while i64::try_from(event::prune(&mut conn, before, BATCH).await?).unwrap_or(0) >= BATCH {}
    while i64::try_from(attachment::prune_loose(&mut conn, before, BATCH).await?).unwrap_or(0) >= BATCH {}
    while i64::try_from(mailbox_test::prune(&mut conn, before, BATCH).await?).unwrap_or(0) >= BATCH {}
    while i64::try_from(oidc::flow::prune(&mut conn, app.now(), BATCH).await?).unwrap_or(0) >= BATCH {}
    while i64::try_from(session::prune(&mut conn, app.now(), BATCH).await?).unwrap_or(0) >= BATCH {}
    let old = app.now() - Duration::days(IMPORT_DAYS);
    while i64::try_from(customer_import::prune(&mut conn, old, IMPORTS).await?).unwrap_or(0) >= IMPORTS {}
    sms::message::expire(&mut conn, app.now()).await?;
    sms::code::prune(&mut conn, before).await?;
    let texts = app.now() - Duration::days(TEXT_DAYS);
    while i64::try_from(sms::message::prune(&mut conn, texts, BATCH).await?).unwrap_or(0) >= BATCH {}
    Ok(())
}
