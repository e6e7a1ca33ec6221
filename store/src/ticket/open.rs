//! Opening tickets: everything that belongs to them in one statement, so that it can be a transaction by itself, and so that tickets
//! opened at the same moment share what a statement costs, which is more than half of what opening one ticket costs.

use std::collections::HashMap;

use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use jobs::NewJob;
use uuid::Uuid;

use super::{NewMessage, NewTicket, Ticket};
use crate::{
    PgConn, StoreError,
    audit::{self, Actor, Entry},
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
    /// For each: `n` (order), `version`, `groups`, `kinds` and `tiers` (`null` = all), `due_at`, `clocks`.
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

/// Jobs come first, so that their placeholders are those of every statement that adds jobs. `w` = what is wished, `k` = keys that are
/// spent by it, `o` = what is opened, with what the database knows about it. The limits let everything through: they tell PostgreSQL that few
/// rows come, so that it keeps one plan instead of making a new one each time, which takes longer than running it.
const STATEMENT: &str = concat!(
    "WITH w AS MATERIALIZED (SELECT * FROM unnest($14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31,
            $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56,
            $57, $58, $59, $60, $61, $62)
        WITH ORDINALITY AS w(id, subject, priority, source, email, name, proven, group_id, mailbox_id, locale, follow_up_of, tags,
            category_id, explained, at, since, actor_id, actor_name, actor_kind, ip, user_agent, request_id, session_id, data, uid, mark,
            m_id, m_kind, m_direction, m_author, m_email, m_name, m_staff, m_text, m_html, m_quoted, m_held, m_verified, m_mail, m_at,
            candidates, epoch, key_actor, key, claim, wished_project, order_id, service_id, invoice_id, n) LIMIT $63),
    k AS (UPDATE idempotency_keys i SET committed = true FROM w
        WHERE i.actor_id = w.key_actor AND i.key = w.key AND i.claim = w.claim RETURNING i.claim),
    o AS MATERIALIZED (SELECT w.*, u.id AS user_id, u.locale AS user_locale,
            coalesce((SELECT id FROM support_groups WHERE id = w.group_id AND retired_at IS NULL),
                (SELECT g.id FROM mailboxes b JOIN support_groups g ON g.id = b.group_id WHERE b.id = w.mailbox_id AND g.retired_at IS NULL),
                (SELECT id FROM support_groups WHERE retired_at IS NULL ORDER BY id LIMIT 1)) AS home,
            f.id AS project_id, coalesce(f.customer_id,
                (SELECT m.customer_id FROM customer_members m JOIN customers c ON c.id = m.customer_id
                    WHERE m.user_id = u.id AND c.deleted_at IS NULL ORDER BY m.added_at, c.id LIMIT 1),
                CASE WHEN w.proven THEN customer_by_email(w.email) END) AS customer_id
        FROM w LEFT JOIN users u ON u.email = w.email AND u.deleted_at IS NULL AND w.proven
            LEFT JOIN customer_projects f ON f.id = w.wished_project AND f.archived_at IS NULL AND w.proven
                AND (f.id IN (",
    seen_projects!("u.id"),
    ")
                    OR EXISTS (SELECT FROM customers c WHERE c.id = f.customer_id AND c.email = w.email AND c.deleted_at IS NULL))
        WHERE w.claim IS NULL OR w.claim IN (SELECT claim FROM k)),
    s AS MATERIALIZED (SELECT o.id, o.since, x.version, x.due_at, x.clocks
        FROM o CROSS JOIN LATERAL (SELECT x.version, x.due_at, x.clocks
            FROM jsonb_to_recordset(o.candidates) AS x(n int, version uuid, groups uuid[], kinds text[], tiers text[], due_at timestamptz, clocks jsonb)
            WHERE (SELECT epoch FROM sla_book) = o.epoch AND (x.groups IS NULL OR o.home = ANY(x.groups))
                AND (x.kinds IS NULL OR (SELECT kind FROM customers WHERE id = o.customer_id) = ANY(x.kinds))
                AND (x.tiers IS NULL OR (SELECT tier FROM customers WHERE id = o.customer_id) = ANY(x.tiers))
            ORDER BY x.n LIMIT 1) x),
    t AS (INSERT INTO tickets (id, subject, priority, source, requester_user_id, requester_email, requester_name, group_id,
            mailbox_id, locale, follow_up_of, tags, category_id, message_count, event_seq, last_message_at, created_at, updated_at, created_by,
            customer_id, project_id, sla_version_id, sla_due_at, queued_at, order_id, service_id, invoice_id)
        SELECT o.id, o.subject, o.priority, o.source, o.user_id, o.email, o.name, o.home, o.mailbox_id,
            coalesce(o.locale, o.user_locale, 'fr'), o.follow_up_of, ARRAY(SELECT jsonb_array_elements_text(o.tags)), o.category_id,
            1, 1, o.since, o.since, o.at, o.actor_id, o.customer_id, o.project_id, s.version, s.due_at,
            (SELECT o.at FROM support_groups WHERE id = o.home AND strategy <> 'off'), o.order_id, o.service_id, o.invoice_id
        FROM o LEFT JOIN s ON s.id = o.id ORDER BY o.n
        RETURNING id, number, subject, state, priority, requester_user_id, requester_email, requester_name, assignee_id,
            group_id, message_count, last_message_at, created_at, updated_at, version, delivery_failed, mailbox_id, locale,
            hold_reason, on_hold_until, unanswered, follow_up_of, tags, sla_version_id, sla_due_at, sla_breached, escalated, category_id, customer_id,
            merged_into, spam, resolutions, project_id, order_id, service_id, invoice_id),
    c AS (INSERT INTO ticket_clocks (ticket_id, kind, cycle, status, target, consumed, running_since, started_at, due_at, next_check_at)
        SELECT s.id, x.kind, 1, 'running', x.target, 0, s.since, s.since, x.due_at, x.next_check_at
        FROM s, jsonb_to_recordset(s.clocks) AS x(kind text, target bigint, due_at timestamptz, next_check_at timestamptz)),
    p AS (INSERT INTO ticket_participants (ticket_id, email, name, role, user_id, added_at)
        SELECT id, email, name, 'requester', user_id, since FROM o),
    m AS (INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_user_id, author_email, author_name, is_staff,
            body_text, body_html, quoted_from, held, verified, raw_mail_id, created_at)
        SELECT m_id, id, m_kind, m_direction, m_author, m_email, m_name, m_staff, m_text, m_html, m_quoted, m_held, m_verified, m_mail,
            m_at FROM o WHERE m_id IS NOT NULL),
    e AS (INSERT INTO ticket_events (ticket_id, seq, kind, actor_id, actor_name, data, at)
        SELECT id, 1, 'created', actor_id, actor_name, jsonb_build_object('source', source) || explained, since FROM o),
    l AS (INSERT INTO audit_log (at, actor_id, actor_kind, action, subject_type, subject_id, data, ip, user_agent, request_id,
            session_id, uid, mark)
        SELECT at, actor_id, actor_kind, 'ticket.create', 'ticket', id, data, ip, user_agent, request_id, session_id, uid, mark
        FROM o ORDER BY n),
    -- Of a ticket without a project its participants are written by this very statement, which sees none of them yet: there is its requester.
    v AS (INSERT INTO events (type, subject_type, subject_id, permission, audience, data)
        SELECT 'ticket.created', 'ticket', id, 'tickets.view', CASE WHEN project_id IS NOT NULL
            THEN ticket_audience(id, project_id, requester_user_id) WHEN requester_user_id IS NOT NULL THEN ARRAY[requester_user_id] END, jsonb_build_object('number', number) FROM t),
    j AS (",
    insert_jobs!(
        "(SELECT x.id, x.kind, x.queue, x.payload, x.priority, x.run_at, x.max_attempts, x.unique_key, x.subject_type, x.subject_id,
                x.actor_id, x.trace
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS x(id, kind, queue, payload, priority, run_at,
                max_attempts, unique_key, subject_type, subject_id, actor_id, trace, ticket_id)
            WHERE x.ticket_id IN (SELECT id FROM o) LIMIT $64)"
    ),
    ")
    SELECT t.*, NULL::text AS assignee_name, g.name AS group_name, g.members_handle, g.reply_ends_hold, NULL::timestamptz AS reopen_until,
        (SELECT name FROM customer_projects WHERE id = t.project_id) AS project_name FROM t JOIN support_groups g ON g.id = t.group_id"
);

/// [`open_all`] for one.
///
/// # Errors
/// [`StoreError::Fenced`] when the idempotency key was lost: nothing was written. When the database refuses.
pub async fn open(conn: &mut PgConn, opening: &Opening<'_>) -> Result<Ticket, StoreError> {
    let opened = open_all(conn, std::slice::from_ref(opening)).await?;
    opened.into_iter().next().flatten().ok_or(StoreError::Fenced)
}

/// Stores tickets, each with its requester as participant, its first message, its `created` event, the audit line, the live event and
/// the jobs that follow. A requester's account is the one with his address, unless he may be somebody else; the language, when none is given, is the account's.
/// A ticket belongs to the customer of its project, or to the one that its requester acts for, or whose address he writes from: that is for staff to see and opens
/// nothing to anybody.
/// The first policy that takes it starts its clocks. When the policies changed since they were read it is left unbound.
/// The answer has the order of `openings`; `None` stands for one whose idempotency key was lost: nothing of it was written.
///
/// # Errors
/// When the database refuses; then none is stored.
pub async fn open_all(conn: &mut PgConn, openings: &[Opening<'_>]) -> Result<Vec<Option<Ticket>>, StoreError> {
    let entries: Vec<Entry<'_>> = openings.iter().map(created).collect();
    let marked = openings.iter().zip(&entries);
    let marks = marked
        .map(|(o, entry)| audit::mark(o.actor, o.ticket.at, entry))
        .collect::<Result<Vec<_>, _>>()?;
    let follow = openings
        .iter()
        .flat_map(|o| o.jobs.iter().map(move |job| (o.ticket.id, job)));
    let (owners, jobs): (Vec<Uuid>, Vec<NewJob>) = follow.map(|(id, job)| (id, job.clone())).unzip();
    let tags = openings.iter().map(|o| serde_json::to_value(o.ticket.tags));
    let tags = tags
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| StoreError::Corrupt(error.to_string()))?;
    macro_rules! each {
        ($of:expr) => {
            openings.iter().map($of).collect::<Vec<_>>()
        };
    }
    macro_rules! message {
        ($of:expr) => {
            each!(|o: &Opening<'_>| o.message.map($of))
        };
    }
    macro_rules! message_may {
        ($of:expr) => {
            each!(|o: &Opening<'_>| o.message.and_then($of))
        };
    }
    let statement = bind_jobs(sql(STATEMENT), &jobs)?
        .bind::<Array<SqlUuid>, _>(owners)
        // The ticket.
        .bind::<Array<SqlUuid>, _>(each!(|o| o.ticket.id))
        .bind::<Array<Text>, _>(each!(|o| o.ticket.subject))
        .bind::<Array<Text>, _>(each!(|o| o.ticket.priority))
        .bind::<Array<Text>, _>(each!(|o| o.ticket.source))
        .bind::<Array<Text>, _>(each!(|o| o.ticket.requester_email))
        .bind::<Array<Text>, _>(each!(|o| o.ticket.requester_name))
        .bind::<Array<Bool>, _>(each!(|o| o.ticket.requester_proven))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.group_id))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.mailbox_id))
        .bind::<Array<Nullable<Text>>, _>(each!(|o| o.ticket.locale))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.follow_up_of))
        .bind::<Array<Jsonb>, _>(tags)
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.category_id))
        .bind::<Array<Jsonb>, _>(each!(|o| &o.ticket.explained))
        .bind::<Array<Timestamptz>, _>(each!(|o| o.ticket.at))
        .bind::<Array<Timestamptz>, _>(each!(|o| o.ticket.since))
        // Who acts, and the line of the audit log.
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.actor.user_id))
        .bind::<Array<Text>, _>(each!(|o| o.actor.name.as_str()))
        .bind::<Array<Text>, _>(each!(|o| o.actor.kind))
        .bind::<Array<Nullable<Text>>, _>(each!(|o| o.actor.ip.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(each!(|o| o.actor.user_agent.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(each!(|o| o.actor.request_id.as_deref()))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.actor.session_id))
        .bind::<Array<Jsonb>, _>(entries.iter().map(|entry| &entry.data).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(marks.iter().map(|mark| mark.uid).collect::<Vec<_>>())
        .bind::<Array<Binary>, _>(marks.iter().map(|mark| mark.mark.as_slice()).collect::<Vec<_>>())
        // The first message.
        .bind::<Array<Nullable<SqlUuid>>, _>(message!(|m| m.id))
        .bind::<Array<Nullable<Text>>, _>(message!(|m| m.kind.as_str()))
        .bind::<Array<Nullable<Text>>, _>(message!(|m| m.direction.as_str()))
        .bind::<Array<Nullable<SqlUuid>>, _>(message_may!(|m| m.author_user_id))
        .bind::<Array<Nullable<Text>>, _>(message_may!(|m| m.author_email.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(message!(|m| m.author_name.as_str()))
        .bind::<Array<Nullable<Bool>>, _>(message!(|m| m.is_staff))
        .bind::<Array<Nullable<Text>>, _>(message!(|m| m.body_text.as_str()))
        .bind::<Array<Nullable<Text>>, _>(message_may!(|m| m.body_html.as_deref()))
        .bind::<Array<Nullable<Integer>>, _>(message_may!(|m| m.quoted_from))
        .bind::<Array<Nullable<Bool>>, _>(message!(|m| m.held))
        .bind::<Array<Nullable<Bool>>, _>(message!(|m| m.verified))
        .bind::<Array<Nullable<SqlUuid>>, _>(message_may!(|m| m.raw_mail_id))
        .bind::<Array<Nullable<Timestamptz>>, _>(message!(|m| m.created_at))
        // What is promised, and the key.
        .bind::<Array<Jsonb>, _>(each!(|o| &o.promises.candidates))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.promises.epoch))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.key.map(|key| key.actor_id)))
        .bind::<Array<Nullable<Text>>, _>(each!(|o| o.key.map(|key| key.key.as_str())))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.key.map(|key| key.claim)))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.project_id))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.related.order_id))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.related.service_id))
        .bind::<Array<Nullable<SqlUuid>>, _>(each!(|o| o.ticket.related.invoice_id))
        .bind::<BigInt, _>(most(openings.len()))
        .bind::<BigInt, _>(most(jobs.len()));
    let rows: Vec<Ticket> = statement.load(conn).await?;
    let mut opened: HashMap<Uuid, Ticket> = rows.into_iter().map(|row| (row.summary.id, row)).collect();
    Ok(openings.iter().map(|o| opened.remove(&o.ticket.id)).collect())
}

/// A limit that lets as many rows through.
fn most(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn created<'a>(opening: &Opening<'a>) -> Entry<'a> {
    let ticket = &opening.ticket;
    let mut data = serde_json::json!({ "subject": ticket.subject, "priority": ticket.priority });
    for (kind, id) in ticket.related.each() {
        if let Some(id) = id {
            data[kind] = serde_json::json!(id);
        }
    }
    Entry {
        action: "ticket.create",
        subject_type: "ticket",
        subject_id: Some(ticket.id),
        data,
    }
}
