//! Imports of customers from files.

mod customers;
mod rows;

pub use customers::{Keys, NewRow, Taken, insert_customers, taken};
pub use rows::{Row, RowRecord, clear_rows, insert_rows, next_valid, rows, settle};

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    locks::{self, Lock},
    sql::sql,
};

/// An import.
#[derive(Debug, Clone, QueryableByName)]
pub struct Import {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The file, encrypted; `None` once its time is over.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub file_id: Option<Uuid>,
    /// Name of the file.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `uploaded`, `checking`, `checked`, `importing`, `done`, `failed` or `cancelled`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why it failed.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// Bytes of the file.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// SHA-256 of the file.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
    /// How its text is written.
    #[diesel(sql_type = Text)]
    pub encoding: String,
    /// What stands between two cells.
    #[diesel(sql_type = Text)]
    pub delimiter: String,
    /// Its first row.
    #[diesel(sql_type = Array<Text>)]
    pub header: Vec<String>,
    /// What each column holds.
    #[diesel(sql_type = Array<Nullable<Text>>)]
    pub mapping: Vec<Option<String>>,
    /// Its first rows, sealed.
    #[diesel(sql_type = Nullable<Binary>)]
    pub sample: Option<Vec<u8>>,
    /// Several customers may have the same address for mail.
    #[diesel(sql_type = Bool)]
    pub shared_emails: bool,
    /// What was checked: file, mapping and settings.
    #[diesel(sql_type = Nullable<Binary>)]
    pub fingerprint: Option<Vec<u8>>,
    /// The job that works on it, or did last.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub job_id: Option<Uuid>,
    /// Rows of the file.
    #[diesel(sql_type = Integer)]
    pub total: i32,
    /// Rows that the present step has dealt with.
    #[diesel(sql_type = Integer)]
    pub processed: i32,
    /// Rows that the check found good.
    #[diesel(sql_type = Integer)]
    pub accepted: i32,
    /// Rows about somebody who is there already.
    #[diesel(sql_type = Integer)]
    pub duplicates: i32,
    /// Rows with mistakes.
    #[diesel(sql_type = Integer)]
    pub rejected: i32,
    /// Customers made.
    #[diesel(sql_type = Integer)]
    pub imported: i32,
    /// Who uploaded it.
    #[diesel(sql_type = SqlUuid)]
    pub created_by: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When customers began to be made.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

macro_rules! select_import {
    ($rest:literal) => {
        concat!(
            "SELECT id, file_id, name, state, error, size, sha256, encoding, delimiter, header, mapping, sample, shared_emails,
                fingerprint, job_id, total, processed, accepted, duplicates, rejected, imported, created_by, created_at, started_at,
                finished_at, version FROM customer_imports ",
            $rest
        )
    };
}

/// Stores an import.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, new: &Import) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_imports (id, file_id, name, state, size, sha256, encoding, delimiter, header, mapping, sample, total,
            created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Nullable<SqlUuid>, _>(new.file_id)
    .bind::<Text, _>(new.name.as_str())
    .bind::<Text, _>(new.state.as_str())
    .bind::<BigInt, _>(new.size)
    .bind::<Binary, _>(new.sha256.as_slice())
    .bind::<Text, _>(new.encoding.as_str())
    .bind::<Text, _>(new.delimiter.as_str())
    .bind::<Array<Text>, _>(&new.header)
    .bind::<Array<Nullable<Text>>, _>(&new.mapping)
    .bind::<Nullable<Binary>, _>(new.sample.as_deref())
    .bind::<Integer, _>(new.total)
    .bind::<SqlUuid, _>(new.created_by)
    .bind::<Timestamptz, _>(new.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// An import of `owner`; `None` for jobs.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's.
pub async fn find(conn: &mut PgConn, id: Uuid, owner: Option<Uuid>) -> Result<Import, StoreError> {
    let row = sql(select_import!(
        "WHERE id = $1 AND ($2::uuid IS NULL OR created_by = $2)"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(owner)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid, owner: Option<Uuid>) -> Result<Import, StoreError> {
    let row = sql(select_import!(
        "WHERE id = $1 AND ($2::uuid IS NULL OR created_by = $2) FOR UPDATE"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(owner)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// Imports of a person, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    owner: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    let (at, id) = after.unzip();
    let rows = sql(select_import!(
        "WHERE created_by = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
         ORDER BY created_at DESC, id DESC LIMIT $4"
    ))
    .bind::<SqlUuid, _>(owner)
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct At {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// When the same file was imported last, by whomever.
///
/// # Errors
/// When the database is away.
pub async fn imported_before(
    conn: &mut PgConn,
    sha256: &[u8],
    except: Uuid,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let rows: Vec<At> = sql("SELECT coalesce(finished_at, created_at) AS at FROM customer_imports
         WHERE sha256 = $1 AND state = 'done' AND id <> $2 ORDER BY 1 DESC LIMIT 1")
    .bind::<Binary, _>(sha256)
    .bind::<SqlUuid, _>(except)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.at))
}

/// Writes where an import stands, and tells its owner.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn update(conn: &mut PgConn, new: &Import) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customer_imports SET state = $3, error = $4, mapping = $5, shared_emails = $6, fingerprint = $7, job_id = $8,
            processed = $9, accepted = $10, duplicates = $11, rejected = $12, imported = $13, started_at = $14, finished_at = $15,
            version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Integer, _>(new.version)
    .bind::<Text, _>(new.state.as_str())
    .bind::<Nullable<Text>, _>(new.error.as_deref())
    .bind::<Array<Nullable<Text>>, _>(&new.mapping)
    .bind::<Bool, _>(new.shared_emails)
    .bind::<Nullable<Binary>, _>(new.fingerprint.as_deref())
    .bind::<Nullable<SqlUuid>, _>(new.job_id)
    .bind::<Integer, _>(new.processed)
    .bind::<Integer, _>(new.accepted)
    .bind::<Integer, _>(new.duplicates)
    .bind::<Integer, _>(new.rejected)
    .bind::<Integer, _>(new.imported)
    .bind::<Nullable<Timestamptz>, _>(new.started_at)
    .bind::<Nullable<Timestamptz>, _>(new.finished_at)
    .execute(conn)
    .await?;
    if n == 0 {
        return Err(StoreError::Stale);
    }
    sql(
        "INSERT INTO events (type, subject_type, subject_id, permission, user_id, data)
         VALUES ('customer_import.updated', 'customer_import', $1, NULL, $2, $3)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<SqlUuid, _>(new.created_by)
    .bind::<Jsonb, _>(serde_json::json!({ "state": new.state, "processed": new.processed, "total": new.total }))
    .execute(conn)
    .await?;
    Ok(())
}

/// Waits until no other import makes customers, for the rest of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn alone(conn: &mut PgConn) -> Result<(), StoreError> {
    locks::take(conn, Lock::CustomerImport).await
}

/// Imports that say they are worked on and whose job is over.
///
/// # Errors
/// When the database is away.
pub async fn abandoned(conn: &mut PgConn, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = sql(
        "SELECT id FROM customer_imports WHERE state IN ('checking', 'importing')
            AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = job_id AND j.state IN ('queued', 'running')) LIMIT $1",
    )
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Deletes the files and rows of up to `limit` imports from before `before` that nobody works on; without its wrapped key the stored
/// ciphertext is worth nothing. What became of them stays. Returns how many.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let n = sql("WITH old AS (SELECT id, file_id FROM customer_imports
            WHERE file_id IS NOT NULL AND created_at < $1
                AND (state NOT IN ('checking', 'importing')
                    OR NOT EXISTS (SELECT FROM jobs j WHERE j.id = job_id AND j.state IN ('queued', 'running')))
            ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED),
         emptied AS (UPDATE customer_imports i SET file_id = NULL, sample = NULL, version = version + 1,
            state = CASE WHEN i.state IN ('uploaded', 'checked') THEN 'cancelled'
                WHEN i.state IN ('checking', 'importing') THEN 'failed' ELSE i.state END
            FROM old WHERE i.id = old.id RETURNING i.id),
         swept AS (DELETE FROM customer_import_rows r USING old WHERE r.import_id = old.id)
         SELECT id FROM emptied")
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .load::<Emptied>(conn)
    .await?
    .len();
    sql(
        "DELETE FROM sealed_files f WHERE f.content_type = 'text/csv' AND f.created_at < $1
            AND NOT EXISTS (SELECT FROM customer_imports i WHERE i.file_id = f.id)
            AND NOT EXISTS (SELECT FROM customer_documents d WHERE d.file_id = f.id)
            AND NOT EXISTS (SELECT FROM kyc_documents d WHERE d.file_id = f.id)
            AND NOT EXISTS (SELECT FROM ticket_export_parts p WHERE p.file_id = f.id)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?;
    Ok(n)
}

#[derive(QueryableByName)]
struct Emptied {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "rows are only counted")]
    id: Uuid,
}
