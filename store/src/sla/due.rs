//! What is due, and what was raised and waits for its effects.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// An alert whose effects are still to come.
#[derive(Debug, Clone, QueryableByName)]
pub struct Unhandled {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Clock.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Its cycle.
    #[diesel(sql_type = Integer)]
    pub cycle: i32,
    /// What.
    #[diesel(sql_type = Text)]
    pub alert: String,
    /// When it happened.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Since when the policy that raised it holds for this ticket, at the latest.
    #[diesel(sql_type = Timestamptz)]
    pub detected_at: DateTime<Utc>,
}

/// Tickets with a clock to look at, locked; what another worker holds is left out. Their clocks are read afterwards: only then is
/// nobody else changing them.
///
/// # Errors
/// When the database is away.
pub async fn claim(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "SELECT t.id FROM tickets t WHERE t.id IN (SELECT d.ticket_id FROM (SELECT c.ticket_id
             FROM ticket_clocks c JOIN tickets o ON o.id = c.ticket_id AND o.deleted_at IS NULL
             WHERE c.next_check_at <= $1 ORDER BY c.next_check_at LIMIT $2) d)
         FOR UPDATE OF t SKIP LOCKED",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Alerts without their effects, oldest first, locked with their tickets. Their clocks are read afterwards, when nobody else changes them.
///
/// # Errors
/// When the database is away.
pub async fn unhandled(conn: &mut PgConn, limit: i64) -> Result<Vec<Unhandled>, StoreError> {
    let rows = sql("SELECT a.id, a.ticket_id, a.kind, a.cycle, a.alert, a.at, a.detected_at
         FROM ticket_clock_alerts a JOIN tickets t ON t.id = a.ticket_id
         WHERE a.handled_at IS NULL ORDER BY a.detected_at, a.at LIMIT $1
         FOR UPDATE OF t, a SKIP LOCKED")
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// The effects of these alerts are there.
///
/// # Errors
/// When the database refuses.
pub async fn handled(conn: &mut PgConn, ids: &[Uuid], at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE ticket_clock_alerts SET handled_at = $2 WHERE id = ANY($1) AND handled_at IS NULL")
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}
