//! What is deleted when its time is over: the timers of [`domain::privacy`], with a report of each run.

use domain::privacy::Timer;
use store::{
    retention::{self, Run},
    sms,
};
use uuid::Uuid;

use crate::{App, AppError};

/// Rows of one statement.
const BATCH: i64 = 5000;

/// Deletes what is past its time and keeps the report; ends text messages that nobody waits for any more. Then
/// removes stored bytes that nothing names any more. A run that is broken off is ended by the next.
///
/// # Errors
/// When the database is away.
pub async fn clean_up(app: &App) -> Result<(), AppError> {
    let now = app.now();
    let mut conn = app.conn().await?;
    sms::message::expire(&mut conn, now).await?;
    let mut deleted = serde_json::Map::new();
    for timer in Timer::ALL {
        let rows = retention::prune(&mut conn, timer, now - timer.period(), BATCH).await?;
        if rows > 0 {
            deleted.insert(timer.as_str().to_owned(), rows.into());
        }
    }
    drop(conn);
    crate::privacy::sweep(app).await?;
    let run = Run {
        id: Uuid::now_v7(),
        at: now,
        deleted: deleted.into(),
    };
    Ok(retention::record(&mut *app.conn().await?, &run).await?)
}
