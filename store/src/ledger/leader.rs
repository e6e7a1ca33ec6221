//! Leadership by lease, and the memory of schedules. A lease rather than a session lock: a process that hangs with its
//! connection open loses it all the same.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The lease of whoever schedules.
pub const SCHEDULING: &str = "scheduler";

/// A schedule's last run.
#[derive(Debug, Clone, QueryableByName)]
pub struct ScheduleRow {
    /// Key in the cron table.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// Last tick that was enqueued.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_tick: Option<DateTime<Utc>>,
    /// Its job.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub last_job_id: Option<Uuid>,
}

/// Takes or keeps the lease `name` for `seconds`; `false` when somebody else holds it.
///
/// # Errors
/// When the database is away.
pub async fn acquire(conn: &mut PgConn, name: &str, holder: Uuid, seconds: i32) -> Result<bool, StoreError> {
    let n = sql("INSERT INTO leaders (name, holder, expires_at)
         VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
             WHERE leaders.holder = excluded.holder OR leaders.expires_at < clock_timestamp()")
    .bind::<Text, _>(name)
    .bind::<SqlUuid, _>(holder)
    .bind::<Integer, _>(seconds)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Whether somebody holds the lease `name` now.
///
/// # Errors
/// When the database is away.
pub async fn led(conn: &mut PgConn, name: &str) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Led {
        #[diesel(sql_type = Bool)]
        led: bool,
    }
    let row: Led = sql("SELECT EXISTS (SELECT FROM leaders WHERE name = $1 AND expires_at > clock_timestamp()) AS led")
        .bind::<Text, _>(name)
        .get_result(conn)
        .await?;
    Ok(row.led)
}

/// Lets go of a lease, so that the next holder need not wait.
///
/// # Errors
/// When the database is away.
pub async fn resign(conn: &mut PgConn, name: &str, holder: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM leaders WHERE name = $1 AND holder = $2")
        .bind::<Text, _>(name)
        .bind::<SqlUuid, _>(holder)
        .execute(conn)
        .await?;
    Ok(())
}

/// All schedules that ever ran.
///
/// # Errors
/// When the database is away.
pub async fn schedules(conn: &mut PgConn) -> Result<Vec<ScheduleRow>, StoreError> {
    Ok(sql("SELECT key, last_tick, last_job_id FROM schedules")
        .load(conn)
        .await?)
}

/// Claims a tick of a schedule: `true` for the first caller only. Call it in the transaction that enqueues the job.
///
/// # Errors
/// When the database refuses.
pub async fn record_tick(conn: &mut PgConn, key: &str, tick: DateTime<Utc>, job: Uuid) -> Result<bool, StoreError> {
    let n = sql("INSERT INTO schedules (key, last_tick, last_job_id) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET last_tick = excluded.last_tick, last_job_id = excluded.last_job_id, updated_at = now()
             WHERE schedules.last_tick IS NULL OR schedules.last_tick < excluded.last_tick")
        .bind::<Text, _>(key)
        .bind::<Timestamptz, _>(tick)
        .bind::<SqlUuid, _>(job)
        .execute(conn)
        .await?;
    Ok(n > 0)
}
