//! Escalations of tickets: what raised them, whom they told, and who has taken note.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An escalation.
#[derive(Debug, Clone, QueryableByName)]
pub struct Escalation {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Link of the chain, from 1; none for a rule.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub level: Option<i16>,
    /// Clock of the chain.
    #[diesel(sql_type = Nullable<Text>)]
    pub clock: Option<String>,
    /// Name of the rule.
    #[diesel(sql_type = Nullable<Text>)]
    pub rule: Option<String>,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Names of those who were told.
    #[diesel(sql_type = Array<Text>)]
    pub told: Vec<String>,
    /// When somebody took note.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// His name.
    #[diesel(sql_type = Nullable<Text>)]
    pub acknowledged_by: Option<String>,
}

/// What escalates a ticket.
#[derive(Debug, Clone, Copy)]
pub enum Cause<'a> {
    /// A link of a chain, of this clock.
    Chain(i16, &'a str),
    /// A rule of this name.
    Rule(&'a str),
}

/// Writes an escalation of a ticket that is locked; the same key writes one only.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    key: &str,
    ticket: Uuid,
    cause: Cause<'_>,
    told: &[Uuid],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (level, clock, rule) = match cause {
        Cause::Chain(level, clock) => (Some(level), Some(clock), None),
        Cause::Rule(name) => (None, None, Some(name)),
    };
    sql(
        "WITH made AS (INSERT INTO ticket_escalations (id, key, ticket_id, level, clock, rule, at, told)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING RETURNING ticket_id)
         UPDATE tickets SET escalated = true WHERE id IN (SELECT ticket_id FROM made)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(key)
    .bind::<SqlUuid, _>(ticket)
    .bind::<Nullable<SmallInt>, _>(level)
    .bind::<Nullable<Text>, _>(clock)
    .bind::<Nullable<Text>, _>(rule)
    .bind::<Timestamptz, _>(at)
    .bind::<Array<SqlUuid>, _>(told)
    .execute(conn)
    .await?;
    Ok(())
}

/// The escalations of a ticket, the last 200 of them, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn of_ticket(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<Escalation>, StoreError> {
    let mut rows: Vec<Escalation> = sql(
        "SELECT e.id, e.level, e.clock, e.rule, e.at,
                ARRAY(SELECT p.name FROM unnest(e.told) WITH ORDINALITY AS w(id, n) JOIN users p ON p.id = w.id ORDER BY w.n) AS told,
                e.acknowledged_at, u.name AS acknowledged_by
         FROM ticket_escalations e LEFT JOIN users u ON u.id = e.acknowledged_by
         WHERE e.ticket_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT 200",
    )
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    rows.reverse();
    Ok(rows)
}

/// Takes note of what nobody has of a ticket. Returns how many those were.
///
/// # Errors
/// When the database refuses.
pub async fn acknowledge(conn: &mut PgConn, ticket: Uuid, by: Uuid, at: DateTime<Utc>) -> Result<usize, StoreError> {
    let n = sql(
        "WITH noted AS (UPDATE tickets SET escalated = false WHERE id = $1)
         UPDATE ticket_escalations SET acknowledged_at = $3, acknowledged_by = $2 WHERE ticket_id = $1 AND acknowledged_at IS NULL",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(n)
}
