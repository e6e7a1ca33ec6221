//! Articles as editors see them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text as SqlText, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// An article without its texts.
#[derive(Debug, Clone, QueryableByName)]
pub struct Article {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its section.
    #[diesel(sql_type = SqlUuid)]
    pub section_id: Uuid,
    /// Its address.
    #[diesel(sql_type = SqlText)]
    pub slug: String,
    /// Where it stands.
    #[diesel(sql_type = SqlText)]
    pub state: String,
    /// Whom it is for.
    #[diesel(sql_type = SqlText)]
    pub visibility: String,
    /// When it was published first.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub published_at: Option<DateTime<Utc>>,
    /// When somebody last wrote it or found it still right.
    #[diesel(sql_type = Timestamptz)]
    pub checked_at: DateTime<Utc>,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Readers whom it helped.
    #[diesel(sql_type = BigInt)]
    pub helpful: i64,
    /// Readers whom it did not help.
    #[diesel(sql_type = BigInt)]
    pub unhelpful: i64,
    /// Tickets it spared, as their writers said.
    #[diesel(sql_type = BigInt)]
    pub solved: i64,
}

/// An article in a list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Listed {
    /// The article.
    #[diesel(embed)]
    pub article: Article,
    /// Title in the language that was asked for, or in another one.
    #[diesel(sql_type = SqlText)]
    pub title: String,
    /// Languages it is there in.
    #[diesel(sql_type = Array<SqlText>)]
    pub locales: Vec<String>,
}

/// What an article says in one language.
#[derive(Debug, Clone, QueryableByName)]
pub struct Text {
    /// Language.
    #[diesel(sql_type = SqlText)]
    pub locale: String,
    /// Title.
    #[diesel(sql_type = SqlText)]
    pub title: String,
    /// What it is about.
    #[diesel(sql_type = SqlText)]
    pub summary: String,
    /// Markdown.
    #[diesel(sql_type = SqlText)]
    pub body: String,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// What an article said once.
#[derive(Debug, Clone, QueryableByName)]
pub struct Revision {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Language.
    #[diesel(sql_type = SqlText)]
    pub locale: String,
    /// Title.
    #[diesel(sql_type = SqlText)]
    pub title: String,
    /// What it was about.
    #[diesel(sql_type = SqlText)]
    pub summary: String,
    /// Markdown; empty in lists.
    #[diesel(sql_type = SqlText)]
    pub body: String,
    /// The text was taken away.
    #[diesel(sql_type = Bool)]
    pub removed: bool,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Name of who did it.
    #[diesel(sql_type = Nullable<SqlText>)]
    pub by: Option<String>,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Words in titles, summaries or addresses.
    pub text: Option<&'a str>,
    /// Where it stands.
    pub state: Option<&'a str>,
    /// In this section or one that stands in it.
    pub section: Option<Uuid>,
    /// There in no such language.
    pub missing: Option<&'a str>,
    /// Published, and looked at by nobody since.
    pub checked_before: Option<DateTime<Utc>>,
}

macro_rules! columns {
    () => {
        "a.id, a.section_id, a.slug, a.state, a.visibility, a.published_at, a.checked_at, a.updated_at, a.version,
         (SELECT count(*) FROM knowledge_votes v WHERE v.article_id = a.id AND v.helpful) AS helpful,
         (SELECT count(*) FROM knowledge_votes v WHERE v.article_id = a.id AND NOT v.helpful) AS unhelpful,
         (SELECT count(*) FROM knowledge_solved v WHERE v.article_id = a.id) AS solved"
    };
}

/// Those that fit, the one that changed last first, after the one that changed then.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    filter: &Filter<'_>,
    order: &[&str],
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let text = filter.text.map(like);
    Ok(sql(concat!(
        "SELECT ",
        columns!(),
        ", t.title, t.locales FROM knowledge_articles a CROSS JOIN LATERAL (
             SELECT (array_agg(x.title ORDER BY array_position($6::text[], x.locale)))[1] AS title,
                 array_agg(x.locale ORDER BY x.locale) AS locales
             FROM knowledge_texts x WHERE x.article_id = a.id) t
         WHERE ($1::text IS NULL OR a.slug LIKE '%' || $1 || '%' OR EXISTS (SELECT FROM knowledge_texts x WHERE x.article_id = a.id
                 AND fold_text(x.title || ' ' || x.summary) LIKE '%' || fold_text($1) || '%'))
             AND ($2::text IS NULL OR a.state = $2)
             AND ($3::uuid IS NULL OR a.section_id IN (SELECT id FROM knowledge_sections WHERE id = $3 OR parent_id = $3))
             AND ($4::text IS NULL OR NOT $4 = ANY(t.locales))
             AND ($5::timestamptz IS NULL OR a.state = 'published' AND a.checked_at < $5)
             AND ($7::timestamptz IS NULL OR (a.updated_at, a.id) < ($7, $8))
         ORDER BY a.updated_at DESC, a.id DESC LIMIT $9"
    ))
    .bind::<Nullable<SqlText>, _>(text)
    .bind::<Nullable<SqlText>, _>(filter.state)
    .bind::<Nullable<SqlUuid>, _>(filter.section)
    .bind::<Nullable<SqlText>, _>(filter.missing)
    .bind::<Nullable<Timestamptz>, _>(filter.checked_before)
    .bind::<Array<SqlText>, _>(order)
    .bind::<Nullable<Timestamptz>, _>(after.map(|(at, _)| at))
    .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Article, StoreError> {
    Ok(sql(concat!(
        "SELECT ",
        columns!(),
        " FROM knowledge_articles a WHERE a.id = $1"
    ))
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?)
}

/// One, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<Article, StoreError> {
    Ok(sql(concat!(
        "SELECT ",
        columns!(),
        " FROM knowledge_articles a WHERE a.id = $1 FOR UPDATE OF a"
    ))
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many there are.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(*) AS count FROM knowledge_articles")
        .get_result(conn)
        .await?;
    Ok(row.count)
}

/// The article with this address.
///
/// # Errors
/// When the database is away.
pub async fn find_slug(conn: &mut PgConn, slug: &str) -> Result<Option<Uuid>, StoreError> {
    let rows: Vec<Found> = sql("SELECT id FROM knowledge_articles WHERE slug = $1")
        .bind::<SqlText, _>(slug)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map(|row| row.id))
}

/// What it says, the languages in the order of their codes.
///
/// # Errors
/// When the database is away.
pub async fn texts(conn: &mut PgConn, id: Uuid) -> Result<Vec<Text>, StoreError> {
    Ok(sql(
        "SELECT locale, title, summary, body, updated_at FROM knowledge_texts WHERE article_id = $1 ORDER BY locale",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn)
    .await?)
}

/// Adds a draft.
///
/// # Errors
/// [`StoreError::Conflict`] when another one has its address.
pub async fn insert(
    conn: &mut PgConn,
    article: &Article,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO knowledge_articles (id, section_id, slug, visibility, checked_at, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $5, $5, $6, $6)",
    )
    .bind::<SqlUuid, _>(article.id)
    .bind::<SqlUuid, _>(article.section_id)
    .bind::<SqlText, _>(article.slug.as_str())
    .bind::<SqlText, _>(article.visibility.as_str())
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes one that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when another one has its address.
pub async fn change(conn: &mut PgConn, article: &Article, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE knowledge_articles SET section_id = $3, slug = $4, visibility = $5, checked_at = $6, updated_at = $6, updated_by = $7,
             version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(article.id)
    .bind::<Integer, _>(article.version)
    .bind::<SqlUuid, _>(article.section_id)
    .bind::<SqlText, _>(article.slug.as_str())
    .bind::<SqlText, _>(article.visibility.as_str())
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Publishes, withdraws or archives one that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn set_state(
    conn: &mut PgConn,
    id: Uuid,
    version: i32,
    state: &str,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE knowledge_articles SET state = $3, updated_at = $4, updated_by = $5, version = version + 1,
             published_at = CASE WHEN $3 = 'published' THEN coalesce(published_at, $4) ELSE published_at END,
             checked_at = CASE WHEN $3 = 'published' THEN $4 ELSE checked_at END
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<SqlText, _>(state)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Notes that one is still right.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn check(conn: &mut PgConn, id: Uuid, version: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql("UPDATE knowledge_articles SET checked_at = $3, version = version + 1 WHERE id = $1 AND version = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Writes a text and keeps it as a revision.
///
/// # Errors
/// When the database refuses.
pub async fn write_text(conn: &mut PgConn, article: Uuid, text: &Text, by: Option<Uuid>) -> Result<(), StoreError> {
    sql(
        "WITH r AS (INSERT INTO knowledge_revisions (id, article_id, locale, title, summary, body, at, by)
             VALUES ($8, $1, $2, $3, $4, $5, $6, $7))
         INSERT INTO knowledge_texts (article_id, locale, title, summary, body, updated_at, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (article_id, locale) DO UPDATE SET title = excluded.title, summary = excluded.summary, body = excluded.body,
             updated_at = excluded.updated_at, updated_by = excluded.updated_by",
    )
    .bind::<SqlUuid, _>(article)
    .bind::<SqlText, _>(text.locale.as_str())
    .bind::<SqlText, _>(text.title.as_str())
    .bind::<SqlText, _>(text.summary.as_str())
    .bind::<SqlText, _>(text.body.as_str())
    .bind::<Timestamptz, _>(text.updated_at)
    .bind::<Nullable<SqlUuid>, _>(by)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a text away and keeps what it said.
///
/// # Errors
/// When the database refuses.
pub async fn remove_text(
    conn: &mut PgConn,
    article: Uuid,
    locale: &str,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "WITH d AS (DELETE FROM knowledge_texts WHERE article_id = $1 AND locale = $2 RETURNING *)
         INSERT INTO knowledge_revisions (id, article_id, locale, title, summary, body, removed, at, by)
         SELECT $5, article_id, locale, title, summary, body, true, $3, $4 FROM d",
    )
    .bind::<SqlUuid, _>(article)
    .bind::<SqlText, _>(locale)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .execute(conn)
    .await?;
    Ok(())
}

/// What it said, the latest first, after this one; without bodies.
///
/// # Errors
/// When the database is away.
pub async fn revisions(
    conn: &mut PgConn,
    article: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Revision>, StoreError> {
    Ok(sql(
        "SELECT r.id, r.locale, r.title, r.summary, '' AS body, r.removed, r.at, u.name AS by
             FROM knowledge_revisions r LEFT JOIN users u ON u.id = r.by
             WHERE r.article_id = $1 AND ($2::timestamptz IS NULL OR (r.at, r.id) < ($2, $3))
             ORDER BY r.at DESC, r.id DESC LIMIT $4",
    )
    .bind::<SqlUuid, _>(article)
    .bind::<Nullable<Timestamptz>, _>(after.map(|(at, _)| at))
    .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// One of them, whole.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn revision(conn: &mut PgConn, article: Uuid, id: Uuid) -> Result<Revision, StoreError> {
    Ok(sql(
        "SELECT r.id, r.locale, r.title, r.summary, r.body, r.removed, r.at, u.name AS by
             FROM knowledge_revisions r LEFT JOIN users u ON u.id = r.by WHERE r.article_id = $1 AND r.id = $2",
    )
    .bind::<SqlUuid, _>(article)
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?)
}
