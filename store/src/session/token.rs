//! Refresh tokens: each is used once and followed by its successor.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Binary, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A stored refresh token.
#[derive(Debug, Clone, QueryableByName)]
pub struct Token {
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub session_id: Uuid,
    /// When it ends.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it was exchanged for its successor.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub used_at: Option<DateTime<Utc>>,
}

/// Stores the SHA-256 of a refresh token.
///
/// # Errors
/// When the database refuses.
pub async fn insert_token(
    conn: &mut PgConn,
    session: Uuid,
    hash: &[u8],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("INSERT INTO refresh_tokens (id, session_id, token_hash, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(session)
        .bind::<Binary, _>(hash)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks a live token of a live session as used. Of any number of parallel calls exactly one gets the token, the others `None`.
///
/// # Errors
/// When the database is away.
pub async fn use_token(conn: &mut PgConn, hash: &[u8], now: DateTime<Utc>) -> Result<Option<Token>, StoreError> {
    let rows: Vec<Token> = sql("UPDATE refresh_tokens t SET used_at = $2 FROM sessions s
         WHERE t.token_hash = $1 AND t.used_at IS NULL AND t.expires_at > $2
           AND s.id = t.session_id AND s.revoked_at IS NULL AND s.idle_expires_at > $2 AND s.expires_at > $2
         RETURNING t.session_id, t.expires_at, t.used_at")
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
    let rows: Vec<Token> = sql("SELECT session_id, expires_at, used_at FROM refresh_tokens WHERE token_hash = $1")
        .bind::<Binary, _>(hash)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// A refresh token that was exchanged out of turn.
#[derive(Debug, QueryableByName)]
pub struct Spent {
    /// Its SHA-256.
    #[diesel(sql_type = Binary)]
    pub token_hash: Vec<u8>,
    /// When it would have ended.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// Marks the live token of a session as used; `None` when it has none, or somebody else was exchanging it just now.
///
/// # Errors
/// When the database is away.
pub async fn spend_live(conn: &mut PgConn, session: Uuid, now: DateTime<Utc>) -> Result<Option<Spent>, StoreError> {
    let rows: Vec<Spent> = sql("UPDATE refresh_tokens SET used_at = $2
         WHERE session_id = $1 AND used_at IS NULL AND expires_at > $2 RETURNING token_hash, expires_at")
    .bind::<SqlUuid, _>(session)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}
