//! One ticket.

use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{Participant, Ticket};
use crate::{PgConn, StoreError, sql::sql};

macro_rules! select_ticket {
    ($($rest:expr),+) => {
        concat!(
            "SELECT t.id, t.number, t.subject, t.state, t.priority, t.requester_user_id, t.requester_email,
                t.requester_name, t.assignee_id, a.name AS assignee_name, t.group_id, g.name AS group_name,
                t.message_count, t.last_message_at, t.created_at, t.updated_at, t.version, t.delivery_failed,
                t.sla_due_at, t.sla_breached, t.escalated, t.category_id, t.sla_version_id, t.mailbox_id, t.locale, t.hold_reason, t.on_hold_until,
                t.unanswered, t.follow_up_of, t.tags, t.customer_id, t.merged_into, t.spam, t.resolutions,
                t.project_id, cj.name AS project_name, t.order_id, t.service_id, t.invoice_id, g.members_handle, g.reply_ends_hold,
                CASE WHEN t.state = 'closed' AND t.merged_into IS NULL AND g.reopen_window_hours > 0 THEN
                    (SELECT max(e.at) FROM ticket_events e WHERE e.ticket_id = t.id AND e.kind = 'state_changed' AND e.data->>'to' = 'closed')
                    + make_interval(hours => g.reopen_window_hours) END AS reopen_until
             FROM tickets t JOIN support_groups g ON g.id = t.group_id LEFT JOIN users a ON a.id = t.assignee_id
                 LEFT JOIN customer_projects cj ON cj.id = t.project_id
             WHERE t.deleted_at IS NULL AND ",
            $($rest),+
        )
    };
}

/// The ticket `$1`, for everybody or for the person `$2`. One statement for both would be planned anew each time it runs, which costs ten times
/// what running it does: PostgreSQL keeps a plan only where no value makes a better one.
macro_rules! find_ticket {
    ($id:expr, $customer:expr $(, $rest:expr)?) => {
        match $customer {
            None => sql(select_ticket!("t.id = $1" $(, $rest)?)).bind::<SqlUuid, _>($id),
            Some(person) => sql(select_ticket!("t.id = $1 AND (", seen_ticket!("$2"), ")" $(, $rest)?))
                .bind::<SqlUuid, _>($id)
                .bind::<SqlUuid, _>(person),
        }
    };
}

/// A ticket; with `customer`, only when that account is its requester or takes part in it, or sees the project that it is of.
///
/// # Errors
/// [`StoreError::NotFound`] also when it exists but is not the customer's.
pub async fn find(conn: &mut PgConn, id: Uuid, customer: Option<Uuid>) -> Result<Ticket, StoreError> {
    Ok(find_ticket!(id, customer).get_result(conn).await?)
}

/// A ticket, locked until the transaction ends. Lock order: ticket before message.
///
/// # Errors
/// [`StoreError::NotFound`] also when it exists but is not the customer's.
pub async fn find_for_update(conn: &mut PgConn, id: Uuid, customer: Option<Uuid>) -> Result<Ticket, StoreError> {
    Ok(find_ticket!(id, customer, " FOR UPDATE OF t").get_result(conn).await?)
}

/// A ticket, or the one that it became a part of, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_home_for_update(conn: &mut PgConn, id: Uuid) -> Result<Ticket, StoreError> {
    let found = find_for_update(conn, id, None).await?;
    match found.merged_into {
        Some(target) => find_for_update(conn, target, None).await,
        None => Ok(found),
    }
}

/// A ticket by its number.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_by_number(conn: &mut PgConn, number: i64) -> Result<Ticket, StoreError> {
    let row = sql(select_ticket!("t.number = $1"))
        .bind::<BigInt, _>(number)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Who gets an answer by mail, each once: whoever takes part, at the address that his account has now.
///
/// # Errors
/// When the database is away.
pub async fn recipients(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<Participant>, StoreError> {
    let rows = sql(
        "SELECT email, name, role, user_id FROM (
             SELECT DISTINCT ON (email) coalesce(u.email, p.email) AS email, p.name, p.role, p.user_id, p.added_at
             FROM ticket_participants p LEFT JOIN users u ON u.id = p.user_id AND u.deleted_at IS NULL AND u.status = 'active'
                 AND u.email_verified_at IS NOT NULL
             WHERE p.ticket_id = $1 AND p.role <> 'cc_pending' ORDER BY email, p.role <> 'requester', p.added_at) r
         ORDER BY role <> 'requester', added_at, email",
    )
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Who takes part, requester first.
///
/// # Errors
/// When the database is away.
pub async fn participants(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<Participant>, StoreError> {
    let rows = sql("SELECT email, name, role, user_id FROM ticket_participants
                    WHERE ticket_id = $1 ORDER BY role <> 'requester', added_at, email")
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows)
}
