//! Passkeys, and the ceremonies under way with them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A passkey.
#[derive(Debug, Clone, QueryableByName)]
pub struct Passkey {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// By which its authenticator knows it.
    #[diesel(sql_type = Binary)]
    pub credential_id: Vec<u8>,
    /// Its public key and properties, serialised.
    #[diesel(sql_type = Jsonb)]
    pub credential: Value,
    /// Name its owner gave it.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// How a browser gets at it, such as `usb`.
    #[diesel(sql_type = Array<Text>)]
    pub transports: Vec<String>,
    /// Signs in without an address, as far as known.
    #[diesel(sql_type = Nullable<Bool>)]
    pub discoverable: Option<bool>,
    /// Copied to its owner's other devices.
    #[diesel(sql_type = Bool)]
    pub backed_up: bool,
    /// Uses that its authenticator counted; 0 when it does not.
    #[diesel(sql_type = BigInt)]
    pub sign_count: i64,
    /// When it counted less than before.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub clone_warned_at: Option<DateTime<Utc>>,
    /// When it was added.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was used last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Signs in alone; after a reset of the password only beside the new one, until it has done so.
    #[diesel(sql_type = Bool)]
    pub alone: bool,
}

/// A statement that ends in the columns of a [`Passkey`], and perhaps more.
macro_rules! passkey {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, credential_id, credential, name, transports, discoverable, backed_up, sign_count, clone_warned_at, created_at,
              last_used_at, alone ",
            $after
        )
    };
}

/// A person's passkeys, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn of_user(conn: &mut PgConn, user_id: Uuid) -> Result<Vec<Passkey>, StoreError> {
    Ok(sql(passkey!(
        "SELECT",
        "FROM passkeys WHERE user_id = $1 ORDER BY created_at, id"
    ))
    .bind::<SqlUuid, _>(user_id)
    .load(conn)
    .await?)
}

/// How many passkeys a person has.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn, user_id: Uuid) -> Result<usize, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = sql("SELECT count(*) AS n FROM passkeys WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .get_result(conn)
        .await?;
    Ok(usize::try_from(row.n).unwrap_or(usize::MAX))
}

/// Keeps two changes to the factors of one person apart until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such person.
pub async fn lock_owner(conn: &mut PgConn, user_id: Uuid) -> Result<(), StoreError> {
    let n = sql("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Stores a passkey. Returns whether it is a new one: its authenticator's id for it is given once.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, user_id: Uuid, passkey: &Passkey) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO passkeys (id, user_id, credential_id, credential, name, transports, discoverable, backed_up, sign_count, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (credential_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(passkey.id)
    .bind::<SqlUuid, _>(user_id)
    .bind::<Binary, _>(&passkey.credential_id)
    .bind::<Jsonb, _>(&passkey.credential)
    .bind::<Text, _>(&passkey.name)
    .bind::<Array<Text>, _>(&passkey.transports)
    .bind::<Nullable<Bool>, _>(passkey.discoverable)
    .bind::<Bool, _>(passkey.backed_up)
    .bind::<BigInt, _>(passkey.sign_count)
    .bind::<Timestamptz, _>(passkey.created_at)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// The passkey with which an authenticator answered, if it is this person's; nobody else uses it until the end of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn, user_id: Uuid, credential_id: &[u8]) -> Result<Option<Passkey>, StoreError> {
    let rows: Vec<Passkey> = sql(passkey!(
        "SELECT",
        "FROM passkeys WHERE user_id = $1 AND credential_id = $2 FOR NO KEY UPDATE"
    ))
    .bind::<SqlUuid, _>(user_id)
    .bind::<Binary, _>(credential_id)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Notes a use, with what the authenticator told.
///
/// # Errors
/// When the database is away.
pub async fn used(conn: &mut PgConn, passkey: &Passkey, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE passkeys SET credential = $2, sign_count = $3, backed_up = $4, last_used_at = $5, alone = true WHERE id = $1")
        .bind::<SqlUuid, _>(passkey.id)
        .bind::<Jsonb, _>(&passkey.credential)
        .bind::<BigInt, _>(passkey.sign_count)
        .bind::<Bool, _>(passkey.backed_up)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whoever resets the password may be throwing somebody out who added a passkey: none signs in alone before it stood beside the new
/// password.
///
/// # Errors
/// When the database is away.
pub async fn doubt(conn: &mut PgConn, user_id: Uuid) -> Result<(), StoreError> {
    sql("UPDATE passkeys SET alone = false WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that somebody may have a copy.
///
/// # Errors
/// When the database is away.
pub async fn warn(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE passkeys SET clone_warned_at = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a passkey of this person another name.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not his.
pub async fn rename(conn: &mut PgConn, user_id: Uuid, id: Uuid, name: &str) -> Result<Passkey, StoreError> {
    let rows: Vec<Passkey> = sql(passkey!(
        "UPDATE passkeys SET name = $3 WHERE user_id = $1 AND id = $2 RETURNING",
        ""
    ))
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(name)
    .load(conn)
    .await?;
    rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// Removes a passkey of this person.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not his.
pub async fn remove(conn: &mut PgConn, user_id: Uuid, id: Uuid) -> Result<Passkey, StoreError> {
    let rows: Vec<Passkey> = sql(passkey!(
        "DELETE FROM passkeys WHERE user_id = $1 AND id = $2 RETURNING",
        ""
    ))
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(id)
    .load(conn)
    .await?;
    rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// What a ceremony is for, and whose answer it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// `register`, `login`, `second_factor` or `step_up`.
    pub purpose: &'static str,
    /// The person; nobody for a login.
    pub user_id: Option<Uuid>,
    /// The session in which it began.
    pub session_id: Option<Uuid>,
    /// The login that owes the second factor.
    pub challenge_id: Option<Uuid>,
}

/// Begins a ceremony. An earlier one of the same session or login is over.
///
/// # Errors
/// When the database refuses.
pub async fn begin(
    conn: &mut PgConn,
    bound: Bound,
    token_hash: &[u8],
    state: &Value,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("DELETE FROM passkey_ceremonies WHERE purpose = $1 AND (session_id = $2 OR challenge_id = $3)")
        .bind::<Text, _>(bound.purpose)
        .bind::<Nullable<SqlUuid>, _>(bound.session_id)
        .bind::<Nullable<SqlUuid>, _>(bound.challenge_id)
        .execute(conn)
        .await?;
    sql(
        "INSERT INTO passkey_ceremonies (id, token_hash, purpose, user_id, session_id, challenge_id, state, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Binary, _>(token_hash)
    .bind::<Text, _>(bound.purpose)
    .bind::<Nullable<SqlUuid>, _>(bound.user_id)
    .bind::<Nullable<SqlUuid>, _>(bound.session_id)
    .bind::<Nullable<SqlUuid>, _>(bound.challenge_id)
    .bind::<Jsonb, _>(state)
    .bind::<Timestamptz, _>(expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a ceremony and returns what was asked; `None` when it is unknown, over, or somebody else's. Of any number of parallel calls
/// exactly one gets it.
///
/// # Errors
/// When the database is away.
pub async fn end(
    conn: &mut PgConn,
    bound: Bound,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Value>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Jsonb)]
        state: Value,
    }
    let rows: Vec<Row> = sql(
        "DELETE FROM passkey_ceremonies WHERE token_hash = $1 AND purpose = $2 AND user_id IS NOT DISTINCT FROM $3
         AND session_id IS NOT DISTINCT FROM $4 AND challenge_id IS NOT DISTINCT FROM $5 AND expires_at > $6 RETURNING state",
    )
    .bind::<Binary, _>(token_hash)
    .bind::<Text, _>(bound.purpose)
    .bind::<Nullable<SqlUuid>, _>(bound.user_id)
    .bind::<Nullable<SqlUuid>, _>(bound.session_id)
    .bind::<Nullable<SqlUuid>, _>(bound.challenge_id)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.state))
}
