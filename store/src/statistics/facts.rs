//! Histories of tickets as statistics read them, and the facts that are written from them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::ticket::facts::Fact;
use serde_json::json;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A ticket.
#[derive(Debug, QueryableByName)]
pub struct TicketRow {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When it was opened.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Group.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Whoever has it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assignee_id: Option<Uuid>,
    /// It is a part of another ticket.
    #[diesel(sql_type = Bool)]
    pub merged: bool,
}

/// A state that a ticket went to.
#[derive(Debug, QueryableByName)]
pub struct MoveRow {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// The state.
    #[diesel(sql_type = Text)]
    pub state: String,
}

/// A public answer of a person of staff.
#[derive(Debug, QueryableByName)]
pub struct ReplyRow {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub agent_id: Uuid,
}

/// A clock of a promise.
#[derive(Debug, QueryableByName)]
pub struct ClockRow {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// `first_response` or `resolution`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// It has ended.
    #[diesel(sql_type = Bool)]
    pub met: bool,
    /// Seconds of business hours it ran.
    #[diesel(sql_type = BigInt)]
    pub business: i64,
    /// In time.
    #[diesel(sql_type = Nullable<Bool>)]
    pub kept: Option<bool>,
}

/// A rating.
#[derive(Debug, QueryableByName)]
pub struct RatedRow {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Which resolution.
    #[diesel(sql_type = Integer)]
    pub cycle: i32,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// 1 to 5.
    #[diesel(sql_type = SmallInt)]
    pub rating: i16,
    /// Group.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Agent.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub agent_id: Option<Uuid>,
}

macro_rules! history {
    ($(#[$doc:meta])* $name:ident -> $row:ty: $text:literal) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// When the database is away.
        pub async fn $name(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<$row>, StoreError> {
            Ok(sql($text).bind::<Array<SqlUuid>, _>(ids).load(conn).await?)
        }
    };
}

history! {
    /// These tickets, but for deleted ones and for spam: what is none counts for nothing.
    tickets -> TicketRow: "SELECT id, created_at, updated_at, state, group_id, assignee_id, merged_into IS NOT NULL AS merged FROM tickets
        WHERE id = ANY($1) AND deleted_at IS NULL AND NOT spam"
}
history! {
    /// The states they went to, oldest first.
    moves -> MoveRow: "SELECT ticket_id, at, happening ->> 'state' AS state FROM ticket_clock_moments
        WHERE ticket_id = ANY($1) AND happening ->> 'what' = 'state' ORDER BY ticket_id, id"
}
history! {
    /// Public answers of people of staff, oldest first. Rules and acknowledgements are none.
    replies -> ReplyRow: "SELECT ticket_id, created_at AS at, author_user_id AS agent_id FROM ticket_messages
        WHERE ticket_id = ANY($1) AND kind = 'reply' AND is_staff AND direction = 'out' AND author_user_id IS NOT NULL AND NOT held
        ORDER BY ticket_id, created_at, id"
}
history! {
    /// The clocks of first answers and resolutions.
    clocks -> ClockRow: "SELECT ticket_id, kind, started_at, status = 'met' AS met, consumed / 1000000 AS business,
            CASE WHEN target IS NOT NULL THEN breached_at IS NULL END AS kept
        FROM ticket_clocks WHERE ticket_id = ANY($1) AND kind IN ('first_response', 'resolution') ORDER BY ticket_id, kind, cycle"
}
history! {
    /// What their customers said.
    ratings -> RatedRow: "SELECT ticket_id, cycle, answered_at AS at, rating, group_id, agent_id FROM ticket_surveys
        WHERE ticket_id = ANY($1) AND answered_at IS NOT NULL"
}

/// Writes the facts of these tickets, and takes away what is one no more. What stays is not touched.
///
/// # Errors
/// When the database refuses.
pub async fn write(conn: &mut PgConn, ids: &[Uuid], facts: &[(Uuid, Fact)]) -> Result<(), StoreError> {
    let rows: Vec<serde_json::Value> = facts
        .iter()
        .map(|(ticket, fact)| {
            json!({ "ticket_id": ticket, "kind": fact.kind.as_str(), "n": fact.n, "at": fact.at, "standing": fact.standing,
                    "seconds": fact.seconds, "business": fact.business, "kept": fact.kept, "rating": fact.rating,
                    "group_id": fact.group, "agent_id": fact.agent })
        })
        .collect();
    sql(
        "WITH x AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($2) AS x(ticket_id uuid, kind text, n int, at timestamptz,
                standing boolean, seconds bigint, business bigint, kept boolean, rating smallint, group_id uuid, agent_id uuid)),
         d AS (DELETE FROM ticket_facts f WHERE f.ticket_id = ANY($1)
             AND NOT EXISTS (SELECT FROM x WHERE x.ticket_id = f.ticket_id AND x.kind = f.kind AND x.n = f.n))
         INSERT INTO ticket_facts AS f (ticket_id, kind, n, at, standing, seconds, business, kept, rating, group_id, agent_id)
         SELECT ticket_id, kind, n, at, standing, seconds, business, kept, rating, group_id, agent_id FROM x
         ON CONFLICT (ticket_id, kind, n) DO UPDATE SET at = excluded.at, standing = excluded.standing, seconds = excluded.seconds,
             business = excluded.business, kept = excluded.kept, rating = excluded.rating, group_id = excluded.group_id,
             agent_id = excluded.agent_id
         WHERE (f.at, f.standing, f.seconds, f.business, f.kept, f.rating, f.group_id, f.agent_id) IS DISTINCT FROM
             (excluded.at, excluded.standing, excluded.seconds, excluded.business, excluded.kept, excluded.rating, excluded.group_id,
              excluded.agent_id)",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Jsonb, _>(serde_json::Value::Array(rows))
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The next tickets that were there before statistics began, the newest first; empty when all were read. Of two at once the second waits.
///
/// # Errors
/// When the database is away.
pub async fn backfill_from(conn: &mut PgConn, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "WITH b AS MATERIALIZED (SELECT before FROM ticket_fact_backfill WHERE before IS NOT NULL FOR UPDATE)
         SELECT id FROM tickets WHERE id < (SELECT before FROM b) ORDER BY id DESC LIMIT $1",
    )
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Those from this id on were read; none is left without it.
///
/// # Errors
/// When the database refuses.
pub async fn backfilled(conn: &mut PgConn, before: Option<Uuid>) -> Result<(), StoreError> {
    sql("UPDATE ticket_fact_backfill SET before = $1 WHERE before IS NOT NULL")
        .bind::<Nullable<SqlUuid>, _>(before)
        .execute(conn)
        .await?;
    Ok(())
}
