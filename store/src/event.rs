//! The log of live events: what browsers are told, in order, without gaps for a reader who was away.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::permission::Permission;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An event about to be appended.
#[derive(Debug)]
pub struct NewEvent<'a> {
    /// `entity.verb`, such as `ticket.updated`.
    pub kind: &'a str,
    /// Entity name.
    pub subject_type: &'a str,
    /// Entity id.
    pub subject_id: Uuid,
    /// Whoever holds this permission sees it.
    pub permission: Option<&'a str>,
    /// This person sees it too.
    pub user_id: Option<Uuid>,
    /// Small facts that save the reader a request.
    pub data: serde_json::Value,
}

/// A stored event.
#[derive(Debug, Clone, QueryableByName)]
pub struct Event {
    /// Place in the log; the `id` of the server-sent event.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// When it was appended.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// `entity.verb`.
    #[diesel(sql_type = Text, column_name = "type")]
    pub kind: String,
    /// Entity name.
    #[diesel(sql_type = Text)]
    pub subject_type: String,
    /// Entity id.
    #[diesel(sql_type = SqlUuid)]
    pub subject_id: Uuid,
    /// Permission that lets one see it.
    #[diesel(sql_type = Nullable<Text>)]
    pub permission: Option<String>,
    /// Person who sees it too.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    /// Those of a customer's people who see what it is about; `None` = nobody by that.
    #[diesel(sql_type = Nullable<Array<SqlUuid>>)]
    pub audience: Option<Vec<Uuid>>,
    /// Small facts.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
}

#[derive(QueryableByName)]
struct MaxId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Appends one event.
///
/// # Errors
/// When the database refuses.
pub async fn append(conn: &mut PgConn, event: NewEvent<'_>) -> Result<(), StoreError> {
    sql("INSERT INTO events (type, subject_type, subject_id, permission, user_id, data) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind::<Text, _>(event.kind)
        .bind::<Text, _>(event.subject_type)
        .bind::<SqlUuid, _>(event.subject_id)
        .bind::<Nullable<Text>, _>(event.permission)
        .bind::<Nullable<SqlUuid>, _>(event.user_id)
        .bind::<Jsonb, _>(event.data)
        .execute(conn)
        .await?;
    Ok(())
}

/// Appends an event of a ticket, which those of the customer's people who see the ticket are told of besides staff.
///
/// # Errors
/// When the database refuses.
pub async fn append_ticket(
    conn: &mut PgConn,
    kind: &str,
    ticket: Uuid,
    data: serde_json::Value,
) -> Result<(), StoreError> {
    sql("INSERT INTO events (type, subject_type, subject_id, permission, audience, data)
         SELECT $1, 'ticket', id, $2, ticket_audience(id, project_id, requester_user_id), $4 FROM tickets WHERE id = $3")
        .bind::<Text, _>(kind)
        .bind::<Text, _>(Permission::TicketsView.as_str())
        .bind::<SqlUuid, _>(ticket)
        .bind::<Jsonb, _>(data)
        .execute(conn)
        .await?;
    Ok(())
}

/// Events after `after`, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn after(conn: &mut PgConn, after: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
    let rows = sql(
        "SELECT id, at, type, subject_type, subject_id, permission, user_id, audience, data
                    FROM events WHERE id > $1 ORDER BY id LIMIT $2",
    )
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Those of these ids that exist now: ids are given before commit, so a lower one may appear after a higher one.
///
/// # Errors
/// When the database is away.
pub async fn by_ids(conn: &mut PgConn, ids: &[i64]) -> Result<Vec<Event>, StoreError> {
    let rows = sql(
        "SELECT id, at, type, subject_type, subject_id, permission, user_id, audience, data
                    FROM events WHERE id = ANY($1) ORDER BY id",
    )
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows)
}

/// The newest id, 0 when there is none.
///
/// # Errors
/// When the database is away.
pub async fn newest(conn: &mut PgConn) -> Result<i64, StoreError> {
    let row: MaxId = sql("SELECT coalesce(max(id), 0) AS id FROM events")
        .get_result(conn)
        .await?;
    Ok(row.id)
}

/// How far the transactions of this database are.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Horizon {
    /// The oldest one that is still writing; all before it have ended.
    #[diesel(sql_type = BigInt)]
    pub oldest: i64,
    /// The number that the next one gets.
    #[diesel(sql_type = BigInt)]
    pub next: i64,
}

/// Which transactions may still commit.
///
/// # Errors
/// When the database is away.
pub async fn horizon(conn: &mut PgConn) -> Result<Horizon, StoreError> {
    let row = sql(
        "SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next
                   FROM pg_current_snapshot() AS s",
    )
    .get_result(conn)
    .await?;
    Ok(row)
}

/// Deletes events older than `before`, at most `limit`; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let deleted = sql("DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT $2) AND at < $1")
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?;
    Ok(deleted)
}
