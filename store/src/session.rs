//! Sessions, failed logins and idempotency keys.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql, user::User};

mod idempotency;

pub use idempotency::{Answer, Claim, Held, Request, claim, finish, mark, release, renew};

/// A refresh token about to be stored.
#[derive(Debug)]
pub struct NewToken<'a> {
    /// All tokens that grew out of one sign-in; also the id of the session.
    pub family_id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Session version of the account; the token dies when it is raised.
    pub session_version: i32,
    /// SHA-256 of the token.
    pub hash: &'a [u8],
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Source address.
    pub ip: Option<&'a str>,
    /// User agent.
    pub user_agent: Option<&'a str>,
}

/// A stored refresh token.
#[derive(Debug, Clone, QueryableByName)]
pub struct Token {
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub family_id: Uuid,
    /// Whose.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Session version of the account when it was issued.
    #[diesel(sql_type = Integer)]
    pub session_version: i32,
    /// When it ends.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it was exchanged for its successor.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub used_at: Option<DateTime<Utc>>,
    /// When its session was ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Stores a refresh token.
///
/// # Errors
/// When the database refuses.
pub async fn insert_token(conn: &mut PgConn, token: &NewToken<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO refresh_tokens (id, family_id, user_id, token_hash, issued_at, expires_at, ip, user_agent, session_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(token.family_id)
    .bind::<SqlUuid, _>(token.user_id)
    .bind::<Binary, _>(token.hash)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(token.expires_at)
    .bind::<Nullable<Text>, _>(token.ip)
    .bind::<Nullable<Text>, _>(token.user_agent)
    .bind::<Integer, _>(token.session_version)
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a live token as used. Of any number of parallel calls exactly one gets the token, the others `None`.
///
/// # Errors
/// When the database is away.
pub async fn use_token(conn: &mut PgConn, hash: &[u8], now: DateTime<Utc>) -> Result<Option<Token>, StoreError> {
    let rows: Vec<Token> = sql("UPDATE refresh_tokens SET used_at = $2
         WHERE token_hash = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2
         RETURNING family_id, user_id, session_version, expires_at, used_at, revoked_at")
    .bind::<Binary, _>(hash)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// The token with this hash, whatever became of it.
///
/// # Errors
/// When the database is away.
pub async fn token(conn: &mut PgConn, hash: &[u8]) -> Result<Option<Token>, StoreError> {
    let rows: Vec<Token> = sql(
        "SELECT family_id, user_id, session_version, expires_at, used_at, revoked_at
         FROM refresh_tokens WHERE token_hash = $1",
    )
    .bind::<Binary, _>(hash)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Ends a session: none of its tokens is accepted any more. Returns whether it was live.
///
/// # Errors
/// When the database is away.
pub async fn revoke_family(conn: &mut PgConn, family_id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("UPDATE refresh_tokens SET revoked_at = $2 WHERE family_id = $1 AND revoked_at IS NULL")
        .bind::<SqlUuid, _>(family_id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// The account behind a session that is still live: not revoked, not disabled, and of the account's session version.
///
/// # Errors
/// When the database is away.
pub async fn live_user(
    conn: &mut PgConn,
    user_id: Uuid,
    family_id: Uuid,
    session_version: i32,
) -> Result<Option<User>, StoreError> {
    let rows: Vec<User> = sql("SELECT u.id, u.email, u.name, u.password_hash, r.key AS role, r.effective AS permissions, u.locale,
                u.session_version, false AS disabled
         FROM users u JOIN roles r ON r.id = u.role_id
         WHERE u.id = $1 AND u.session_version = $3 AND u.deleted_at IS NULL AND u.disabled_at IS NULL
           AND EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.family_id = $2 AND t.user_id = u.id AND t.revoked_at IS NULL)")
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(family_id)
    .bind::<Integer, _>(session_version)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// A session that is still live.
#[derive(Debug, QueryableByName)]
pub struct LiveSession {
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What the role allows now.
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
}

/// Those of these sessions (account, session, session version) that are still live.
///
/// # Errors
/// When the database is away.
pub async fn live_sessions(
    conn: &mut PgConn,
    sessions: &[(Uuid, Uuid, i32)],
    now: DateTime<Utc>,
) -> Result<Vec<LiveSession>, StoreError> {
    let users: Vec<Uuid> = sessions.iter().map(|(user, ..)| *user).collect();
    let families: Vec<Uuid> = sessions.iter().map(|(_, family, _)| *family).collect();
    let versions: Vec<i32> = sessions.iter().map(|(.., version)| *version).collect();
    let rows = sql("SELECT DISTINCT s.family_id AS id, r.effective AS permissions
         FROM unnest($1, $2, $3) AS s (user_id, family_id, version)
         JOIN users u ON u.id = s.user_id AND u.session_version = s.version AND u.deleted_at IS NULL AND u.disabled_at IS NULL
         JOIN roles r ON r.id = u.role_id
         WHERE EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.family_id = s.family_id AND t.user_id = u.id
                       AND t.revoked_at IS NULL AND t.expires_at > $4)")
    .bind::<Array<SqlUuid>, _>(users)
    .bind::<Array<SqlUuid>, _>(families)
    .bind::<Array<Integer>, _>(versions)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Counts a login try before the password is looked at, so that parallel tries cannot outrun the count. After five tries
/// each further one must wait: one second, then twice as long each time, up to a quarter of an hour. Returns 0 when the try
/// may go on, else the seconds to wait.
///
/// # Errors
/// When the database is away.
pub async fn login_try(conn: &mut PgConn, account: &str, source: &str, now: DateTime<Utc>) -> Result<i32, StoreError> {
    #[derive(QueryableByName)]
    struct Wait {
        #[diesel(sql_type = Integer)]
        seconds: i32,
    }
    let counted = sql(
        "INSERT INTO login_failures AS f (account, source, failures, last_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT (account, source) DO UPDATE SET last_at = $3,
             failures = CASE WHEN f.last_at < $3 - interval '1 day' THEN 1 ELSE f.failures + 1 END
         WHERE f.failures < 5 OR f.last_at + make_interval(secs => least(2 ^ least(f.failures - 5, 20), 900)) <= $3",
    )
    .bind::<Text, _>(account)
    .bind::<Text, _>(source)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if counted > 0 {
        return Ok(0);
    }
    let rows: Vec<Wait> = sql("SELECT greatest(1, ceil(extract(epoch FROM
             last_at + make_interval(secs => least(2 ^ least(failures - 5, 20), 900)) - $3)))::int AS seconds
         FROM login_failures WHERE account = $1 AND source = $2")
    .bind::<Text, _>(account)
    .bind::<Text, _>(source)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map_or(1, |row| row.seconds))
}

/// Forgets the failed tries after a good login.
///
/// # Errors
/// When the database is away.
pub async fn login_succeeded(conn: &mut PgConn, account: &str, source: &str) -> Result<(), StoreError> {
    sql("DELETE FROM login_failures WHERE account = $1 AND source = $2")
        .bind::<Text, _>(account)
        .bind::<Text, _>(source)
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes what is of no use any more: ended tokens, failed logins and idempotency keys older than a day. At most `limit`
/// rows of each; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let mut deleted = 0;
    for text in [
        "DELETE FROM refresh_tokens WHERE id IN
             (SELECT id FROM refresh_tokens WHERE expires_at < $1 - interval '1 day' LIMIT $2)",
        "DELETE FROM login_failures WHERE (account, source) IN
             (SELECT account, source FROM login_failures WHERE last_at < $1 - interval '1 day' LIMIT $2)",
        "DELETE FROM idempotency_keys WHERE (actor_id, key) IN
             (SELECT actor_id, key FROM idempotency_keys WHERE created_at < $1 - interval '1 day' LIMIT $2)",
    ] {
        deleted += sql(text)
            .bind::<Timestamptz, _>(now)
            .bind::<BigInt, _>(limit)
            .execute(conn)
            .await?;
    }
    Ok(deleted)
}
