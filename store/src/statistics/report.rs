//! Numbers of a period. Each statement reads the stretch of `ticket_facts_period` that the period is, never the tickets themselves.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Date, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// From here.
    pub from: DateTime<Utc>,
    /// To here, without it.
    pub to: DateTime<Utc>,
    /// Of this group alone.
    pub group: Option<Uuid>,
}

/// What happened on a day.
#[derive(Debug, QueryableByName)]
pub struct Day {
    /// The day.
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    /// Opened.
    #[diesel(sql_type = BigInt)]
    pub opened: i64,
    /// Under way again.
    #[diesel(sql_type = BigInt)]
    pub reopened: i64,
    /// Resolved or closed.
    #[diesel(sql_type = BigInt)]
    pub left: i64,
}

/// What happened on each day of a period that something happened on, by the days of `zone`.
///
/// # Errors
/// When the database is away.
pub async fn days(conn: &mut PgConn, scope: Scope, zone: &str) -> Result<Vec<Day>, StoreError> {
    Ok(sql(
        "SELECT (at AT TIME ZONE $4)::date AS day,
             count(*) FILTER (WHERE kind = 'entered' AND n = 1) AS opened, count(*) FILTER (WHERE kind = 'entered' AND n > 1) AS reopened,
             count(*) FILTER (WHERE kind = 'left') AS left
         FROM ticket_facts WHERE kind IN ('entered', 'left') AND at >= $1 AND at < $2 AND ($3::uuid IS NULL OR group_id = $3) GROUP BY 1 ORDER BY 1",
    )
    .bind::<Timestamptz, _>(scope.from)
    .bind::<Timestamptz, _>(scope.to)
    .bind::<Nullable<SqlUuid>, _>(scope.group)
    .bind::<Text, _>(zone)
    .load(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// By how much what is under way grew since the end of a period: of the day of UTC on which it ends its facts are read, of each day after it one
/// row for each group.
///
/// # Errors
/// When the database is away.
pub async fn grown_since(conn: &mut PgConn, scope: Scope) -> Result<i64, StoreError> {
    let row: Count = sql(
        "SELECT ((SELECT coalesce(sum(change), 0) FROM ticket_flow_days
                WHERE day > ($1 AT TIME ZONE 'UTC')::date AND ($2::uuid IS NULL OR group_id = $2))
             + (SELECT count(*) FILTER (WHERE kind = 'entered') - count(*) FILTER (WHERE kind = 'left') FROM ticket_facts
                WHERE kind IN ('entered', 'left') AND at >= $1
                    AND at < (date_trunc('day', $1 AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC'
                    AND ($2::uuid IS NULL OR group_id = $2)))::bigint AS n",
    )
    .bind::<Timestamptz, _>(scope.to)
    .bind::<Nullable<SqlUuid>, _>(scope.group)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// What is under way now, as far as facts were written.
///
/// # Errors
/// When the database is away.
pub async fn standing(conn: &mut PgConn, group: Option<Uuid>) -> Result<i64, StoreError> {
    let row: Count =
        sql("SELECT count(*) AS n FROM ticket_facts WHERE standing AND ($1::uuid IS NULL OR group_id = $1)")
            .bind::<Nullable<SqlUuid>, _>(group)
            .get_result(conn)
            .await?;
    Ok(row.n)
}

/// The numbers of a period, of everybody or of one.
#[derive(Debug, Clone, QueryableByName)]
pub struct Numbers {
    /// Whose; none for everybody, and for tickets without an agent.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub id: Option<Uuid>,
    /// His or its name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    /// Tickets answered or resolved.
    #[diesel(sql_type = BigInt)]
    pub handled: i64,
    /// Public answers.
    #[diesel(sql_type = BigInt)]
    pub replies: i64,
    /// Tickets whose first answer it was.
    #[diesel(sql_type = BigInt)]
    pub first: i64,
    /// Median and 90th percentile of the time to it, in seconds; of both on the clock, then of both in business hours.
    #[diesel(sql_type = Array<Nullable<Double>>)]
    pub first_times: Vec<Option<f64>>,
    /// Of how many something was promised.
    #[diesel(sql_type = BigInt)]
    pub first_promised: i64,
    /// And kept.
    #[diesel(sql_type = BigInt)]
    pub first_kept: i64,
    /// Resolutions that stand.
    #[diesel(sql_type = BigInt)]
    pub resolved: i64,
    /// As of first answers.
    #[diesel(sql_type = Array<Nullable<Double>>)]
    pub resolved_times: Vec<Option<f64>>,
    /// As of first answers.
    #[diesel(sql_type = BigInt)]
    pub resolved_promised: i64,
    /// As of first answers.
    #[diesel(sql_type = BigInt)]
    pub resolved_kept: i64,
    /// Under way again.
    #[diesel(sql_type = BigInt)]
    pub reopened: i64,
    /// Ratings.
    #[diesel(sql_type = BigInt)]
    pub rated: i64,
    /// Of them 4 and 5.
    #[diesel(sql_type = BigInt)]
    pub satisfied: i64,
    /// Their mean.
    #[diesel(sql_type = Nullable<Double>)]
    pub mean: Option<f64>,
}

macro_rules! numbers {
    ($id:literal, $join:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $id,
            ", count(DISTINCT f.ticket_id) FILTER (WHERE f.kind IN ('replied', 'resolution')) AS handled,
                 count(*) FILTER (WHERE f.kind = 'replied') AS replies, count(*) FILTER (WHERE f.kind = 'first_response') AS first,
                 coalesce(percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY f.seconds) FILTER (WHERE f.kind = 'first_response'),
                         ARRAY[NULL, NULL]::float8[])
                     || coalesce(percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY f.business) FILTER (WHERE f.kind = 'first_response'),
                         ARRAY[NULL, NULL]::float8[]) AS first_times,
                 count(f.kept) FILTER (WHERE f.kind = 'first_response') AS first_promised,
                 count(*) FILTER (WHERE f.kind = 'first_response' AND f.kept) AS first_kept,
                 count(*) FILTER (WHERE f.kind = 'resolution') AS resolved,
                 coalesce(percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY f.seconds) FILTER (WHERE f.kind = 'resolution'),
                         ARRAY[NULL, NULL]::float8[])
                     || coalesce(percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY f.business) FILTER (WHERE f.kind = 'resolution'),
                         ARRAY[NULL, NULL]::float8[]) AS resolved_times,
                 count(f.kept) FILTER (WHERE f.kind = 'resolution') AS resolved_promised,
                 count(*) FILTER (WHERE f.kind = 'resolution' AND f.kept) AS resolved_kept,
                 count(*) FILTER (WHERE f.kind = 'entered') AS reopened,
                 count(*) FILTER (WHERE f.kind = 'rated') AS rated, count(*) FILTER (WHERE f.kind = 'rated' AND f.rating >= 4) AS satisfied,
                 (avg(f.rating) FILTER (WHERE f.kind = 'rated'))::float8 AS mean
             FROM ticket_facts f ",
            $join,
            " WHERE (f.kind IN ('replied', 'first_response', 'resolution', 'rated') OR f.kind = 'entered' AND f.n > 1)
                 AND f.at >= $1 AND f.at < $2 AND ($3::uuid IS NULL OR f.group_id = $3) ",
            $rest
        )
    };
}

/// Of everybody, one row. `$1` to `$3` are the period and the group.
pub const TOTALS: &str = numbers!("NULL::uuid AS id, NULL::text AS name", "", "");
/// Of each agent who did something, by name.
pub const BY_AGENT: &str = numbers!(
    "u.id, u.name",
    "JOIN users u ON u.id = f.agent_id",
    "GROUP BY u.id, u.name ORDER BY lower(u.name), u.id LIMIT 500"
);
/// Of each group in which something happened, by name.
pub const BY_GROUP: &str = numbers!(
    "g.id, g.name",
    "JOIN support_groups g ON g.id = f.group_id",
    "GROUP BY g.id, g.name ORDER BY lower(g.name), g.id LIMIT 500"
);

/// The numbers of a period, by one of the statements above.
///
/// # Errors
/// When the database is away.
pub async fn numbers(conn: &mut PgConn, statement: &'static str, scope: Scope) -> Result<Vec<Numbers>, StoreError> {
    Ok(sql(statement)
        .bind::<Timestamptz, _>(scope.from)
        .bind::<Timestamptz, _>(scope.to)
        .bind::<Nullable<SqlUuid>, _>(scope.group)
        .load(conn)
        .await?)
}

/// A ticket behind a number.
#[derive(Debug, QueryableByName)]
pub struct Behind {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Which of its kind.
    #[diesel(sql_type = Integer)]
    pub n: i32,
    /// Seconds on the clock.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub seconds: Option<i64>,
    /// Seconds of business hours.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub business: Option<i64>,
    /// The promise was kept.
    #[diesel(sql_type = Nullable<Bool>)]
    pub kept: Option<bool>,
    /// 1 to 5.
    #[diesel(sql_type = Nullable<diesel::sql_types::SmallInt>)]
    pub rating: Option<i16>,
    /// Agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub agent: Option<String>,
    /// Group.
    #[diesel(sql_type = Text)]
    pub group_name: String,
}

/// The tickets behind a number, the newest first, after a place. `reopened` takes what entered again alone, or the first entries.
///
/// # Errors
/// When the database is away.
pub async fn behind(
    conn: &mut PgConn,
    scope: Scope,
    kind: &str,
    reopened: Option<bool>,
    agent: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid, i32)>,
    limit: i64,
) -> Result<Vec<Behind>, StoreError> {
    let (at, id, n) = after.map_or((None, None, None), |(at, id, n)| (Some(at), Some(id), Some(n)));
    Ok(sql(
        "SELECT t.id, t.number, t.subject, f.at, f.n, f.seconds, f.business, f.kept, f.rating, u.name AS agent, g.name AS group_name
         FROM ticket_facts f JOIN tickets t ON t.id = f.ticket_id JOIN support_groups g ON g.id = f.group_id
             LEFT JOIN users u ON u.id = f.agent_id
         WHERE f.kind = $4 AND f.at >= $1 AND f.at < $2 AND ($3::uuid IS NULL OR f.group_id = $3) AND ($5::bool IS NULL OR (f.n > 1) = $5)
             AND ($6::uuid IS NULL OR f.agent_id = $6)
             AND ($7::timestamptz IS NULL OR (f.at, f.ticket_id, f.n) < ($7, $8, $9))
         ORDER BY f.at DESC, f.ticket_id DESC, f.n DESC LIMIT $10",
    )
    .bind::<Timestamptz, _>(scope.from)
    .bind::<Timestamptz, _>(scope.to)
    .bind::<Nullable<SqlUuid>, _>(scope.group)
    .bind::<Text, _>(kind)
    .bind::<Nullable<Bool>, _>(reopened)
    .bind::<Nullable<SqlUuid>, _>(agent)
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<Nullable<Integer>, _>(n)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}
