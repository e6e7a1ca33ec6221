//! One change of many tickets, and what became of each.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

pub use super::list::choose;
use crate::{PgConn, StoreError, sql::sql};

/// A change of many tickets.
#[derive(Debug, Clone, QueryableByName)]
pub struct Bulk {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What is done to each, see `domain::ticket::bulk::Change`.
    #[diesel(sql_type = Jsonb)]
    pub change: serde_json::Value,
    /// `queued`, `running`, `done` or `stopped`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Tickets.
    #[diesel(sql_type = Integer)]
    pub total: i32,
    /// Changed so far.
    #[diesel(sql_type = Integer)]
    pub done: i32,
    /// Those that were so already.
    #[diesel(sql_type = Integer)]
    pub unchanged: i32,
    /// Refused.
    #[diesel(sql_type = Integer)]
    pub refused: i32,
    /// Who asked for it.
    #[diesel(sql_type = SqlUuid)]
    pub created_by: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When the last ticket was settled, or it was stopped.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
}

/// What became of one ticket.
#[derive(Debug, Clone, QueryableByName)]
pub struct Row {
    /// Place in the work.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// `waiting`, `done`, `unchanged` or `refused`.
    #[diesel(sql_type = Text)]
    pub outcome: String,
    /// Why refused.
    #[diesel(sql_type = Nullable<Text>)]
    pub code: Option<String>,
}

/// A ticket whose turn it is.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Next {
    /// Place in the work.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
}

/// What became of a ticket whose turn it was.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Place in the work.
    pub position: i32,
    /// `done`, `unchanged` or `refused`.
    pub outcome: &'static str,
    /// Why refused.
    pub code: Option<String>,
}

/// Stores the work; its rows come after it, then [`set_total`].
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    id: Uuid,
    change: &serde_json::Value,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("INSERT INTO ticket_bulks (id, change, total, created_by, created_at) VALUES ($1, $2, 0, $3, $4)")
        .bind::<SqlUuid, _>(id)
        .bind::<Jsonb, _>(change)
        .bind::<SqlUuid, _>(by)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts these tickets under the work. Returns how many there are of them.
///
/// # Errors
/// When the database refuses.
pub async fn name(conn: &mut PgConn, id: Uuid, tickets: &[Uuid]) -> Result<usize, StoreError> {
    let n = sql("INSERT INTO ticket_bulk_rows (bulk_id, position, ticket_id)
         SELECT $1, row_number() OVER (ORDER BY t.id), t.id FROM tickets t WHERE t.id = ANY($2) AND t.deleted_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Array<SqlUuid>, _>(tickets)
        .execute(conn)
        .await?;
    Ok(n)
}

/// Says how many tickets it is about.
///
/// # Errors
/// When the database refuses.
pub async fn set_total(conn: &mut PgConn, id: Uuid, total: i32) -> Result<(), StoreError> {
    sql("UPDATE ticket_bulks SET total = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(total)
        .execute(conn)
        .await?;
    Ok(())
}

/// The work; with `owner`, only his.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid, owner: Option<Uuid>) -> Result<Bulk, StoreError> {
    let row = sql(
        "SELECT id, change, state, total, done, unchanged, refused, created_by, created_at, finished_at
                   FROM ticket_bulks WHERE id = $1 AND ($2::uuid IS NULL OR created_by = $2)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(owner)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// What somebody asked for before the one at `before`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn own(
    conn: &mut PgConn,
    owner: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Bulk>, StoreError> {
    let (at, id) = before.unzip();
    let rows = sql(
        "SELECT id, change, state, total, done, unchanged, refused, created_by, created_at, finished_at
                   FROM ticket_bulks WHERE created_by = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
                   ORDER BY created_at DESC, id DESC LIMIT $4",
    )
    .bind::<SqlUuid, _>(owner)
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// The work, locked: of two workers one goes on.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid, owner: Option<Uuid>) -> Result<Bulk, StoreError> {
    let row = sql(
        "SELECT id, change, state, total, done, unchanged, refused, created_by, created_at, finished_at
                   FROM ticket_bulks WHERE id = $1 AND ($2::uuid IS NULL OR created_by = $2) FOR UPDATE",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(owner)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// The tickets whose turn it is, in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn next(conn: &mut PgConn, id: Uuid, limit: i64) -> Result<Vec<Next>, StoreError> {
    let rows = sql(
        "SELECT position, ticket_id FROM ticket_bulk_rows WHERE bulk_id = $1 AND outcome = 'waiting'
                    ORDER BY position LIMIT $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Writes what became of them, and how far the work is.
///
/// # Errors
/// When the database refuses.
pub async fn settle(conn: &mut PgConn, id: Uuid, settled: &[Settled]) -> Result<(), StoreError> {
    let positions: Vec<i32> = settled.iter().map(|row| row.position).collect();
    let outcomes: Vec<&str> = settled.iter().map(|row| row.outcome).collect();
    let codes: Vec<Option<&str>> = settled.iter().map(|row| row.code.as_deref()).collect();
    sql(
        "WITH s AS (UPDATE ticket_bulk_rows r SET outcome = u.outcome, code = u.code
             FROM unnest($2::int[], $3::text[], $4::text[]) u(position, outcome, code)
             WHERE r.bulk_id = $1 AND r.position = u.position AND r.outcome = 'waiting' RETURNING r.outcome)
         UPDATE ticket_bulks SET state = 'running',
             done = done + (SELECT count(*) FROM s WHERE outcome = 'done'),
             unchanged = unchanged + (SELECT count(*) FROM s WHERE outcome = 'unchanged'),
             refused = refused + (SELECT count(*) FROM s WHERE outcome = 'refused')
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Array<Integer>, _>(positions)
    .bind::<Array<Text>, _>(outcomes)
    .bind::<Array<Nullable<Text>>, _>(codes)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the work as `done` or `stopped`.
///
/// # Errors
/// When the database refuses.
pub async fn end(conn: &mut PgConn, id: Uuid, state: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE ticket_bulks SET state = $2, finished_at = $3 WHERE id = $1 AND finished_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(state)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// What became of the tickets after this place, those of one outcome or all.
///
/// # Errors
/// When the database is away.
pub async fn rows(
    conn: &mut PgConn,
    id: Uuid,
    outcome: Option<&str>,
    after: i32,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let rows = sql("SELECT r.position, r.ticket_id, t.number, t.subject, r.outcome, r.code
         FROM ticket_bulk_rows r JOIN tickets t ON t.id = r.ticket_id
         WHERE r.bulk_id = $1 AND ($2::text IS NULL OR r.outcome = $2) AND r.position > $3
         ORDER BY r.position LIMIT $4")
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Text>, _>(outcome)
    .bind::<Integer, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}
