//! What months of text messages came to, and what a month may cost. The sums are kept by the database as texts come and go (`book_sms`).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The currency of all prices, and what a month may cost.
#[derive(Debug, Clone, QueryableByName)]
pub struct Budget {
    /// ISO 4217.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Most that a month may cost, in millionths.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub cap_micros: Option<i64>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// What a month came to.
#[derive(Debug, Clone, QueryableByName)]
pub struct Month {
    /// Its first day (UTC).
    #[diesel(sql_type = Date)]
    pub month: NaiveDate,
    /// Texts.
    #[diesel(sql_type = BigInt)]
    pub messages: i64,
    /// Segments.
    #[diesel(sql_type = BigInt)]
    pub segments: i64,
    /// Segments for which no price was known.
    #[diesel(sql_type = BigInt)]
    pub unpriced: i64,
    /// What they cost, in millionths.
    #[diesel(sql_type = BigInt)]
    pub micros: i64,
}

/// What a month came to for one purpose in one country.
#[derive(Debug, Clone, QueryableByName)]
pub struct Sum {
    /// Its first day (UTC).
    #[diesel(sql_type = Date)]
    pub month: NaiveDate,
    /// What for.
    #[diesel(sql_type = Text)]
    pub purpose: String,
    /// ISO 3166-1; `ZZ` when nobody knows.
    #[diesel(sql_type = Text)]
    pub country: String,
    /// Texts.
    #[diesel(sql_type = BigInt)]
    pub messages: i64,
    /// Segments.
    #[diesel(sql_type = BigInt)]
    pub segments: i64,
    /// Segments for which no price was known.
    #[diesel(sql_type = BigInt)]
    pub unpriced: i64,
    /// What they cost, in millionths.
    #[diesel(sql_type = BigInt)]
    pub micros: i64,
}

/// Place in a list of sums: month, purpose, country.
pub type Place<'a> = (NaiveDate, &'a str, &'a str);

/// The budget.
///
/// # Errors
/// When the database is away.
pub async fn budget(conn: &mut PgConn) -> Result<Budget, StoreError> {
    Ok(sql("SELECT currency, cap_micros, version FROM sms_budget")
        .get_result(conn)
        .await?)
}

/// The budget, held until the end of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn lock_budget(conn: &mut PgConn) -> Result<Budget, StoreError> {
    Ok(
        sql("SELECT currency, cap_micros, version FROM sms_budget FOR NO KEY UPDATE")
            .get_result(conn)
            .await?,
    )
}

/// Changes the budget that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn change_budget(conn: &mut PgConn, to: &Budget, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE sms_budget SET currency = $1, cap_micros = $2, version = version + 1, updated_at = $4, updated_by = $5 WHERE version = $3",
    )
    .bind::<Text, _>(to.currency.as_str())
    .bind::<Nullable<BigInt>, _>(to.cap_micros)
    .bind::<Integer, _>(to.version)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

#[derive(QueryableByName)]
struct Micros {
    #[diesel(sql_type = BigInt)]
    micros: i64,
}

/// What a month came to, in millionths; until the transaction ends nobody else adds to it.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, month: NaiveDate) -> Result<i64, StoreError> {
    sql("INSERT INTO sms_months (month) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind::<Date, _>(month)
        .execute(conn)
        .await?;
    let held: Micros = sql("SELECT micros FROM sms_months WHERE month = $1 FOR NO KEY UPDATE")
        .bind::<Date, _>(month)
        .get_result(conn)
        .await?;
    Ok(held.micros)
}

/// What a month came to so far, in millionths.
///
/// # Errors
/// When the database is away.
pub async fn so_far(conn: &mut PgConn, month: NaiveDate) -> Result<i64, StoreError> {
    let rows: Vec<Micros> = sql("SELECT micros FROM sms_months WHERE month = $1")
        .bind::<Date, _>(month)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map_or(0, |row| row.micros))
}

/// The latest months that came to anything, the newest first.
///
/// # Errors
/// When the database is away.
pub async fn months(conn: &mut PgConn, limit: i64) -> Result<Vec<Month>, StoreError> {
    Ok(
        sql("SELECT month, messages, segments, unpriced, micros FROM sms_months WHERE segments > 0 ORDER BY month DESC LIMIT $1")
            .bind::<BigInt, _>(limit)
            .load(conn)
            .await?,
    )
}

/// Sums of one month or of all, the newest month first, after this place.
///
/// # Errors
/// When the database is away.
pub async fn sums(
    conn: &mut PgConn,
    month: Option<NaiveDate>,
    after: Option<Place<'_>>,
    limit: i64,
) -> Result<Vec<Sum>, StoreError> {
    let rows = sql(
        "SELECT month, purpose, country, messages, segments, unpriced, micros FROM sms_sums
         WHERE segments > 0 AND ($1 IS NULL OR month = $1)
             AND ($2 IS NULL OR month < $2 OR month = $2 AND (purpose COLLATE \"C\", country COLLATE \"C\") > ($3, $4))
         ORDER BY month DESC, purpose COLLATE \"C\", country COLLATE \"C\" LIMIT $5",
    )
    .bind::<Nullable<Date>, _>(month)
    .bind::<Nullable<Date>, _>(after.map(|(month, _, _)| month))
    .bind::<Nullable<Text>, _>(after.map(|(_, purpose, _)| purpose))
    .bind::<Nullable<Text>, _>(after.map(|(_, _, country)| country))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}
