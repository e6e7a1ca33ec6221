//! Internal notes and documents of a customer.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Reached;
use crate::{PgConn, StoreError, sql::sql};

/// A note of staff.
#[derive(Debug, Clone, QueryableByName)]
pub struct Note {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Who wrote it.
    #[diesel(sql_type = SqlUuid)]
    pub author_id: Uuid,
    /// His name.
    #[diesel(sql_type = Text)]
    pub author_name: String,
    /// Text.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// Kept on top.
    #[diesel(sql_type = Bool)]
    pub pinned: bool,
    /// People it mentions.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub mentions: Vec<Uuid>,
    /// What they are called now, in the same order.
    #[diesel(sql_type = Array<Text>)]
    pub mention_names: Vec<String>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

macro_rules! select_note {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.author_id, u.name AS author_name, n.body, n.pinned, n.mentions,
                 ARRAY(SELECT coalesce(m.name, '') FROM unnest(n.mentions) WITH ORDINALITY AS named (id, place)
                       LEFT JOIN users m ON m.id = named.id ORDER BY place) AS mention_names,
                 n.version, n.created_at, n.updated_at
             FROM customer_notes n JOIN users u ON u.id = n.author_id
             WHERE n.customer_id = $1 AND n.deleted_at IS NULL ",
            $rest
        )
    };
}

/// Notes, pinned ones first, then the newest; 500 at most.
///
/// # Errors
/// When the database is away.
pub async fn notes(conn: &mut PgConn, customer: Reached) -> Result<Vec<Note>, StoreError> {
    let rows = sql(select_note!(
        "ORDER BY n.pinned DESC, n.created_at DESC, n.id DESC LIMIT 500"
    ))
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// One note of a customer.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn note(conn: &mut PgConn, customer: Reached, id: Uuid) -> Result<Note, StoreError> {
    let row = sql(select_note!("AND n.id = $2"))
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Stores a note.
///
/// # Errors
/// When the database refuses.
pub async fn insert_note(conn: &mut PgConn, customer: Reached, note: &Note) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_notes (id, customer_id, author_id, body, pinned, mentions, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
    )
    .bind::<SqlUuid, _>(note.id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<SqlUuid, _>(note.author_id)
    .bind::<Text, _>(note.body.as_str())
    .bind::<Bool, _>(note.pinned)
    .bind::<Array<SqlUuid>, _>(&note.mentions)
    .bind::<Timestamptz, _>(note.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Replaces text, pin and mentions of a note that still has this version.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn update_note(
    conn: &mut PgConn,
    customer: Reached,
    note: &Note,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customer_notes SET body = $4, pinned = $5, mentions = $6, updated_at = $7, version = version + 1
         WHERE id = $1 AND customer_id = $2 AND version = $3 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(note.id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Integer, _>(note.version)
    .bind::<Text, _>(note.body.as_str())
    .bind::<Bool, _>(note.pinned)
    .bind::<Array<SqlUuid>, _>(&note.mentions)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Deletes a note.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete_note(conn: &mut PgConn, customer: Reached, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql("UPDATE customer_notes SET deleted_at = $3 WHERE id = $1 AND customer_id = $2 AND deleted_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(customer.id())
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// A document of a customer.
#[derive(Debug, Clone, QueryableByName)]
pub struct Document {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Encrypted file.
    #[diesel(sql_type = SqlUuid)]
    pub file_id: Uuid,
    /// Safe file name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `contract`, `identity`, `fiscal`, `correspondence` or `other`.
    #[diesel(sql_type = Text)]
    pub category: String,
    /// The customer's members see it.
    #[diesel(sql_type = Bool)]
    pub shared: bool,
    /// Type by content.
    #[diesel(sql_type = Text)]
    pub content_type: String,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// Who uploaded it.
    #[diesel(sql_type = Nullable<Text>)]
    pub uploaded_by_name: Option<String>,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

macro_rules! select_document {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.file_id, d.name, d.category, d.shared, f.content_type, f.size, u.name AS uploaded_by_name, d.created_at, d.version
             FROM customer_documents d JOIN sealed_files f ON f.id = d.file_id LEFT JOIN users u ON u.id = d.uploaded_by
             WHERE d.customer_id = $1 AND d.deleted_at IS NULL AND (NOT $2 OR d.shared) ",
            $rest
        )
    };
}

/// Documents, newest first; 500 at most. `shared` = only those that members see.
///
/// # Errors
/// When the database is away.
pub async fn documents(conn: &mut PgConn, customer: Reached, shared: bool) -> Result<Vec<Document>, StoreError> {
    let rows = sql(select_document!("ORDER BY d.created_at DESC, d.id DESC LIMIT 500"))
        .bind::<SqlUuid, _>(customer.id())
        .bind::<Bool, _>(shared)
        .load(conn)
        .await?;
    Ok(rows)
}

/// One document.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is not shared and only shared ones count.
pub async fn document(conn: &mut PgConn, customer: Reached, id: Uuid, shared: bool) -> Result<Document, StoreError> {
    let row = sql(select_document!("AND d.id = $3"))
        .bind::<SqlUuid, _>(customer.id())
        .bind::<Bool, _>(shared)
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Stores the record of a document whose file is stored.
///
/// # Errors
/// When the database refuses.
pub async fn insert_document(
    conn: &mut PgConn,
    customer: Reached,
    document: &Document,
    by: Option<Uuid>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_documents (id, customer_id, file_id, name, category, shared, uploaded_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(document.id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<SqlUuid, _>(document.file_id)
    .bind::<Text, _>(document.name.as_str())
    .bind::<Text, _>(document.category.as_str())
    .bind::<Bool, _>(document.shared)
    .bind::<Nullable<SqlUuid>, _>(by)
    .bind::<Timestamptz, _>(document.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Shares a document with the customer's members, or no longer.
///
/// # Errors
/// [`StoreError::Stale`] when it was changed or deleted meanwhile.
pub async fn share_document(
    conn: &mut PgConn,
    customer: Reached,
    (id, version): (Uuid, i32),
    shared: bool,
) -> Result<(), StoreError> {
    let n = sql("UPDATE customer_documents SET shared = $3, version = version + 1
         WHERE id = $1 AND customer_id = $2 AND version = $4 AND deleted_at IS NULL")
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Bool, _>(shared)
    .bind::<Integer, _>(version)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Deletes a document.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete_document(
    conn: &mut PgConn,
    customer: Reached,
    id: Uuid,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql("UPDATE customer_documents SET deleted_at = $3, deleted_by = $4
         WHERE id = $1 AND customer_id = $2 AND deleted_at IS NULL")
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
