//! What an installation says instead of the words that messages come with.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The words of one message in one language.
#[derive(Debug, Clone, QueryableByName)]
pub struct MessageTemplate {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Key of the message.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Subject; none, and it says what it comes with.
    #[diesel(sql_type = Nullable<Text>)]
    pub subject: Option<String>,
    /// Text.
    #[diesel(sql_type = Nullable<Text>)]
    pub body: Option<String>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Why it could not be filled in.
    #[diesel(sql_type = Nullable<Text>)]
    pub failure: Option<String>,
    /// When that happened first.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failed_at: Option<DateTime<Utc>>,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Name of who changed it.
    #[diesel(sql_type = Nullable<Text>)]
    pub by: Option<String>,
}

/// A version of the words.
#[derive(Debug, Clone, QueryableByName)]
pub struct TemplateVersion {
    /// Number, from 1.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Subject; none, and it said what it comes with.
    #[diesel(sql_type = Nullable<Text>)]
    pub subject: Option<String>,
    /// Text.
    #[diesel(sql_type = Nullable<Text>)]
    pub body: Option<String>,
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

/// A version about to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewVersion<'a> {
    /// Subject and text; none, and it says what it comes with.
    pub words: Option<(&'a str, &'a str)>,
    /// Why.
    pub note: &'a str,
    /// The version whose words are taken again.
    pub restores: Option<i32>,
    /// Who.
    pub by: Uuid,
}

/// Words that were written for one language.
#[derive(Debug, Clone, QueryableByName)]
pub struct Words {
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Text.
    #[diesel(sql_type = Text)]
    pub body: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.key, t.locale, t.subject, t.body, t.version, t.failure, t.failed_at, t.updated_at, u.name AS by
             FROM message_templates t LEFT JOIN users u ON u.id = t.updated_by ",
            $rest
        )
    };
}

/// All that were ever changed.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<MessageTemplate>, StoreError> {
    Ok(sql(select!("ORDER BY t.key, t.locale")).load(conn).await?)
}

/// Those of one message.
///
/// # Errors
/// When the database is away.
pub async fn of(conn: &mut PgConn, key: &str) -> Result<Vec<MessageTemplate>, StoreError> {
    let rows = sql(select!("WHERE t.key = $1")).bind::<Text, _>(key).load(conn).await?;
    Ok(rows)
}

/// The words that were written for a message and are in use, in every language.
///
/// # Errors
/// When the database is away.
pub async fn words(conn: &mut PgConn, key: &str) -> Result<Vec<Words>, StoreError> {
    let rows = sql("SELECT locale, subject, body FROM message_templates WHERE key = $1 AND body IS NOT NULL")
        .bind::<Text, _>(key)
        .load(conn)
        .await?;
    Ok(rows)
}

/// The row of a message in a language, made at the version before its first change when there is none, and locked.
///
/// # Errors
/// When the database refuses.
pub async fn lock(
    conn: &mut PgConn,
    key: &str,
    locale: &str,
    now: DateTime<Utc>,
) -> Result<MessageTemplate, StoreError> {
    sql(
        "INSERT INTO message_templates (id, key, locale, version, updated_at) VALUES ($1, $2, $3, 0, $4)
         ON CONFLICT (key, locale) DO NOTHING",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(key)
    .bind::<Text, _>(locale)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(sql(select!("WHERE t.key = $1 AND t.locale = $2 FOR UPDATE OF t"))
        .bind::<Text, _>(key)
        .bind::<Text, _>(locale)
        .get_result(conn)
        .await?)
}

/// Puts other words to use and keeps them as the next version.
///
/// # Errors
/// [`StoreError::Stale`] when it is at another version.
pub async fn change(
    conn: &mut PgConn,
    id: Uuid,
    version: i32,
    new: &NewVersion<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let subject = new.words.map(|(subject, _)| subject);
    let body = new.words.map(|(_, body)| body);
    let n = sql(
        "UPDATE message_templates SET subject = $3, body = $4, version = version + 1, failure = NULL, failed_at = NULL,
             updated_at = $5, updated_by = $6
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Nullable<Text>, _>(subject)
    .bind::<Nullable<Text>, _>(body)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    if n == 0 {
        return Err(StoreError::Stale);
    }
    sql(
        "INSERT INTO message_template_versions (template_id, version, subject, body, note, restores, at, by)
         VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Nullable<Text>, _>(subject)
    .bind::<Nullable<Text>, _>(body)
    .bind::<Text, _>(new.note)
    .bind::<Nullable<Integer>, _>(new.restores)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    Ok(())
}

/// The versions before `before`, the latest first.
///
/// # Errors
/// When the database is away.
pub async fn versions(
    conn: &mut PgConn,
    key: &str,
    locale: &str,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<TemplateVersion>, StoreError> {
    let rows = sql(
        "SELECT v.version, v.subject, v.body, v.note, v.restores, v.at, u.name AS by
         FROM message_templates t JOIN message_template_versions v ON v.template_id = t.id LEFT JOIN users u ON u.id = v.by
         WHERE t.key = $1 AND t.locale = $2 AND ($3 IS NULL OR v.version < $3) ORDER BY v.version DESC LIMIT $4",
    )
    .bind::<Text, _>(key)
    .bind::<Text, _>(locale)
    .bind::<Nullable<Integer>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Notes that words could not be filled in; returns the row's id when that is news.
///
/// # Errors
/// When the database refuses.
pub async fn failed(
    conn: &mut PgConn,
    (key, locale): (&str, &str),
    failure: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("WITH f AS (UPDATE message_templates SET failure = $3, failed_at = $4
             WHERE key = $1 AND locale = $2 AND failure IS NULL RETURNING id)
         INSERT INTO events (type, subject_type, subject_id, permission, data)
         SELECT 'message_template.failed', 'message_template', id, 'templates.edit', jsonb_build_object('key', $1, 'locale', $2) FROM f")
    .bind::<Text, _>(key)
    .bind::<Text, _>(locale)
    .bind::<Text, _>(failure)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
