//! A transaction with the wake-ups that follow its commit, the trace and the idempotency key of the work it belongs to.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::permission::Permission;
use jobs::{NewJob, Queue, Signals};
use store::{
    Conn, PgConn, StoreError,
    audit::{self, Actor, Entry},
    event::{self, NewEvent},
    ledger,
    session::{self, Held},
    transaction,
};
use uuid::Uuid;

use crate::{AppError, once, trace};

/// An open transaction. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx {
    conn: Option<OpenConn>,
    signals: Arc<dyn Signals>,
    queues: Vec<Queue>,
    key: Option<Held>,
    /// The commit was sent and not answered yet.
    committing: bool,
}

struct OpenConn(Conn);

impl std::fmt::Debug for OpenConn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("open transaction")
    }
}

impl Tx {
    /// Over a connection whose transaction is open.
    pub(crate) fn over(conn: Conn, signals: Arc<dyn Signals>) -> Self {
        Self {
            conn: Some(OpenConn(conn)),
            signals,
            queues: Vec::new(),
            key: once::key(),
            committing: false,
        }
    }

    /// The connection, for store functions.
    ///
    /// # Errors
    /// When the transaction is over, which a use case cannot reach.
    pub fn conn(&mut self) -> Result<&mut PgConn, StoreError> {
        match self.conn.as_mut() {
            Some(open) => Ok(&mut open.0),
            None => Err(StoreError::Unavailable("the transaction is over".to_owned())),
        }
    }

    /// Enqueues jobs; they become visible, and are signalled, with the commit. They carry on the present trace.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn enqueue(&mut self, jobs: &[NewJob]) -> Result<Vec<Uuid>, AppError> {
        let ids = ledger::enqueue(self.conn()?, &traced(jobs.to_vec())).await?;
        self.wake(jobs);
        Ok(ids)
    }

    /// Writes down in the trail what somebody did, and tells the open pages of whoever holds a permission that it is no longer
    /// as they show it.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn record(
        &mut self,
        actor: &Actor,
        now: DateTime<Utc>,
        entry: Entry<'_>,
        (kind, readers): (&'static str, Permission),
    ) -> Result<(), AppError> {
        let (subject_type, subject_id) = (entry.subject_type, entry.subject_id.unwrap_or_default());
        audit::append(self.conn()?, actor, now, entry).await?;
        let news = NewEvent {
            kind,
            subject_type,
            subject_id,
            permission: Some(readers.as_str()),
            user_id: None,
            data: serde_json::json!({}),
        };
        Ok(event::append(self.conn()?, news).await?)
    }

    /// Says that a statement of this transaction added jobs by itself: their queues are signalled with the commit.
    pub(crate) fn wake(&mut self, jobs: &[NewJob]) {
        self.queues.extend(jobs.iter().map(NewJob::queue));
    }

    /// Commits, then signals. With an idempotency key along, the commit also says that its work is done.
    ///
    /// # Errors
    /// When the connection broke; the outcome is then unknown, and repeating the request must be safe.
    /// [`AppError::Conflict`] when another process took the key over; nothing is committed then.
    pub async fn commit(mut self) -> Result<(), AppError> {
        if let Some(key) = self.key.take() {
            session::mark(self.conn()?, &key).await.map_err(lost)?;
        }
        self.committing = true;
        let committed = transaction::commit(self.conn()?).await;
        self.committing = false;
        committed?;
        self.conn = None;
        signal(&*self.signals, std::mem::take(&mut self.queues));
        Ok(())
    }
}

/// Jobs that carry on the present trace.
pub(crate) fn traced(jobs: Vec<NewJob>) -> Vec<NewJob> {
    match trace::current() {
        Some(trace) => jobs.into_iter().map(|job| job.trace(&trace)).collect(),
        None => jobs,
    }
}

/// Tells whoever waits for a commit.
pub(crate) fn signal(signals: &dyn Signals, mut queues: Vec<Queue>) {
    queues.sort_unstable();
    queues.dedup();
    if !queues.is_empty() {
        signals.jobs_ready(&queues);
    }
    signals.events_ready();
}

/// What a refused commit means to whoever asked for it.
pub(crate) fn lost(error: StoreError) -> AppError {
    match error {
        StoreError::Fenced => AppError::Conflict {
            code: "idempotency_key_in_flight".to_owned(),
            detail: "The same request is being worked on. Repeat it in a moment.".to_owned(),
        },
        other => other.into(),
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(OpenConn(conn)) = self.conn.take() else {
            return;
        };
        // Whoever waited for the commit's answer is gone, and nobody may speak before it came.
        if self.committing {
            transaction::close(conn);
            return;
        }
        // Rolling back keeps the connection; outside a runtime it is simply closed, which rolls back as well.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let mut conn = conn;
                if let Err(error) = transaction::rollback(&mut conn).await {
                    tracing::debug!(%error, "rollback failed; the server does it when the connection closes");
                }
            });
        }
    }
}
