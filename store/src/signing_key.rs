//! Keys that sign access tokens.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A key that is not retired.
#[derive(Debug, Clone, QueryableByName)]
pub struct SigningKey {
    /// Id, which tokens name.
    #[diesel(sql_type = SqlUuid)]
    pub kid: Uuid,
    /// Ed25519 public key.
    #[diesel(sql_type = Binary)]
    pub public_key: Vec<u8>,
    /// File key that wraps the private key.
    #[diesel(sql_type = Text)]
    pub key_id: String,
    /// The private key, wrapped.
    #[diesel(sql_type = Binary)]
    pub wrapped_key: Vec<u8>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Signs from then on.
    #[diesel(sql_type = Timestamptz)]
    pub active_from: DateTime<Utc>,
    /// Verifies until then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub retire_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Kid {
    #[diesel(sql_type = SqlUuid)]
    kid: Uuid,
}

/// Lets one change after the other happen, until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE")
        .execute(conn)
        .await?;
    Ok(())
}

/// Those not retired, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn live(conn: &mut PgConn) -> Result<Vec<SigningKey>, StoreError> {
    Ok(sql(
        "SELECT kid, public_key, key_id, wrapped_key, created_at, active_from, retire_at FROM signing_keys
         WHERE NOT retired ORDER BY active_from, kid",
    )
    .load(conn)
    .await?)
}

/// Stores a key.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, key: &SigningKey) -> Result<(), StoreError> {
    sql(
        "INSERT INTO signing_keys (kid, public_key, key_id, wrapped_key, created_at, active_from, retire_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(key.kid)
    .bind::<Binary, _>(key.public_key.as_slice())
    .bind::<Text, _>(key.key_id.as_str())
    .bind::<Binary, _>(key.wrapped_key.as_slice())
    .bind::<Timestamptz, _>(key.created_at)
    .bind::<Timestamptz, _>(key.active_from)
    .bind::<Nullable<Timestamptz>, _>(key.retire_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Has all others than this key end at `at`, unless they end earlier.
///
/// # Errors
/// When the database is away.
pub async fn end_others(conn: &mut PgConn, kid: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE signing_keys SET retire_at = least(retire_at, $2) WHERE NOT retired AND kid <> $1")
        .bind::<SqlUuid, _>(kid)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Retires those whose end has come, and wipes their private keys; returns their ids.
///
/// # Errors
/// When the database is away.
pub async fn retire(conn: &mut PgConn, now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Kid> = sql(
        "UPDATE signing_keys SET retired = true, wrapped_key = NULL WHERE NOT retired AND retire_at <= $1 RETURNING kid",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.kid).collect())
}

/// Replaces the wrapped private key.
///
/// # Errors
/// When the database is away.
pub async fn rewrap(conn: &mut PgConn, kid: Uuid, key_id: &str, wrapped: &[u8]) -> Result<(), StoreError> {
    sql("UPDATE signing_keys SET key_id = $2, wrapped_key = $3 WHERE kid = $1 AND NOT retired")
        .bind::<SqlUuid, _>(kid)
        .bind::<Text, _>(key_id)
        .bind::<Binary, _>(wrapped)
        .execute(conn)
        .await?;
    Ok(())
}
