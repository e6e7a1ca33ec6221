//! Opening a ticket: everything that belongs to it in one statement, so that it can be a transaction by itself.

use diesel::sql_types::{Array, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::NewJob;
use uuid::Uuid;

use super::{NewMessage, NewTicket, Ticket};
use crate::{
    PgConn, StoreError,
    audit::{self, Actor, Entry, Mark},
    ledger::bind_jobs,
    session::Held,
    sql::sql,
};

/// A ticket about to be opened, with what follows from it.
#[derive(Debug)]
pub struct Opening<'a> {
    /// The ticket.
    pub ticket: NewTicket<'a>,
    /// Who opens it.
    pub actor: &'a Actor,
    /// Its first message, unless that is there already.
    pub message: Option<&'a NewMessage>,
    /// Jobs that follow from it.
    pub jobs: &'a [NewJob],
    /// What may be promised for it.
    pub promises: &'a Promises,
    /// The idempotency key that is spent by it.
    pub key: Option<&'a Held>,
}

/// The policies that may take a ticket of its priority, in their order, with the clocks that each would start.
#[derive(Debug, Clone)]
pub struct Promises {
    /// The state of the book they were read from; `None` = none were read.
    pub epoch: Option<Uuid>,
    /// For each: `n` (order), `version`, `groups` and `kinds` (`null` = all), `due_at`, `clocks`.
    pub candidates: serde_json::Value,
}

impl Default for Promises {
    fn default() -> Self {
        Self {
            epoch: None,
            candidates: serde_json::Value::Array(Vec::new()),
        }
    }
}

/// Stores a ticket with its requester as participant, its first message, its `created` event, the audit line, the live event and
/// the jobs that follow. The requester's account is the one with his address, unless he may be somebody else; the language, when none is given, is the account's.
/// It belongs to the customer that the requester acts for, or whose address he writes from: that is for staff to see and opens
/// nothing to anybody.
/// The first policy that takes it starts its clocks. When the policies changed since they were read it is left unbound.
///
/// # Errors
/// [`StoreError::Fenced`] when the idempotency key was lost: nothing was written. When the database refuses.
pub async fn open(conn: &mut PgConn, opening: &Opening<'_>) -> Result<Ticket, StoreError> {
    let Opening {
        ticket: t,
        actor,
        message: m,
        jobs,
        promises,
        key,
    } = opening;
    let entry = Entry {
        action: "ticket.create",
        subject_type: "ticket",
        subject_id: Some(t.id),
        data: serde_json::json!({ "subject": t.subject, "priority": t.priority }),
    };
    let Mark { uid, mark } = audit::mark(actor, t.at, &entry)?;
    let statement = sql(concat!(
        "WITH k AS (",
        spend_key!("$45", "$46", "$47"),
        " RETURNING 1),
        go AS (SELECT 1 WHERE $47::uuid IS NULL OR EXISTS (SELECT 1 FROM k)),
        u AS (SELECT id, locale FROM users WHERE email = $5 AND deleted_at IS NULL AND $52),
        f AS MATERIALIZED (SELECT
                coalesce($7, (SELECT group_id FROM mailboxes WHERE id = $8), (SELECT id FROM support_groups WHERE retired_at IS NULL ORDER BY id LIMIT 1))
                    AS group_id,
                coalesce((SELECT m.customer_id FROM customer_members m JOIN customers c ON c.id = m.customer_id
                        WHERE m.user_id = (SELECT id FROM u) AND c.deleted_at IS NULL ORDER BY m.added_at, c.id LIMIT 1),
                    CASE WHEN $52 THEN customer_by_email($5) END) AS customer_id
            FROM go),
        s AS MATERIALIZED (SELECT x.version, x.due_at, x.clocks
            FROM f, jsonb_to_recordset($53) AS x(n int, version uuid, groups uuid[], kinds text[], due_at timestamptz, clocks jsonb)
            WHERE (SELECT epoch FROM sla_book) = $54 AND (x.groups IS NULL OR f.group_id = ANY(x.groups))
                AND (x.kinds IS NULL OR (SELECT kind FROM customers WHERE id = f.customer_id) = ANY(x.kinds))
            ORDER BY x.n LIMIT 1),
        t AS (INSERT INTO tickets (id, subject, priority, source, requester_user_id, requester_email, requester_name, group_id,
                mailbox_id, locale, follow_up_of, tags, category_id, message_count, event_seq, last_message_at, created_at, updated_at, created_by,
                customer_id, sla_version_id, sla_due_at, queued_at)
            SELECT $1, $2, $3, $4, (SELECT id FROM u), $5, $6, f.group_id,
                $8, coalesce($9, (SELECT locale FROM u), 'fr'), $10, $11, $56, 1, 1, $55, $55, $12, $13,
                f.customer_id, (SELECT version FROM s), (SELECT due_at FROM s),
                (SELECT $12 FROM support_groups WHERE id = f.group_id AND strategy <> 'off')
            FROM f
            RETURNING id, number, subject, state, priority, requester_user_id, requester_email, requester_name, assignee_id,
                group_id, message_count, last_message_at, created_at, updated_at, version, delivery_failed, mailbox_id, locale,
                hold_reason, on_hold_until, unanswered, follow_up_of, tags, sla_version_id, sla_due_at, sla_breached, category_id, customer_id,
                merged_into),
        c AS (INSERT INTO ticket_clocks (ticket_id, kind, cycle, status, target, consumed, running_since, started_at, due_at,
                next_check_at)
            SELECT t.id, x.kind, 1, 'running', x.target, 0, $55, $55, x.due_at, x.next_check_at
            FROM t, s, jsonb_to_recordset(s.clocks) AS x(kind text, target bigint, due_at timestamptz, next_check_at timestamptz)),
        p AS (INSERT INTO ticket_participants (ticket_id, email, name, role, user_id, added_at)
            SELECT id, requester_email, requester_name, 'requester', requester_user_id, created_at FROM t),
        m AS (INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_user_id, author_email, author_name, is_staff,
                body_text, body_html, quoted_from, held, verified, raw_mail_id, created_at)
            SELECT $18, t.id, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31 FROM t WHERE $18 IS NOT NULL),
        e AS (INSERT INTO ticket_events (ticket_id, seq, kind, actor_id, actor_name, data, at)
            SELECT id, 1, 'created', $13, $14, jsonb_build_object('source', $4::text) || $57, created_at FROM t),
        l AS (INSERT INTO audit_log (at, actor_id, actor_kind, action, subject_type, subject_id, data, ip, user_agent, request_id,
                session_id, uid, mark)
            SELECT $12, $13, $15, 'ticket.create', 'ticket', id, $48, $16, $17, $32, $49, $50, $51 FROM t),
        v AS (INSERT INTO events (type, subject_type, subject_id, permission, user_id, data)
            SELECT 'ticket.created', 'ticket', id, 'tickets.view', requester_user_id, jsonb_build_object('number', number) FROM t),
        j AS (",
        insert_jobs!("t CROSS JOIN unnest($33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44)"),
        ")
        SELECT t.*, NULL::text AS assignee_name, g.name AS group_name FROM t JOIN support_groups g ON g.id = t.group_id"
    ))
    .bind::<SqlUuid, _>(t.id)
    .bind::<Text, _>(t.subject)
    .bind::<Text, _>(t.priority)
    .bind::<Text, _>(t.source)
    .bind::<Text, _>(t.requester_email)
    .bind::<Text, _>(t.requester_name)
    .bind::<Nullable<SqlUuid>, _>(t.group_id)
    .bind::<Nullable<SqlUuid>, _>(t.mailbox_id)
    .bind::<Nullable<Text>, _>(t.locale)
    .bind::<Nullable<SqlUuid>, _>(t.follow_up_of)
    .bind::<Array<Text>, _>(t.tags)
    .bind::<Timestamptz, _>(t.at)
    .bind::<Nullable<SqlUuid>, _>(actor.user_id)
    .bind::<Text, _>(actor.name.as_str())
    .bind::<Text, _>(actor.kind)
    .bind::<Nullable<Text>, _>(actor.ip.as_deref())
    .bind::<Nullable<Text>, _>(actor.user_agent.as_deref())
    .bind::<Nullable<SqlUuid>, _>(m.map(|m| m.id))
    .bind::<Nullable<Text>, _>(m.map(|m| m.kind.as_str()))
    .bind::<Nullable<Text>, _>(m.map(|m| m.direction.as_str()))
    .bind::<Nullable<SqlUuid>, _>(m.and_then(|m| m.author_user_id))
    .bind::<Nullable<Text>, _>(m.and_then(|m| m.author_email.as_deref()))
    .bind::<Nullable<Text>, _>(m.map(|m| m.author_name.as_str()))
    .bind::<Nullable<Bool>, _>(m.map(|m| m.is_staff))
    .bind::<Nullable<Text>, _>(m.map(|m| m.body_text.as_str()))
    .bind::<Nullable<Text>, _>(m.and_then(|m| m.body_html.as_deref()))
    .bind::<Nullable<Integer>, _>(m.and_then(|m| m.quoted_from))
    .bind::<Nullable<Bool>, _>(m.map(|m| m.held))
    .bind::<Nullable<Bool>, _>(m.map(|m| m.verified))
    .bind::<Nullable<SqlUuid>, _>(m.and_then(|m| m.raw_mail_id))
    .bind::<Nullable<Timestamptz>, _>(m.map(|m| m.created_at))
    .bind::<Nullable<Text>, _>(actor.request_id.as_deref());
    let rows: Vec<Ticket> = bind_jobs(statement, jobs)?
        .bind::<Nullable<SqlUuid>, _>(key.map(|key| key.actor_id))
        .bind::<Nullable<Text>, _>(key.map(|key| key.key.as_str()))
        .bind::<Nullable<SqlUuid>, _>(key.map(|key| key.claim))
        .bind::<Jsonb, _>(entry.data)
        .bind::<Nullable<SqlUuid>, _>(actor.session_id)
        .bind::<SqlUuid, _>(uid)
        .bind::<Binary, _>(mark.as_slice())
        .bind::<Bool, _>(t.requester_proven)
        .bind::<Jsonb, _>(&promises.candidates)
        .bind::<Nullable<SqlUuid>, _>(promises.epoch)
        .bind::<Timestamptz, _>(t.since)
        .bind::<Nullable<SqlUuid>, _>(t.category_id)
        .bind::<Jsonb, _>(&t.explained)
        .load(conn)
        .await?;
    rows.into_iter().next().ok_or(StoreError::Fenced)
}
