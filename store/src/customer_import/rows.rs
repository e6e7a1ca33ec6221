//! Rows of an import: one for each of the file's, known by its line.

use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// What became of a row.
#[derive(Debug, Clone, QueryableByName)]
pub struct Row {
    /// Line of the file.
    #[diesel(sql_type = Integer)]
    pub line: i32,
    /// `valid`, `imported`, `duplicate` or `rejected`.
    #[diesel(sql_type = Text)]
    pub outcome: String,
    /// Name, as far as it could be read.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The customer that was made.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub customer_id: Option<Uuid>,
    /// What is wrong.
    #[diesel(sql_type = Jsonb)]
    pub errors: serde_json::Value,
}

/// A row about to be stored.
#[derive(Debug, Clone)]
pub struct RowRecord {
    /// Line of the file.
    pub line: i32,
    /// `valid`, `duplicate` or `rejected`.
    pub outcome: &'static str,
    /// Name, as far as it could be read.
    pub name: String,
    /// What is wrong.
    pub errors: serde_json::Value,
}

/// Forgets what an earlier check found.
///
/// # Errors
/// When the database refuses.
pub async fn clear_rows(conn: &mut PgConn, import: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM customer_import_rows WHERE import_id = $1 AND outcome <> 'imported'")
        .bind::<SqlUuid, _>(import)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores rows.
///
/// # Errors
/// When the database refuses.
pub async fn insert_rows(conn: &mut PgConn, import: Uuid, rows: &[RowRecord]) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_import_rows (import_id, line, outcome, name, errors)
         SELECT $1, * FROM unnest($2, $3, $4, $5)",
    )
    .bind::<SqlUuid, _>(import)
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.line).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.outcome).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>())
    .bind::<Array<Jsonb>, _>(rows.iter().map(|row| &row.errors).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Rows after a line, in the order of the file: all, those of one outcome, or with `faulty` those that were not good.
///
/// # Errors
/// When the database is away.
pub async fn rows(
    conn: &mut PgConn,
    import: Uuid,
    outcomes: &[&str],
    after: i32,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let rows = sql(
        "SELECT line, outcome, name, customer_id, errors FROM customer_import_rows
         WHERE import_id = $1 AND line > $2 AND (cardinality($3) = 0 OR outcome = ANY($3)) ORDER BY line LIMIT $4",
    )
    .bind::<SqlUuid, _>(import)
    .bind::<Integer, _>(after)
    .bind::<Array<Text>, _>(outcomes)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Integer)]
    line: i32,
}

/// The next lines that are still to be imported; read under the lock of the import.
///
/// # Errors
/// When the database is away.
pub async fn next_valid(conn: &mut PgConn, import: Uuid, limit: i64) -> Result<Vec<i32>, StoreError> {
    let rows: Vec<Line> =
        sql("SELECT line FROM customer_import_rows WHERE import_id = $1 AND outcome = 'valid' ORDER BY line LIMIT $2")
            .bind::<SqlUuid, _>(import)
            .bind::<BigInt, _>(limit)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}

/// Writes that rows which were good at the check are so no longer.
///
/// # Errors
/// When the database refuses.
pub async fn settle(conn: &mut PgConn, import: Uuid, rows: &[RowRecord]) -> Result<(), StoreError> {
    sql(
        "UPDATE customer_import_rows r SET outcome = n.outcome, errors = n.errors
         FROM unnest($2, $3, $4) AS n (line, outcome, errors)
         WHERE r.import_id = $1 AND r.line = n.line AND r.outcome = 'valid'",
    )
    .bind::<SqlUuid, _>(import)
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.line).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.outcome).collect::<Vec<_>>())
    .bind::<Array<Jsonb>, _>(rows.iter().map(|row| &row.errors).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}
