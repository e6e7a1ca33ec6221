//! Filters that a person kept under a name. They are his alone: each statement carries his account.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A filter under a name.
#[derive(Debug, Clone, QueryableByName)]
pub struct SavedView {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Query string of the list.
    #[diesel(sql_type = Text)]
    pub query: String,
}

/// The views of a person on one list, by name; 100 at most.
///
/// # Errors
/// When the database is away.
pub async fn of_user(conn: &mut PgConn, user: Uuid, list: &str) -> Result<Vec<SavedView>, StoreError> {
    let rows =
        sql("SELECT id, name, query FROM saved_views WHERE user_id = $1 AND list = $2 ORDER BY name, id LIMIT 100")
            .bind::<SqlUuid, _>(user)
            .bind::<Text, _>(list)
            .load(conn)
            .await?;
    Ok(rows)
}

/// Lets one transaction at a time decide how many views somebody keeps, until it ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, user: Uuid) -> Result<(), StoreError> {
    sql("SELECT pg_advisory_xact_lock(hashtextextended('saved views of ' || $1::text, 0))")
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps a view; one of the same name is replaced.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    conn: &mut PgConn,
    user: Uuid,
    list: &str,
    (name, query): (&str, &str),
    at: DateTime<Utc>,
) -> Result<SavedView, StoreError> {
    let row = sql(
        "INSERT INTO saved_views (id, user_id, list, name, query, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (user_id, list, name) DO UPDATE SET query = excluded.query RETURNING id, name, query",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(list)
    .bind::<Text, _>(name)
    .bind::<Text, _>(query)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// Forgets a view.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's.
pub async fn delete(conn: &mut PgConn, user: Uuid, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM saved_views WHERE id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
