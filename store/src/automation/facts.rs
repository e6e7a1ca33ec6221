//! What conditions are about.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A ticket as conditions see it.
#[derive(Debug, Clone, QueryableByName)]
pub struct FactsRow {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Number people use.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Priority.
    #[diesel(sql_type = Text)]
    pub priority: String,
    /// Support group.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Its category and those above it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub category_path: Vec<Uuid>,
    /// Assigned agent.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assignee_id: Option<Uuid>,
    /// The last public message is the customer's.
    #[diesel(sql_type = Bool)]
    pub unanswered: bool,
    /// A promise was broken.
    #[diesel(sql_type = Bool)]
    pub sla_breached: bool,
    /// How the customer rated its resolution last.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub rating: Option<i16>,
    /// Tags.
    #[diesel(sql_type = Array<Text>)]
    pub tags: Vec<String>,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// How it came.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// When it was opened.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When the last message came.
    #[diesel(sql_type = Timestamptz)]
    pub last_message_at: DateTime<Utc>,
    /// Since when it is in its state.
    #[diesel(sql_type = Timestamptz)]
    pub state_since: DateTime<Utc>,
}

/// A line of a history, for a look back.
#[derive(Debug, Clone, QueryableByName)]
pub struct Past {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Place in its history.
    #[diesel(sql_type = Integer)]
    pub seq: i32,
    /// What happened.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Facts.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

macro_rules! select_facts {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.number, t.state, t.priority, t.group_id, category_path(t.category_id) AS category_path, t.assignee_id, t.unanswered, t.sla_breached, t.tags, t.subject, t.source,
                (SELECT s.rating FROM ticket_surveys s WHERE s.ticket_id = t.id AND s.rating IS NOT NULL ORDER BY s.cycle DESC LIMIT 1) AS rating,
                t.created_at, t.last_message_at,
                coalesce((SELECT max(e.at) FROM ticket_events e WHERE e.ticket_id = t.id AND e.kind = 'state_changed'), t.created_at)
                    AS state_since
             FROM tickets t WHERE t.deleted_at IS NULL ",
            $rest
        )
    };
}

/// These tickets.
///
/// # Errors
/// When the database is away.
pub async fn of(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<FactsRow>, StoreError> {
    Ok(sql(select_facts!("AND t.id = ANY($1)"))
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn)
        .await?)
}

/// Tickets in these states after the one with this id, in the order of ids.
///
/// # Errors
/// When the database is away.
pub async fn candidates(
    conn: &mut PgConn,
    states: &[&str],
    after: Uuid,
    limit: i64,
) -> Result<Vec<FactsRow>, StoreError> {
    Ok(sql(select_facts!(
        "AND t.state = ANY($1) AND t.id > $2 ORDER BY t.id LIMIT $3"
    ))
    .bind::<Array<Text>, _>(states)
    .bind::<SqlUuid, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// The newest lines of these kinds since a moment; `message.in` and `message.out` stand for public messages.
///
/// # Errors
/// When the database is away.
pub async fn past(conn: &mut PgConn, kind: &str, since: DateTime<Utc>, limit: i64) -> Result<Vec<Past>, StoreError> {
    Ok(sql(
        "SELECT ticket_id, seq, kind, data, at FROM ticket_events WHERE kind = $1 AND at >= $2
         UNION ALL SELECT ticket_id, 2147483647, 'message', '{}', created_at FROM ticket_messages m
             WHERE $1 = 'message.' || m.direction AND m.kind = 'reply' AND NOT m.held AND m.created_at >= $2
                 AND m.created_at > (SELECT created_at FROM tickets t WHERE t.id = m.ticket_id)
         ORDER BY at DESC LIMIT $3",
    )
    .bind::<Text, _>(kind)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Changes of state and priority of these tickets since a moment, newest first.
///
/// # Errors
/// When the database is away.
pub async fn changes(conn: &mut PgConn, ids: &[Uuid], since: DateTime<Utc>) -> Result<Vec<Past>, StoreError> {
    Ok(sql("SELECT ticket_id, seq, kind, data, at FROM ticket_events
         WHERE ticket_id = ANY($1) AND kind IN ('state_changed', 'priority_changed') AND at >= $2 ORDER BY ticket_id, seq DESC")
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?)
}
