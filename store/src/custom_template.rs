//! Templates that an installation added.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A template.
#[derive(Debug, Clone, QueryableByName)]
pub struct CustomTemplate {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What it is for.
    #[diesel(sql_type = Text)]
    pub category: String,
    /// How it goes out.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// Subject and body by language.
    #[diesel(sql_type = Jsonb)]
    pub texts: serde_json::Value,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Name of who changed it.
    #[diesel(sql_type = Nullable<Text>)]
    pub by: Option<String>,
}

/// A template about to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewTemplate<'a> {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: &'a str,
    /// What it is for.
    pub category: &'a str,
    /// How it goes out.
    pub channel: &'a str,
    /// Subject and body by language.
    pub texts: &'a serde_json::Value,
    /// Why.
    pub note: &'a str,
    /// The version whose words are taken again.
    pub restores: Option<i32>,
    /// Who.
    pub by: Uuid,
}

/// A version of a template.
#[derive(Debug, Clone, QueryableByName)]
pub struct TemplateVersion {
    /// Number, from 1.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// What it was called.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Subject and body by language.
    #[diesel(sql_type = Jsonb)]
    pub texts: serde_json::Value,
    /// Why, as its author says.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// The version whose words were taken again.
    #[diesel(sql_type = Nullable<Integer>)]
    pub restores: Option<i32>,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Name of its author.
    #[diesel(sql_type = Nullable<Text>)]
    pub by: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.name, t.category, t.channel, t.texts, t.version, t.updated_at, u.name AS by
             FROM custom_templates t LEFT JOIN users u ON u.id = t.updated_by WHERE t.deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// All of them, or those of one category, by name.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn, category: Option<&str>) -> Result<Vec<CustomTemplate>, StoreError> {
    Ok(sql(select!(
        "($1::text IS NULL OR t.category = $1) ORDER BY lower(t.name), t.id LIMIT 500"
    ))
    .bind::<Nullable<Text>, _>(category)
    .load(conn)
    .await?)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<CustomTemplate, StoreError> {
    Ok(sql(select!("t.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<CustomTemplate, StoreError> {
    Ok(sql(select!("t.id = $1 FOR UPDATE OF t"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Those of these, kept from being deleted until the end of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn keep(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<CustomTemplate>, StoreError> {
    Ok(sql(select!("t.id = ANY($1) ORDER BY t.id FOR SHARE OF t"))
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn)
        .await?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many there are.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM custom_templates WHERE deleted_at IS NULL")
        .get_result(conn)
        .await?;
    Ok(row.n)
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Names of the rules that speak in one, by name; 20 at most.
///
/// # Errors
/// When the database is away.
pub async fn rules(conn: &mut PgConn, id: Uuid) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Name> = sql(
        "SELECT name FROM automation_rules WHERE deleted_at IS NULL AND strpos(spec::text, $1) > 0 ORDER BY name LIMIT 20",
    )
    .bind::<Text, _>(id.to_string())
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// The versions of one before `before`, the latest first.
///
/// # Errors
/// When the database is away.
pub async fn versions(
    conn: &mut PgConn,
    id: Uuid,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<TemplateVersion>, StoreError> {
    let rows = sql(
        "SELECT v.version, v.name, v.texts, v.note, v.restores, v.at, u.name AS by
         FROM custom_template_versions v LEFT JOIN users u ON u.id = v.by
         WHERE v.template_id = $1 AND ($2 IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Integer>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Keeps what one says from now on as this version.
async fn keep_version(
    conn: &mut PgConn,
    new: &NewTemplate<'_>,
    version: i32,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO custom_template_versions (template_id, version, name, texts, note, restores, at, by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Integer, _>(version)
    .bind::<Text, _>(new.name)
    .bind::<Jsonb, _>(new.texts)
    .bind::<Text, _>(new.note)
    .bind::<Nullable<Integer>, _>(new.restores)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds one, at its first version.
///
/// # Errors
/// [`StoreError::Conflict`] when the name is taken.
pub async fn insert(conn: &mut PgConn, new: &NewTemplate<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO custom_templates (id, name, category, channel, texts, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $7)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Text, _>(new.name)
    .bind::<Text, _>(new.category)
    .bind::<Text, _>(new.channel)
    .bind::<Jsonb, _>(new.texts)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    keep_version(conn, new, 1, now).await
}

/// Changes one that still has its version, and keeps what it says then as the next one. What it is for stays.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when the name is taken.
pub async fn update(
    conn: &mut PgConn,
    new: &NewTemplate<'_>,
    version: i32,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE custom_templates SET name = $3, texts = $4, updated_at = $5, updated_by = $6, version = version + 1
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Integer, _>(version)
    .bind::<Text, _>(new.name)
    .bind::<Jsonb, _>(new.texts)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    if n == 0 {
        return Err(StoreError::Stale);
    }
    keep_version(conn, new, version + 1, now).await
}

/// Takes one away.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn delete(conn: &mut PgConn, id: Uuid, version: i32, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE custom_templates SET deleted_at = $3, updated_at = $3, updated_by = $4, version = version + 1
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
