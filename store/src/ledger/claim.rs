//! Taking jobs: the attempt number read by the dispatcher must still hold, and taking raises it. Whoever holds the raised
//! number owns the job until the lease expires.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::LEASE_SECONDS;
use crate::{PgConn, StoreError, sql::sql};

/// A job that this worker owns now.
#[derive(Debug, Clone, QueryableByName)]
pub struct Claimed {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Arguments as JSON text.
    #[diesel(sql_type = Text)]
    pub payload: String,
    /// The fencing token of this attempt.
    #[diesel(sql_type = Integer)]
    pub attempt: i32,
    /// Failures so far.
    #[diesel(sql_type = SmallInt)]
    pub failures: i16,
    /// Failures after which it is dead.
    #[diesel(sql_type = SmallInt)]
    pub max_attempts: i16,
    /// Person who started it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub actor_id: Option<Uuid>,
    /// Trace context.
    #[diesel(sql_type = Nullable<Text>)]
    pub trace: Option<String>,
    /// When it became due.
    #[diesel(sql_type = Timestamptz)]
    pub run_at: DateTime<Utc>,
    /// When it was taken.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Takes those of `refs` (id, attempt) of `queue` that are still queued at that attempt. The others are duplicates: nothing to
/// do. Nothing is taken while the queue is paused: whoever paused it may rely on that from the moment he is answered.
///
/// # Errors
/// When the database is away; then nothing is taken, or what was taken returns when the lease expires.
pub async fn claim(
    conn: &mut PgConn,
    worker: Uuid,
    queue: &str,
    refs: &[(Uuid, i32)],
) -> Result<Vec<Claimed>, StoreError> {
    let rows = sql(unflushed!(
        "UPDATE jobs j SET state = 'running', attempt = j.attempt + 1, worker = $3, started_at = clock_timestamp(),
             lease_expires_at = clock_timestamp() + make_interval(secs => $4)
         FROM unnest($1, $2) AS c(id, attempt), unflushed
         WHERE j.id = c.id AND j.attempt = c.attempt AND j.state = 'queued'
             AND NOT EXISTS (SELECT 1 FROM queue_switches WHERE queue = $5 AND state = 'paused')
         RETURNING j.id, j.kind, j.payload::text AS payload, j.attempt, j.failures, j.max_attempts, j.actor_id, j.trace,
             j.run_at, j.started_at"
    ))
    .bind::<Array<SqlUuid>, _>(refs.iter().map(|r| r.0).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(refs.iter().map(|r| r.1).collect::<Vec<_>>())
    .bind::<SqlUuid, _>(worker)
    .bind::<Integer, _>(LEASE_SECONDS)
    .bind::<Text, _>(queue)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Prolongs the leases of these attempts; returns the ids that are still owned. The others were taken away.
///
/// # Errors
/// When the database is away.
pub async fn renew(conn: &mut PgConn, refs: &[(Uuid, i32)]) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(unflushed!(
        "UPDATE jobs j SET lease_expires_at = clock_timestamp() + make_interval(secs => $3)
         FROM unnest($1, $2) AS c(id, attempt), unflushed
         WHERE j.id = c.id AND j.attempt = c.attempt AND j.state = 'running' RETURNING j.id"
    ))
    .bind::<Array<SqlUuid>, _>(refs.iter().map(|r| r.0).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(refs.iter().map(|r| r.1).collect::<Vec<_>>())
    .bind::<Integer, _>(LEASE_SECONDS)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Gives jobs back unharmed, as a worker that shuts down does: they are due at once and no failure is counted.
///
/// # Errors
/// When the database is away; they then return when their lease expires.
pub async fn release(conn: &mut PgConn, refs: &[(Uuid, i32)]) -> Result<usize, StoreError> {
    let n = sql(
        "UPDATE jobs j SET state = 'queued', lease_expires_at = NULL, worker = NULL
         FROM unnest($1, $2) AS c(id, attempt)
         WHERE j.id = c.id AND j.attempt = c.attempt AND j.state = 'running'",
    )
    .bind::<Array<SqlUuid>, _>(refs.iter().map(|r| r.0).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(refs.iter().map(|r| r.1).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(n)
}
