//! Pictures inside articles. The bytes are in the file storage under their SHA-256.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A picture.
#[derive(Debug, Clone, QueryableByName)]
pub struct Image {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its article.
    #[diesel(sql_type = SqlUuid)]
    pub article_id: Uuid,
    /// Safe file name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Type by content.
    #[diesel(sql_type = Text)]
    pub content_type: String,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// SHA-256 of the bytes.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
    /// When it was added.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// Adds one.
///
/// # Errors
/// When the database refuses.
pub async fn add_image(conn: &mut PgConn, image: &Image) -> Result<(), StoreError> {
    sql(
        "INSERT INTO knowledge_images (id, article_id, name, content_type, size, sha256, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(image.id)
    .bind::<SqlUuid, _>(image.article_id)
    .bind::<Text, _>(image.name.as_str())
    .bind::<Text, _>(image.content_type.as_str())
    .bind::<BigInt, _>(image.size)
    .bind::<Binary, _>(image.sha256.as_slice())
    .bind::<Timestamptz, _>(image.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of an article, the oldest first.
///
/// # Errors
/// When the database is away.
pub async fn images(conn: &mut PgConn, article: Uuid) -> Result<Vec<Image>, StoreError> {
    Ok(sql(
        "SELECT id, article_id, name, content_type, size, sha256, created_at FROM knowledge_images
             WHERE article_id = $1 ORDER BY created_at, id",
    )
    .bind::<SqlUuid, _>(article)
    .load(conn)
    .await?)
}

/// One, for an editor.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn image(conn: &mut PgConn, id: Uuid) -> Result<Image, StoreError> {
    Ok(
        sql("SELECT id, article_id, name, content_type, size, sha256, created_at FROM knowledge_images WHERE id = $1")
            .bind::<SqlUuid, _>(id)
            .get_result(conn)
            .await?,
    )
}

/// One, of an article that is published for these people.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn visible_image(conn: &mut PgConn, id: Uuid, sees: &[&str]) -> Result<Image, StoreError> {
    Ok(sql(
        "SELECT i.id, i.article_id, i.name, i.content_type, i.size, i.sha256, i.created_at
             FROM knowledge_images i JOIN knowledge_articles a ON a.id = i.article_id
             WHERE i.id = $1 AND a.state = 'published' AND a.visibility = ANY($2)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Array<Text>, _>(sees)
    .get_result(conn)
    .await?)
}
