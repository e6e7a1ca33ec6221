//! Phones that get codes, and codes that wait.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Binary, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The phone of a person.
#[derive(Debug, Clone, QueryableByName)]
pub struct Phone {
    /// Number.
    #[diesel(sql_type = Text)]
    pub phone: String,
    /// Since when it is used.
    #[diesel(sql_type = Timestamptz)]
    pub confirmed_at: DateTime<Utc>,
    /// Keys of the person's role and of all that it inherits.
    #[diesel(sql_type = Array<Text>)]
    pub lineage: Vec<String>,
}

/// A code that waits.
#[derive(Debug, Clone, QueryableByName)]
pub struct Waiting {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Number it was sent to.
    #[diesel(sql_type = Text)]
    pub phone: String,
    /// Keyed hash.
    #[diesel(sql_type = Binary)]
    pub code_hash: Vec<u8>,
}

/// A code about to be sent.
#[derive(Debug)]
pub struct NewCode<'a> {
    /// Id.
    pub id: Uuid,
    /// Who gets it.
    pub user_id: Uuid,
    /// `enrol`, `login` or `step_up`.
    pub purpose: &'a str,
    /// The challenge or session it is good for.
    pub place: Uuid,
    /// Number.
    pub phone: &'a str,
    /// Keyed hash.
    pub code_hash: &'a [u8],
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A challenge of a login that waits for its second factor.
#[derive(Debug, Clone, QueryableByName)]
pub struct Owed {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Who owes it.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
}

/// The phone of a person.
///
/// # Errors
/// When the database is away.
pub async fn phone(conn: &mut PgConn, user_id: Uuid) -> Result<Option<Phone>, StoreError> {
    let rows: Vec<Phone> = sql(
        "SELECT f.phone, f.confirmed_at, array_prepend(r.key, r.inherited) AS lineage FROM sms_factors f
         JOIN users u ON u.id = f.user_id JOIN roles r ON r.id = u.role_id WHERE f.user_id = $1",
    )
    .bind::<SqlUuid, _>(user_id)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Puts a phone to use, instead of the one before.
///
/// # Errors
/// When the database refuses.
pub async fn set_phone(conn: &mut PgConn, user_id: Uuid, phone: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO sms_factors (user_id, phone, confirmed_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET phone = $2, confirmed_at = $3",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Text, _>(phone)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes the phone of a person. Returns whether there was one.
///
/// # Errors
/// When the database is away.
pub async fn remove_phone(conn: &mut PgConn, user_id: Uuid) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM sms_factors WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Codes that wait are worth nothing any more.
///
/// # Errors
/// When the database is away.
pub async fn drop_codes(conn: &mut PgConn, user_id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM sms_codes WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores a code; one for the same place is worth nothing any more.
///
/// # Errors
/// When the database refuses.
pub async fn put(conn: &mut PgConn, code: &NewCode<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO sms_codes (id, user_id, purpose, place, phone, code_hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (user_id, purpose, place) DO UPDATE SET id = excluded.id, phone = excluded.phone, code_hash = excluded.code_hash,
             attempts = 0, created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = NULL")
    .bind::<SqlUuid, _>(code.id)
    .bind::<SqlUuid, _>(code.user_id)
    .bind::<Text, _>(code.purpose)
    .bind::<SqlUuid, _>(code.place)
    .bind::<Text, _>(code.phone)
    .bind::<Binary, _>(code.code_hash)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(code.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a try before the code is looked at; `None` when none waits there, or it had `max` tries.
///
/// # Errors
/// When the database is away.
pub async fn count_try(
    conn: &mut PgConn,
    (user_id, purpose, place): (Uuid, &str, Uuid),
    max: i32,
    now: DateTime<Utc>,
) -> Result<Option<Waiting>, StoreError> {
    let rows: Vec<Waiting> = sql("UPDATE sms_codes SET attempts = attempts + 1
         WHERE user_id = $1 AND purpose = $2 AND place = $3 AND attempts < $4 AND used_at IS NULL AND expires_at > $5
         RETURNING id, phone, code_hash")
    .bind::<SqlUuid, _>(user_id)
    .bind::<Text, _>(purpose)
    .bind::<SqlUuid, _>(place)
    .bind::<Integer, _>(max)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Spends a code: of any number of parallel calls exactly one gets `true`. Unless it is to prove a new phone, it must have gone to the
/// phone that the person uses now.
///
/// # Errors
/// When the database is away.
pub async fn spend(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql(
        "UPDATE sms_codes c SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND (purpose = 'enrol'
             OR EXISTS (SELECT FROM sms_factors f WHERE f.user_id = c.user_id AND f.phone = c.phone))",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// The challenge with this token (SHA-256) while it can be met, without counting a try.
///
/// # Errors
/// When the database is away.
pub async fn owed(conn: &mut PgConn, hash: &[u8], max: i32, now: DateTime<Utc>) -> Result<Option<Owed>, StoreError> {
    let rows: Vec<Owed> = sql("SELECT id, user_id FROM auth_challenges
         WHERE token_hash = $1 AND attempts < $2 AND used_at IS NULL AND expires_at > $3")
    .bind::<Binary, _>(hash)
    .bind::<Integer, _>(max)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}
