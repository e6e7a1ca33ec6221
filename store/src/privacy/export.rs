//! Copies of all that is kept about a person.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sealed_file::SealedFile, sql::sql};

/// A copy.
#[derive(Debug, Clone, QueryableByName)]
pub struct Export {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whose data.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Who asked.
    #[diesel(sql_type = SqlUuid)]
    pub requested_by: Uuid,
    /// His name.
    #[diesel(sql_type = Text)]
    pub requested_by_name: String,
    /// `queued`, `running`, `ready`, `failed` or `expired`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Which try.
    #[diesel(sql_type = Integer)]
    pub run: i32,
    /// How far it is, in percent.
    #[diesel(sql_type = SmallInt)]
    pub progress: i16,
    /// Size of the archive in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// Files in it.
    #[diesel(sql_type = Integer)]
    pub files: i32,
    /// How often it was opened.
    #[diesel(sql_type = Integer)]
    pub downloads: i32,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was ready.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ready_at: Option<DateTime<Utc>>,
    /// Until when it can be opened.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.user_id, e.requested_by, coalesce((SELECT u.name FROM users u WHERE u.id = e.requested_by), '')
                AS requested_by_name, e.state, e.run, e.progress, e.size, e.files, e.downloads, e.created_at, e.ready_at,
                e.expires_at FROM personal_exports e ",
            $rest
        )
    };
}

/// Notes that a copy is asked for.
///
/// # Errors
/// [`StoreError::Conflict`] while another one is being made for the same two people.
pub async fn insert(conn: &mut PgConn, id: Uuid, user: Uuid, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO personal_exports (id, user_id, requested_by, created_at) VALUES ($1, $2, $3, $4)")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(user)
        .bind::<SqlUuid, _>(by)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Copies of a person's data that were asked for by this one, or by anybody; newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    (user, by): (Uuid, Option<Uuid>),
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Export>, StoreError> {
    let (at, id) = after.unzip();
    Ok(sql(select!(
        "WHERE e.user_id = $1 AND ($2 IS NULL OR e.requested_by = $2) AND ($3 IS NULL OR (e.created_at, e.id) < ($3, $4))
         ORDER BY e.created_at DESC, e.id DESC LIMIT $5"
    ))
    .bind::<SqlUuid, _>(user)
    .bind::<Nullable<SqlUuid>, _>(by)
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// One copy.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Export, StoreError> {
    Ok(sql(select!("WHERE e.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One copy, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid) -> Result<Export, StoreError> {
    Ok(sql(select!("WHERE e.id = $1 FOR UPDATE OF e"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Writes where a copy stands.
///
/// # Errors
/// When the database refuses.
pub async fn update(conn: &mut PgConn, export: &Export) -> Result<(), StoreError> {
    sql(
        "UPDATE personal_exports SET state = $2, run = $3, progress = $4, size = $5, files = $6, ready_at = $7, expires_at = $8
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(export.id)
    .bind::<Text, _>(export.state.as_str())
    .bind::<Integer, _>(export.run)
    .bind::<SmallInt, _>(export.progress)
    .bind::<BigInt, _>(export.size)
    .bind::<Integer, _>(export.files)
    .bind::<Nullable<Timestamptz>, _>(export.ready_at)
    .bind::<Nullable<Timestamptz>, _>(export.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts that a copy was opened.
///
/// # Errors
/// When the database is away.
pub async fn opened(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    sql("UPDATE personal_exports SET downloads = downloads + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds a part whose sealed file is recorded.
///
/// # Errors
/// When the database refuses.
pub async fn add_part(conn: &mut PgConn, export: Uuid, position: i32, file: Uuid) -> Result<(), StoreError> {
    sql("INSERT INTO personal_export_parts (export_id, position, file_id) VALUES ($1, $2, $3)")
        .bind::<SqlUuid, _>(export)
        .bind::<Integer, _>(position)
        .bind::<SqlUuid, _>(file)
        .execute(conn)
        .await?;
    Ok(())
}

/// The sealed files of a copy, in order.
///
/// # Errors
/// When the database is away.
pub async fn parts(conn: &mut PgConn, export: Uuid) -> Result<Vec<SealedFile>, StoreError> {
    Ok(sql(
        "SELECT f.id, f.blob, f.sha256, f.size, f.content_type, f.key_id, f.wrapped_key, f.created_at
         FROM personal_export_parts p JOIN sealed_files f ON f.id = p.file_id WHERE p.export_id = $1 ORDER BY p.position",
    )
    .bind::<SqlUuid, _>(export)
    .load(conn)
    .await?)
}

/// Removes the parts of a copy with their keys; their bytes are doomed.
///
/// # Errors
/// When the database refuses.
pub async fn drop_parts(conn: &mut PgConn, export: Uuid) -> Result<usize, StoreError> {
    Ok(sql(
        "WITH gone AS (DELETE FROM personal_export_parts WHERE export_id = $1 RETURNING file_id)
         DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone)",
    )
    .bind::<SqlUuid, _>(export)
    .execute(conn)
    .await?)
}

/// Closes copies that were ready before `before`, at most `limit`: their archives go, that they were asked for stays.
///
/// # Errors
/// When the database is away.
pub async fn expire(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    Ok(sql(
        "WITH late AS (SELECT id FROM personal_exports WHERE state = 'ready' AND ready_at < $1 ORDER BY ready_at LIMIT $2
                       FOR UPDATE SKIP LOCKED),
              parts AS (DELETE FROM personal_export_parts WHERE export_id IN (SELECT id FROM late) RETURNING file_id),
              files AS (DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM parts))
         UPDATE personal_exports SET state = 'expired' WHERE id IN (SELECT id FROM late)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Blob {
    #[diesel(sql_type = Binary)]
    blob: Vec<u8>,
}

/// Stored bytes that nothing names any more, at most `limit`. Those that something names again are forgotten here.
///
/// # Errors
/// When the database is away.
pub async fn doomed(conn: &mut PgConn, limit: i64) -> Result<Vec<Vec<u8>>, StoreError> {
    sql(
        "DELETE FROM doomed_blobs d WHERE EXISTS (SELECT FROM attachments a WHERE a.sha256 = d.blob)
             OR EXISTS (SELECT FROM raw_mails r WHERE r.sha256 = d.blob)
             OR EXISTS (SELECT FROM knowledge_images i WHERE i.sha256 = d.blob)
             OR EXISTS (SELECT FROM message_pictures p WHERE p.sha256 = d.blob)",
    )
    .execute(conn)
    .await?;
    let rows: Vec<Blob> = sql("SELECT blob FROM doomed_blobs ORDER BY at LIMIT $1")
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.blob).collect())
}

/// These bytes were removed.
///
/// # Errors
/// When the database is away.
pub async fn removed(conn: &mut PgConn, blob: &[u8]) -> Result<(), StoreError> {
    sql("DELETE FROM doomed_blobs WHERE blob = $1")
        .bind::<Binary, _>(blob)
        .execute(conn)
        .await?;
    Ok(())
}
