//! Everything that happened around a customer, as one line of time, and what it adds up to.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Reached;
use crate::{PgConn, StoreError, sql::sql};

/// Something that happened.
#[derive(Debug, Clone, QueryableByName)]
pub struct Moment {
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Tells moments of one instant apart.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// `change`, `ticket` or `mail`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// `subject.verb`.
    #[diesel(sql_type = Text)]
    pub action: String,
    /// Who did it.
    #[diesel(sql_type = Nullable<Text>)]
    pub actor: Option<String>,
    /// What it is about: a ticket's subject and the like.
    #[diesel(sql_type = Nullable<Text>)]
    pub title: Option<String>,
    /// Ticket it leads to.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    /// Changed fields.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
}

/// Moments before `before`, newest first; those of internal notes only with `notes`.
///
/// # Errors
/// When the database is away.
pub async fn timeline(
    conn: &mut PgConn,
    customer: Reached,
    before: Option<(DateTime<Utc>, String)>,
    notes: bool,
    limit: i64,
) -> Result<Vec<Moment>, StoreError> {
    let (at, key) = before.unzip();
    // Each source is cut to the page by its own index before they are merged.
    let rows = sql(
        "SELECT at, key, kind, action, actor, title, ticket_id, data FROM (
            (SELECT l.at, 'a' || lpad(l.id::text, 20, '0') AS key, 'change' AS kind, l.action, u.name AS actor, NULL AS title,
                NULL::uuid AS ticket_id, l.data
             FROM audit_log l LEFT JOIN users u ON u.id = l.actor_id
             WHERE l.subject_type = 'customer' AND l.subject_id = $1 AND ($2::timestamptz IS NULL OR l.at <= $2)
                AND ($5 OR l.action NOT LIKE 'customer.note%')
             ORDER BY l.id DESC LIMIT $4 + 50)
            UNION ALL
            (SELECT t.created_at, 't' || t.id::text, 'ticket', 'ticket.create', t.requester_name, t.subject, t.id,
                jsonb_build_object('number', t.number, 'state', t.state)
             FROM tickets t WHERE t.customer_id = $1 AND t.deleted_at IS NULL AND ($2::timestamptz IS NULL OR t.created_at <= $2)
             ORDER BY t.created_at DESC, t.id DESC LIMIT $4 + 50)
            UNION ALL
            (SELECT o.created_at, 'm' || o.id::text, 'mail', 'mail.' || o.state, NULL, o.subject, o.ticket_id,
                jsonb_build_object('recipient', o.recipient)
             FROM outgoing_mails o JOIN tickets t ON t.id = o.ticket_id
             WHERE t.customer_id = $1 AND t.deleted_at IS NULL AND ($2::timestamptz IS NULL OR o.created_at <= $2)
             ORDER BY o.created_at DESC, o.id DESC LIMIT $4 + 50)
         ) m WHERE $2::timestamptz IS NULL OR (at, key) < ($2, $3::text) ORDER BY at DESC, key DESC LIMIT $4",
    )
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<Text>, _>(key)
    .bind::<BigInt, _>(limit)
    .bind::<Bool, _>(notes)
    .load(conn)
    .await?;
    Ok(rows)
}

/// What hangs on a customer, in numbers.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Figures {
    /// Tickets that are not over.
    #[diesel(sql_type = BigInt)]
    pub open_tickets: i64,
    /// All tickets.
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    /// People who act for him.
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    /// Documents.
    #[diesel(sql_type = BigInt)]
    pub documents: i64,
    /// Notes.
    #[diesel(sql_type = BigInt)]
    pub notes: i64,
    /// When he last wrote, or was written to.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_message_at: Option<DateTime<Utc>>,
}

/// The numbers of one customer.
///
/// # Errors
/// When the database is away.
pub async fn figures(conn: &mut PgConn, customer: Reached) -> Result<Figures, StoreError> {
    let row = sql(
        "SELECT count(*) FILTER (WHERE t.state NOT IN ('resolved', 'closed')) AS open_tickets, count(*) AS tickets,
            max(t.last_message_at) AS last_message_at,
            (SELECT count(*) FROM customer_members m WHERE m.customer_id = $1) AS members,
            (SELECT count(*) FROM customer_documents d WHERE d.customer_id = $1 AND d.deleted_at IS NULL) AS documents,
            (SELECT count(*) FROM customer_notes n WHERE n.customer_id = $1 AND n.deleted_at IS NULL) AS notes
         FROM tickets t WHERE t.customer_id = $1 AND t.deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(customer.id())
    .get_result(conn)
    .await?;
    Ok(row)
}
