//! People with an account, and their roles.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An account with what its role allows.
#[derive(Debug, Clone, QueryableByName)]
pub struct User {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address in lower case.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Key of the role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Keys of the role and of all that it inherits: what is demanded of one of these is demanded of its holder.
    #[diesel(sql_type = Array<Text>)]
    pub lineage: Vec<String>,
    /// What the role allows.
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Raised to end all sessions at once.
    #[diesel(sql_type = Integer)]
    pub session_version: i32,
    /// `pending`, `active`, `suspended` or `deactivated`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Raised by every change of what its managers or its owner see of it.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl User {
    /// The account is in use: its owner may sign in.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }
}

/// An agent that tickets can be assigned to.
#[derive(Debug, Clone, QueryableByName)]
pub struct Agent {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// An account about to be stored.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// Address in lower case.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Argon2id hash in PHC form.
    pub password_hash: &'a str,
    /// Key of the role.
    pub role: &'a str,
    /// Language.
    pub locale: &'a str,
}

macro_rules! select_user {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.name, r.key AS role, array_prepend(r.key, r.inherited) AS lineage,
                r.effective AS permissions, u.locale, u.session_version, u.status, u.version
             FROM users u JOIN roles r ON r.id = u.role_id WHERE u.deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// The account with this address.
///
/// # Errors
/// When the database is away.
pub async fn by_email(conn: &mut PgConn, email: &str) -> Result<Option<User>, StoreError> {
    let rows: Vec<User> = sql(select_user!("u.email = $1"))
        .bind::<Text, _>(email)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// The account with this id.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn by_id(conn: &mut PgConn, id: Uuid) -> Result<User, StoreError> {
    Ok(sql(select_user!("u.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// People who can be given tickets, by name, after this name and id.
///
/// # Errors
/// When the database is away.
pub async fn agents(conn: &mut PgConn, after: Option<(&str, Uuid)>, limit: i64) -> Result<Vec<Agent>, StoreError> {
    let (name, id) = after.unzip();
    let rows = sql(
        "SELECT u.id, u.email, u.name FROM users u JOIN roles r ON r.id = u.role_id
                    WHERE u.deleted_at IS NULL AND u.status = 'active' AND 'tickets.reply' = ANY(r.effective)
                      AND ($1 IS NULL OR (u.name, u.id) > ($1, $2))
                    ORDER BY u.name, u.id LIMIT $3",
    )
    .bind::<Nullable<Text>, _>(name)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Accounts that hold a permission and may sign in, at most 50.
///
/// # Errors
/// When the database is away.
pub async fn holders(conn: &mut PgConn, permission: &str) -> Result<Vec<User>, StoreError> {
    let rows = sql(select_user!(
        "u.status = 'active' AND $1 = ANY(r.effective) ORDER BY u.id LIMIT 50"
    ))
    .bind::<Text, _>(permission)
    .load(conn)
    .await?;
    Ok(rows)
}

/// The person with this id, if tickets can be given to him.
///
/// # Errors
/// When the database is away.
pub async fn agent(conn: &mut PgConn, id: Uuid) -> Result<Option<Agent>, StoreError> {
    let rows: Vec<Agent> = sql(
        "SELECT u.id, u.email, u.name FROM users u JOIN roles r ON r.id = u.role_id
                    WHERE u.id = $1 AND u.deleted_at IS NULL AND u.status = 'active' AND 'tickets.reply' = ANY(r.effective)",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Those of these people whom tickets can be given to, in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn agents_among(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<User>, StoreError> {
    Ok(sql(select_user!(
        "u.id = ANY($1) AND u.status = 'active' AND 'tickets.reply' = ANY(r.effective) ORDER BY u.id"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)
    .await?)
}

/// Those of these people who may sign in and hold all of these permissions, by name.
///
/// # Errors
/// When the database is away.
pub async fn holders_among(conn: &mut PgConn, ids: &[Uuid], permissions: &[&str]) -> Result<Vec<User>, StoreError> {
    Ok(sql(select_user!(
        "u.id = ANY($1) AND u.status = 'active' AND r.effective @> $2 ORDER BY u.name, u.id"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Text>, _>(permissions)
    .load(conn)
    .await?)
}

/// Those of these accounts that are active and see their own tickets only.
///
/// # Errors
/// When the database is away.
pub async fn customers_among(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<User>, StoreError> {
    Ok(sql(select_user!(
        "u.id = ANY($1) AND u.status = 'active' AND NOT 'tickets.view' = ANY(r.effective) ORDER BY u.id"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)
    .await?)
}

/// Stores an account, or gives an existing one this name, password and role. Returns its id.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such role.
pub async fn upsert(conn: &mut PgConn, user: &NewUser<'_>, now: DateTime<Utc>) -> Result<Uuid, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let row: Row = sql(
        "INSERT INTO users (id, email, name, password_hash, role_id, locale, email_verified_at, password_changed_at, created_at, updated_at)
         SELECT $1, $2, $3, $4, r.id, $6, $7, $7, $7, $7 FROM roles r WHERE r.key = $5
         ON CONFLICT (email) WHERE deleted_at IS NULL DO UPDATE SET name = excluded.name,
             password_hash = excluded.password_hash, role_id = excluded.role_id, updated_at = excluded.updated_at,
             password_changed_at = excluded.password_changed_at,
             session_version = users.session_version + 1
         RETURNING id",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(user.email)
    .bind::<Text, _>(user.name)
    .bind::<Text, _>(user.password_hash)
    .bind::<Text, _>(user.role)
    .bind::<Text, _>(user.locale)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(row.id)
}

/// Changes what a person may change about himself. False when the account is not of this version any more.
///
/// # Errors
/// When the database is away.
pub async fn set_profile(
    conn: &mut PgConn,
    id: Uuid,
    version: i32,
    (name, locale): (Option<&str>, Option<&str>),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let changed = sql(
        "UPDATE users SET name = coalesce($2, name), locale = coalesce($3, locale), updated_at = $4, updated_by = $1,
                 version = version + 1
                 WHERE id = $1 AND version = $5 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Text>, _>(name)
    .bind::<Nullable<Text>, _>(locale)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(version)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

/// Stores a support group unless one of that name exists.
///
/// # Errors
/// When the database refuses.
pub async fn ensure_group(conn: &mut PgConn, name: &str) -> Result<(), StoreError> {
    sql("INSERT INTO support_groups (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Text, _>(name)
        .execute(conn)
        .await?;
    Ok(())
}

/// A support group.
#[derive(Debug, Clone, QueryableByName)]
pub struct Group {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// Support groups in use, by name.
///
/// # Errors
/// When the database is away.
pub async fn groups(conn: &mut PgConn) -> Result<Vec<Group>, StoreError> {
    Ok(
        sql("SELECT id, name FROM support_groups WHERE retired_at IS NULL ORDER BY name, id LIMIT 500")
            .load(conn)
            .await?,
    )
}

/// Those of these support groups that are in use.
///
/// # Errors
/// When the database is away.
pub async fn groups_among(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<Group>, StoreError> {
    Ok(
        sql("SELECT id, name FROM support_groups WHERE id = ANY($1) AND retired_at IS NULL")
            .bind::<Array<SqlUuid>, _>(ids)
            .load(conn)
            .await?,
    )
}

/// A support group, if it is in use.
///
/// # Errors
/// When the database is away.
pub async fn group(conn: &mut PgConn, id: Uuid) -> Result<Option<Group>, StoreError> {
    let rows: Vec<Group> = sql("SELECT id, name FROM support_groups WHERE id = $1 AND retired_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}
