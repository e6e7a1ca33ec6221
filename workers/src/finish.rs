//! Recording outcomes. Successes are collected for a moment and written as one statement; everything else is rare.

use std::{sync::Arc, time::Duration};

use store::{
    Pool, StoreError,
    ledger::{self, Failure},
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::inflight::Inflight;

/// Most rows of one statement.
const BATCH: usize = 1000;
/// How long a success waits for company.
const LINGER: Duration = Duration::from_millis(2);
/// Pause between tries while the database is away.
const RETRY: Duration = Duration::from_millis(250);
/// Tries before an outcome is given up: by then the lease has expired and the attempt does not count any more.
const TRIES: u32 = 60;

/// Writes successes until every sender is gone.
pub(crate) async fn successes(pool: Pool, inflight: Arc<Inflight>, mut receiver: mpsc::Receiver<(Uuid, i32)>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        if batch.len() < BATCH {
            tokio::time::sleep(LINGER).await;
            while batch.len() < BATCH {
                let Ok(next) = receiver.try_recv() else { break };
                batch.push(next);
            }
        }
        batch.sort_unstable();
        let size = batch.len();
        let ending = Ending::Succeed(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
        let written = persist(&pool, &ending).await;
        if written.is_some_and(|n| n < size) {
            tracing::info!(
                size,
                written,
                "some attempts had lost their lease; their outcome is not recorded"
            );
        }
        if let Ending::Succeed(refs) = ending {
            inflight.remove(refs.into_iter().map(|(id, _)| id));
        }
    }
}

/// What is to be recorded about one or more attempts.
pub(crate) enum Ending {
    /// They succeeded.
    Succeed(Vec<(Uuid, i32)>),
    /// Put off.
    Snooze { id: Uuid, attempt: i32, pause_ms: i32 },
    /// No longer wanted.
    Cancel { id: Uuid, attempt: i32, reason: String },
    /// Failed.
    Fail {
        id: Uuid,
        attempt: i32,
        error: String,
        backoff_ms: i32,
        permanent: bool,
    },
}

impl Ending {
    /// One guarded statement; says how many attempts still owned their job.
    async fn write(&self, conn: &mut store::PgConn) -> Result<usize, StoreError> {
        match self {
            Self::Succeed(refs) => ledger::succeed(conn, refs).await,
            Self::Snooze { id, attempt, pause_ms } => {
                ledger::snooze(conn, *id, *attempt, *pause_ms).await.map(usize::from)
            }
            Self::Cancel { id, attempt, reason } => ledger::cancel_running(conn, *id, *attempt, reason)
                .await
                .map(usize::from),
            Self::Fail {
                id,
                attempt,
                error,
                backoff_ms,
                permanent,
            } => {
                let failure = Failure {
                    id: *id,
                    attempt: *attempt,
                    error,
                    backoff_ms: *backoff_ms,
                    permanent: *permanent,
                };
                ledger::fail(conn, &failure)
                    .await
                    .map(|state| usize::from(state.is_some()))
            }
        }
    }
}

/// Writes an ending until it went through. Each statement is guarded by id and attempt, so repeating it is harmless.
pub(crate) async fn persist(pool: &Pool, ending: &Ending) -> Option<usize> {
    for _ in 0..TRIES {
        let result = match pool.get().await {
            Ok(mut conn) => ending.write(&mut conn).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(written) => return Some(written),
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "an outcome could not be recorded; trying again");
            }
            Err(error) => {
                tracing::error!(%error, "an outcome cannot be recorded; the lease will run out");
                return None;
            }
        }
        tokio::time::sleep(RETRY).await;
    }
    None
}
