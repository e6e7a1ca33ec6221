//! How a customer came to his status.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Reached;
use crate::{PgConn, StoreError, audit::Actor, sql::sql};

/// One move.
#[derive(Debug, Clone, QueryableByName)]
pub struct StatusChange {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Status before.
    #[diesel(sql_type = Text)]
    pub from_status: String,
    /// Status after.
    #[diesel(sql_type = Text)]
    pub to_status: String,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// Who moved him.
    #[diesel(sql_type = Text)]
    pub actor_name: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

/// Appends a move.
///
/// # Errors
/// When the database refuses.
pub async fn add_status_change(
    conn: &mut PgConn,
    customer: Reached,
    (from, to): (&str, &str),
    reason: Option<&str>,
    actor: &Actor,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_status_changes (id, customer_id, from_status, to_status, reason, actor_id, actor_name, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(from)
    .bind::<Text, _>(to)
    .bind::<Nullable<Text>, _>(reason)
    .bind::<Nullable<SqlUuid>, _>(actor.user_id)
    .bind::<Text, _>(actor.name.as_str())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The last hundred moves, newest first.
///
/// # Errors
/// When the database is away.
pub async fn status_changes(conn: &mut PgConn, customer: Reached) -> Result<Vec<StatusChange>, StoreError> {
    let rows = sql(
        "SELECT id, from_status, to_status, reason, actor_name, at FROM customer_status_changes
         WHERE customer_id = $1 ORDER BY at DESC, id DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}
