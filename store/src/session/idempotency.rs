//! Idempotency keys: a repeated request gets the first one's answer.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A request that carries a key.
#[derive(Debug)]
pub struct Request<'a> {
    /// Who sends it; keys of different people are different.
    pub actor_id: Uuid,
    /// The key.
    pub key: &'a str,
    /// Method and path.
    pub route: &'a str,
    /// SHA-256 of the body.
    pub body_hash: &'a [u8],
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: i32,
    /// Headers worth repeating, name to value.
    pub headers: serde_json::Value,
    /// Body.
    pub body: Vec<u8>,
}

/// What is known about a request's key.
#[derive(Debug)]
pub enum Claim {
    /// It is new: go on, then [`finish`] or [`release`].
    New,
    /// The same request is being worked on.
    InFlight,
    /// The key was used for another request.
    Reused,
    /// The same request was answered.
    Answered(Answer),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    same: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    status: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    headers: Option<serde_json::Value>,
    #[diesel(sql_type = Nullable<Binary>)]
    body: Option<Vec<u8>>,
}

/// Claims the key until `locked_until`, or says why not. A claim whose holder died is taken over after that time; keys are
/// forgotten after a day.
///
/// # Errors
/// When the database is away.
pub async fn claim(
    conn: &mut PgConn,
    request: &Request<'_>,
    now: DateTime<Utc>,
    locked_until: DateTime<Utc>,
) -> Result<Claim, StoreError> {
    let claimed = sql("INSERT INTO idempotency_keys AS k (actor_id, key, route, body_hash, created_at, locked_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (actor_id, key) DO UPDATE SET route = excluded.route, body_hash = excluded.body_hash, status = NULL,
             headers = NULL, body = NULL, created_at = excluded.created_at, locked_until = excluded.locked_until
         WHERE k.created_at < $5 - interval '1 day'
            OR (k.status IS NULL AND k.locked_until < $5 AND k.route = $3 AND k.body_hash = $4)")
    .bind::<SqlUuid, _>(request.actor_id)
    .bind::<Text, _>(request.key)
    .bind::<Text, _>(request.route)
    .bind::<Binary, _>(request.body_hash)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(locked_until)
    .execute(conn)
    .await?;
    if claimed > 0 {
        return Ok(Claim::New);
    }
    let rows: Vec<Row> = sql("SELECT route = $3 AND body_hash = $4 AS same, status, headers, body
         FROM idempotency_keys WHERE actor_id = $1 AND key = $2")
    .bind::<SqlUuid, _>(request.actor_id)
    .bind::<Text, _>(request.key)
    .bind::<Text, _>(request.route)
    .bind::<Binary, _>(request.body_hash)
    .load(conn)
    .await?;
    Ok(match rows.into_iter().next() {
        Some(row) if !row.same => Claim::Reused,
        Some(Row {
            status: Some(status),
            headers,
            body,
            ..
        }) => Claim::Answered(Answer {
            status,
            headers: headers.unwrap_or_default(),
            body: body.unwrap_or_default(),
        }),
        // No row: the holder released the key between the two statements; the caller may try again.
        _ => Claim::InFlight,
    })
}

/// Keeps the answer for those who repeat the request.
///
/// # Errors
/// When the database is away.
pub async fn finish(conn: &mut PgConn, actor_id: Uuid, key: &str, answer: &Answer) -> Result<(), StoreError> {
    sql("UPDATE idempotency_keys SET status = $3, headers = $4, body = $5 WHERE actor_id = $1 AND key = $2")
        .bind::<SqlUuid, _>(actor_id)
        .bind::<Text, _>(key)
        .bind::<Integer, _>(answer.status)
        .bind::<Jsonb, _>(&answer.headers)
        .bind::<Binary, _>(&answer.body)
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives the key back after a request that failed on our side, so that it can be repeated.
///
/// # Errors
/// When the database is away.
pub async fn release(conn: &mut PgConn, actor_id: Uuid, key: &str) -> Result<(), StoreError> {
    sql("DELETE FROM idempotency_keys WHERE actor_id = $1 AND key = $2 AND status IS NULL")
        .bind::<SqlUuid, _>(actor_id)
        .bind::<Text, _>(key)
        .execute(conn)
        .await?;
    Ok(())
}
