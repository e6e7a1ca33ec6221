//! Tries to sign in: how many failed, and the journal of all that were looked at.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// One counter of failed tries: of an account from a source, of an account from anywhere, of a source at any account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Address as typed, or `*`.
    pub account: String,
    /// Network or device, or `*`.
    pub source: String,
    /// Tries before the first wait.
    pub free: i32,
}

/// How long a try must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Seconds.
    pub seconds: u32,
    /// The free tries are used up and no further one was made: those that are still under way may turn out to be good.
    pub first: bool,
}

/// Counts a try on all of these before the secret is looked at, so that parallel tries cannot outrun the count. Beyond the free
/// ones each further try must wait: one second, then twice as long each time, up to a quarter of an hour. Returns nothing when the
/// try may go on, else the wait; then the transaction must be rolled back, for a try that was not made does not count.
///
/// # Errors
/// When the database is away.
pub async fn count_try(
    conn: &mut PgConn,
    counters: &[Counter],
    now: DateTime<Utc>,
) -> Result<Option<Wait>, StoreError> {
    let accounts: Vec<&str> = counters.iter().map(|c| c.account.as_str()).collect();
    let sources: Vec<&str> = counters.iter().map(|c| c.source.as_str()).collect();
    let free: Vec<i32> = counters.iter().map(|c| c.free).collect();
    // The order of the rows is the order of the locks: the same for everybody.
    let counted = sql("INSERT INTO login_failures AS f (account, source, failures, last_at)
         SELECT c.account, c.source, 1, $4 FROM unnest($1, $2, $3) AS c (account, source, free) ORDER BY 1, 2
         ON CONFLICT (account, source) DO UPDATE SET last_at = greatest(f.last_at, $4),
             failures = CASE WHEN f.last_at < $4 - interval '1 day' THEN 1 ELSE f.failures + 1 END
         WHERE f.failures < (SELECT c.free FROM unnest($1, $2, $3) AS c (account, source, free)
                   WHERE c.account = f.account AND c.source = f.source)
            OR f.last_at + make_interval(secs =>
               least(2 ^ least(f.failures - (SELECT c.free FROM unnest($1, $2, $3) AS c (account, source, free)
                   WHERE c.account = f.account AND c.source = f.source), 20), 900)) <= $4")
    .bind::<Array<Text>, _>(&accounts)
    .bind::<Array<Text>, _>(&sources)
    .bind::<Array<Integer>, _>(&free)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if counted == counters.len() {
        return Ok(None);
    }
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Integer>)]
        seconds: Option<i32>,
        #[diesel(sql_type = Nullable<Integer>)]
        beyond: Option<i32>,
    }
    let row: Row = sql("SELECT max(f.failures - c.free) AS beyond, max(ceil(extract(epoch FROM
             f.last_at + make_interval(secs => least(2 ^ least(f.failures - c.free, 20), 900)) - $4)))::int AS seconds
         FROM unnest($1, $2, $3) AS c (account, source, free)
         JOIN login_failures f ON f.account = c.account AND f.source = c.source AND f.failures >= c.free")
    .bind::<Array<Text>, _>(&accounts)
    .bind::<Array<Text>, _>(&sources)
    .bind::<Array<Integer>, _>(&free)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(Some(Wait {
        seconds: row.seconds.unwrap_or(1).max(1).unsigned_abs(),
        first: row.beyond.unwrap_or(0) == 0,
    }))
}

/// Takes a good login out of the counts. The count of a source at any account only loses this one try: its holder must not wipe
/// out his guesses at others by signing in to his own account now and then.
///
/// # Errors
/// When the database is away.
pub async fn forgive(conn: &mut PgConn, counters: &[Counter]) -> Result<(), StoreError> {
    let accounts: Vec<&str> = counters.iter().map(|c| c.account.as_str()).collect();
    let sources: Vec<&str> = counters.iter().map(|c| c.source.as_str()).collect();
    sql(
        "UPDATE login_failures f SET failures = CASE WHEN f.account = '*' THEN greatest(f.failures - 1, 0) ELSE 0 END
         WHERE (f.account, f.source) IN (SELECT f2.account, f2.source FROM login_failures f2
             JOIN unnest($1, $2) AS c (account, source) ON f2.account = c.account AND f2.source = c.source
             ORDER BY 1, 2 FOR UPDATE OF f2)",
    )
    .bind::<Array<Text>, _>(&accounts)
    .bind::<Array<Text>, _>(&sources)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many tries failed on an account since the last good one, over all sources.
///
/// # Errors
/// When the database is away.
pub async fn failures_of(conn: &mut PgConn, account: &str) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row =
        sql("SELECT coalesce(sum(failures), 0)::bigint AS n FROM login_failures WHERE account = $1 AND source = '*'")
            .bind::<Text, _>(account)
            .get_result(conn)
            .await?;
    Ok(row.n)
}

/// A line of the journal about to be written.
#[derive(Debug, Clone, Default)]
pub struct NewLine<'a> {
    /// Address as typed, in lower case.
    pub email: &'a str,
    /// Account, when there is one.
    pub user_id: Option<Uuid>,
    /// `success`, `challenge`, `failure` or `blocked`.
    pub outcome: &'a str,
    /// `password`, `magic_link`, `totp` and so on.
    pub method: &'a str,
    /// Why it failed.
    pub reason: Option<&'a str>,
    /// From a browser that the person signed in with before.
    pub known_device: bool,
    /// Source address.
    pub ip: Option<&'a str>,
    /// User agent.
    pub user_agent: Option<&'a str>,
    /// The session that began.
    pub session_id: Option<Uuid>,
}

/// A line of the journal.
#[derive(Debug, Clone, QueryableByName)]
pub struct Line {
    /// Place in the journal.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Address as typed.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    /// Outcome.
    #[diesel(sql_type = Text)]
    pub outcome: String,
    /// Method.
    #[diesel(sql_type = Text)]
    pub method: String,
    /// Reason.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// From a known browser.
    #[diesel(sql_type = Bool)]
    pub known_device: bool,
    /// Source address.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// User agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// Session.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub session_id: Option<Uuid>,
}

/// Writes a line.
///
/// # Errors
/// When the database refuses.
pub async fn journal(conn: &mut PgConn, line: &NewLine<'_>, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO login_journal (at, email, user_id, outcome, method, reason, known_device, ip, user_agent, session_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(line.email)
    .bind::<Nullable<SqlUuid>, _>(line.user_id)
    .bind::<Text, _>(line.outcome)
    .bind::<Text, _>(line.method)
    .bind::<Nullable<Text>, _>(line.reason)
    .bind::<Bool, _>(line.known_device)
    .bind::<Nullable<Text>, _>(line.ip)
    .bind::<Nullable<Text>, _>(line.user_agent)
    .bind::<Nullable<SqlUuid>, _>(line.session_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Which lines are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this account.
    pub user_id: Option<Uuid>,
    /// With this address.
    pub email: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// From this address.
    pub ip: Option<String>,
}

/// Lines before `before`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn lines(
    conn: &mut PgConn,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    let rows = sql(
        "SELECT id, at, email, user_id, outcome, method, reason, known_device, ip, user_agent, session_id FROM login_journal
         WHERE id < coalesce($1, 9223372036854775807) AND ($2 IS NULL OR user_id = $2) AND ($3 IS NULL OR email = $3)
           AND ($4 IS NULL OR outcome = $4) AND ($5 IS NULL OR ip = $5)
         ORDER BY id DESC LIMIT $6",
    )
    .bind::<Nullable<BigInt>, _>(before)
    .bind::<Nullable<SqlUuid>, _>(filter.user_id)
    .bind::<Nullable<Text>, _>(filter.email.as_deref())
    .bind::<Nullable<Text>, _>(filter.outcome.as_deref())
    .bind::<Nullable<Text>, _>(filter.ip.as_deref())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}
