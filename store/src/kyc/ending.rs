//! Approvals whose end is near, or past.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, customer::Reached, sql::sql};

#[derive(QueryableByName)]
struct CustomerId {
    #[diesel(sql_type = SqlUuid)]
    customer_id: Uuid,
}

/// Customers whose approval ends between `now` and `soon` and who were not told so, soonest first, at most `limit`. An approval that was
/// given for less than that time said its end itself, and who has handed in a renewal knows.
///
/// # Errors
/// When the database is away.
pub async fn ending(
    conn: &mut PgConn,
    (now, soon): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<CustomerId> = sql("SELECT k.customer_id FROM kyc_cases k JOIN customers c ON c.id = k.customer_id
         WHERE k.state = 'approved' AND k.expires_at > $1 AND k.expires_at <= $2 AND k.warned_for IS DISTINCT FROM k.expires_at
             AND k.expires_at - k.decided_at > $2 - $1 AND c.deleted_at IS NULL
             AND NOT EXISTS (SELECT FROM kyc_cases r WHERE r.customer_id = k.customer_id AND r.part = 'renewal'
                 AND r.state IN ('submitted', 'in_review'))
         ORDER BY k.expires_at LIMIT $3")
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(soon)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.customer_id).collect())
}

/// Notes that a customer is told of the end of his approval, and returns that end; `None` when there is nothing to tell any more.
///
/// # Errors
/// When the database is away.
pub async fn warned(
    conn: &mut PgConn,
    customer: Reached,
    (now, soon): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<DateTime<Utc>>, StoreError> {
    #[derive(QueryableByName)]
    struct End {
        #[diesel(sql_type = Timestamptz)]
        expires_at: DateTime<Utc>,
    }
    let rows: Vec<End> = sql("UPDATE kyc_cases SET warned_for = expires_at
         WHERE customer_id = $1 AND state = 'approved' AND expires_at > $2 AND expires_at <= $3
             AND warned_for IS DISTINCT FROM expires_at RETURNING expires_at")
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(soon)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.expires_at))
}

/// Customers whose approval is over at `now`, at most `limit`.
///
/// # Errors
/// When the database is away.
pub async fn over(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<CustomerId> = sql(
        "SELECT k.customer_id FROM kyc_cases k WHERE k.state = 'approved' AND k.expires_at <= $1 ORDER BY k.expires_at LIMIT $2",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.customer_id).collect())
}
