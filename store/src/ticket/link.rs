//! Tickets that belong together, and messages that change their ticket.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A ticket that belongs to another one.
#[derive(Debug, Clone, QueryableByName)]
pub struct Linked {
    /// What it is to the other one, see `domain::ticket::link::LinkKind`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Its state.
    #[diesel(sql_type = Text)]
    pub state: String,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Everything that belongs to a ticket, 200 at most.
///
/// # Errors
/// When the database is away.
pub async fn links(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<Linked>, StoreError> {
    let rows = sql(
        "SELECT l.kind, t.id, t.number, t.subject, t.state FROM (
             SELECT CASE kind WHEN 'related' THEN 'related' WHEN 'duplicate' THEN 'duplicate_of' WHEN 'parent' THEN 'child'
                    ELSE 'split_to' END AS kind, other_id AS id FROM ticket_links WHERE ticket_id = $1
             UNION ALL
             SELECT CASE kind WHEN 'related' THEN 'related' WHEN 'duplicate' THEN 'duplicate' WHEN 'parent' THEN 'parent'
                    ELSE 'split_from' END, ticket_id FROM ticket_links WHERE other_id = $1
             UNION ALL SELECT 'merged', id FROM tickets WHERE merged_into = $1
             UNION ALL SELECT 'merged_into', merged_into FROM tickets WHERE id = $1 AND merged_into IS NOT NULL
             UNION ALL SELECT 'followed_up_by', id FROM tickets WHERE follow_up_of = $1
             UNION ALL SELECT 'follow_up_of', follow_up_of FROM tickets WHERE id = $1 AND follow_up_of IS NOT NULL) l
         JOIN tickets t ON t.id = l.id AND t.deleted_at IS NULL ORDER BY l.kind, t.number LIMIT 200",
    )
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Links two tickets; `false` when they were.
///
/// # Errors
/// [`StoreError::Conflict`] when the other one has a parent already.
pub async fn add_link(
    conn: &mut PgConn,
    (first, second): (Uuid, Uuid),
    kind: &str,
    by: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO ticket_links (ticket_id, other_id, kind, created_at, created_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (ticket_id, other_id, kind) DO NOTHING",
    )
    .bind::<SqlUuid, _>(first)
    .bind::<SqlUuid, _>(second)
    .bind::<Text, _>(kind)
    .bind::<Timestamptz, _>(at)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Takes a link away; `false` when there was none.
///
/// # Errors
/// When the database refuses.
pub async fn remove_link(conn: &mut PgConn, (first, second): (Uuid, Uuid), kind: &str) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM ticket_links WHERE ticket_id = $1 AND other_id = $2 AND kind = $3")
        .bind::<SqlUuid, _>(first)
        .bind::<SqlUuid, _>(second)
        .bind::<Text, _>(kind)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Whether a ticket stands below another one (`above` = `false`) or above one.
///
/// # Errors
/// When the database is away.
pub async fn has_parent_link(conn: &mut PgConn, ticket: Uuid, above: bool) -> Result<bool, StoreError> {
    let row: Found = sql("SELECT EXISTS (SELECT FROM ticket_links WHERE kind = 'parent'
             AND CASE WHEN $2 THEN ticket_id ELSE other_id END = $1) AS found")
    .bind::<SqlUuid, _>(ticket)
    .bind::<Bool, _>(above)
    .get_result(conn)
    .await?;
    Ok(row.found)
}

/// Points a ticket, and all that were merged into it, to another one. It must be closed.
///
/// # Errors
/// When the database refuses.
pub async fn set_merged(conn: &mut PgConn, source: Uuid, target: Uuid) -> Result<(), StoreError> {
    sql("UPDATE tickets SET merged_into = $2 WHERE id = $1 OR merged_into = $1")
        .bind::<SqlUuid, _>(source)
        .bind::<SqlUuid, _>(target)
        .execute(conn)
        .await?;
    Ok(())
}

/// Hands everybody who takes part in one ticket over to another. The requester contributes there.
///
/// # Errors
/// When the database refuses.
pub async fn unite_participants(
    conn: &mut PgConn,
    source: Uuid,
    target: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO ticket_participants (ticket_id, email, name, role, user_id, added_at)
         SELECT $2, email, name, CASE role WHEN 'requester' THEN 'contributor' ELSE role END, user_id, $3
         FROM ticket_participants WHERE ticket_id = $1
         ON CONFLICT (ticket_id, email) DO UPDATE SET role = excluded.role
             WHERE ticket_participants.role = 'cc_pending' AND excluded.role <> 'cc_pending'",
    )
    .bind::<SqlUuid, _>(source)
    .bind::<SqlUuid, _>(target)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves messages of one ticket to another, all of them with `None`. Where each was at first stays known. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn move_messages(
    conn: &mut PgConn,
    source: Uuid,
    target: Uuid,
    which: Option<&[Uuid]>,
) -> Result<usize, StoreError> {
    let n = sql(
        "UPDATE ticket_messages SET ticket_id = $2, origin_ticket_id = coalesce(origin_ticket_id, ticket_id)
         WHERE ticket_id = $1 AND ($3::uuid[] IS NULL OR id = ANY($3))",
    )
    .bind::<SqlUuid, _>(source)
    .bind::<SqlUuid, _>(target)
    .bind::<Nullable<Array<SqlUuid>>, _>(which)
    .execute(conn)
    .await?;
    Ok(n)
}

/// How many of these messages are in a ticket and judged.
///
/// # Errors
/// When the database is away.
pub async fn movable(conn: &mut PgConn, ticket: Uuid, which: &[Uuid]) -> Result<usize, StoreError> {
    let row: Count =
        sql("SELECT count(*) AS n FROM ticket_messages WHERE ticket_id = $1 AND id = ANY($2) AND NOT held")
            .bind::<SqlUuid, _>(ticket)
            .bind::<Array<SqlUuid>, _>(which)
            .get_result(conn)
            .await?;
    Ok(usize::try_from(row.n).unwrap_or_default())
}

/// Counts the messages of a ticket whose messages came or went.
///
/// # Errors
/// When the database refuses.
pub async fn recount(conn: &mut PgConn, ticket: Uuid) -> Result<(), StoreError> {
    sql("UPDATE tickets SET message_count = m.n, last_message_at = coalesce(m.last, last_message_at)
         FROM (SELECT count(*)::int AS n, max(created_at) AS last FROM ticket_messages WHERE ticket_id = $1) m WHERE id = $1")
    .bind::<SqlUuid, _>(ticket)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many public messages a ticket has besides these.
///
/// # Errors
/// When the database is away.
pub async fn public_messages_besides(conn: &mut PgConn, ticket: Uuid, which: &[Uuid]) -> Result<usize, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM ticket_messages
         WHERE ticket_id = $1 AND kind = 'reply' AND NOT held AND id <> ALL($2)")
    .bind::<SqlUuid, _>(ticket)
    .bind::<Array<SqlUuid>, _>(which)
    .get_result(conn)
    .await?;
    Ok(usize::try_from(row.n).unwrap_or_default())
}

/// Whether the last public message of a ticket is the customer's.
///
/// # Errors
/// When the database is away.
pub async fn last_is_customers(conn: &mut PgConn, ticket: Uuid) -> Result<bool, StoreError> {
    let row: Found = sql(
        "SELECT coalesce((SELECT NOT is_staff OR direction = 'in' FROM ticket_messages
             WHERE ticket_id = $1 AND kind = 'reply' AND NOT held ORDER BY created_at DESC, id DESC LIMIT 1), false) AS found",
    )
    .bind::<SqlUuid, _>(ticket)
    .get_result(conn)
    .await?;
    Ok(row.found)
}

/// A message that was in another ticket before.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Origin {
    /// Message.
    #[diesel(sql_type = SqlUuid)]
    pub message_id: Uuid,
    /// The ticket it was in at first.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
}

/// Where these messages come from, as far as they were moved.
///
/// # Errors
/// When the database is away.
pub async fn origins(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<Origin>, StoreError> {
    let rows = sql(
        "SELECT m.id AS message_id, t.id AS ticket_id, t.number FROM ticket_messages m
         JOIN tickets t ON t.id = m.origin_ticket_id WHERE m.id = ANY($1) AND m.origin_ticket_id <> m.ticket_id",
    )
    .bind::<Array<SqlUuid>, _>(messages)
    .load(conn)
    .await?;
    Ok(rows)
}
