//! Tickets of an address that has come to have an account.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, audit::Actor, sql::sql};

/// Makes what an address asked for before it had an account that account's, and what it takes part in. Tickets that a sender nobody
/// vouched for opened stay nobody's: their first message is not verified. Those of another account stay his.
/// Returns how many tickets there were.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    conn: &mut PgConn,
    (user_id, email): (Uuid, &str),
    actor: &Actor,
    at: DateTime<Utc>,
) -> Result<i64, StoreError> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = sql(
        "WITH t AS (UPDATE tickets t SET requester_user_id = $1, event_seq = event_seq + 1, updated_at = $4, updated_by = $1
            WHERE t.requester_email = $2 AND t.requester_user_id IS NULL
                AND (SELECT m.verified FROM ticket_messages m WHERE m.ticket_id = t.id ORDER BY m.created_at, m.id LIMIT 1)
                AND NOT EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = t.id AND e.kind = 'sender_unverified')
            RETURNING t.id, t.number, t.version, t.state, t.event_seq, t.project_id),
        p AS (UPDATE ticket_participants p SET user_id = $1
            WHERE p.email = $2 AND p.user_id IS NULL AND (p.role <> 'requester' OR p.ticket_id IN (SELECT id FROM t))),
        e AS (INSERT INTO ticket_events (ticket_id, seq, kind, actor_id, actor_name, data, at)
            SELECT id, event_seq, 'claimed', $1, $3, '{}', $4 FROM t),
        v AS (INSERT INTO events (type, subject_type, subject_id, permission, audience, data)
            SELECT 'ticket.updated', 'ticket', id, 'tickets.view', ticket_audience(id, project_id, $1),
                jsonb_build_object('number', number, 'version', version, 'state', state) FROM t)
        SELECT count(*) AS n FROM t",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Text, _>(email)
    .bind::<Text, _>(actor.name.as_str())
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(row.n)
}
