//! Figures that only the benchmarks ask for.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Double},
};
use diesel_async::RunQueryDsl;

use crate::{PgConn, StoreError, sql::sql};

/// What the server did since its statistics began.
#[derive(Debug, QueryableByName)]
pub struct Counters {
    /// Committed transactions of this database.
    #[diesel(sql_type = BigInt)]
    pub commits: i64,
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Double)]
    a: f64,
    #[diesel(sql_type = Double)]
    b: f64,
}

/// Counters of this database.
///
/// # Errors
/// When the database is away.
pub async fn counters(conn: &mut PgConn) -> Result<Counters, StoreError> {
    Ok(sql("SELECT xact_commit AS commits FROM pg_stat_database WHERE datname = current_database()").get_result(conn).await?)
}

/// Seconds between the first start and the last end of the newest `n` no-op jobs.
///
/// # Errors
/// When the database is away.
pub async fn span(conn: &mut PgConn, n: i64) -> Result<f64, StoreError> {
    let row: Pair = sql("SELECT extract(epoch FROM max(finished_at) - min(started_at))::float8 AS a, 0::float8 AS b
         FROM (SELECT started_at, finished_at FROM jobs WHERE kind = 'noop' ORDER BY id DESC LIMIT $1) j")
        .bind::<BigInt, _>(n)
        .get_result(conn)
        .await?;
    Ok(row.a)
}

/// Median and 99th percentile of the time from due to claimed of the newest `n` no-op jobs, in milliseconds.
///
/// # Errors
/// When the database is away.
pub async fn latency(conn: &mut PgConn, n: i64) -> Result<(f64, f64), StoreError> {
    let row: Pair = sql("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS a, percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS b
         FROM (SELECT extract(epoch FROM started_at - run_at)::float8 * 1000 AS ms FROM jobs
               WHERE kind = 'noop' ORDER BY id DESC LIMIT $1) j")
        .bind::<BigInt, _>(n)
        .get_result(conn)
        .await?;
    Ok((row.a, row.b))
}
