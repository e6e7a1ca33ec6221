//! Removing stored bytes that nothing names any more.

use store::privacy::export as rows;

use crate::{App, AppError};

/// Bytes of one round.
const BATCH: i64 = 200;

/// Removes every doomed file from the storage. One that was stored again within the last hour, or cannot be removed, waits for the
/// next look.
///
/// # Errors
/// When the database or the storage is away.
pub async fn sweep(app: &App) -> Result<usize, AppError> {
    let mut removed = 0;
    loop {
        let before = removed;
        for blob in rows::doomed(&mut *app.conn().await?, BATCH).await? {
            if app.blobs.remove(&blob).await? {
                rows::removed(&mut *app.conn().await?, &blob).await?;
                removed += 1;
            }
        }
        if removed == before {
            return Ok(removed);
        }
    }
}
