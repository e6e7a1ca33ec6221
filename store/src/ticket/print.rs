//! Tickets on paper: who asked for which, and what is read of a ticket for it.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A ticket on paper.
#[derive(Debug, Clone, QueryableByName)]
pub struct Print {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub requested_by: Uuid,
    /// Version of the ticket when it was asked for.
    #[diesel(sql_type = Integer)]
    pub ticket_version: i32,
    /// As staff see the ticket.
    #[diesel(sql_type = Bool)]
    pub staff: bool,
    /// With what is among staff.
    #[diesel(sql_type = Bool)]
    pub notes: bool,
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Zone of its times.
    #[diesel(sql_type = Text)]
    pub zone: String,
    /// `queued`, `running`, `ready`, `failed` or `expired`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Which try.
    #[diesel(sql_type = Integer)]
    pub run: i32,
    /// Pages.
    #[diesel(sql_type = Integer)]
    pub pages: i32,
    /// Messages that found no room.
    #[diesel(sql_type = BigInt)]
    pub left_out: i64,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// The file, once it is ready.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub file_id: Option<Uuid>,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was ready.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ready_at: Option<DateTime<Utc>>,
    /// Until when it can be opened.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, ticket_id, requested_by, ticket_version, staff, notes, locale, zone, state, run, pages, left_out, size, file_id,
                 created_at, ready_at, expires_at FROM ticket_prints ",
            $rest
        )
    };
}

/// Notes that one is asked for; says whether it is new. One that is the same file is there already otherwise, see [`same`].
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, p: &Print) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO ticket_prints (id, ticket_id, requested_by, ticket_version, staff, notes, locale, zone, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(p.id)
    .bind::<SqlUuid, _>(p.ticket_id)
    .bind::<SqlUuid, _>(p.requested_by)
    .bind::<Integer, _>(p.ticket_version)
    .bind::<Bool, _>(p.staff)
    .bind::<Bool, _>(p.notes)
    .bind::<Text, _>(p.locale.as_str())
    .bind::<Text, _>(p.zone.as_str())
    .bind::<Timestamptz, _>(p.created_at)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// The one that is the same file as this would be, made or being made.
///
/// # Errors
/// When the database is away.
pub async fn same(conn: &mut PgConn, p: &Print) -> Result<Option<Print>, StoreError> {
    let rows: Vec<Print> = sql(select!(
        "WHERE requested_by = $1 AND ticket_id = $2 AND ticket_version = $3 AND staff = $4 AND notes = $5 AND locale = $6 AND zone = $7
           AND state IN ('queued', 'running', 'ready')"
    ))
    .bind::<SqlUuid, _>(p.requested_by)
    .bind::<SqlUuid, _>(p.ticket_id)
    .bind::<Integer, _>(p.ticket_version)
    .bind::<Bool, _>(p.staff)
    .bind::<Bool, _>(p.notes)
    .bind::<Text, _>(p.locale.as_str())
    .bind::<Text, _>(p.zone.as_str())
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many of somebody's are being made.
///
/// # Errors
/// When the database is away.
pub async fn working(conn: &mut PgConn, user: Uuid) -> Result<i64, StoreError> {
    let row: Total =
        sql("SELECT count(*) AS n FROM ticket_prints WHERE requested_by = $1 AND state IN ('queued', 'running')")
            .bind::<SqlUuid, _>(user)
            .get_result(conn)
            .await?;
    Ok(row.n)
}

/// Closes one whose time is over.
///
/// # Errors
/// When the database is away.
pub async fn close(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    sql("UPDATE ticket_prints SET state = 'expired' WHERE id = $1 AND state = 'ready'")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// One of them.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Print, StoreError> {
    Ok(sql(select!("WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One of them, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid) -> Result<Print, StoreError> {
    Ok(sql(select!("WHERE id = $1 FOR UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Writes where one stands.
///
/// # Errors
/// When the database refuses.
pub async fn update(conn: &mut PgConn, p: &Print) -> Result<(), StoreError> {
    sql(
        "UPDATE ticket_prints SET state = $2, run = $3, pages = $4, left_out = $5, size = $6, file_id = $7, ready_at = $8,
             expires_at = $9 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(p.id)
    .bind::<Text, _>(p.state.as_str())
    .bind::<Integer, _>(p.run)
    .bind::<Integer, _>(p.pages)
    .bind::<BigInt, _>(p.left_out)
    .bind::<BigInt, _>(p.size)
    .bind::<Nullable<SqlUuid>, _>(p.file_id)
    .bind::<Nullable<Timestamptz>, _>(p.ready_at)
    .bind::<Nullable<Timestamptz>, _>(p.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets those that were ready, or asked for, before `before`, at most `limit`; their files go with them.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let rows: Total = sql(
        "WITH late AS (SELECT id FROM ticket_prints WHERE created_at < $1 AND coalesce(ready_at, created_at) < $1
                           AND state NOT IN ('queued', 'running') ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED),
              gone AS (DELETE FROM ticket_prints WHERE id IN (SELECT id FROM late) RETURNING file_id),
              files AS (DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone))
         SELECT count(*) AS n FROM gone",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .get_result(conn)
    .await?;
    Ok(usize::try_from(rows.n).unwrap_or(0))
}

/// What is printed of a message.
#[derive(Debug, Clone, QueryableByName)]
pub struct Said {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `reply`, `note` or `system`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Author's name.
    #[diesel(sql_type = Text)]
    pub author_name: String,
    /// Author's address.
    #[diesel(sql_type = Nullable<Text>)]
    pub author_email: Option<String>,
    /// Written by staff.
    #[diesel(sql_type = Bool)]
    pub is_staff: bool,
    /// The beginning of its text.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// Byte at which quoted text begins.
    #[diesel(sql_type = Nullable<Integer>)]
    pub quoted_from: Option<i32>,
    /// Staff have to judge it first.
    #[diesel(sql_type = Bool)]
    pub held: bool,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// Messages after the row `after`, oldest first, each with at most `chars` characters; with those that are among staff, or without.
///
/// # Errors
/// When the database is away.
pub async fn messages(
    conn: &mut PgConn,
    ticket: Uuid,
    notes: bool,
    chars: i32,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Said>, StoreError> {
    let (at, id) = after.unzip();
    Ok(sql(
        "SELECT id, kind, author_name, author_email, is_staff, left(body_text, $3) AS body, quoted_from, held, created_at
         FROM ticket_messages WHERE ticket_id = $1 AND ($2 OR (kind = 'reply' AND NOT held))
           AND ($4::timestamptz IS NULL OR (created_at, id) > ($4, $5::uuid)) ORDER BY created_at, id LIMIT $6",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Bool, _>(notes)
    .bind::<Integer, _>(chars)
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// How many messages there are, with those that are among staff, or without.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn, ticket: Uuid, notes: bool) -> Result<i64, StoreError> {
    let row: Total =
        sql("SELECT count(*) AS n FROM ticket_messages WHERE ticket_id = $1 AND ($2 OR (kind = 'reply' AND NOT held))")
            .bind::<SqlUuid, _>(ticket)
            .bind::<Bool, _>(notes)
            .get_result(conn)
            .await?;
    Ok(row.n)
}
