//! Which of a customer's people looked at answers in the portal.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Somebody who looked at an answer.
#[derive(Debug, Clone, QueryableByName)]
pub struct Look {
    /// Answer.
    #[diesel(sql_type = SqlUuid)]
    pub message_id: Uuid,
    /// Account.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// What he is called now.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// When he looked first.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Notes that somebody looked at the answers of a ticket up to one of its messages; returns those that were new to him. What he has
/// looked at before keeps its first time.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    ticket: Uuid,
    up_to: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "INSERT INTO message_views (message_id, user_id, at)
         SELECT m.id, $3, $4 FROM ticket_messages m JOIN ticket_messages last ON last.id = $2 AND last.ticket_id = $1
         WHERE m.ticket_id = $1 AND m.is_staff AND m.kind = 'reply' AND NOT m.held AND (m.created_at, m.id) <= (last.created_at, last.id)
         ORDER BY m.id ON CONFLICT DO NOTHING RETURNING message_id AS id",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<SqlUuid, _>(up_to)
    .bind::<SqlUuid, _>(user)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Who looked at these, the first first.
///
/// # Errors
/// When the database is away.
pub async fn of_messages(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<Look>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sql(
        "SELECT v.message_id, v.user_id, u.name, v.at FROM message_views v JOIN users u ON u.id = v.user_id
         WHERE v.message_id = ANY($1) ORDER BY v.at, u.id",
    )
    .bind::<Array<SqlUuid>, _>(messages)
    .load(conn)
    .await?)
}

/// Which of these somebody has looked at.
///
/// # Errors
/// When the database is away.
pub async fn own(conn: &mut PgConn, user: Uuid, messages: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Id> = sql("SELECT message_id AS id FROM message_views WHERE user_id = $1 AND message_id = ANY($2)")
        .bind::<SqlUuid, _>(user)
        .bind::<Array<SqlUuid>, _>(messages)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
