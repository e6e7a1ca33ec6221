//! Files that are kept encrypted: where the ciphertext is, and their wrapped data keys.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An encrypted file.
#[derive(Debug, Clone, QueryableByName)]
pub struct SealedFile {
    /// Id; the encryption is bound to it.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Key of the ciphertext in the blob store.
    #[diesel(sql_type = Binary)]
    pub blob: Vec<u8>,
    /// SHA-256 of the content.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
    /// Size of the content in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// Type by content.
    #[diesel(sql_type = Text)]
    pub content_type: String,
    /// Master key that wraps the data key.
    #[diesel(sql_type = Text)]
    pub key_id: String,
    /// The data key, wrapped.
    #[diesel(sql_type = Binary)]
    pub wrapped_key: Vec<u8>,
    /// When it was stored.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// Stores the record of a file.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, file: &SealedFile) -> Result<(), StoreError> {
    sql(
        "INSERT INTO sealed_files (id, blob, sha256, size, content_type, key_id, wrapped_key, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(file.id)
    .bind::<Binary, _>(file.blob.as_slice())
    .bind::<Binary, _>(file.sha256.as_slice())
    .bind::<BigInt, _>(file.size)
    .bind::<Text, _>(file.content_type.as_str())
    .bind::<Text, _>(file.key_id.as_str())
    .bind::<Binary, _>(file.wrapped_key.as_slice())
    .bind::<Timestamptz, _>(file.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The record of a file. Whoever asks has reached what the file belongs to.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<SealedFile, StoreError> {
    let row = sql(
        "SELECT id, blob, sha256, size, content_type, key_id, wrapped_key, created_at FROM sealed_files WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// Files whose data key another master key than this one wraps, at most `limit`; locked until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn under_other_keys(conn: &mut PgConn, key_id: &str, limit: i64) -> Result<Vec<SealedFile>, StoreError> {
    let rows = sql(
        "SELECT id, blob, sha256, size, content_type, key_id, wrapped_key, created_at FROM sealed_files
         WHERE key_id <> $1 ORDER BY id LIMIT $2 FOR UPDATE",
    )
    .bind::<Text, _>(key_id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Replaces the wrapped data key of a file.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn rewrap(conn: &mut PgConn, id: Uuid, key_id: &str, wrapped: &[u8]) -> Result<(), StoreError> {
    let n = sql("UPDATE sealed_files SET key_id = $2, wrapped_key = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(key_id)
        .bind::<Binary, _>(wrapped)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
