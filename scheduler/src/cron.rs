//! What the clock starts. Each tick enqueues a job with the key `schedule@tick`, once, whoever leads; the jobs are
//! reconcilers, so a missed stretch needs one run, not many.

use std::time::Duration;

use app::{App, AppError};
use chrono::{DateTime, TimeZone, Utc};
use jobs::{CleanUp, NewJob, SweepMail, WatchMailboxes};
use store::ledger;
use uuid::Uuid;

/// A job that runs by the clock.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Stable key.
    pub key: &'static str,
    /// Seconds between two ticks; ticks are multiples of it since 1970.
    pub every_seconds: i64,
    /// Makes the job.
    pub job: fn() -> NewJob,
}

/// Everything that runs by the clock.
pub const SCHEDULES: &[Schedule] = &[
    Schedule { key: "sweep_mail", every_seconds: 15, job: || NewJob::of(&SweepMail {}) },
    Schedule { key: "watch_mailboxes", every_seconds: 30, job: || NewJob::of(&WatchMailboxes {}) },
    Schedule { key: "clean_up", every_seconds: 3600, job: || NewJob::of(&CleanUp {}) },
];

impl Schedule {
    /// The tick at or before `now`.
    #[must_use]
    pub fn tick(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let seconds = now.timestamp().div_euclid(self.every_seconds) * self.every_seconds;
        Utc.timestamp_opt(seconds, 0).single().unwrap_or(now)
    }

    /// The tick after `now`.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.tick(now) + chrono::Duration::seconds(self.every_seconds)
    }
}

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
    if known.iter().any(|row| row.key == schedule.key && row.last_tick >= Some(tick)) {
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

/// Runs a schedule now, beside its ticks. Returns the job; `None` when there is no such schedule.
///
/// # Errors
/// When the database is away.
pub async fn run_now(app: &App, key: &str, actor: Uuid) -> Result<Option<Uuid>, AppError> {
    let Some(schedule) = SCHEDULES.iter().find(|schedule| schedule.key == key) else { return Ok(None) };
    let job = (schedule.job)().unique(format!("{key}@now")).actor(actor);
    let mut tx = app.begin().await?;
    let ids = tx.enqueue(&[job]).await?;
    tx.commit().await?;
    Ok(ids.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_do_not_depend_on_when_one_looks() {
        let schedule = SCHEDULES[0];
        let at = Utc.timestamp_opt(1_000_007, 5).unwrap();
        assert_eq!(schedule.tick(at).timestamp(), 1_000_005);
        assert_eq!(schedule.tick(schedule.tick(at)), schedule.tick(at));
        assert_eq!(schedule.next(at).timestamp(), 1_000_020);
    }
}
