//! What events tell, read when they are made ready: many at a time.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A ticket, without what is not told.
#[derive(Debug, Clone, QueryableByName)]
pub struct TicketRow {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Number people use.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Priority.
    #[diesel(sql_type = Text)]
    pub priority: String,
    /// Assigned agent.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assignee_id: Option<Uuid>,
    /// Support group.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Category.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub category_id: Option<Uuid>,
    /// Customer.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub customer_id: Option<Uuid>,
    /// When it was opened.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// A line of a ticket's history.
#[derive(Debug, Clone, QueryableByName)]
pub struct Line {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// The transaction that wrote it.
    #[diesel(sql_type = Text)]
    pub xid: String,
    /// What happened.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Facts.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
}

/// A public message.
#[derive(Debug, Clone, QueryableByName)]
pub struct MessageRow {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// The transaction that wrote it.
    #[diesel(sql_type = Text)]
    pub xid: String,
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Staff wrote it.
    #[diesel(sql_type = Bool)]
    pub is_staff: bool,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// Tickets by their ids; those that are gone are not among them.
///
/// # Errors
/// When the database is away.
pub async fn tickets(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<TicketRow>, StoreError> {
    Ok(sql(
        "SELECT id, number, subject, state, priority, assignee_id, group_id, category_id, customer_id, created_at, updated_at, version
         FROM tickets WHERE id = ANY($1) AND deleted_at IS NULL",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)
    .await?)
}

/// What these transactions wrote into the histories of these tickets, pair by pair, in order.
///
/// # Errors
/// When the database is away.
pub async fn history(conn: &mut PgConn, tickets: &[Uuid], xids: &[String]) -> Result<Vec<Line>, StoreError> {
    Ok(sql("SELECT e.ticket_id, e.xid::text AS xid, e.kind, e.data
         FROM (SELECT DISTINCT * FROM unnest($1, $2) AS x(ticket_id, xid)) w
             JOIN ticket_events e ON e.ticket_id = w.ticket_id AND e.xid = w.xid::xid8
         ORDER BY e.ticket_id, e.seq")
    .bind::<Array<SqlUuid>, _>(tickets)
    .bind::<Array<Text>, _>(xids)
    .load(conn)
    .await?)
}

/// The public messages that these transactions added to these tickets, pair by pair; also those that are elsewhere by now.
///
/// # Errors
/// When the database is away.
pub async fn messages(conn: &mut PgConn, tickets: &[Uuid], xids: &[String]) -> Result<Vec<MessageRow>, StoreError> {
    Ok(
        sql("WITH w AS MATERIALIZED (SELECT DISTINCT * FROM unnest($1, $2) AS x(ticket_id, xid))
         SELECT w.ticket_id, w.xid, m.id, m.is_staff, m.created_at
         FROM w JOIN ticket_messages m ON m.ticket_id = w.ticket_id AND m.xid = w.xid::xid8 WHERE m.kind = 'reply' AND NOT m.held
         UNION SELECT w.ticket_id, w.xid, m.id, m.is_staff, m.created_at
         FROM w JOIN ticket_messages m ON m.origin_ticket_id = w.ticket_id AND m.xid = w.xid::xid8 WHERE m.kind = 'reply' AND NOT m.held
         ORDER BY created_at, id")
        .bind::<Array<SqlUuid>, _>(tickets)
        .bind::<Array<Text>, _>(xids)
        .load(conn)
        .await?,
    )
}
