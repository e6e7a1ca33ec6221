//! What is closed without a verified identity: one row for the installation.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// What is closed, see `domain::kyc::Policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Gates {
    /// Ordinary products need a verified identity too.
    #[diesel(sql_type = Bool)]
    pub standard_needs_identity: bool,
    /// Credit without one, in minor units.
    #[diesel(sql_type = BigInt)]
    pub unverified_credit: i64,
    /// People who may act for an unverified customer.
    #[diesel(sql_type = BigInt)]
    pub unverified_members: i64,
    /// Days before its end from which an approval may be renewed.
    #[diesel(sql_type = BigInt)]
    pub renewal_days: i64,
}

/// When it was changed last.
#[derive(Debug, Clone, QueryableByName)]
pub struct Change {
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Name of who changed it; none while it is as it came.
    #[diesel(sql_type = Nullable<Text>)]
    pub updated_by: Option<String>,
}

/// Whom it concerns.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Concerned {
    /// Customers whose identity is not verified.
    #[diesel(sql_type = BigInt)]
    pub unverified: i64,
    /// Of those, for whom as many people act as may, or more.
    #[diesel(sql_type = BigInt)]
    pub full: i64,
    /// Customers whose approval may be renewed now.
    #[diesel(sql_type = BigInt)]
    pub renewable: i64,
    /// Of those, who have handed a renewal in.
    #[diesel(sql_type = BigInt)]
    pub renewing: i64,
}

/// A number of customers.
#[derive(Debug, Clone, QueryableByName)]
pub struct Standing {
    /// See `domain::kyc::State`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How many stand there.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// What is closed, as it is now.
///
/// # Errors
/// When the database is away.
pub async fn gates(conn: &mut PgConn) -> Result<Gates, StoreError> {
    Ok(
        sql("SELECT standard_needs_identity, unverified_credit, unverified_members, renewal_days FROM kyc_policy")
            .get_result(conn)
            .await?,
    )
}

/// What is closed, held until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn lock_gates(conn: &mut PgConn) -> Result<Gates, StoreError> {
    Ok(sql(
        "SELECT standard_needs_identity, unverified_credit, unverified_members, renewal_days FROM kyc_policy
             FOR NO KEY UPDATE",
    )
    .get_result(conn)
    .await?)
}

/// When it was changed last; for staff.
///
/// # Errors
/// When the database is away.
pub async fn changed(conn: &mut PgConn) -> Result<Change, StoreError> {
    Ok(
        sql("SELECT p.version, p.updated_at, u.name AS updated_by FROM kyc_policy p LEFT JOIN users u ON u.id = p.updated_by")
            .get_result(conn)
            .await?,
    )
}

/// Changes what is closed if it still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn change(
    conn: &mut PgConn,
    to: &Gates,
    version: i32,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE kyc_policy SET standard_needs_identity = $1, unverified_credit = $2, unverified_members = $3, renewal_days = $4,
             version = version + 1, updated_at = $6, updated_by = $7 WHERE version = $5",
    )
    .bind::<Bool, _>(to.standard_needs_identity)
    .bind::<BigInt, _>(to.unverified_credit)
    .bind::<BigInt, _>(to.unverified_members)
    .bind::<BigInt, _>(to.renewal_days)
    .bind::<Integer, _>(version)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Customers by where their verification stands.
///
/// # Errors
/// When the database is away.
pub async fn standings(conn: &mut PgConn) -> Result<Vec<Standing>, StoreError> {
    Ok(
        sql("SELECT kyc_state AS state, count(*) AS count FROM customers WHERE deleted_at IS NULL GROUP BY kyc_state ORDER BY kyc_state")
            .load(conn)
            .await?,
    )
}

/// Whom these gates concern.
///
/// # Errors
/// When the database is away.
pub async fn concerned(conn: &mut PgConn, gates: &Gates, now: DateTime<Utc>) -> Result<Concerned, StoreError> {
    let soon = TimeDelta::try_days(gates.renewal_days)
        .and_then(|days| now.checked_add_signed(days))
        .unwrap_or(now);
    Ok(sql(
        "WITH soon AS (SELECT k.customer_id FROM kyc_cases k JOIN customers c ON c.id = k.customer_id AND c.deleted_at IS NULL
                       WHERE k.state = 'approved' AND k.expires_at > $2 AND k.expires_at <= $3)
         SELECT (SELECT count(*) FROM customers WHERE deleted_at IS NULL AND kyc_state <> 'approved') AS unverified,
             (SELECT count(*) FROM (SELECT m.customer_id FROM customer_members m
                 JOIN customers c ON c.id = m.customer_id AND c.deleted_at IS NULL AND c.kyc_state <> 'approved'
                 GROUP BY m.customer_id HAVING count(*) >= $1) f) AS \"full\",
             (SELECT count(*) FROM soon) AS renewable,
             (SELECT count(*) FROM kyc_cases r JOIN soon s ON s.customer_id = r.customer_id
                 WHERE r.part = 'renewal' AND r.state IN ('submitted', 'in_review')) AS renewing",
    )
    .bind::<BigInt, _>(gates.unverified_members)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(soon)
    .get_result(conn)
    .await?)
}
