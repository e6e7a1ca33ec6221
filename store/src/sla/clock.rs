//! Clocks of tickets.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A clock as stored; see `domain::sla::Clock`.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName, Serialize)]
pub struct ClockRow {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Which promise.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Counts the clocks of a kind from 1.
    #[diesel(sql_type = Integer)]
    pub cycle: i32,
    /// What it does.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Business seconds.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub target: Option<i64>,
    /// Business microseconds until `running_since`.
    #[diesel(sql_type = BigInt)]
    pub consumed: i64,
    /// Since when it runs.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub running_since: Option<DateTime<Utc>>,
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// When it is due.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<DateTime<Utc>>,
    /// When to look next.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_check_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
    /// When the promise was broken.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub breached_at: Option<DateTime<Utc>>,
    /// How often a resolution did not last.
    #[diesel(sql_type = Integer)]
    pub reopened: i32,
    /// What was raised.
    #[diesel(sql_type = Array<Text>)]
    pub raised: Vec<String>,
}

/// Something that moved clocks.
#[derive(Debug, Clone, QueryableByName, Serialize)]
pub struct MomentRow {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// What.
    #[diesel(sql_type = Jsonb)]
    pub happening: Value,
}

/// An alert.
#[derive(Debug, Clone, QueryableByName, Serialize)]
pub struct AlertRow {
    /// Id; what follows from it carries it and so happens once.
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
    /// When somebody noticed.
    #[diesel(sql_type = Timestamptz)]
    pub detected_at: DateTime<Utc>,
    /// When its effects were there.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub handled_at: Option<DateTime<Utc>>,
}

/// What a change of a ticket does to its clocks.
#[derive(Debug, Clone)]
pub struct ClockChange {
    /// Version of the policy it is bound to now; none when no policy took it yet.
    pub version_id: Option<Uuid>,
    /// Earliest instant at which a running clock is due.
    pub due_at: Option<DateTime<Utc>>,
    /// A promise was broken.
    pub breached: bool,
    /// Clocks that are new or changed.
    pub clocks: Vec<ClockRow>,
    /// What moved them.
    pub moments: Vec<MomentRow>,
    /// What that raised.
    pub alerts: Vec<AlertRow>,
}

/// A change as the values of a statement.
pub(crate) struct Written {
    pub(crate) version_id: Option<Uuid>,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) breached: bool,
    pub(crate) clocks: Value,
    pub(crate) moments: Value,
    pub(crate) alerts: Value,
}

impl Written {
    pub(crate) fn of(change: Option<&ClockChange>) -> Result<Self, StoreError> {
        let Some(change) = change else {
            return Ok(Self {
                version_id: None,
                due_at: None,
                breached: false,
                clocks: Value::Array(Vec::new()),
                moments: Value::Array(Vec::new()),
                alerts: Value::Array(Vec::new()),
            });
        };
        Ok(Self {
            version_id: change.version_id,
            due_at: change.due_at,
            breached: change.breached,
            clocks: json(&change.clocks)?,
            moments: json(&change.moments)?,
            alerts: json(&change.alerts)?,
        })
    }
}

/// Statements that write clocks, their history and their alerts from JSON, if the row source `t` holds the ticket.
macro_rules! write_clocks {
    ($clocks:literal, $moments:literal, $alerts:literal) => {
        concat!(
            "c AS (INSERT INTO ticket_clocks (ticket_id, kind, cycle, status, target, consumed, running_since, started_at, due_at,
                    next_check_at, ended_at, breached_at, reopened, raised)
                SELECT x.ticket_id, x.kind, x.cycle, x.status, x.target, x.consumed, x.running_since, x.started_at, x.due_at,
                    x.next_check_at, x.ended_at, x.breached_at, x.reopened, x.raised
                FROM jsonb_to_recordset(",
            $clocks,
            ") AS x(ticket_id uuid, kind text, cycle int, status text, target bigint, consumed bigint, running_since timestamptz,
                    started_at timestamptz, due_at timestamptz, next_check_at timestamptz, ended_at timestamptz,
                    breached_at timestamptz, reopened int, raised text[])
                WHERE x.ticket_id IN (SELECT id FROM t)
                ON CONFLICT (ticket_id, kind, cycle) DO UPDATE SET status = excluded.status, target = excluded.target,
                    consumed = excluded.consumed, running_since = excluded.running_since, due_at = excluded.due_at,
                    next_check_at = excluded.next_check_at, ended_at = excluded.ended_at, breached_at = excluded.breached_at,
                    reopened = excluded.reopened, raised = excluded.raised),
             h AS (INSERT INTO ticket_clock_moments (ticket_id, at, happening)
                SELECT x.ticket_id, x.at, x.happening
                FROM ROWS FROM (jsonb_to_recordset(",
            $moments,
            ") AS (ticket_id uuid, at timestamptz, happening jsonb)) WITH ORDINALITY AS x(ticket_id, at, happening, n)
                WHERE x.ticket_id IN (SELECT id FROM t) ORDER BY x.n),
             a AS (INSERT INTO ticket_clock_alerts (id, ticket_id, kind, cycle, alert, at, detected_at, handled_at)
                SELECT x.id, x.ticket_id, x.kind, x.cycle, x.alert, x.at, x.detected_at, x.handled_at
                FROM jsonb_to_recordset(",
            $alerts,
            ") AS x(id uuid, ticket_id uuid, kind text, cycle int, alert text, at timestamptz, detected_at timestamptz,
                    handled_at timestamptz)
                WHERE x.ticket_id IN (SELECT id FROM t)
                ON CONFLICT (ticket_id, kind, cycle, alert) DO NOTHING)"
        )
    };
}

macro_rules! clock_columns {
    () => {
        "ticket_id, kind, cycle, status, target, consumed, running_since, started_at, due_at, next_check_at, ended_at, breached_at,
         reopened, raised"
    };
}

/// Of each of these tickets the last clock of each kind: all that can still move.
///
/// # Errors
/// When the database is away.
pub async fn latest(conn: &mut PgConn, tickets: &[Uuid]) -> Result<Vec<ClockRow>, StoreError> {
    let rows = sql(concat!(
        "SELECT DISTINCT ON (ticket_id, kind) ",
        clock_columns!(),
        " FROM ticket_clocks WHERE ticket_id = ANY($1) ORDER BY ticket_id, kind, cycle DESC"
    ))
    .bind::<Array<SqlUuid>, _>(tickets)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Every clock of a ticket, in the order in which they began; the newest 200.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<ClockRow>, StoreError> {
    let rows = sql(concat!(
        "SELECT * FROM (SELECT ",
        clock_columns!(),
        " FROM ticket_clocks WHERE ticket_id = $1 ORDER BY started_at DESC, kind, cycle DESC LIMIT 200) x ORDER BY started_at, kind, cycle"
    ))
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows)
}

/// What moved the clocks of tickets, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn moments(conn: &mut PgConn, tickets: &[Uuid]) -> Result<Vec<MomentRow>, StoreError> {
    let rows = sql("SELECT ticket_id, at, happening FROM ticket_clock_moments WHERE ticket_id = ANY($1) ORDER BY id")
        .bind::<Array<SqlUuid>, _>(tickets)
        .load(conn)
        .await?;
    Ok(rows)
}

/// What was raised on a ticket, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn alerts(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<AlertRow>, StoreError> {
    let rows = sql(
        "SELECT id, ticket_id, kind, cycle, alert, at, detected_at, handled_at FROM ticket_clock_alerts
                    WHERE ticket_id = $1 ORDER BY at, id LIMIT 1000",
    )
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Writes the clocks of tickets that are locked, without a change that the tickets' readers would have to know of.
///
/// # Errors
/// When the database refuses.
pub async fn write(conn: &mut PgConn, changes: &[(Uuid, ClockChange)]) -> Result<(), StoreError> {
    let (mut tickets, mut clocks, mut moments, mut alerts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, change) in changes {
        tickets.push(serde_json::json!({
            "id": id, "version_id": change.version_id, "due_at": change.due_at, "breached": change.breached,
        }));
        clocks.extend_from_slice(&change.clocks);
        moments.extend_from_slice(&change.moments);
        alerts.extend_from_slice(&change.alerts);
    }
    sql(concat!(
        "WITH t AS (UPDATE tickets SET sla_version_id = x.version_id, sla_due_at = x.due_at,
                sla_breached = sla_breached OR x.breached
             FROM jsonb_to_recordset($1) AS x(id uuid, version_id uuid, due_at timestamptz, breached boolean)
             WHERE tickets.id = x.id RETURNING tickets.id), ",
        write_clocks!("$2", "$3", "$4"),
        " SELECT 1 FROM t"
    ))
    .bind::<Jsonb, _>(Value::Array(tickets))
    .bind::<Jsonb, _>(json(&clocks)?)
    .bind::<Jsonb, _>(json(&moments)?)
    .bind::<Jsonb, _>(json(&alerts)?)
    .execute(conn)
    .await?;
    Ok(())
}

fn json<T: Serialize>(rows: &[T]) -> Result<Value, StoreError> {
    serde_json::to_value(rows).map_err(|error| StoreError::Corrupt(error.to_string()))
}
