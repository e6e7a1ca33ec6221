//! Tickets on hold until a moment.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Tickets whose hold has ended and that nobody changes just now, the longest due first, locked.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Held> = sql("SELECT id FROM tickets
         WHERE state = 'on_hold' AND on_hold_until <= $1 AND deleted_at IS NULL AND merged_into IS NULL
         ORDER BY on_hold_until, id LIMIT $2 FOR UPDATE SKIP LOCKED")
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
