//! Accounts as their managers see them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// An account with its role.
#[derive(Debug, Clone, QueryableByName)]
pub struct Person {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Telephone, E.164.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// `pending`, `active`, `suspended` or `deactivated`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Role.
    #[diesel(sql_type = SqlUuid)]
    pub role_id: Uuid,
    /// Key of the role.
    #[diesel(sql_type = Text)]
    pub role_key: String,
    /// Name of the role; `None` for system roles.
    #[diesel(sql_type = Nullable<Text>)]
    pub role_name: Option<String>,
    /// What the role allows.
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Last login.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_login_at: Option<DateTime<Utc>>,
    /// Counts changes by managers.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// Which accounts are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of name or address.
    pub text: Option<String>,
    /// Role.
    pub role_id: Option<Uuid>,
    /// State.
    pub status: Option<String>,
}

macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.name, u.phone, u.locale, u.status, u.role_id, r.key AS role_key, r.name AS role_name,
                r.effective AS permissions, u.created_at, u.last_login_at, u.version
             FROM users u JOIN roles r ON r.id = u.role_id WHERE u.deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// Accounts before this id, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Person>, StoreError> {
    let text = filter.text.as_ref().map(|text| format!("%{}%", like(text)));
    Ok(sql(select_person!(
        "($1::uuid IS NULL OR u.id < $1) AND ($2::text IS NULL OR search_text(u.name || ' ' || u.email) LIKE search_text($2))
           AND ($3::uuid IS NULL OR u.role_id = $3) AND ($4::text IS NULL OR u.status = $4)
         ORDER BY u.id DESC LIMIT $5"
    ))
    .bind::<Nullable<SqlUuid>, _>(before)
    .bind::<Nullable<Text>, _>(text.as_deref())
    .bind::<Nullable<SqlUuid>, _>(filter.role_id)
    .bind::<Nullable<Text>, _>(filter.status.as_deref())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// One account.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Person, StoreError> {
    Ok(sql(select_person!("u.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One account, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid) -> Result<Person, StoreError> {
    Ok(sql(select_person!("u.id = $1 FOR UPDATE OF u"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Accounts in use that hold this role, this one aside.
///
/// # Errors
/// When the database is away.
pub async fn others_with_role(conn: &mut PgConn, key: &str, except: Uuid) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Count = sql("SELECT count(*) AS n FROM users u JOIN roles r ON r.id = u.role_id
         WHERE r.key = $1 AND u.id <> $2 AND u.status = 'active' AND u.deleted_at IS NULL")
    .bind::<Text, _>(key)
    .bind::<SqlUuid, _>(except)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// An invited account.
#[derive(Debug)]
pub struct Invited<'a> {
    /// Id.
    pub id: Uuid,
    /// Address in lower case.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Role.
    pub role_id: Uuid,
    /// Language.
    pub locale: &'a str,
}

/// Stores an account that waits for its owner: no password, state `pending`.
///
/// # Errors
/// [`StoreError::Conflict`] when the address has an account.
pub async fn invite(conn: &mut PgConn, new: &Invited<'_>, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO users (id, email, name, role_id, locale, status, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, 'pending', $6, $6, $7, $7)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Text, _>(new.email)
    .bind::<Text, _>(new.name)
    .bind::<SqlUuid, _>(new.role_id)
    .bind::<Text, _>(new.locale)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what managers may change, of an account that [`find_for_update`] locked.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn update(conn: &mut PgConn, person: &Person, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE users SET name = $2, phone = $3, locale = $4, status = $5, role_id = $6, updated_at = $7, updated_by = $8,
             version = version + 1
         WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(person.id)
    .bind::<Text, _>(person.name.as_str())
    .bind::<Nullable<Text>, _>(person.phone.as_deref())
    .bind::<Text, _>(person.locale.as_str())
    .bind::<Text, _>(person.status.as_str())
    .bind::<SqlUuid, _>(person.role_id)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Opens an invited account with its owner's password.
///
/// # Errors
/// [`StoreError::NotFound`] when it does not wait any more.
pub async fn accept(conn: &mut PgConn, id: Uuid, hash: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE users SET status = 'active', password_hash = $2, password_changed_at = $3, email_verified_at = $3,
             updated_at = $3, updated_by = $1, version = version + 1
         WHERE id = $1 AND status = 'pending' AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(hash)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Takes an account out of use for good; its row stays for what refers to it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete(conn: &mut PgConn, id: Uuid, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE users SET deleted_at = $2, deleted_by = $3, status = 'deactivated', password_hash = NULL,
             session_version = session_version + 1, updated_at = $2, updated_by = $3, version = version + 1
         WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
