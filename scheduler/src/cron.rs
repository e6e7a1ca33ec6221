//! What the clock starts. Each tick enqueues a job with the key `schedule@tick`, once, whoever leads; the jobs are
//! reconcilers, so a missed stretch needs one run, not many.

use std::time::Duration;

use app::{
    App, AppError,
    schedules::{SCHEDULES, Schedule},
};
use chrono::{DateTime, Utc};
use store::ledger;

/// Enqueues ticks until dropped.
pub(crate) async fn run(app: &App) {
    loop {
        for schedule in SCHEDULES {
            let tick = schedule.tick(app.now());
            if let Err(error) = enqueue(app, schedule, tick).await {
                tracing::warn!(schedule = schedule.key, %error, "tick not enqueued; trying again");
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Enqueues one tick unless somebody did; the record of the tick and the job are one transaction.
async fn enqueue(app: &App, schedule: &Schedule, tick: DateTime<Utc>) -> Result<(), AppError> {
    let known = ledger::schedules(&mut *app.conn().await?).await?;
    if known
        .iter()
        .any(|row| row.key == schedule.key && row.last_tick >= Some(tick))
    {
        return Ok(());
    }
    let job = (schedule.job)().unique(format!("{}@{}", schedule.key, tick.timestamp()));
    let mut tx = app.begin().await?;
    if ledger::record_tick(tx.conn()?, schedule.key, tick, job.id()).await? {
        tx.enqueue(&[job]).await?;
        tx.commit().await?;
    }
    Ok(())
}
