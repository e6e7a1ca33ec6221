//! Figures about queues and workers.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Buckets of the latency histogram: bucket n holds latencies up to 2^n tenths of a millisecond.
pub const BUCKETS: usize = 24;

/// The bucket of a latency in milliseconds.
#[must_use]
pub fn bucket(millis: f64) -> usize {
    let mut bound = 0.1;
    (0..BUCKETS - 1)
        .find(|_| {
            let fits = millis <= bound;
            bound *= 2.0;
            fits
        })
        .unwrap_or(BUCKETS - 1)
}

/// What waits in a queue.
#[derive(Debug, Clone, QueryableByName)]
pub struct QueueDepth {
    /// Queue.
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// Due now, counted up to 100,000.
    #[diesel(sql_type = BigInt)]
    pub queued: i64,
    /// Due later, counted up to 100,000.
    #[diesel(sql_type = BigInt)]
    pub scheduled: i64,
    /// Held by a worker.
    #[diesel(sql_type = BigInt)]
    pub running: i64,
    /// Dead letters, counted up to 100,000.
    #[diesel(sql_type = BigInt)]
    pub dead: i64,
    /// Age of the oldest due job.
    #[diesel(sql_type = Nullable<Double>)]
    pub oldest_age_seconds: Option<f64>,
}

/// A worker process.
#[derive(Debug, Clone, QueryableByName)]
pub struct WorkerRow {
    /// Id, new with each start.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Host.
    #[diesel(sql_type = Text)]
    pub host: String,
    /// Process id there.
    #[diesel(sql_type = Integer)]
    pub pid: i32,
    /// Queue to `{"concurrency": n, "running": n}`.
    #[diesel(sql_type = Jsonb)]
    pub queues: serde_json::Value,
    /// Start.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// Last sign of life.
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: DateTime<Utc>,
}

/// What a queue did in a stretch of time.
#[derive(Debug, Clone, QueryableByName)]
pub struct Minute {
    /// Queue.
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// Attempts that succeeded.
    #[diesel(sql_type = BigInt)]
    pub done: i64,
    /// Attempts that failed.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// Latency histogram.
    #[diesel(sql_type = Array<BigInt>)]
    pub latency: Vec<i64>,
}

/// Depth of every queue that holds anything.
///
/// # Errors
/// When the database is away.
pub async fn depths(conn: &mut PgConn, queues: &[&str]) -> Result<Vec<QueueDepth>, StoreError> {
    let rows = sql("SELECT q.queue,
             (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE queue = q.queue AND state = 'queued' AND run_at <= now() LIMIT 100000) c) AS queued,
             (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE queue = q.queue AND state = 'queued' AND run_at > now() LIMIT 100000) c) AS scheduled,
             (SELECT count(*) FROM jobs WHERE queue = q.queue AND state = 'running') AS running,
             (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE queue = q.queue AND state = 'dead' LIMIT 100000) c) AS dead,
             (SELECT extract(epoch FROM now() - min(run_at))::float8 FROM jobs
              WHERE queue = q.queue AND state = 'queued' AND run_at <= now()) AS oldest_age_seconds
         FROM unnest($1) AS q(queue)")
        .bind::<Array<Text>, _>(queues)
        .load(conn)
        .await?;
    Ok(rows)
}

/// A worker's sign of life, with what it serves.
///
/// # Errors
/// When the database is away.
pub async fn seen(
    conn: &mut PgConn,
    id: Uuid,
    host: &str,
    pid: i32,
    queues: &serde_json::Value,
) -> Result<(), StoreError> {
    sql(unflushed!(
        "INSERT INTO job_workers (id, host, pid, queues) SELECT $1, $2, $3, $4 FROM unflushed
         ON CONFLICT (id) DO UPDATE SET queues = excluded.queues, last_seen_at = now()"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(host)
    .bind::<Integer, _>(pid)
    .bind::<Jsonb, _>(queues)
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a worker that stopped in good order.
///
/// # Errors
/// When the database is away.
pub async fn forget_worker(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM job_workers WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Workers seen within ten seconds.
///
/// # Errors
/// When the database is away.
pub async fn workers(conn: &mut PgConn) -> Result<Vec<WorkerRow>, StoreError> {
    let rows = sql("SELECT id, host, pid, queues, started_at, last_seen_at FROM job_workers
         WHERE last_seen_at > now() - interval '10 seconds' ORDER BY started_at, id")
    .load(conn)
    .await?;
    Ok(rows)
}

/// Adds to the figures of the present minute.
///
/// # Errors
/// When the database is away.
pub async fn record_minute(conn: &mut PgConn, m: &Minute) -> Result<(), StoreError> {
    sql(unflushed!(
        "INSERT INTO queue_minutes (queue, minute, done, failed, latency)
             SELECT $1, date_trunc('minute', now()), $2, $3, $4 FROM unflushed
         ON CONFLICT (queue, minute) DO UPDATE SET done = queue_minutes.done + excluded.done,
             failed = queue_minutes.failed + excluded.failed,
             latency = (SELECT array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY n)
                        FROM unnest(queue_minutes.latency, excluded.latency) WITH ORDINALITY AS u(a, b, n))"
    ))
    .bind::<Text, _>(m.queue.as_str())
    .bind::<BigInt, _>(m.done)
    .bind::<BigInt, _>(m.failed)
    .bind::<Array<BigInt>, _>(&m.latency)
    .execute(conn)
    .await?;
    Ok(())
}

/// Figures of the last `minutes` minutes, one row for each queue that did anything.
///
/// # Errors
/// When the database is away.
pub async fn minutes(conn: &mut PgConn, minutes: i32) -> Result<Vec<Minute>, StoreError> {
    let rows = sql(
        "SELECT m.queue, sum(m.done)::bigint AS done, sum(m.failed)::bigint AS failed,
             (SELECT array_agg(s ORDER BY n) FROM (SELECT n, sum(v)::bigint AS s FROM queue_minutes h,
                  unnest(h.latency) WITH ORDINALITY AS u(v, n)
                  WHERE h.queue = m.queue AND h.minute >= now() - make_interval(mins => $1) GROUP BY n) x) AS latency
         FROM queue_minutes m WHERE m.minute >= now() - make_interval(mins => $1) GROUP BY m.queue",
    )
    .bind::<Integer, _>(minutes)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Jobs of one kind that were given up within one hour.
#[derive(Debug, Clone, QueryableByName)]
pub struct Died {
    /// Queue.
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// Kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// When the hour began, by the database's clock, like all times of jobs.
    #[diesel(sql_type = Timestamptz)]
    pub hour: DateTime<Utc>,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Jobs that were given up in this hour and the one before and still lie there, by kind; 100 kinds at most.
///
/// # Errors
/// When the database is away.
pub async fn died(conn: &mut PgConn) -> Result<Vec<Died>, StoreError> {
    Ok(sql(
        "SELECT queue, kind, date_trunc('hour', finished_at) AS hour, count(*) AS count FROM jobs
         WHERE state = 'dead' AND finished_at >= date_trunc('hour', now()) - interval '1 hour'
         GROUP BY 1, 2, 3 ORDER BY 3, 2, 1 LIMIT 100",
    )
    .load(conn)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_double() {
        assert_eq!(bucket(0.05), 0);
        assert_eq!(bucket(0.2), 1);
        assert_eq!(bucket(1.0), 4);
        assert_eq!(bucket(f64::MAX), BUCKETS - 1);
    }
}
