//! What endpoints are sent: one row for each event and endpoint, with every try.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A delivery about to be written.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// Id; the receiver knows it by it.
    pub id: Uuid,
    /// Endpoint.
    pub endpoint_id: Uuid,
    /// Place in the log of events; none for the test.
    pub event_id: Option<i64>,
    /// Name of the kind of event.
    pub kind: String,
    /// What is sent.
    pub body: String,
}

/// A delivery.
#[derive(Debug, Clone, QueryableByName)]
pub struct Delivery {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Endpoint.
    #[diesel(sql_type = SqlUuid)]
    pub endpoint_id: Uuid,
    /// Name of the kind of event.
    #[diesel(sql_type = Text, column_name = "type")]
    pub kind: String,
    /// What is sent.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// `queued`, `delivered` or `failed`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Tries since it was queued or asked for again.
    #[diesel(sql_type = Integer)]
    pub tries: i32,
    /// When it is tried again.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_try_at: Option<DateTime<Utc>>,
    /// Status of the last answer.
    #[diesel(sql_type = Nullable<Integer>)]
    pub last_status: Option<i32>,
    /// Why there was none, or why it is not sent.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    /// When the event was made ready.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Since when it is in this state.
    #[diesel(sql_type = Timestamptz)]
    pub state_at: DateTime<Utc>,
}

/// One try.
#[derive(Debug, Clone, QueryableByName)]
pub struct Try {
    /// Counts tries from 1, over all rounds.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// How long it took.
    #[diesel(sql_type = Integer)]
    pub duration_ms: i32,
    /// Status of the answer.
    #[diesel(sql_type = Nullable<Integer>)]
    pub status: Option<i32>,
    /// The beginning of what was answered.
    #[diesel(sql_type = Nullable<Text>)]
    pub excerpt: Option<String>,
    /// Why there was no answer, in one word.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// What the machine said about it.
    #[diesel(sql_type = Nullable<Text>)]
    pub detail: Option<String>,
}

/// Where a delivery is after a try.
#[derive(Debug, Clone, Copy)]
pub struct After<'a> {
    /// `queued`, `delivered` or `failed`.
    pub state: &'a str,
    /// When it is tried again.
    pub next_try_at: Option<DateTime<Utc>>,
}

macro_rules! select_delivery {
    ($rest:literal) => {
        concat!(
            "SELECT id, endpoint_id, type, body, state, tries, next_try_at, last_status, last_error, created_at, state_at
             FROM webhook_deliveries ",
            $rest
        )
    };
}

/// Writes deliveries; returns the ids of those that were not there yet.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, all: &[NewDelivery], now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = sql(
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, type, body, created_at, state_at)
         SELECT x.id, x.endpoint_id, x.event_id, x.type, x.body, $6, $6
         FROM unnest($1, $2, $3, $4, $5) AS x(id, endpoint_id, event_id, type, body)
             JOIN webhook_endpoints e ON e.id = x.endpoint_id
         ON CONFLICT (endpoint_id, event_id, type) DO NOTHING RETURNING id",
    )
    .bind::<Array<SqlUuid>, _>(all.iter().map(|one| one.id).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(all.iter().map(|one| one.endpoint_id).collect::<Vec<_>>())
    .bind::<Array<Nullable<BigInt>>, _>(all.iter().map(|one| one.event_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(all.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(all.iter().map(|one| one.body.as_str()).collect::<Vec<_>>())
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Delivery, StoreError> {
    Ok(sql(select_delivery!("WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<Delivery, StoreError> {
    Ok(sql(select_delivery!("WHERE id = $1 FOR UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Deliveries of an endpoint before the one at `before`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    endpoint: Uuid,
    state: Option<&str>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    Ok(sql(select_delivery!(
        "WHERE endpoint_id = $1 AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR (created_at, id) < ($3, $4))
         ORDER BY created_at DESC, id DESC LIMIT $5"
    ))
    .bind::<SqlUuid, _>(endpoint)
    .bind::<Nullable<Text>, _>(state)
    .bind::<Nullable<Timestamptz>, _>(before.map(|(at, _)| at))
    .bind::<Nullable<SqlUuid>, _>(before.map(|(_, id)| id))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Its tries, newest first, at most a hundred.
///
/// # Errors
/// When the database is away.
pub async fn tries(conn: &mut PgConn, id: Uuid) -> Result<Vec<Try>, StoreError> {
    Ok(sql(
        "SELECT number, at, duration_ms, status, excerpt, error, detail FROM webhook_tries
            WHERE delivery_id = $1 ORDER BY number DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn)
    .await?)
}

/// Notes a try of a delivery that is held, and where it is then.
///
/// # Errors
/// When the database refuses.
pub async fn tried(
    conn: &mut PgConn,
    id: Uuid,
    one: &Try,
    after: After<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("WITH t AS (INSERT INTO webhook_tries (delivery_id, number, at, duration_ms, status, excerpt, error, detail)
             SELECT $1, 1 + coalesce((SELECT max(number) FROM webhook_tries WHERE delivery_id = $1), 0), $2, $3, $4, $5, $6, $10)
         UPDATE webhook_deliveries SET tries = tries + 1, last_status = $4, last_error = $6, state = $7, next_try_at = $8,
             state_at = CASE WHEN state = $7 THEN state_at ELSE $9 END, version = version + 1
         WHERE id = $1")
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(one.at)
    .bind::<Integer, _>(one.duration_ms)
    .bind::<Nullable<Integer>, _>(one.status)
    .bind::<Nullable<Text>, _>(one.excerpt.as_deref())
    .bind::<Nullable<Text>, _>(one.error.as_deref())
    .bind::<Text, _>(after.state)
    .bind::<Nullable<Timestamptz>, _>(after.next_try_at)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<Text>, _>(one.detail.as_deref())
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives up a delivery that waits, without a try.
///
/// # Errors
/// When the database refuses.
pub async fn give_up(conn: &mut PgConn, id: Uuid, why: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE webhook_deliveries SET state = 'failed', last_error = $2, next_try_at = NULL, state_at = $3, version = version + 1
         WHERE id = $1 AND state = 'queued'")
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(why)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Queues a delivery that is held once more, with all its tries before it.
///
/// # Errors
/// When the database refuses.
pub async fn again(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE webhook_deliveries SET state = 'queued', tries = 0, next_try_at = NULL, state_at = $2, version = version + 1
         WHERE id = $1")
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Queues once more what failed of an endpoint since a moment, the oldest first, at most `limit`; returns which.
///
/// # Errors
/// When the database refuses.
pub async fn failed_again(
    conn: &mut PgConn,
    endpoint: Uuid,
    since: DateTime<Utc>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = sql(
        "WITH f AS (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'failed' AND created_at >= $2
             ORDER BY created_at, id LIMIT $3 FOR UPDATE)
         UPDATE webhook_deliveries d SET state = 'queued', tries = 0, next_try_at = NULL, state_at = $4, version = version + 1
         FROM f WHERE d.id = f.id RETURNING d.id",
    )
    .bind::<SqlUuid, _>(endpoint)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// How many deliveries of each endpoint are in each state, of those made since a moment.
///
/// # Errors
/// When the database is away.
pub async fn counts(conn: &mut PgConn, since: DateTime<Utc>) -> Result<Vec<Count>, StoreError> {
    Ok(
        sql("SELECT endpoint_id, state, count(*) AS n FROM webhook_deliveries WHERE created_at >= $1 GROUP BY 1, 2")
            .bind::<Timestamptz, _>(since)
            .load(conn)
            .await?,
    )
}

/// Deliveries of an endpoint in a state.
#[derive(Debug, Clone, QueryableByName)]
pub struct Count {
    /// Endpoint.
    #[diesel(sql_type = SqlUuid)]
    pub endpoint_id: Uuid,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}
