//! Who acts for a customer.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Reached;
use crate::{PgConn, StoreError, sql::sql};

/// Somebody who acts for a customer.
#[derive(Debug, Clone, QueryableByName)]
pub struct Member {
    /// Account.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Role, see `domain::customer::MemberRole`.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub added_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Text)]
    role: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The role of a person for a customer, if he has one.
///
/// # Errors
/// When the database is away.
pub async fn member_role(conn: &mut PgConn, customer: Reached, user: Uuid) -> Result<Option<String>, StoreError> {
    let rows: Vec<Role> = sql("SELECT role FROM customer_members WHERE customer_id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(user)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map(|row| row.role))
}

/// Everybody who acts for a customer, owners first.
///
/// # Errors
/// When the database is away.
pub async fn members(conn: &mut PgConn, customer: Reached) -> Result<Vec<Member>, StoreError> {
    let rows = sql(
        "SELECT m.user_id, u.name, u.email, m.role, m.added_at FROM customer_members m JOIN users u ON u.id = m.user_id
         WHERE m.customer_id = $1 AND u.deleted_at IS NULL
         ORDER BY array_position(ARRAY['owner', 'admin', 'technical', 'billing', 'viewer'], m.role), u.name, u.id LIMIT 500",
    )
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// Gives somebody a role, or another one.
///
/// # Errors
/// When the database refuses.
pub async fn put_member(
    conn: &mut PgConn,
    customer: Reached,
    user: Uuid,
    role: &str,
    by: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_members (customer_id, user_id, role, added_by, added_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (customer_id, user_id) DO UPDATE SET role = excluded.role",
    )
    .bind::<SqlUuid, _>(customer.id())
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(role)
    .bind::<Nullable<SqlUuid>, _>(by)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes somebody out.
///
/// # Errors
/// [`StoreError::NotFound`] when he was not in.
pub async fn remove_member(conn: &mut PgConn, customer: Reached, user: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM customer_members WHERE customer_id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Number of owners; read under the customer's lock to keep the last one.
///
/// # Errors
/// When the database is away.
pub async fn owners(conn: &mut PgConn, customer: Reached) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM customer_members WHERE customer_id = $1 AND role = 'owner'")
        .bind::<SqlUuid, _>(customer.id())
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// Number of customers that somebody owns.
///
/// # Errors
/// When the database is away.
pub async fn owned_by(conn: &mut PgConn, user: Uuid) -> Result<i64, StoreError> {
    let row: Count = sql(
        "SELECT count(*) AS n FROM customer_members m JOIN customers c ON c.id = m.customer_id
         WHERE m.user_id = $1 AND m.role = 'owner' AND c.deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?;
    Ok(row.n)
}
