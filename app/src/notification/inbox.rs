//! A person's notification centre.

use chrono::{DateTime, Utc};
use store::notification::inbox::{self, Notification};
use uuid::Uuid;

use super::tell::changed;
use crate::{App, AppError, Caller};

/// Where counting ends.
pub const UNREAD_MAX: i64 = 100;

/// One's own news before a place, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    app: &App,
    caller: &Caller,
    unread: bool,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Notification>, AppError> {
    Ok(inbox::list(&mut *app.conn().await?, caller.user_id, unread, before, limit).await?)
}

/// How much one has not read; [`UNREAD_MAX`] means that or more.
///
/// # Errors
/// When the database is away.
pub async fn unread(app: &App, caller: &Caller) -> Result<i64, AppError> {
    Ok(inbox::unread(&mut *app.conn().await?, caller.user_id, UNREAD_MAX).await?)
}

/// Marks one's own news as read or unread. What one has read is one's own affair: no audit line is written.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn mark(app: &App, caller: &Caller, id: Uuid, read: bool) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let now = app.now();
    inbox::mark(tx.conn()?, caller.user_id, id, read.then_some(now)).await?;
    changed(&mut tx, caller.user_id).await?;
    tx.commit().await
}

/// Marks everything up to a moment as read.
///
/// # Errors
/// When the database refuses.
pub async fn mark_all(app: &App, caller: &Caller, up_to: DateTime<Utc>) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    if inbox::mark_all(tx.conn()?, caller.user_id, up_to, app.now()).await? > 0 {
        changed(&mut tx, caller.user_id).await?;
        tx.commit().await?;
    }
    Ok(())
}
