//! Jobs as operators look at them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Json, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A job in a list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Job {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Queue.
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Order within the queue.
    #[diesel(sql_type = SmallInt)]
    pub priority: i16,
    /// Attempts begun.
    #[diesel(sql_type = Integer)]
    pub attempt: i32,
    /// Failures so far.
    #[diesel(sql_type = SmallInt)]
    pub failures: i16,
    /// Failures after which it is dead.
    #[diesel(sql_type = SmallInt)]
    pub max_attempts: i16,
    /// When it is or was due.
    #[diesel(sql_type = Timestamptz)]
    pub run_at: DateTime<Utc>,
    /// When it was enqueued.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When the last attempt began.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Percent done.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub progress: Option<i16>,
    /// What it does now.
    #[diesel(sql_type = Nullable<Text>)]
    pub step: Option<String>,
    /// Record it is about.
    #[diesel(sql_type = Nullable<Text>)]
    pub subject_type: Option<String>,
    /// Its id.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub subject_id: Option<Uuid>,
    /// Person who started it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub actor_id: Option<Uuid>,
    /// Last error.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
}

/// A job with its arguments and history.
#[derive(Debug, Clone, QueryableByName)]
pub struct JobDetail {
    /// What lists show.
    #[diesel(embed)]
    pub job: Job,
    /// Arguments.
    #[diesel(sql_type = Json)]
    pub payload: serde_json::Value,
    /// What it left.
    #[diesel(sql_type = Nullable<Json>)]
    pub result: Option<serde_json::Value>,
    /// Every failure.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub errors: Option<serde_json::Value>,
    /// Trace context (`traceparent`) of the request that started it.
    #[diesel(sql_type = Nullable<Text>)]
    pub trace: Option<String>,
}

/// Jobs before `before`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    queue: Option<&str>,
    state: Option<&str>,
    kind: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Job>, StoreError> {
    let rows = sql(
        "SELECT id, kind, queue, state, priority, attempt, failures, max_attempts, run_at, created_at, started_at,
             finished_at, progress, step, subject_type, subject_id, actor_id, errors -> -1 ->> 'error' AS last_error
         FROM jobs WHERE ($1::text IS NULL OR queue = $1) AND ($2::text IS NULL OR state = $2)
             AND ($3::text IS NULL OR kind = $3) AND ($4::uuid IS NULL OR id < $4)
         ORDER BY id DESC LIMIT $5",
    )
    .bind::<Nullable<Text>, _>(queue)
    .bind::<Nullable<Text>, _>(state)
    .bind::<Nullable<Text>, _>(kind)
    .bind::<Nullable<SqlUuid>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One job.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<JobDetail, StoreError> {
    let row = sql(
        "SELECT id, kind, queue, state, priority, attempt, failures, max_attempts, run_at, created_at, started_at,
             finished_at, progress, step, subject_type, subject_id, actor_id, errors -> -1 ->> 'error' AS last_error,
             payload, result, errors, trace
         FROM jobs WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?;
    Ok(row)
}
