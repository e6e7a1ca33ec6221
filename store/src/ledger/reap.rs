//! Taking back what dead workers held, and forgetting what is long over.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

#[derive(QueryableByName)]
struct Reaped {
    #[diesel(sql_type = Text)]
    queue: String,
}

/// Returns jobs whose lease expired to their queue, or buries those that used up their attempts: a job that kills its
/// worker must not do so for ever. Returns the queues that got work.
///
/// # Errors
/// When the database is away.
pub async fn reap(conn: &mut PgConn, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Reaped> = sql(
        "UPDATE jobs SET failures = failures + 1, lease_expires_at = NULL, worker = NULL, run_at = now(),
             errors = coalesce(errors, '[]') || jsonb_build_object('at', now(), 'attempt', attempt, 'worker', worker,
                 'error', 'the worker stopped or lost contact; its lease expired'),
             state = CASE WHEN failures + 1 >= max_attempts THEN 'dead' ELSE 'queued' END,
             finished_at = CASE WHEN failures + 1 >= max_attempts THEN now() END
         WHERE id IN (SELECT id FROM jobs WHERE state = 'running' AND lease_expires_at < clock_timestamp()
                      ORDER BY lease_expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING queue",
    )
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.queue).collect())
}

/// Deletes jobs that succeeded or were cancelled more than `keep_seconds` ago and dead ones after `keep_dead_seconds`, oldest
/// first, at most `limit`. Ids are UUIDv7, so the primary key is in order of age and needs no index beside it.
///
/// # Errors
/// When the database is away.
pub async fn prune(
    conn: &mut PgConn,
    before: Uuid,
    keep_seconds: i32,
    keep_dead_seconds: i32,
    limit: i64,
) -> Result<usize, StoreError> {
    let n = sql("DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE id < $1
             AND ((state IN ('succeeded', 'cancelled') AND finished_at < now() - make_interval(secs => $2))
                  OR (state = 'dead' AND finished_at < now() - make_interval(secs => $3)))
             ORDER BY id LIMIT $4)")
    .bind::<SqlUuid, _>(before)
    .bind::<Integer, _>(keep_seconds)
    .bind::<Integer, _>(keep_dead_seconds)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await?;
    Ok(n)
}

/// Deletes figures older than a week and workers not seen for an hour.
///
/// # Errors
/// When the database is away.
pub async fn prune_minutes(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("DELETE FROM queue_minutes WHERE minute < now() - interval '7 days'")
        .execute(conn)
        .await?;
    sql("DELETE FROM job_workers WHERE last_seen_at < now() - interval '1 hour'")
        .execute(conn)
        .await?;
    Ok(())
}
