//! Canned replies and how often each was used.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// A canned reply.
#[derive(Debug, Clone, QueryableByName)]
pub struct CannedReply {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// What is typed after a slash.
    #[diesel(sql_type = Text)]
    pub shortcut: String,
    /// Name of its folder; empty when it is in none.
    #[diesel(sql_type = Text)]
    pub category: String,
    /// Offered on tickets of this group alone.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub group_id: Option<Uuid>,
    /// Name of the group.
    #[diesel(sql_type = Nullable<Text>)]
    pub group_name: Option<String>,
    /// In French.
    #[diesel(sql_type = Nullable<Text>)]
    pub text_fr: Option<String>,
    /// In English.
    #[diesel(sql_type = Nullable<Text>)]
    pub text_en: Option<String>,
    /// In Arabic.
    #[diesel(sql_type = Nullable<Text>)]
    pub text_ar: Option<String>,
    /// Offered no longer.
    #[diesel(sql_type = Bool)]
    pub retired: bool,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// One with how it is used.
#[derive(Debug, Clone, QueryableByName)]
pub struct Counted {
    /// The reply.
    #[diesel(embed)]
    pub reply: CannedReply,
    /// Messages it was used in.
    #[diesel(sql_type = BigInt)]
    pub uses: i64,
    /// When the last of them was sent.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// How many people sent them.
    #[diesel(sql_type = BigInt)]
    pub users: i64,
}

/// Somebody who used one.
#[derive(Debug, Clone, QueryableByName)]
pub struct UsedBy {
    /// Account.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Messages.
    #[diesel(sql_type = BigInt)]
    pub uses: i64,
    /// When he sent the last of them.
    #[diesel(sql_type = Timestamptz)]
    pub last_used_at: DateTime<Utc>,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Words in title, shortcut, category or texts.
    pub text: Option<&'a str>,
    /// In this folder.
    pub category: Option<&'a str>,
    /// Offered on tickets of this group alone.
    pub group: Option<Uuid>,
    /// Retired or not.
    pub retired: Option<bool>,
}

/// Order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By category, then title.
    #[default]
    Title,
    /// The most used first.
    Uses,
    /// The one used last first; never used ones come last.
    LastUsed,
}

macro_rules! select_reply {
    ($figures:literal, $joined:literal, $rest:literal) => {
        concat!(
            "SELECT r.id, r.title, r.shortcut, r.category, r.group_id, g.name AS group_name, r.text_fr, r.text_en, r.text_ar,
                r.retired, r.updated_at, r.version",
            $figures,
            " FROM canned_replies r LEFT JOIN support_groups g ON g.id = r.group_id",
            $joined,
            " WHERE r.deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// With all uses there ever were: for managers, one page at a time.
macro_rules! select_counted {
    ($rest:literal) => {
        select_reply!(
            ", u.uses, u.last_used_at, u.users",
            " CROSS JOIN LATERAL (SELECT count(*) AS uses, max(m.created_at) AS last_used_at,
                     count(DISTINCT m.author_user_id) AS users
                 FROM canned_reply_uses x JOIN ticket_messages m ON m.id = x.message_id WHERE x.reply_id = r.id) u",
            $rest
        )
    };
}

/// All that fit; there are never more than [`domain::canned::COUNT_MAX`].
///
/// # Errors
/// When the database is away.
pub async fn list(conn: &mut PgConn, filter: &Filter<'_>, sort: Sort) -> Result<Vec<Counted>, StoreError> {
    let text = filter.text.map(like);
    Ok(sql(select_counted!(
        "($1::text IS NULL OR fold_text(concat_ws(' ', r.title, r.shortcut, r.category, r.text_fr, r.text_en, r.text_ar))
                 LIKE '%' || fold_text($1) || '%')
             AND ($2::text IS NULL OR r.category = $2) AND ($3::uuid IS NULL OR r.group_id = $3)
             AND ($4::bool IS NULL OR r.retired = $4)
             ORDER BY CASE WHEN $5 = 1 THEN u.uses END DESC NULLS LAST, CASE WHEN $5 = 2 THEN u.last_used_at END DESC NULLS LAST,
                 fold_text(r.category), fold_text(r.title), r.id"
    ))
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Text>, _>(filter.category)
    .bind::<Nullable<SqlUuid>, _>(filter.group)
    .bind::<Nullable<Bool>, _>(filter.retired)
    .bind::<Integer, _>(match sort {
        Sort::Title => 0,
        Sort::Uses => 1,
        Sort::LastUsed => 2,
    })
    .load(conn)
    .await?)
}

/// Those offered on tickets of a group, the most used since `since` first.
///
/// # Errors
/// When the database is away.
pub async fn offered(conn: &mut PgConn, group: Uuid, since: DateTime<Utc>) -> Result<Vec<CannedReply>, StoreError> {
    // Ids of messages begin with the moment they were made at (UUIDv7), so that one index says it, however long the desk has been there.
    Ok(sql(select_reply!(
        "",
        "",
        "NOT r.retired AND (r.group_id IS NULL OR r.group_id = $1)
         ORDER BY (SELECT count(*) FROM canned_reply_uses x WHERE x.reply_id = r.id AND x.message_id >= $2) DESC, fold_text(r.title), r.id"
    ))
    .bind::<SqlUuid, _>(group)
    .bind::<SqlUuid, _>(first_id(since))
    .load(conn)
    .await?)
}

/// No id that was made at this moment or later is smaller.
fn first_id(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Counted, StoreError> {
    Ok(sql(select_counted!("r.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<CannedReply, StoreError> {
    Ok(sql(select_reply!("", "", "r.id = $1 FOR UPDATE OF r"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Who used one, the most diligent first; 50 at most.
///
/// # Errors
/// When the database is away.
pub async fn used_by(conn: &mut PgConn, id: Uuid) -> Result<Vec<UsedBy>, StoreError> {
    Ok(sql(
        "SELECT a.id, a.name, count(*) AS uses, max(m.created_at) AS last_used_at
         FROM canned_reply_uses x JOIN ticket_messages m ON m.id = x.message_id JOIN users a ON a.id = m.author_user_id
         WHERE x.reply_id = $1 GROUP BY a.id, a.name ORDER BY uses DESC, a.name, a.id LIMIT 50",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn)
    .await?)
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
    let row: Count = sql("SELECT count(*) AS count FROM canned_replies WHERE deleted_at IS NULL")
        .get_result(conn)
        .await?;
    Ok(row.count)
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The folders there are, by name.
///
/// # Errors
/// When the database is away.
pub async fn categories(conn: &mut PgConn) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Name> = sql(
        "SELECT category AS name FROM canned_replies WHERE deleted_at IS NULL AND category <> ''
         GROUP BY category ORDER BY fold_text(category), category",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Whether a shortcut is another one's.
///
/// # Errors
/// When the database is away.
pub async fn shortcut_taken(conn: &mut PgConn, shortcut: &str, except: Uuid) -> Result<bool, StoreError> {
    let row: Count =
        sql("SELECT count(*) AS count FROM canned_replies WHERE shortcut = $1 AND id <> $2 AND deleted_at IS NULL")
            .bind::<Text, _>(shortcut)
            .bind::<SqlUuid, _>(except)
            .get_result(conn)
            .await?;
    Ok(row.count > 0)
}

/// Adds one.
///
/// # Errors
/// [`StoreError::Conflict`] when its shortcut was taken meanwhile.
pub async fn insert(conn: &mut PgConn, reply: &CannedReply, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO canned_replies (id, title, shortcut, category, group_id, text_fr, text_en, text_ar, retired, created_at,
             updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $11)")
    .bind::<SqlUuid, _>(reply.id)
    .bind::<Text, _>(reply.title.as_str())
    .bind::<Text, _>(reply.shortcut.as_str())
    .bind::<Text, _>(reply.category.as_str())
    .bind::<Nullable<SqlUuid>, _>(reply.group_id)
    .bind::<Nullable<Text>, _>(reply.text_fr.as_deref())
    .bind::<Nullable<Text>, _>(reply.text_en.as_deref())
    .bind::<Nullable<Text>, _>(reply.text_ar.as_deref())
    .bind::<Bool, _>(reply.retired)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes one that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when its shortcut was taken meanwhile.
pub async fn update(conn: &mut PgConn, reply: &CannedReply, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE canned_replies SET title = $3, shortcut = $4, category = $5, group_id = $6, text_fr = $7, text_en = $8, text_ar = $9,
             retired = $10, updated_at = $11, updated_by = $12, version = version + 1
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(reply.id)
    .bind::<Integer, _>(reply.version)
    .bind::<Text, _>(reply.title.as_str())
    .bind::<Text, _>(reply.shortcut.as_str())
    .bind::<Text, _>(reply.category.as_str())
    .bind::<Nullable<SqlUuid>, _>(reply.group_id)
    .bind::<Nullable<Text>, _>(reply.text_fr.as_deref())
    .bind::<Nullable<Text>, _>(reply.text_en.as_deref())
    .bind::<Nullable<Text>, _>(reply.text_ar.as_deref())
    .bind::<Bool, _>(reply.retired)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Takes one away; what was sent with it keeps telling so.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn delete(conn: &mut PgConn, id: Uuid, version: i32, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE canned_replies SET deleted_at = $3, updated_at = $3, updated_by = $4, version = version + 1
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

/// Notes that a message was made of some of them, each once. What is deleted meanwhile is counted; an id that never was is not.
///
/// # Errors
/// When the database refuses.
pub async fn used(conn: &mut PgConn, message: Uuid, replies: &[Uuid]) -> Result<(), StoreError> {
    sql(
        "INSERT INTO canned_reply_uses (reply_id, message_id) SELECT id, $1 FROM canned_replies WHERE id = ANY($2)
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(message)
    .bind::<Array<SqlUuid>, _>(replies)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whom a ticket is for, as far as its texts say it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Addressee {
    /// Language of the requester's account.
    #[diesel(sql_type = Nullable<Text>)]
    pub locale: Option<String>,
    /// Name of the customer.
    #[diesel(sql_type = Nullable<Text>)]
    pub customer_name: Option<String>,
    /// His number.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub customer_number: Option<i64>,
}

/// Whom a ticket is for.
///
/// # Errors
/// When the database is away.
pub async fn addressee(conn: &mut PgConn, user: Option<Uuid>, customer: Option<Uuid>) -> Result<Addressee, StoreError> {
    Ok(
        sql("SELECT u.locale, c.name AS customer_name, c.number AS customer_number
         FROM (SELECT 1) one LEFT JOIN users u ON u.id = $1 AND u.deleted_at IS NULL
             LEFT JOIN customers c ON c.id = $2 AND c.deleted_at IS NULL")
        .bind::<Nullable<SqlUuid>, _>(user)
        .bind::<Nullable<SqlUuid>, _>(customer)
        .get_result(conn)
        .await?,
    )
}
