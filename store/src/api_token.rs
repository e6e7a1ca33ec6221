//! Tokens with which programs act for a person.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql, user::User};

/// How exactly the last use is known.
const SEEN: TimeDelta = TimeDelta::minutes(1);

/// A token as its owner sees it.
#[derive(Debug, Clone, QueryableByName)]
pub struct ApiToken {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name its owner gave it.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The part by which it is looked up, enough to recognise it.
    #[diesel(sql_type = Text)]
    pub prefix: String,
    /// Permissions it may use.
    #[diesel(sql_type = Array<Text>)]
    pub scopes: Vec<String>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it ends.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// From where.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_used_ip: Option<String>,
    /// When it was revoked.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A token about to be stored.
#[derive(Debug)]
pub struct NewApiToken<'a> {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Name.
    pub name: &'a str,
    /// The part by which it is looked up.
    pub prefix: &'a str,
    /// SHA-256 of the whole token.
    pub hash: &'a [u8],
    /// Permissions it may use.
    pub scopes: &'a [&'a str],
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A token that is good at this moment, with its owner.
#[derive(Debug, QueryableByName)]
pub struct Live {
    /// Id of the token.
    #[diesel(sql_type = SqlUuid)]
    pub token_id: Uuid,
    /// SHA-256 of the token.
    #[diesel(sql_type = Binary)]
    pub hash: Vec<u8>,
    /// Permissions it may use.
    #[diesel(sql_type = Array<Text>)]
    pub scopes: Vec<String>,
    /// When it ends.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whose.
    #[diesel(embed)]
    pub user: User,
}

impl Live {
    /// Its last use is not noted yet.
    #[must_use]
    pub fn is_use_news(&self, now: DateTime<Utc>) -> bool {
        self.last_used_at.is_none_or(|at| now - at >= SEEN)
    }
}

/// Stores a token unless its owner has `most` live ones; returns whether it did.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    token: &NewApiToken<'_>,
    most: i64,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    // The owner's row is locked first: of two requests at once the second counts the first one's token.
    let n = sql("WITH owner AS (SELECT id FROM users WHERE id = $2 FOR NO KEY UPDATE)
         INSERT INTO api_tokens (id, user_id, name, prefix, hash, scopes, expires_at, created_at, marked)
         SELECT $1, owner.id, $3, $4, $5, $6, $7, $8, true FROM owner
         WHERE (SELECT count(*) FROM api_tokens WHERE user_id = $2 AND revoked_at IS NULL AND expires_at > $8) < $9")
    .bind::<SqlUuid, _>(token.id)
    .bind::<SqlUuid, _>(token.user_id)
    .bind::<Text, _>(token.name)
    .bind::<Text, _>(token.prefix)
    .bind::<Binary, _>(token.hash)
    .bind::<Array<Text>, _>(token.scopes)
    .bind::<Timestamptz, _>(token.expires_at)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await?;
    Ok(n == 1)
}

/// A person's tokens, newest first, without those that ended more than 90 days ago.
///
/// # Errors
/// When the database is away.
pub async fn of_user(conn: &mut PgConn, user_id: Uuid, now: DateTime<Utc>) -> Result<Vec<ApiToken>, StoreError> {
    Ok(sql(
        "SELECT id, name, prefix, scopes, created_at, expires_at, last_used_at, last_used_ip, revoked_at
         FROM api_tokens WHERE user_id = $1 AND least(expires_at, revoked_at) > $2 - interval '90 days'
         ORDER BY id DESC LIMIT 500",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?)
}

/// Revokes a token of this person.
///
/// # Errors
/// [`StoreError::NotFound`] when he has no such live token.
pub async fn revoke(
    conn: &mut PgConn,
    user_id: Uuid,
    id: Uuid,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<ApiToken, StoreError> {
    let rows: Vec<ApiToken> = sql("UPDATE api_tokens SET revoked_at = $4, revoked_by = $3
         WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL
         RETURNING id, name, prefix, scopes, created_at, expires_at, last_used_at, last_used_ip, revoked_at")
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// Revokes every live token of this person; returns how many there were.
///
/// # Errors
/// When the database is away.
pub async fn revoke_all(conn: &mut PgConn, user_id: Uuid, by: Uuid, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let n = sql("UPDATE api_tokens SET revoked_at = $3, revoked_by = $2 WHERE user_id = $1 AND revoked_at IS NULL")
        .bind::<SqlUuid, _>(user_id)
        .bind::<SqlUuid, _>(by)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n)
}

/// The good token with this prefix and its owner, who may sign in.
///
/// # Errors
/// When the database is away.
pub async fn live(conn: &mut PgConn, prefix: &str, now: DateTime<Utc>) -> Result<Option<Live>, StoreError> {
    let rows: Vec<Live> = sql(
        "SELECT t.id AS token_id, t.hash, t.scopes, t.expires_at, t.last_used_at,
                u.id, u.email, u.name, r.key AS role, array_prepend(r.key, r.inherited) AS lineage,
                r.effective AS permissions, u.locale, u.session_version, u.status, u.version
         FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN roles r ON r.id = u.role_id
         WHERE t.prefix = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
           AND u.deleted_at IS NULL AND u.status = 'active'",
    )
    .bind::<Text, _>(prefix)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Prefixes of live tokens from before tokens were marked.
///
/// # Errors
/// When the database is away.
pub async fn unmarked(conn: &mut PgConn, now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        prefix: String,
    }
    let rows: Vec<Row> =
        sql("SELECT prefix FROM api_tokens WHERE NOT marked AND revoked_at IS NULL AND expires_at > $1")
            .bind::<Timestamptz, _>(now)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.prefix).collect())
}

/// Notes that a token was used.
///
/// # Errors
/// When the database is away.
pub async fn used(conn: &mut PgConn, id: Uuid, ip: Option<&str>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE api_tokens SET last_used_at = $2, last_used_ip = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Text>, _>(ip)
        .execute(conn)
        .await?;
    Ok(())
}
