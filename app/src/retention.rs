//! What is deleted when its time is over.

use chrono::Duration;
use store::{attachment, event, mailbox_test, session};

use crate::{App, AppError};

/// Rows of one statement.
const BATCH: i64 = 5000;

/// Deletes live events and checks of mailboxes older than a day, uploads that no message used within a day, and ended sessions. Stops at the first small batch.
///
/// # Errors
/// When the database is away.
pub async fn clean_up(app: &App) -> Result<(), AppError> {
    let before = app.now() - Duration::hours(24);
    let mut conn = app.conn().await?;
    while i64::try_from(event::prune(&mut conn, before, BATCH).await?).unwrap_or(0) >= BATCH {}
    while i64::try_from(attachment::prune_loose(&mut conn, before, BATCH).await?).unwrap_or(0) >= BATCH {}
    while i64::try_from(mailbox_test::prune(&mut conn, before, BATCH).await?).unwrap_or(0) >= BATCH {}
    while i64::try_from(session::prune(&mut conn, app.now(), BATCH).await?).unwrap_or(0) >= BATCH {}
    Ok(())
}
