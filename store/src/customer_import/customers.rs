//! Customers made from rows, in sets.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// What tells customers apart, of several rows.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// Tax identification numbers.
    pub nif: Vec<String>,
    /// Statistical identification numbers.
    pub nis: Vec<String>,
    /// Numbers in the trade register.
    pub rc: Vec<String>,
    /// Names in another system.
    pub external_id: Vec<String>,
    /// Addresses for mail.
    pub email: Vec<String>,
}

/// A customer who has one of them.
#[derive(Debug, Clone, QueryableByName)]
pub struct Taken {
    /// Which: a field of [`Keys`].
    #[diesel(sql_type = Text)]
    pub field: String,
    /// Its value.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// His number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
}

/// Customers that have one of the keys already, the oldest for each.
///
/// # Errors
/// When the database is away.
pub async fn taken(conn: &mut PgConn, keys: &Keys) -> Result<Vec<Taken>, StoreError> {
    let rows = sql(
        "SELECT field, value, min(number) AS number FROM (
            SELECT 'nif' AS field, nif AS value, number FROM customers WHERE nif = ANY($1) AND deleted_at IS NULL
            UNION ALL SELECT 'nis', nis, number FROM customers WHERE nis = ANY($2) AND deleted_at IS NULL
            UNION ALL SELECT 'rc', rc, number FROM customers WHERE rc = ANY($3) AND deleted_at IS NULL
            UNION ALL SELECT 'external_id', external_id, number FROM customers WHERE external_id = ANY($4) AND deleted_at IS NULL
            UNION ALL SELECT 'email', email, number FROM customers WHERE email = ANY($5) AND deleted_at IS NULL) t
         GROUP BY field, value",
    )
    .bind::<Array<Text>, _>(&keys.nif)
    .bind::<Array<Text>, _>(&keys.nis)
    .bind::<Array<Text>, _>(&keys.rc)
    .bind::<Array<Text>, _>(&keys.external_id)
    .bind::<Array<Text>, _>(&keys.email)
    .load(conn)
    .await?;
    Ok(rows)
}

/// A customer of a row, with the names of the columns.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the columns of `customers` and `customer_addresses`")]
pub struct NewRow {
    pub line: i32,
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company_name: Option<String>,
    pub legal_form: Option<String>,
    pub email: String,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub locale: String,
    pub nif: Option<String>,
    pub nis: Option<String>,
    pub rc: Option<String>,
    pub ai: Option<String>,
    pub rib: Option<String>,
    /// Sealed, in hexadecimal digits.
    pub nin_sealed: Option<String>,
    pub nin_last4: Option<String>,
    pub tags: Vec<String>,
    pub external_id: Option<String>,
    pub address_id: Option<Uuid>,
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub wilaya: Option<i16>,
    pub country: Option<String>,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Integer)]
    line: i32,
}

/// Makes customers of rows that are still to be imported, and says so in the rows: a row is imported once, whoever tries. Gives the
/// lines that were; one whose number was taken meanwhile is not among them.
///
/// # Errors
/// When the database refuses; then none is made.
pub async fn insert_customers(
    conn: &mut PgConn,
    import: Uuid,
    rows: &[NewRow],
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<Vec<i32>, StoreError> {
    let json = serde_json::to_value(rows).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let done: Vec<Line> = sql(
        "WITH r AS MATERIALIZED (SELECT n.* FROM jsonb_to_recordset($2) AS n (line integer, id uuid, kind text, name text,
                first_name text, last_name text, company_name text, legal_form text, email text, phone text, website text, locale text,
                nif text, nis text, rc text, ai text, rib text, nin_sealed text, nin_last4 text, tags text[], external_id text)
             JOIN customer_import_rows w ON w.import_id = $1 AND w.line = n.line AND w.outcome = 'valid'),
         made AS (INSERT INTO customers (id, kind, status, name, first_name, last_name, company_name, legal_form, email, phone, website,
                locale, nif, nis, rc, ai, rib, nin_sealed, nin_last4, source, tags, external_id, status_at, created_at, updated_at,
                created_by, updated_by)
             SELECT id, kind, 'pending', name, first_name, last_name, company_name, legal_form, email, phone, website, locale, nif, nis,
                rc, ai, rib, decode(nin_sealed, 'hex'), nin_last4, 'import', tags, external_id, $4, $4, $4, $3, $3 FROM r ORDER BY line
             ON CONFLICT DO NOTHING RETURNING id)
         UPDATE customer_import_rows w SET outcome = 'imported', customer_id = r.id
         FROM r JOIN made ON made.id = r.id WHERE w.import_id = $1 AND w.line = r.line RETURNING w.line",
    )
    .bind::<SqlUuid, _>(import)
    .bind::<Jsonb, _>(&json)
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    sql(
        "INSERT INTO customer_addresses (id, customer_id, kind, line1, line2, postal_code, city, wilaya, country, is_default, created_at,
            updated_at)
         SELECT r.address_id, r.id, 'billing', r.line1, r.line2, r.postal_code, r.city, r.wilaya, r.country, true, $3, $3
         FROM jsonb_to_recordset($2) AS r (line integer, id uuid, address_id uuid, line1 text, line2 text, postal_code text, city text,
            wilaya smallint, country text)
         JOIN customer_import_rows w ON w.import_id = $1 AND w.line = r.line AND w.customer_id = r.id
         WHERE r.address_id IS NOT NULL",
    )
    .bind::<SqlUuid, _>(import)
    .bind::<Jsonb, _>(&json)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(done.into_iter().map(|row| row.line).collect())
}
