//! Removing stored bytes that nothing names any more.

use store::privacy::export as rows;

use crate::{App, AppError};

/// Bytes of one round.
const BATCH: i64 = 200;

/// Removes every doomed file from the storage. One that cannot be removed waits for the next round.
///
/// # Errors
/// When the database or the storage is away.
pub async fn sweep(app: &App) -> Result<usize, AppError> {
    let mut removed = 0;
    loop {
        let doomed = rows::doomed(&mut *app.conn().await?, BATCH).await?;
        if doomed.is_empty() {
            return Ok(removed);
        }
        for blob in doomed {
            app.blobs.remove(&blob).await?;
            rows::removed(&mut *app.conn().await?, &blob).await?;
            removed += 1;
        }
    }
}
