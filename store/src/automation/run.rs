//! Runs of rules: one for each rule, version, ticket and cause.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A run about to be written.
#[derive(Debug, Clone, Serialize)]
pub struct NewRun {
    /// Id.
    pub id: Uuid,
    /// Rule.
    pub rule_id: Uuid,
    /// Its version.
    pub number: i32,
    /// Ticket.
    pub ticket_id: Uuid,
    /// The cause; the same one runs a version once.
    pub key: String,
    /// Rules whose actions led here.
    pub chain: Vec<Uuid>,
    /// `queued`, `held` or `skipped`.
    pub state: &'static str,
    /// Why it does not run.
    pub reason: Option<&'static str>,
    /// The action it begins with: 0, unless it goes on after a wait.
    pub next_action: i16,
    /// When it goes on; `None` = now.
    pub due_at: Option<DateTime<Utc>>,
}

/// A run.
#[derive(Debug, Clone, QueryableByName)]
pub struct Run {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Rule.
    #[diesel(sql_type = SqlUuid)]
    pub rule_id: Uuid,
    /// Its version.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Number of the ticket.
    #[diesel(sql_type = BigInt)]
    pub ticket_number: i64,
    /// The cause.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// Rules whose actions led here.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub chain: Vec<Uuid>,
    /// Where it is.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why it was skipped or held.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// Which condition held or not.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub finding: Option<serde_json::Value>,
    /// What was done.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub actions: Option<serde_json::Value>,
    /// The action it begins with: 0, unless it goes on after a wait.
    #[diesel(sql_type = SmallInt)]
    pub next_action: i16,
    /// When it goes on after a wait.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<DateTime<Utc>>,
    /// When it was caused.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct End {
    /// `acted`, `not_met`, `skipped` or `held`.
    pub state: &'static str,
    /// Why it was skipped or held.
    pub reason: Option<&'static str>,
    /// Which condition held or not.
    pub finding: Option<serde_json::Value>,
    /// What was done.
    pub actions: Option<serde_json::Value>,
}

/// A transaction in which a rule acted.
#[derive(Debug, Clone, QueryableByName)]
pub struct Cause {
    /// Transaction.
    #[diesel(sql_type = Text)]
    pub xid: String,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Rule.
    #[diesel(sql_type = SqlUuid)]
    pub rule_id: Uuid,
    /// Rules whose actions led to it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub chain: Vec<Uuid>,
}

macro_rules! select_run {
    ($rest:literal) => {
        concat!(
            "SELECT x.id, x.rule_id, x.number, x.ticket_id, t.number AS ticket_number, x.key, x.chain, x.state, x.reason, x.finding,
                x.actions, x.next_action, x.due_at, x.created_at, x.ended_at
             FROM automation_runs x JOIN tickets t ON t.id = x.ticket_id ",
            $rest
        )
    };
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Bool)]
    queued: bool,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Runs of one statement.
const TOGETHER: usize = 500;

/// Writes runs; returns the ids of those that were not there yet and wait to be run. One for a stay in a state that came to nothing
/// before is written anew, under its old id: what did not hold then may hold later in the same stay.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, all: &[NewRun], now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    let mut queued = Vec::new();
    // The same cause twice would meet itself in one statement. The order stays: what happened first is run first.
    let mut seen = HashSet::new();
    let all: Vec<&NewRun> = all
        .iter()
        .filter(|run| seen.insert((run.rule_id, run.number, run.ticket_id, run.key.as_str())))
        .collect();
    for part in all.chunks(TOGETHER) {
        let rows = serde_json::to_value(part).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let written: Vec<Id> = sql(
            "INSERT INTO automation_runs AS r (id, rule_id, number, ticket_id, key, chain, state, reason, next_action, due_at, created_at, ended_at)
             SELECT x.id, x.rule_id, x.number, x.ticket_id, x.key, x.chain, x.state, x.reason, x.next_action, x.due_at, $2, CASE WHEN x.state = 'skipped' THEN $2 END
             FROM jsonb_to_recordset($1) AS x(id uuid, rule_id uuid, number int, ticket_id uuid, key text, chain uuid[], state text, reason text,
                 next_action smallint, due_at timestamptz)
             ON CONFLICT ON CONSTRAINT automation_runs_once DO UPDATE SET state = excluded.state, reason = excluded.reason,
                 finding = NULL, actions = NULL, created_at = excluded.created_at, ended_at = excluded.ended_at
             WHERE r.state IN ('not_met', 'skipped') AND r.key LIKE 'stay:%'
             RETURNING id, state = 'queued' AS queued",
        )
        .bind::<Jsonb, _>(rows)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
        queued.extend(written.into_iter().filter(|row| row.queued).map(|row| row.id));
    }
    Ok(queued)
}

/// Those of these tickets that a version of a rule has not done anything to for these causes, pair by pair.
///
/// # Errors
/// When the database is away.
pub async fn fresh(
    conn: &mut PgConn,
    (rule, number): (Uuid, i32),
    tickets: &[Uuid],
    keys: &[String],
) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "SELECT w.ticket_id AS id, true AS queued FROM unnest($3, $4) AS w(ticket_id, key)
         WHERE NOT EXISTS (SELECT FROM automation_runs x
             WHERE x.rule_id = $1 AND x.number = $2 AND x.ticket_id = w.ticket_id AND x.key = w.key
                 AND x.state NOT IN ('not_met', 'skipped'))",
    )
    .bind::<SqlUuid, _>(rule)
    .bind::<Integer, _>(number)
    .bind::<Array<SqlUuid>, _>(tickets)
    .bind::<Array<Text>, _>(keys)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A run, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<Run, StoreError> {
    Ok(sql(select_run!("WHERE x.id = $1 FOR UPDATE OF x"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Ends a run that is held by this transaction; one that acted is the cause of what happens in it.
///
/// # Errors
/// When the database refuses.
pub async fn end(conn: &mut PgConn, id: Uuid, end: &End, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "UPDATE automation_runs SET state = $2, reason = $3, finding = $4, actions = $5,
             ended_at = CASE WHEN $2 <> 'held' THEN $6 END, xid = CASE WHEN $2 = 'acted' THEN pg_current_xact_id() END
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(end.state)
    .bind::<Nullable<Text>, _>(end.reason)
    .bind::<Nullable<Jsonb>, _>(end.finding.as_ref())
    .bind::<Nullable<Jsonb>, _>(end.actions.as_ref())
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Runs of a rule before the one at `before`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    rule: Uuid,
    state: Option<&str>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    Ok(sql(select_run!(
        "WHERE x.rule_id = $1 AND ($2 IS NULL OR x.state = $2) AND ($3 IS NULL OR (x.created_at, x.id) < ($3, $4))
         ORDER BY x.created_at DESC, x.id DESC LIMIT $5"
    ))
    .bind::<SqlUuid, _>(rule)
    .bind::<Nullable<Text>, _>(state)
    .bind::<Nullable<Timestamptz>, _>(before.map(|(at, _)| at))
    .bind::<Nullable<SqlUuid>, _>(before.map(|(_, id)| id))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// What a person decides about runs that wait for him; returns which were queued.
///
/// # Errors
/// When the database refuses.
pub async fn settle(conn: &mut PgConn, rule: Uuid, run: bool, now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "UPDATE automation_runs SET state = CASE WHEN $2::int = 1 THEN 'queued' ELSE 'dismissed' END,
             ended_at = CASE WHEN $2::int = 1 THEN NULL ELSE $3 END
         WHERE rule_id = $1 AND state = 'held' RETURNING id, state = 'queued' AS queued",
    )
    .bind::<SqlUuid, _>(rule)
    .bind::<Integer, _>(i32::from(run))
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Ends what a rule was to go on with after a wait. What is just being run judges by itself whether the rule still wants it.
///
/// # Errors
/// When the database refuses.
pub async fn end_waiting(
    conn: &mut PgConn,
    rule: Uuid,
    reason: &'static str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("UPDATE automation_runs SET state = 'skipped', reason = $2, ended_at = $3 WHERE id IN
             (SELECT id FROM automation_runs WHERE rule_id = $1 AND state = 'queued' AND due_at IS NOT NULL FOR UPDATE SKIP LOCKED)")
    .bind::<SqlUuid, _>(rule)
    .bind::<Text, _>(reason)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many tickets a rule acted on since a moment.
///
/// # Errors
/// When the database is away.
pub async fn tickets_since(conn: &mut PgConn, rule: Uuid, since: DateTime<Utc>) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(DISTINCT ticket_id) AS n FROM automation_runs
         WHERE rule_id = $1 AND state = 'acted' AND created_at > $2::timestamptz - interval '1 day' AND ended_at > $2")
    .bind::<SqlUuid, _>(rule)
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// How often rules acted on a ticket since a moment.
///
/// # Errors
/// When the database is away.
pub async fn on_ticket_since(conn: &mut PgConn, ticket: Uuid, since: DateTime<Utc>) -> Result<i64, StoreError> {
    let row: Count =
        sql("SELECT count(*) AS n FROM automation_runs WHERE ticket_id = $1 AND state = 'acted' AND ended_at > $2")
            .bind::<SqlUuid, _>(ticket)
            .bind::<Timestamptz, _>(since)
            .get_result(conn)
            .await?;
    Ok(row.n)
}

/// Which of these transactions were a rule's, and on which ticket.
///
/// # Errors
/// When the database is away.
pub async fn causes(conn: &mut PgConn, xids: &[String]) -> Result<Vec<Cause>, StoreError> {
    Ok(sql("SELECT x.xid::text AS xid, x.ticket_id, x.rule_id, x.chain
         FROM (SELECT DISTINCT xid::xid8 AS xid FROM unnest($1) AS u(xid)) w JOIN automation_runs x ON x.xid = w.xid")
    .bind::<Array<Text>, _>(xids)
    .load(conn)
    .await?)
}
