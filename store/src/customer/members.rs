//! Who acts for a customer.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
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
    /// Place of his role: owners are first.
    #[diesel(sql_type = Integer)]
    pub rank: i32,
}

/// Place of a member in the list: his role's, his name, his account.
pub type MemberPlace = (i32, String, Uuid);

impl Member {
    /// Where he stands in the list.
    #[must_use]
    pub fn place(&self) -> MemberPlace {
        (self.rank, self.name.clone(), self.user_id)
    }
}

/// Members of the customer `$1`.
macro_rules! select_member {
    ($rest:literal) => {
        concat!(
            "SELECT * FROM (SELECT m.user_id, u.name, u.email, m.role, m.added_at,
                 coalesce(array_position(ARRAY['owner', 'admin', 'technical', 'billing', 'viewer'], m.role), 9) AS rank
             FROM customer_members m JOIN users u ON u.id = m.user_id WHERE m.customer_id = $1 AND u.deleted_at IS NULL) x ",
            $rest
        )
    };
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

/// Those who act for a customer, owners first, after this place; at most `limit`.
///
/// # Errors
/// When the database is away.
pub async fn members(
    conn: &mut PgConn,
    customer: Reached,
    after: Option<&MemberPlace>,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    let rows = sql(select_member!(
        "WHERE $2::integer IS NULL OR (x.rank, x.name, x.user_id) > ($2, $3, $4) ORDER BY x.rank, x.name, x.user_id LIMIT $5"
    ))
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Nullable<Integer>, _>(after.map(|place| place.0))
    .bind::<Nullable<Text>, _>(after.map(|place| place.1.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.2))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One of them.
///
/// # Errors
/// [`StoreError::NotFound`] when he does not act for the customer.
pub async fn member(conn: &mut PgConn, customer: Reached, user: Uuid) -> Result<Member, StoreError> {
    Ok(sql(select_member!("WHERE x.user_id = $2"))
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(user)
        .get_result(conn)
        .await?)
}

/// Number of those who act for a customer.
///
/// # Errors
/// When the database is away.
pub async fn member_count(conn: &mut PgConn, customer: Reached) -> Result<i64, StoreError> {
    let row: Count = sql(
        "SELECT count(*) AS n FROM customer_members m JOIN users u ON u.id = m.user_id
         WHERE m.customer_id = $1 AND u.deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(customer.id())
    .get_result(conn)
    .await?;
    Ok(row.n)
}

#[derive(QueryableByName)]
struct Acts {
    #[diesel(sql_type = Bool)]
    acts: bool,
}

/// Whether the account with this address acts for a customer.
///
/// # Errors
/// When the database is away.
pub async fn is_member(conn: &mut PgConn, customer: Reached, email: &str) -> Result<bool, StoreError> {
    let row: Acts = sql(
        "SELECT EXISTS (SELECT FROM customer_members m JOIN users u ON u.id = m.user_id
         WHERE m.customer_id = $1 AND u.email = $2 AND u.deleted_at IS NULL) AS acts",
    )
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(email)
    .get_result(conn)
    .await?;
    Ok(row.acts)
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
