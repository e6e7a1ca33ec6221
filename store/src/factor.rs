//! Second factors, and challenges that wait for one.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sms::code, sql::sql};

/// An authenticator app.
#[derive(Debug, Clone, QueryableByName)]
pub struct Totp {
    /// Sealed secret.
    #[diesel(sql_type = Binary)]
    pub secret: Vec<u8>,
    /// When its first code was accepted; until then it counts for nothing.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// The authenticator app of a person.
///
/// # Errors
/// When the database is away.
pub async fn totp(conn: &mut PgConn, user_id: Uuid) -> Result<Option<Totp>, StoreError> {
    let rows: Vec<Totp> = sql("SELECT secret, confirmed_at FROM totp_factors WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Begins the set-up of an authenticator app; one that was begun before is replaced, one in use is not. Returns whether it was.
///
/// # Errors
/// When the database refuses.
pub async fn begin_totp(
    conn: &mut PgConn,
    user_id: Uuid,
    secret: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let n = sql("INSERT INTO totp_factors (user_id, secret, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET secret = $2, created_at = $3, last_step = 0 WHERE totp_factors.confirmed_at IS NULL")
    .bind::<SqlUuid, _>(user_id)
    .bind::<Binary, _>(secret)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Accepts a code of this time step, once: of any number of parallel calls exactly one gets `true`. A first code confirms the app.
///
/// # Errors
/// When the database is away.
pub async fn accept_step(conn: &mut PgConn, user_id: Uuid, step: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("UPDATE totp_factors SET last_step = $2, confirmed_at = coalesce(confirmed_at, $3) WHERE user_id = $1 AND last_step < $2")
        .bind::<SqlUuid, _>(user_id)
        .bind::<BigInt, _>(step)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Removes the authenticator app, and the backup codes unless they stand in for another factor. Returns whether there was one.
///
/// # Errors
/// When the database is away.
pub async fn remove_totp(conn: &mut PgConn, user_id: Uuid) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM totp_factors WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    end_backup_codes(conn, user_id).await?;
    Ok(n > 0)
}

/// Removes every second factor of a person, also one that he was setting up. Returns whether one was in use.
///
/// # Errors
/// When the database is away.
pub async fn remove_all(conn: &mut PgConn, user_id: Uuid) -> Result<bool, StoreError> {
    let app = totp(conn, user_id)
        .await?
        .is_some_and(|totp| totp.confirmed_at.is_some());
    let passkeys = sql("DELETE FROM passkeys WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    code::drop_codes(conn, user_id).await?;
    let phone = code::remove_phone(conn, user_id).await?;
    remove_totp(conn, user_id).await?;
    Ok(app || passkeys > 0 || phone)
}

/// Removes the backup codes of somebody who has no factor left that they stand in for.
///
/// # Errors
/// When the database is away.
pub async fn end_backup_codes(conn: &mut PgConn, user_id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM backup_codes WHERE user_id = $1
         AND NOT EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)
         AND NOT EXISTS (SELECT FROM passkeys WHERE user_id = $1)
         AND NOT EXISTS (SELECT FROM sms_factors WHERE user_id = $1)")
    .bind::<SqlUuid, _>(user_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Replaces all backup codes of a person by these (SHA-256).
///
/// # Errors
/// When the database refuses.
pub async fn set_backup_codes(
    conn: &mut PgConn,
    user_id: Uuid,
    hashes: &[[u8; 32]],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("DELETE FROM backup_codes WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    let ids: Vec<Uuid> = hashes.iter().map(|_| Uuid::now_v7()).collect();
    let hashes: Vec<&[u8]> = hashes.iter().map(<[u8; 32]>::as_slice).collect();
    sql("INSERT INTO backup_codes (id, user_id, code_hash, created_at) SELECT c.id, $1, c.hash, $4 FROM unnest($2, $3) AS c (id, hash)")
        .bind::<SqlUuid, _>(user_id)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Binary>, _>(hashes)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses a backup code, once.
///
/// # Errors
/// When the database is away.
pub async fn use_backup_code(
    conn: &mut PgConn,
    user_id: Uuid,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let n = sql("UPDATE backup_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL")
        .bind::<SqlUuid, _>(user_id)
        .bind::<Binary, _>(hash)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// How many backup codes a person has left.
///
/// # Errors
/// When the database is away.
pub async fn backup_codes_left(conn: &mut PgConn, user_id: Uuid) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = sql("SELECT count(*) AS n FROM backup_codes WHERE user_id = $1 AND used_at IS NULL")
        .bind::<SqlUuid, _>(user_id)
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// A challenge that waits for a second factor.
#[derive(Debug, Clone, QueryableByName)]
pub struct Challenge {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Who owes it.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// What was proven already.
    #[diesel(sql_type = Array<Text>)]
    pub amr: Vec<String>,
    /// Tries, this one included.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

/// Stores a challenge.
///
/// # Errors
/// When the database refuses.
pub async fn challenge(
    conn: &mut PgConn,
    user_id: Uuid,
    hash: &[u8],
    amr: &[String],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("DELETE FROM auth_challenges WHERE user_id = $1 AND expires_at < $2")
        .bind::<SqlUuid, _>(user_id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    sql("INSERT INTO auth_challenges (id, user_id, token_hash, amr, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(user_id)
        .bind::<Binary, _>(hash)
        .bind::<Array<Text>, _>(amr)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whose challenge this token belongs to, as [`try_challenge`] would see it, without counting a try.
///
/// # Errors
/// When the database is away.
pub async fn waiting_challenge(
    conn: &mut PgConn,
    hash: &[u8],
    max: i32,
    now: DateTime<Utc>,
) -> Result<Option<Challenge>, StoreError> {
    let rows: Vec<Challenge> = sql("SELECT id, user_id, amr, attempts FROM auth_challenges
         WHERE token_hash = $1 AND attempts < $2 AND used_at IS NULL AND expires_at > $3")
    .bind::<Binary, _>(hash)
    .bind::<Integer, _>(max)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Counts a try on the challenge with this token before the code is looked at; `None` when it is unknown, over, or had `max` tries.
///
/// # Errors
/// When the database is away.
pub async fn try_challenge(
    conn: &mut PgConn,
    hash: &[u8],
    max: i32,
    now: DateTime<Utc>,
) -> Result<Option<Challenge>, StoreError> {
    let rows: Vec<Challenge> = sql("UPDATE auth_challenges SET attempts = attempts + 1
         WHERE token_hash = $1 AND attempts < $2 AND used_at IS NULL AND expires_at > $3 RETURNING id, user_id, amr, attempts")
    .bind::<Binary, _>(hash)
    .bind::<Integer, _>(max)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Ends a challenge that was met. Of any number of parallel calls exactly one gets `true`.
///
/// # Errors
/// When the database is away.
pub async fn meet_challenge(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("UPDATE auth_challenges SET used_at = $2 WHERE id = $1 AND used_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Notes that the person of a session has just proven who he is, and how.
///
/// # Errors
/// When the database is away.
pub async fn proven(conn: &mut PgConn, session: Uuid, how: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE sessions SET factor_at = $3, amr = CASE WHEN $2 = ANY(amr) THEN amr ELSE amr || $2 END WHERE id = $1")
        .bind::<SqlUuid, _>(session)
        .bind::<Text, _>(how)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}
