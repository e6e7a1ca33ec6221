//! Ending an attempt. Every statement is guarded by id and attempt: a worker that lost its lease changes nothing.

use diesel::{
    QueryableByName,
    sql_types::{Array, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A failed attempt.
#[derive(Debug)]
pub struct Failure<'a> {
    /// Job.
    pub id: Uuid,
    /// Attempt.
    pub attempt: i32,
    /// What went wrong, for the people who look at it.
    pub error: &'a str,
    /// Pause before the next attempt, in milliseconds.
    pub backoff_ms: i32,
    /// Never try again.
    pub permanent: bool,
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

/// Marks these attempts succeeded; returns how many still owned their job.
///
/// # Errors
/// When the database is away; try again, it changes nothing twice.
pub async fn succeed(conn: &mut PgConn, refs: &[(Uuid, i32)]) -> Result<usize, StoreError> {
    let n = sql(
        "UPDATE jobs j SET state = 'succeeded', finished_at = now(), lease_expires_at = NULL
         FROM unnest($1, $2) AS c(id, attempt)
         WHERE j.id = c.id AND j.attempt = c.attempt AND j.state = 'running'",
    )
    .bind::<Array<SqlUuid>, _>(refs.iter().map(|r| r.0).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(refs.iter().map(|r| r.1).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(n)
}

/// Marks an attempt succeeded inside the transaction of its effects: both happen or neither.
///
/// # Errors
/// [`StoreError::Fenced`] when the job belongs to another attempt; the caller must roll back.
pub async fn finish_in(conn: &mut PgConn, id: Uuid, attempt: i32) -> Result<(), StoreError> {
    if succeed(conn, &[(id, attempt)]).await? == 1 {
        Ok(())
    } else {
        Err(StoreError::Fenced)
    }
}

/// Records a failure: back to the queue after the pause, or dead. Returns the new state, `None` when fenced.
///
/// # Errors
/// When the database is away; try again, it changes nothing twice.
pub async fn fail(conn: &mut PgConn, failure: &Failure<'_>) -> Result<Option<String>, StoreError> {
    let rows: Vec<State> = sql(
        "UPDATE jobs SET failures = failures + 1, lease_expires_at = NULL, worker = NULL,
             errors = coalesce(errors, '[]') || jsonb_build_object('at', now(), 'attempt', attempt, 'error', $3::text),
             state = CASE WHEN $5::integer = 1 OR failures + 1 >= max_attempts THEN 'dead' ELSE 'queued' END,
             finished_at = CASE WHEN $5::integer = 1 OR failures + 1 >= max_attempts THEN now() END,
             run_at = now() + make_interval(secs => $4 / 1000.0)
         WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING state",
    )
    .bind::<SqlUuid, _>(failure.id)
    .bind::<Integer, _>(failure.attempt)
    .bind::<Text, _>(failure.error)
    .bind::<Integer, _>(failure.backoff_ms)
    .bind::<Integer, _>(i32::from(failure.permanent))
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.state))
}

/// Puts a job off without counting a failure; `false` when fenced.
///
/// # Errors
/// When the database is away.
pub async fn snooze(conn: &mut PgConn, id: Uuid, attempt: i32, pause_ms: i32) -> Result<bool, StoreError> {
    let n = sql(
        "UPDATE jobs SET state = 'queued', lease_expires_at = NULL, worker = NULL,
             run_at = now() + make_interval(secs => $3 / 1000.0)
         WHERE id = $1 AND attempt = $2 AND state = 'running'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(attempt)
    .bind::<Integer, _>(pause_ms)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Ends a job whose work is no longer wanted; `false` when fenced.
///
/// # Errors
/// When the database is away.
pub async fn cancel_running(conn: &mut PgConn, id: Uuid, attempt: i32, reason: &str) -> Result<bool, StoreError> {
    let n = sql(
        "UPDATE jobs SET state = 'cancelled', finished_at = now(), lease_expires_at = NULL, step = $3
         WHERE id = $1 AND attempt = $2 AND state = 'running'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(attempt)
    .bind::<Text, _>(reason)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Notes how far an attempt is and tells the person who started it; `false` when fenced.
///
/// # Errors
/// When the database is away.
pub async fn progress(
    conn: &mut PgConn,
    id: Uuid,
    attempt: i32,
    percent: Option<i16>,
    step: Option<&str>,
) -> Result<bool, StoreError> {
    let n = sql(
        "WITH j AS (UPDATE jobs SET progress = coalesce($3, progress), step = coalesce($4, step)
             WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING id, kind, actor_id, progress, step)
         INSERT INTO events (type, subject_type, subject_id, permission, user_id, data)
         SELECT 'job.progress', 'job', id, 'jobs.view', actor_id,
             jsonb_build_object('kind', kind, 'progress', progress, 'step', step) FROM j",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(attempt)
    .bind::<Nullable<SmallInt>, _>(percent)
    .bind::<Nullable<Text>, _>(step)
    .execute(conn)
    .await?;
    Ok(n > 0)
}
