//! What operators do with queues, jobs and schedules. Each change is audited.

use domain::permission::Permission;
use jobs::{NewJob, Queue};
use store::{audit, ledger};
use uuid::Uuid;

use crate::{App, AppError, Caller, schedules::SCHEDULES};

/// What to do with a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueAction {
    /// Nothing starts.
    Pause,
    /// Things start again.
    Resume,
    /// What is due runs, then it pauses.
    Drain,
    /// Every dead job gets its attempts again.
    RetryDead,
    /// Every dead job is deleted.
    DiscardDead,
}

/// What to do with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobAction {
    /// All attempts again; for dead and cancelled jobs.
    Retry,
    /// Not to be run; for jobs that wait.
    Cancel,
    /// Deleted; for dead jobs.
    Discard,
}

impl QueueAction {
    /// What the audit trail calls it.
    const fn audited(self) -> &'static str {
        match self {
            Self::Pause => "queue.pause",
            Self::Drain => "queue.drain",
            Self::Resume => "queue.resume",
            Self::RetryDead => "queue.retry_dead",
            Self::DiscardDead => "queue.discard_dead",
        }
    }
}

impl JobAction {
    /// What the audit trail calls it.
    const fn audited(self) -> &'static str {
        match self {
            Self::Retry => "job.retry",
            Self::Cancel => "job.cancel",
            Self::Discard => "job.discard",
        }
    }
}

async fn log(
    tx: &mut crate::Tx,
    app: &App,
    caller: &Caller,
    action: &str,
    id: Option<Uuid>,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "queue",
        subject_id: id,
        data,
    };
    Ok(audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?)
}

/// Acts on a queue; returns how many jobs it touched.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn act_on_queue(app: &App, caller: &Caller, queue: Queue, action: QueueAction) -> Result<usize, AppError> {
    caller.need(Permission::JobsManage)?;
    let name = queue.as_str();
    let by = caller.actor.user_id;
    let mut tx = app.begin().await?;
    let touched = match action {
        QueueAction::Pause => ledger::set_switch(tx.conn()?, name, Some("paused"), by)
            .await
            .map(|()| 0)?,
        QueueAction::Drain => ledger::set_switch(tx.conn()?, name, Some("draining"), by)
            .await
            .map(|()| 0)?,
        QueueAction::Resume => ledger::set_switch(tx.conn()?, name, None, by).await.map(|()| 0)?,
        QueueAction::RetryDead => ledger::retry_dead(tx.conn()?, name).await?,
        QueueAction::DiscardDead => ledger::discard_dead(tx.conn()?, name).await?,
    };
    let data = serde_json::json!({ "queue": name, "jobs": touched });
    log(&mut tx, app, caller, action.audited(), None, data).await?;
    tx.commit().await?;
    app.signals.jobs_ready(&[queue]);
    Ok(touched)
}

/// Acts on a job.
///
/// # Errors
/// [`AppError::Refused`] when its state does not allow it.
pub async fn act_on_job(app: &App, caller: &Caller, id: Uuid, action: JobAction) -> Result<(), AppError> {
    caller.need(Permission::JobsManage)?;
    let mut tx = app.begin().await?;
    let job = ledger::find(tx.conn()?, id).await?;
    let done = match action {
        JobAction::Retry => ledger::retry(tx.conn()?, id).await,
        JobAction::Cancel => ledger::cancel(tx.conn()?, id).await,
        JobAction::Discard => ledger::discard(tx.conn()?, id).await,
    };
    done.map_err(|error| match error {
        store::StoreError::Stale => AppError::refused(
            "job_state",
            format!("a job that is {} does not allow this", job.job.state),
        ),
        other => other.into(),
    })?;
    let data = serde_json::json!({ "kind": job.job.kind });
    log(&mut tx, app, caller, action.audited(), Some(id), data).await?;
    tx.commit().await?;
    if let Ok(queue) = job.job.queue.parse() {
        app.signals.jobs_ready(&[queue]);
    }
    Ok(())
}

/// Runs a schedule now, beside its ticks. Returns the job.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such schedule.
pub async fn run_schedule(app: &App, caller: &Caller, key: &str) -> Result<Uuid, AppError> {
    caller.need(Permission::JobsManage)?;
    let schedule = SCHEDULES
        .iter()
        .find(|schedule| schedule.key == key)
        .ok_or(AppError::NotFound)?;
    let job: NewJob = (schedule.job)().unique(format!("{key}@now")).actor(caller.user_id);
    let mut tx = app.begin().await?;
    let ids = tx.enqueue(&[job]).await?;
    log(
        &mut tx,
        app,
        caller,
        "schedule.run",
        None,
        serde_json::json!({ "schedule": key }),
    )
    .await?;
    tx.commit().await?;
    ids.first()
        .copied()
        .ok_or_else(|| AppError::Internal("no job was enqueued".to_owned()))
}
