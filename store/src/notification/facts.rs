//! What happened to tickets that somebody is to be told of.

use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A ticket was given to somebody.
#[derive(Debug, Clone, QueryableByName)]
pub struct Given {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Place in its history.
    #[diesel(sql_type = Integer)]
    pub seq: i32,
    /// Who gave it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub actor_id: Option<Uuid>,
    /// Who has it now.
    #[diesel(sql_type = SqlUuid)]
    pub assignee_id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Mailbox of the ticket.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub mailbox_id: Option<Uuid>,
}

/// Somebody wrote.
#[derive(Debug, Clone, QueryableByName)]
pub struct Written {
    /// Message.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// By staff.
    #[diesel(sql_type = Bool)]
    pub is_staff: bool,
    /// Author, when he has an account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub author_id: Option<Uuid>,
    /// Who has the ticket.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assignee_id: Option<Uuid>,
    /// Account of who asked.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub requester_id: Option<Uuid>,
    /// Accounts of those who take part.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub people: Vec<Uuid>,
    /// Number of the ticket.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Mailbox of the ticket.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub mailbox_id: Option<Uuid>,
}

/// Tickets that these transactions gave to somebody who still has them, each once: the last time it changed hands.
///
/// # Errors
/// When the database is away.
pub async fn given(conn: &mut PgConn, tickets: &[Uuid], xids: &[String]) -> Result<Vec<Given>, StoreError> {
    Ok(sql(
        "SELECT DISTINCT ON (e.ticket_id) e.ticket_id, e.seq, e.actor_id, t.assignee_id, t.number, t.subject, t.mailbox_id
         FROM (SELECT DISTINCT * FROM unnest($1, $2) AS x(ticket_id, xid)) w
             JOIN ticket_events e ON e.ticket_id = w.ticket_id AND e.xid = w.xid::xid8 AND e.kind = 'assigned' AND e.data->>'to' IS NOT NULL
             JOIN tickets t ON t.id = e.ticket_id AND t.deleted_at IS NULL AND t.assignee_id IS NOT NULL
                 AND t.assignee_id = coalesce((e.data->>'to_id')::uuid, t.assignee_id)
         ORDER BY e.ticket_id, e.seq DESC",
    )
    .bind::<Array<SqlUuid>, _>(tickets)
    .bind::<Array<Text>, _>(xids)
    .load(conn)
    .await?)
}

/// Public messages that these transactions added to these tickets, pair by pair, wherever they are by now. Whoever does not see a
/// ticket's project is not told.
///
/// # Errors
/// When the database is away.
pub async fn written(conn: &mut PgConn, tickets: &[Uuid], xids: &[String]) -> Result<Vec<Written>, StoreError> {
    Ok(sql(concat!(
        "SELECT m.id, m.ticket_id, m.is_staff, m.author_user_id AS author_id, t.assignee_id,
             t.requester_user_id AS requester_id, t.number, t.subject, t.mailbox_id,
             ARRAY(SELECT x.id FROM (SELECT p.user_id FROM ticket_participants p
                       WHERE p.ticket_id = t.id AND p.user_id IS NOT NULL AND p.role <> 'cc_pending'
                   UNION SELECT t.requester_user_id WHERE t.requester_user_id IS NOT NULL) AS x(id)
                   WHERE t.project_id IS NULL OR t.project_id IN (",
        seen_projects!("x.id"),
        ") OR EXISTS (SELECT FROM users u JOIN roles r ON r.id = u.role_id WHERE u.id = x.id AND 'tickets.view' = ANY (r.effective)))
                 AS people
         FROM (SELECT DISTINCT * FROM unnest($1, $2) AS x(ticket_id, xid)) w
             CROSS JOIN LATERAL (SELECT id, ticket_id, xid, kind, held, is_staff, author_user_id, created_at FROM ticket_messages
                     WHERE ticket_id = w.ticket_id AND xid = w.xid::xid8
                 UNION SELECT id, ticket_id, xid, kind, held, is_staff, author_user_id, created_at FROM ticket_messages
                     WHERE origin_ticket_id = w.ticket_id AND xid = w.xid::xid8) m
             JOIN tickets t ON t.id = m.ticket_id AND t.deleted_at IS NULL
         WHERE m.kind = 'reply' AND NOT m.held
             AND NOT EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = w.ticket_id AND e.xid = m.xid AND e.kind = 'created')
         ORDER BY m.created_at, m.id"
    ))
    .bind::<Array<SqlUuid>, _>(tickets)
    .bind::<Array<Text>, _>(xids)
    .load(conn)
    .await?)
}
