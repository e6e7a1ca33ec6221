//! Addresses at which calendar programs read what is due with a person. Statements that people ask for carry their account.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The address of a person; what is secret in it is not kept.
#[derive(Debug, Clone, QueryableByName)]
pub struct Feed {
    /// Whose.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When a program read it last, to the hour.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub read_at: Option<DateTime<Utc>>,
}

/// A ticket of a person of which a promise is due.
#[derive(Debug, Clone, QueryableByName)]
pub struct Due {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

/// A person's address, if he has one.
///
/// # Errors
/// When the database is away.
pub async fn of_user(conn: &mut PgConn, user: Uuid) -> Result<Option<Feed>, StoreError> {
    let rows: Vec<Feed> = sql("SELECT user_id, created_at, read_at FROM calendar_feeds WHERE user_id = $1")
        .bind::<SqlUuid, _>(user)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Gives a person an address; one that he had leads nowhere from then on.
///
/// # Errors
/// When the database refuses.
pub async fn put(conn: &mut PgConn, user: Uuid, hash: &[u8], now: DateTime<Utc>) -> Result<Feed, StoreError> {
    Ok(sql(
        "INSERT INTO calendar_feeds (user_id, token_hash, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at, read_at = NULL
         RETURNING user_id, created_at, read_at",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Binary, _>(hash)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?)
}

/// Takes a person's address away; whether he had one.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut PgConn, user: Uuid) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM calendar_feeds WHERE user_id = $1")
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Whose address this is.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn by_hash(conn: &mut PgConn, hash: &[u8]) -> Result<Feed, StoreError> {
    Ok(
        sql("SELECT user_id, created_at, read_at FROM calendar_feeds WHERE token_hash = $1")
            .bind::<Binary, _>(hash)
            .get_result(conn)
            .await?,
    )
}

/// Notes that an address was read, once in an hour: programs come every few minutes.
///
/// # Errors
/// When the database refuses.
pub async fn read(conn: &mut PgConn, user: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE calendar_feeds SET read_at = $2 WHERE user_id = $1 AND (read_at IS NULL OR read_at < $2 - interval '1 hour')")
        .bind::<SqlUuid, _>(user)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Tickets that a person has and of which a running clock is due, the next first.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConn, user: Uuid, limit: i64) -> Result<Vec<Due>, StoreError> {
    Ok(sql(
        "SELECT t.id AS ticket_id, t.number, t.subject, t.sla_due_at AS at FROM tickets t
         WHERE t.assignee_id = $1 AND t.deleted_at IS NULL AND t.state NOT IN ('resolved', 'closed') AND t.sla_due_at IS NOT NULL
         ORDER BY t.sla_due_at, t.id LIMIT $2",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}
