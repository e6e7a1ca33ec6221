//! What changes about an account: its password with the history, its address, when it was used.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Old passwords that are remembered.
const HISTORY: i64 = 5;

/// An account about to be opened by its owner.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Address in lower case, proven.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Hash in PHC form; without one its owner signs in in other ways.
    pub password_hash: Option<&'a str>,
    /// Language.
    pub locale: &'a str,
    /// Key of the role.
    pub role: &'a str,
}

/// Opens an account. `None` when the address has one.
///
/// # Errors
/// When the database refuses.
pub async fn open(conn: &mut PgConn, account: &NewAccount<'_>, now: DateTime<Utc>) -> Result<Option<Uuid>, StoreError> {
    let id = Uuid::now_v7();
    let n = sql(
        "INSERT INTO users (id, email, name, password_hash, role_id, locale, status, email_verified_at, password_changed_at, created_at, updated_at)
         SELECT $1, $2, $3, $4, r.id, $5, 'active', $7, CASE WHEN $4 IS NOT NULL THEN $7 END, $7, $7 FROM roles r WHERE r.key = $6
         ON CONFLICT (email) WHERE deleted_at IS NULL DO NOTHING",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(account.email)
    .bind::<Text, _>(account.name)
    .bind::<Nullable<Text>, _>(account.password_hash)
    .bind::<Text, _>(account.locale)
    .bind::<Text, _>(account.role)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok((n > 0).then_some(id))
}

#[derive(QueryableByName)]
struct Hash {
    #[diesel(sql_type = Text)]
    hash: String,
}

/// What the password of an account is checked against; `None` = no password login. Behind the wall one's own only.
///
/// # Errors
/// When the database is away.
pub async fn password(conn: &mut PgConn, user_id: Uuid) -> Result<Option<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        hash: Option<String>,
    }
    let row: Row = sql("SELECT password_of($1) AS hash")
        .bind::<SqlUuid, _>(user_id)
        .get_result(conn)
        .await?;
    Ok(row.hash)
}

/// Hashes of the present and the last passwords, newest first.
///
/// # Errors
/// When the database is away.
pub async fn passwords(conn: &mut PgConn, user_id: Uuid) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Hash> = sql("SELECT hash FROM (
             SELECT password_of($1) AS hash, 9223372036854775807 AS place
             UNION ALL SELECT hash, id FROM password_history WHERE user_id = $1) h
             WHERE hash IS NOT NULL ORDER BY place DESC LIMIT $2")
    .bind::<SqlUuid, _>(user_id)
    .bind::<BigInt, _>(HISTORY)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.hash).collect())
}

/// Gives an account a new password; the old one joins the history.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_password(conn: &mut PgConn, user_id: Uuid, hash: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO password_history (user_id, hash, retired_at)
         SELECT $1, old, $2 FROM password_of($1) old WHERE old IS NOT NULL")
    .bind::<SqlUuid, _>(user_id)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    sql("DELETE FROM password_history WHERE user_id = $1 AND id NOT IN
             (SELECT id FROM password_history WHERE user_id = $1 ORDER BY id DESC LIMIT $2)")
    .bind::<SqlUuid, _>(user_id)
    .bind::<BigInt, _>(HISTORY)
    .execute(conn)
    .await?;
    let n = sql("UPDATE users SET password_hash = $2, password_changed_at = $3, updated_at = $3 WHERE id = $1 AND deleted_at IS NULL")
        .bind::<SqlUuid, _>(user_id)
        .bind::<Text, _>(hash)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// No session that began before is accepted any more, whether it is stored already or about to be.
///
/// # Errors
/// When the database is away.
pub async fn outdate_sessions(conn: &mut PgConn, user_id: Uuid) -> Result<(), StoreError> {
    sql("UPDATE users SET session_version = session_version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces the hash of the very same password by a stronger one, unless it was changed meanwhile.
///
/// # Errors
/// When the database is away.
pub async fn rehash(conn: &mut PgConn, user_id: Uuid, from: &str, to: &str) -> Result<bool, StoreError> {
    let n = sql("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
        .bind::<SqlUuid, _>(user_id)
        .bind::<Text, _>(from)
        .bind::<Text, _>(to)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Gives an account a new, proven address.
///
/// # Errors
/// [`StoreError::Conflict`] when another account has it.
pub async fn set_email(conn: &mut PgConn, user_id: Uuid, email: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql("UPDATE users SET email = $2, email_verified_at = $3, updated_at = $3, updated_by = $1 WHERE id = $1 AND deleted_at IS NULL")
        .bind::<SqlUuid, _>(user_id)
        .bind::<Text, _>(email)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Notes a login. Returns the one before.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn logged_in(
    conn: &mut PgConn,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Timestamptz>)]
        before: Option<DateTime<Utc>>,
    }
    // No stronger lock: sessions that begin at the same time refer to the row, and would wait for one another for ever.
    let row: Row = sql(
        "UPDATE users u SET last_login_at = $2 FROM (SELECT id, last_login_at FROM users WHERE id = $1 FOR NO KEY UPDATE) o
         WHERE u.id = o.id RETURNING o.last_login_at AS before",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(row.before)
}
