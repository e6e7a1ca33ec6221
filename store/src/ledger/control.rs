//! What operators do: pause and drain queues; retry, cancel and discard jobs.

use diesel::{
    QueryableByName,
    sql_types::{Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A queue that does not run normally.
#[derive(Debug, Clone, QueryableByName)]
pub struct Switch {
    /// Queue.
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// `paused` (nothing starts) or `draining` (what is due now runs, then it pauses).
    #[diesel(sql_type = Text)]
    pub state: String,
}

/// Queues that are paused or drain.
///
/// # Errors
/// When the database is away.
pub async fn switches(conn: &mut PgConn) -> Result<Vec<Switch>, StoreError> {
    Ok(sql("SELECT queue, state FROM queue_switches").load(conn).await?)
}

/// Pauses a queue that has nothing left to drain, unless an operator decided otherwise meanwhile.
///
/// # Errors
/// When the database is away.
pub async fn end_drain(conn: &mut PgConn, queue: &str) -> Result<(), StoreError> {
    sql("UPDATE queue_switches SET state = 'paused', changed_at = now(), changed_by = NULL WHERE queue = $1 AND state = 'draining'")
        .bind::<Text, _>(queue)
        .execute(conn)
        .await?;
    Ok(())
}

/// Pauses or drains a queue; `None` lets it run.
///
/// # Errors
/// When the database refuses.
pub async fn set_switch(
    conn: &mut PgConn,
    queue: &str,
    state: Option<&str>,
    by: Option<Uuid>,
) -> Result<(), StoreError> {
    match state {
        Some(state) => {
            sql("INSERT INTO queue_switches (queue, state, changed_by) VALUES ($1, $2, $3)
                 ON CONFLICT (queue) DO UPDATE SET state = excluded.state, changed_at = now(), changed_by = excluded.changed_by")
                .bind::<Text, _>(queue)
                .bind::<Text, _>(state)
                .bind::<Nullable<SqlUuid>, _>(by)
                .execute(conn)
                .await?;
        }
        None => {
            sql("DELETE FROM queue_switches WHERE queue = $1")
                .bind::<Text, _>(queue)
                .execute(conn)
                .await?;
        }
    }
    Ok(())
}

/// Gives a dead or cancelled job all its attempts again; `Stale` when it is neither.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when another live job holds its unique key.
pub async fn retry(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    changed(
        sql(
            "UPDATE jobs SET state = 'queued', failures = 0, run_at = now(), finished_at = NULL, progress = NULL
             WHERE id = $1 AND state IN ('dead', 'cancelled')",
        )
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?,
    )
}

/// Cancels a job that has not started.
///
/// # Errors
/// [`StoreError::Stale`] when it is not waiting.
pub async fn cancel(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    changed(
        sql(
            "UPDATE jobs SET state = 'cancelled', attempt = attempt + 1, finished_at = now()
             WHERE id = $1 AND state = 'queued'",
        )
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?,
    )
}

/// Deletes a dead job.
///
/// # Errors
/// [`StoreError::Stale`] when it is not dead.
pub async fn discard(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    changed(
        sql("DELETE FROM jobs WHERE id = $1 AND state = 'dead'")
            .bind::<SqlUuid, _>(id)
            .execute(conn)
            .await?,
    )
}

/// Gives every dead job of a queue its attempts again; returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn retry_dead(conn: &mut PgConn, queue: &str) -> Result<usize, StoreError> {
    let n = sql(
        "UPDATE jobs j SET state = 'queued', failures = 0, run_at = now(), finished_at = NULL, progress = NULL
         WHERE queue = $1 AND state = 'dead' AND NOT EXISTS (SELECT 1 FROM jobs l WHERE l.kind = j.kind
             AND l.unique_key = j.unique_key AND l.unique_key IS NOT NULL AND l.id <> j.id
             AND (l.state IN ('queued', 'running') OR (l.state = 'dead' AND l.id > j.id)))",
    )
    .bind::<Text, _>(queue)
    .execute(conn)
    .await?;
    Ok(n)
}

/// Deletes every dead job of a queue; returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn discard_dead(conn: &mut PgConn, queue: &str) -> Result<usize, StoreError> {
    let n = sql("DELETE FROM jobs WHERE queue = $1 AND state = 'dead'")
        .bind::<Text, _>(queue)
        .execute(conn)
        .await?;
    Ok(n)
}

fn changed(rows: usize) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
