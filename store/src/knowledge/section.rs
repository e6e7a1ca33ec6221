//! Sections of the knowledge base.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A section.
#[derive(Debug, Clone, QueryableByName)]
pub struct Section {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The section it stands in.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub parent_id: Option<Uuid>,
    /// Its address.
    #[diesel(sql_type = Text)]
    pub slug: String,
    /// Name in French.
    #[diesel(sql_type = Text)]
    pub name_fr: String,
    /// Name in English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Name in Arabic.
    #[diesel(sql_type = Text)]
    pub name_ar: String,
    /// Place among its siblings; those with the same one go by name.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Articles in it: those that somebody may read, or all of them for editors.
    #[diesel(sql_type = BigInt)]
    pub articles: i64,
}

/// All of them in their order. `sees` narrows what is counted to published articles for these people; `None` counts all.
///
/// # Errors
/// When the database is away.
pub async fn sections(conn: &mut PgConn, sees: Option<&[&str]>) -> Result<Vec<Section>, StoreError> {
    Ok(sql(
        "SELECT s.id, s.parent_id, s.slug, s.name_fr, s.name_en, s.name_ar, s.position, s.version,
                 (SELECT count(*) FROM knowledge_articles a WHERE a.section_id = s.id
                     AND ($1::text[] IS NULL OR a.state = 'published' AND a.visibility = ANY($1))) AS articles
             FROM knowledge_sections s ORDER BY s.position, fold_text(s.name_fr), s.id",
    )
    .bind::<Nullable<Array<Text>>, _>(sees)
    .load(conn)
    .await?)
}

/// Holds the tree until the end of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn lock_sections(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("SELECT pg_advisory_xact_lock(hashtextextended('knowledge_sections', 0))")
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds one.
///
/// # Errors
/// [`StoreError::Conflict`] when another one has its address.
pub async fn insert_section(conn: &mut PgConn, section: &Section, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO knowledge_sections (id, parent_id, slug, name_fr, name_en, name_ar, position, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind::<SqlUuid, _>(section.id)
    .bind::<Nullable<SqlUuid>, _>(section.parent_id)
    .bind::<Text, _>(section.slug.as_str())
    .bind::<Text, _>(section.name_fr.as_str())
    .bind::<Text, _>(section.name_en.as_str())
    .bind::<Text, _>(section.name_ar.as_str())
    .bind::<Integer, _>(section.position)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes one that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when another one has its address.
pub async fn update_section(conn: &mut PgConn, section: &Section, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE knowledge_sections SET parent_id = $3, slug = $4, name_fr = $5, name_en = $6, name_ar = $7, position = $8,
             updated_at = $9, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(section.id)
    .bind::<Integer, _>(section.version)
    .bind::<Nullable<SqlUuid>, _>(section.parent_id)
    .bind::<Text, _>(section.slug.as_str())
    .bind::<Text, _>(section.name_fr.as_str())
    .bind::<Text, _>(section.name_en.as_str())
    .bind::<Text, _>(section.name_ar.as_str())
    .bind::<Integer, _>(section.position)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Deletes one in which nothing stands.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn delete_section(conn: &mut PgConn, id: Uuid, version: i32) -> Result<(), StoreError> {
    let n = sql("DELETE FROM knowledge_sections WHERE id = $1 AND version = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
