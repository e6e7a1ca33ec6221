//! Whom notes mention.

use diesel::{
    QueryableByName,
    sql_types::{Array, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Somebody whom a note mentions.
#[derive(Debug, Clone, QueryableByName)]
pub struct Mention {
    /// Note.
    #[diesel(sql_type = SqlUuid)]
    pub message_id: Uuid,
    /// Account.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// What he is called now.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// Notes whom a note mentions.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, message: Uuid, people: &[Uuid]) -> Result<(), StoreError> {
    sql("INSERT INTO message_mentions (message_id, user_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING")
        .bind::<SqlUuid, _>(message)
        .bind::<Array<SqlUuid>, _>(people)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whom these mention, by name.
///
/// # Errors
/// When the database is away.
pub async fn of_messages(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<Mention>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sql(
        "SELECT m.message_id, m.user_id, u.name FROM message_mentions m JOIN users u ON u.id = m.user_id
         WHERE m.message_id = ANY($1) ORDER BY u.name, u.id",
    )
    .bind::<Array<SqlUuid>, _>(messages)
    .load(conn)
    .await?)
}
