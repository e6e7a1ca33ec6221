//! Changes of tickets.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{Related, Ticket};
use crate::{
    PgConn, StoreError,
    audit::Actor,
    sla::{ClockChange, Written},
    sql::sql,
};

/// New values of the columns that change; start from [`Change::of`].
#[derive(Debug, Clone)]
pub struct Change {
    /// State.
    pub state: String,
    /// Subject.
    pub subject: String,
    /// Priority.
    pub priority: String,
    /// Assigned agent.
    pub assignee_id: Option<Uuid>,
    /// Why on hold.
    pub hold_reason: Option<String>,
    /// Until when.
    pub on_hold_until: Option<DateTime<Utc>>,
    /// The last public message is the customer's.
    pub unanswered: bool,
    /// The last reply bounced.
    pub delivery_failed: bool,
    /// A message was added with this change.
    pub new_message: bool,
    /// A message that was held is let out with this change; it was counted when it came.
    pub released_message: bool,
    /// An agent asks the customer something with this change: a wait for him begins anew.
    pub asks: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Support group; another one is written by [`set_group`].
    pub group_id: Uuid,
    /// Category; another one is written by [`super::category::set`].
    pub category_id: Option<Uuid>,
    /// What becomes of its clocks.
    pub clocks: Option<ClockChange>,
}

impl Change {
    /// A change that changes nothing yet.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Self {
        Self {
            state: ticket.summary.state.clone(),
            subject: ticket.summary.subject.clone(),
            priority: ticket.summary.priority.clone(),
            assignee_id: ticket.summary.assignee_id,
            hold_reason: ticket.hold_reason.clone(),
            on_hold_until: ticket.on_hold_until,
            unanswered: ticket.unanswered,
            delivery_failed: ticket.summary.delivery_failed,
            new_message: false,
            released_message: false,
            asks: false,
            tags: ticket.summary.tags.clone(),
            group_id: ticket.summary.group_id,
            category_id: ticket.summary.category_id,
            clocks: None,
        }
    }
}

/// Writes the change if the ticket still has `version`, and tells browsers. What begins to wait for its customer is looked at soon, and what
/// no longer does never again (`waiting::next_due`).
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile.
pub async fn update(
    conn: &mut PgConn,
    ticket: &Ticket,
    change: &Change,
    actor: &Actor,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let clocks = Written::of(change.clocks.as_ref())?;
    let n = sql(concat!("WITH t AS (UPDATE tickets SET state = $3, subject = $4, priority = $5, assignee_id = $6, hold_reason = $7,
                on_hold_until = $8, unanswered = $9, delivery_failed = $10, tags = $11,
                message_count = message_count + $12::boolean::int,
                last_message_at = CASE WHEN $12 THEN $13 ELSE last_message_at END,
                updated_at = $13, updated_by = $14, version = version + 1,
                sla_version_id = coalesce($15, sla_version_id), sla_due_at = CASE WHEN $15::uuid IS NULL THEN sla_due_at ELSE $16 END,
                sla_breached = sla_breached OR $17,
                resolutions = resolutions + (state <> 'resolved' AND $3 = 'resolved')::int,
                waiting_since = CASE WHEN $3 <> 'waiting_for_response' THEN NULL WHEN state <> $3 OR $22 THEN $13 ELSE waiting_since END,
                waiting_step = CASE WHEN $3 = 'waiting_for_response' AND state = $3 AND NOT $22 THEN waiting_step ELSE 0 END,
                waiting_look_at = CASE WHEN $3 <> 'waiting_for_response' THEN NULL WHEN state <> $3 OR $22 THEN $13 ELSE waiting_look_at END
            WHERE id = $1 AND version = $2 AND deleted_at IS NULL
            RETURNING id, number, version, state, project_id, requester_user_id), ",
        write_clocks!("$18", "$19", "$20"),
        " INSERT INTO events (type, subject_type, subject_id, permission, audience, data)
        SELECT CASE WHEN $12 OR $21 THEN 'message.created' ELSE 'ticket.updated' END, 'ticket', id, 'tickets.view',
               ticket_audience(id, project_id, requester_user_id), jsonb_build_object('number', number, 'version', version, 'state', state) FROM t"))
        .bind::<SqlUuid, _>(ticket.summary.id)
        .bind::<Integer, _>(ticket.summary.version)
        .bind::<Text, _>(change.state.as_str())
        .bind::<Text, _>(change.subject.as_str())
        .bind::<Text, _>(change.priority.as_str())
        .bind::<Nullable<SqlUuid>, _>(change.assignee_id)
        .bind::<Nullable<Text>, _>(change.hold_reason.as_deref())
        .bind::<Nullable<Timestamptz>, _>(change.on_hold_until)
        .bind::<Bool, _>(change.unanswered)
        .bind::<Bool, _>(change.delivery_failed)
        .bind::<Array<Text>, _>(&change.tags)
        .bind::<Bool, _>(change.new_message)
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<SqlUuid>, _>(actor.user_id)
        .bind::<Nullable<SqlUuid>, _>(clocks.version_id)
        .bind::<Nullable<Timestamptz>, _>(clocks.due_at)
        .bind::<Bool, _>(clocks.breached)
        .bind::<Jsonb, _>(clocks.clocks)
        .bind::<Jsonb, _>(clocks.moments)
        .bind::<Jsonb, _>(clocks.alerts)
        .bind::<Bool, _>(change.released_message)
        .bind::<Bool, _>(change.asks)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Says that a ticket that is locked is spam, or that it is none. Staff and their rules alone do this; the wall lets no customer.
///
/// # Errors
/// When the database refuses.
pub async fn set_spam(conn: &mut PgConn, ticket: Uuid, spam: bool) -> Result<(), StoreError> {
    sql("UPDATE tickets SET spam = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(ticket)
        .bind::<Bool, _>(spam)
        .execute(conn)
        .await?;
    Ok(())
}

/// Hands a ticket that is locked to another group; without an agent it waits to be dealt out there, and one that waits for its customer does
/// so by that group's rules. Staff alone do this; the wall lets no customer.
///
/// # Errors
/// When the database refuses.
pub async fn set_group(
    conn: &mut PgConn,
    ticket: Uuid,
    group: Uuid,
    assigned: bool,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("UPDATE tickets SET group_id = $2,
             waiting_look_at = CASE WHEN waiting_since IS NOT NULL THEN $3 END,
             queued_at = (SELECT $3::timestamptz FROM support_groups WHERE id = $2 AND strategy <> 'off' AND NOT $4) WHERE id = $1")
        .bind::<SqlUuid, _>(ticket)
        .bind::<SqlUuid, _>(group)
        .bind::<Timestamptz, _>(at)
        .bind::<Bool, _>(assigned)
        .execute(conn)
        .await?;
    Ok(())
}

/// Files a ticket that is locked under a project of its customer, or under none.
///
/// # Errors
/// When the database refuses: the project is of another customer, or behind the wall one that the person does not see.
pub async fn set_project(conn: &mut PgConn, ticket: Uuid, project: Option<Uuid>) -> Result<(), StoreError> {
    sql("UPDATE tickets SET project_id = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(ticket)
        .bind::<Nullable<SqlUuid>, _>(project)
        .execute(conn)
        .await?;
    Ok(())
}

/// Says what a ticket that is locked is about besides its customer. Staff alone do this; the wall lets no customer.
///
/// # Errors
/// When the database refuses.
pub async fn set_related(conn: &mut PgConn, ticket: Uuid, related: Related) -> Result<(), StoreError> {
    sql("UPDATE tickets SET order_id = $2, service_id = $3, invoice_id = $4 WHERE id = $1")
        .bind::<SqlUuid, _>(ticket)
        .bind::<Nullable<SqlUuid>, _>(related.order_id)
        .bind::<Nullable<SqlUuid>, _>(related.service_id)
        .bind::<Nullable<SqlUuid>, _>(related.invoice_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Files a ticket where another one is, which it comes from: what is seen there only must not be seen elsewhere for that.
///
/// # Errors
/// When the database refuses.
pub async fn file_with(conn: &mut PgConn, ticket: Uuid, from: Uuid) -> Result<(), StoreError> {
    sql(
        "UPDATE tickets t SET project_id = f.project_id, customer_id = f.customer_id
         FROM tickets f WHERE t.id = $1 AND f.id = $2 AND f.project_id IS NOT NULL",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<SqlUuid, _>(from)
    .execute(conn)
    .await?;
    Ok(())
}

/// Appends to the ticket's history. The row lock of the ticket keeps `seq` without holes.
///
/// # Errors
/// When the database refuses.
pub async fn add_event(
    conn: &mut PgConn,
    ticket: Uuid,
    kind: &str,
    actor: &Actor,
    data: serde_json::Value,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "WITH t AS (UPDATE tickets SET event_seq = event_seq + 1 WHERE id = $1 RETURNING event_seq)
         INSERT INTO ticket_events (ticket_id, seq, kind, actor_id, actor_name, data, at)
         SELECT $1, event_seq, $2, $3, $4, $5, $6 FROM t",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Text, _>(kind)
    .bind::<Nullable<SqlUuid>, _>(actor.user_id)
    .bind::<Text, _>(actor.name.as_str())
    .bind::<Jsonb, _>(data)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds somebody to a ticket; one who takes part already, be it under an address that his account had before, keeps his role, except that
/// a pending one is promoted. `false` when all stays as it was.
///
/// # Errors
/// When the database refuses.
pub async fn add_participant(
    conn: &mut PgConn,
    ticket: Uuid,
    email: &str,
    name: &str,
    role: &str,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = sql(
        "WITH own AS MATERIALIZED (SELECT id FROM users WHERE email = $2 AND deleted_at IS NULL),
        k AS MATERIALIZED (SELECT FROM ticket_participants p JOIN own ON own.id = p.user_id WHERE p.ticket_id = $1 AND p.email <> $2),
        u AS (UPDATE ticket_participants p SET role = $4 FROM own
            WHERE p.ticket_id = $1 AND p.email <> $2 AND p.user_id = own.id AND p.role = 'cc_pending' AND $4 <> 'cc_pending' RETURNING 1),
        i AS (INSERT INTO ticket_participants (ticket_id, email, name, role, user_id, added_at)
            SELECT $1, $2, $3, $4, (SELECT id FROM own), $5 WHERE NOT EXISTS (SELECT FROM k)
            ON CONFLICT (ticket_id, email) DO UPDATE SET role = excluded.role
                WHERE ticket_participants.role = 'cc_pending' AND excluded.role <> 'cc_pending'
                    AND (ticket_participants.user_id IS NULL OR ticket_participants.user_id = excluded.user_id) RETURNING 1)
        SELECT (SELECT count(*) FROM u) + (SELECT count(*) FROM i) AS n",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Text, _>(email)
    .bind::<Text, _>(name)
    .bind::<Text, _>(role)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(row.n > 0)
}

/// Takes somebody out of a ticket, under whatever addresses his account takes part; `false` when he takes no part or is its requester.
///
/// # Errors
/// When the database refuses.
pub async fn remove_participant(conn: &mut PgConn, ticket: Uuid, email: &str) -> Result<bool, StoreError> {
    let n = sql(
        "DELETE FROM ticket_participants WHERE ticket_id = $1 AND role <> 'requester' AND (email = $2 OR user_id =
             (SELECT user_id FROM ticket_participants WHERE ticket_id = $1 AND email = $2 AND role <> 'requester'))",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Text, _>(email)
    .execute(conn)
    .await?;
    Ok(n > 0)
}
