//! Prices of text messages, each with its time.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::sms::cost::Price;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A price as a list shows it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Line {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// First digits of numbers.
    #[diesel(sql_type = Text)]
    pub prefix: String,
    /// What they are.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// For each segment, in millionths; none ends the price of these digits.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub micros: Option<i64>,
    /// From when on.
    #[diesel(sql_type = Timestamptz)]
    pub valid_from: DateTime<Utc>,
    /// When the next one for the same digits takes over.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub valid_until: Option<DateTime<Utc>>,
    /// When it was set.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Name of who set it.
    #[diesel(sql_type = Nullable<Text>)]
    pub created_by: Option<String>,
}

/// A price about to be set.
#[derive(Debug)]
pub struct NewPrice<'a> {
    /// Id.
    pub id: Uuid,
    /// First digits.
    pub prefix: &'a str,
    /// What they are.
    pub label: &'a str,
    /// For each segment, in millionths.
    pub micros: Option<i64>,
    /// From when on.
    pub valid_from: DateTime<Utc>,
    /// Who sets it.
    pub by: Uuid,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    prefix: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    micros: Option<i64>,
    #[diesel(sql_type = Timestamptz)]
    valid_from: DateTime<Utc>,
}

/// The latest prices that have begun for the digits that a number begins with: one for each of its beginnings at most.
///
/// # Errors
/// When the database is away.
pub async fn candidates(conn: &mut PgConn, digits: &str, now: DateTime<Utc>) -> Result<Vec<Price>, StoreError> {
    let rows: Vec<Row> = sql(
        "SELECT DISTINCT ON (prefix) id, prefix, micros, valid_from FROM sms_prices
         WHERE prefix IN (SELECT left($1, n) FROM generate_series(1, 7) n) AND valid_from <= $2 ORDER BY prefix, valid_from DESC",
    )
    .bind::<Text, _>(digits)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    let price = |row: Row| Price {
        id: row.id,
        prefix: row.prefix,
        micros: row.micros,
        valid_from: row.valid_from,
    };
    Ok(rows.into_iter().map(price).collect())
}

/// Prices by their digits, the latest first, after the one with these digits and this beginning. Without the past those that hold now, and
/// those to come.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    past: bool,
    now: DateTime<Utc>,
    after: Option<(&str, DateTime<Utc>)>,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    let rows = sql(
        "SELECT p.id, p.prefix, p.label, p.micros, p.valid_from, n.valid_from AS valid_until, p.created_at, u.name AS created_by
         FROM sms_prices p LEFT JOIN users u ON u.id = p.created_by
             LEFT JOIN LATERAL (SELECT valid_from FROM sms_prices n WHERE n.prefix = p.prefix AND n.valid_from > p.valid_from
                 ORDER BY valid_from LIMIT 1) n ON true
         WHERE ($1 OR (n.valid_from IS NULL OR n.valid_from > $2) AND (p.micros IS NOT NULL OR p.valid_from > $2))
             AND ($3 IS NULL OR p.prefix COLLATE \"C\" > $3 OR p.prefix = $3 AND p.valid_from < $4)
         ORDER BY p.prefix COLLATE \"C\", p.valid_from DESC LIMIT $5",
    )
    .bind::<Bool, _>(past)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<Text>, _>(after.map(|(prefix, _)| prefix))
    .bind::<Nullable<Timestamptz>, _>(after.map(|(_, from)| from))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One of them.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Line, StoreError> {
    Ok(sql(
        "SELECT p.id, p.prefix, p.label, p.micros, p.valid_from,
             (SELECT min(n.valid_from) FROM sms_prices n WHERE n.prefix = p.prefix AND n.valid_from > p.valid_from) AS valid_until,
             p.created_at, u.name AS created_by
         FROM sms_prices p LEFT JOIN users u ON u.id = p.created_by WHERE p.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?)
}

/// Sets one; `false` when one for the same digits begins at the same moment.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, new: &NewPrice<'_>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO sms_prices (id, prefix, label, micros, valid_from, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (prefix, valid_from) DO NOTHING",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Text, _>(new.prefix)
    .bind::<Text, _>(new.label)
    .bind::<Nullable<BigInt>, _>(new.micros)
    .bind::<Timestamptz, _>(new.valid_from)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Takes back one whose time has not come; `false` when it has.
///
/// # Errors
/// When the database is away.
pub async fn withdraw(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM sms_prices WHERE id = $1 AND valid_from > $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// There is a price, now or later or in the past.
///
/// # Errors
/// When the database is away.
pub async fn any(conn: &mut PgConn) -> Result<bool, StoreError> {
    let n = sql("SELECT FROM sms_prices LIMIT 1").execute(conn).await?;
    Ok(n > 0)
}

/// Those of these first digits that have no price at this moment, neither their own nor one of fewer digits.
///
/// # Errors
/// When the database is away.
pub async fn missing(conn: &mut PgConn, digits: &[String], now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
    let mut without = Vec::new();
    for each in digits {
        let known = candidates(conn, each, now).await?;
        if domain::sms::cost::in_force(&known, each, now).is_none() {
            without.push(each.clone());
        }
    }
    Ok(without)
}
