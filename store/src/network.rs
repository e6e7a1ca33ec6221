//! Networks from which staff may work.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A network that a surface answers to.
#[derive(Debug, Clone, QueryableByName)]
pub struct NetworkRule {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `corporate` or `admin`.
    #[diesel(sql_type = Text)]
    pub surface: String,
    /// In CIDR notation.
    #[diesel(sql_type = Text)]
    pub network: String,
    /// What it is.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Name of who added it.
    #[diesel(sql_type = Nullable<Text>)]
    pub created_by: Option<String>,
}

/// All of them.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<NetworkRule>, StoreError> {
    Ok(sql(
        "SELECT n.id, n.surface, n.network::text AS network, n.note, n.created_at, u.name AS created_by
         FROM network_rules n LEFT JOIN users u ON u.id = n.created_by ORDER BY n.surface, n.network",
    )
    .load(conn)
    .await?)
}

/// Lets one change of the list after the other happen, until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("LOCK TABLE network_rules IN SHARE ROW EXCLUSIVE MODE")
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds one.
///
/// # Errors
/// [`StoreError::Conflict`] when it is there.
pub async fn insert(
    conn: &mut PgConn,
    id: Uuid,
    rule: (&str, &str, &str),
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (surface, network, note) = rule;
    sql(
        "INSERT INTO network_rules (id, surface, network, note, created_at, created_by)
         VALUES ($1, $2, $3::cidr, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(surface)
    .bind::<Text, _>(network)
    .bind::<Text, _>(note)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes one.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM network_rules WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Removes all; returns how many there were.
///
/// # Errors
/// When the database is away.
pub async fn clear(conn: &mut PgConn) -> Result<usize, StoreError> {
    Ok(sql("DELETE FROM network_rules").execute(conn).await?)
}
