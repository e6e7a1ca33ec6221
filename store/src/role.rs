//! Roles, what they inherit, and what follows from it.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    locks::{self, Lock},
    sql::sql,
};

/// A role.
#[derive(Debug, Clone, QueryableByName)]
pub struct Role {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Stable key.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// Name given by its maker; `None` for system roles, whose names are translated.
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    /// What it is for.
    #[diesel(sql_type = Text)]
    pub description: String,
    /// Born with the product; nobody edits it.
    #[diesel(sql_type = Bool)]
    pub system: bool,
    /// What it allows by itself.
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
    /// What it allows with all it inherits.
    #[diesel(sql_type = Array<Text>)]
    pub effective: Vec<String>,
    /// Roles it inherits directly.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub parents: Vec<Uuid>,
    /// Accounts that hold it.
    #[diesel(sql_type = BigInt)]
    pub users: i64,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Last change.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

macro_rules! select_role {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.key, r.name, r.description, r.system, r.permissions, r.effective, r.version, r.updated_at,
                ARRAY(SELECT p.parent_id FROM role_parents p WHERE p.role_id = r.id ORDER BY 1) AS parents,
                (SELECT count(*) FROM users u WHERE u.role_id = r.id AND u.deleted_at IS NULL) AS users
             FROM roles r ",
            $rest
        )
    };
}

/// All roles: those of the system first, then by name.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<Role>, StoreError> {
    Ok(
        sql(select_role!("ORDER BY r.system DESC, coalesce(r.name, r.key), r.id"))
            .load(conn)
            .await?,
    )
}

/// One role.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Role, StoreError> {
    Ok(sql(select_role!("WHERE r.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// The role with this key.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn by_key(conn: &mut PgConn, key: &str) -> Result<Role, StoreError> {
    Ok(sql(select_role!("WHERE r.key = $1"))
        .bind::<Text, _>(key)
        .get_result(conn)
        .await?)
}

/// Waits until no other transaction changes roles or who holds them; held until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    locks::take(conn, Lock::Roles).await
}

/// A role about to be stored.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Id.
    pub id: Uuid,
    /// Stable key; not changed by an update.
    pub key: &'a str,
    /// Name.
    pub name: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// What it allows by itself.
    pub permissions: &'a [&'a str],
    /// Roles it inherits directly.
    pub parents: &'a [Uuid],
}

/// Stores a role that somebody made. Call [`refresh`] afterwards.
///
/// # Errors
/// [`StoreError::Conflict`] when key or name is taken.
pub async fn insert(conn: &mut PgConn, role: &Draft<'_>, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO roles (id, key, name, description, permissions, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $7)",
    )
    .bind::<SqlUuid, _>(role.id)
    .bind::<Text, _>(role.key)
    .bind::<Text, _>(role.name)
    .bind::<Text, _>(role.description)
    .bind::<Array<Text>, _>(role.permissions)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    set_parents(conn, role).await
}

/// Writes a role that somebody made, if it still has `version`. Call [`refresh`] afterwards.
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile; [`StoreError::Conflict`] when the name is taken.
pub async fn update(
    conn: &mut PgConn,
    role: &Draft<'_>,
    version: i32,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE roles SET name = $3, description = $4, permissions = $5, updated_at = $6, updated_by = $7,
             version = version + 1
         WHERE id = $1 AND version = $2 AND NOT system",
    )
    .bind::<SqlUuid, _>(role.id)
    .bind::<Integer, _>(version)
    .bind::<Text, _>(role.name)
    .bind::<Text, _>(role.description)
    .bind::<Array<Text>, _>(role.permissions)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 {
        return Err(StoreError::Stale);
    }
    set_parents(conn, role).await
}

async fn set_parents(conn: &mut PgConn, role: &Draft<'_>) -> Result<(), StoreError> {
    sql("DELETE FROM role_parents WHERE role_id = $1 AND parent_id <> ALL($2)")
        .bind::<SqlUuid, _>(role.id)
        .bind::<Array<SqlUuid>, _>(role.parents)
        .execute(conn)
        .await?;
    sql("INSERT INTO role_parents (role_id, parent_id) SELECT $1, unnest($2) ON CONFLICT DO NOTHING")
        .bind::<SqlUuid, _>(role.id)
        .bind::<Array<SqlUuid>, _>(role.parents)
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes a role that somebody made, unless it changed meanwhile.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn delete(conn: &mut PgConn, id: Uuid, version: i32) -> Result<(), StoreError> {
    let n = sql("DELETE FROM roles WHERE id = $1 AND version = $2 AND NOT system")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Computes anew what a role and all that inherit from it allow, and from whom they have it. Returns how many roles changed by it.
///
/// # Errors
/// When the database is away.
pub async fn refresh(conn: &mut PgConn, id: Uuid) -> Result<usize, StoreError> {
    let n = sql("WITH RECURSIVE below (id) AS (
             SELECT $1::uuid
             UNION SELECT p.role_id FROM role_parents p JOIN below b ON p.parent_id = b.id
         ), above (role_id, source) AS (
             SELECT id, id FROM below
             UNION SELECT a.role_id, p.parent_id FROM above a JOIN role_parents p ON p.role_id = a.source
         ), sums AS (
             SELECT a.role_id, coalesce(array_agg(DISTINCT held ORDER BY held) FILTER (WHERE held IS NOT NULL), '{}') AS all_held,
                 coalesce(array_agg(DISTINCT s.key ORDER BY s.key) FILTER (WHERE s.id <> a.role_id), '{}') AS all_above
             FROM above a JOIN roles s ON s.id = a.source LEFT JOIN LATERAL unnest(s.permissions) AS held ON true
             GROUP BY a.role_id
         )
         UPDATE roles r SET effective = sums.all_held, inherited = sums.all_above FROM sums
         WHERE r.id = sums.role_id
             AND (r.effective IS DISTINCT FROM sums.all_held OR r.inherited IS DISTINCT FROM sums.all_above)")
    .bind::<SqlUuid, _>(id)
    .execute(conn)
    .await?;
    Ok(n)
}

/// Stores a system role, or gives it these permissions; those that inherit from it follow.
///
/// # Errors
/// When the database refuses.
pub async fn upsert_system(
    conn: &mut PgConn,
    key: &str,
    permissions: &[&str],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO roles (id, key, permissions, system, created_at, updated_at) VALUES ($1, $2, $3, true, $4, $4)
         ON CONFLICT (key) DO UPDATE SET permissions = excluded.permissions, system = true,
             updated_at = excluded.updated_at, version = roles.version + 1
             WHERE roles.permissions IS DISTINCT FROM excluded.permissions",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(key)
    .bind::<Array<Text>, _>(permissions)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    let stored = by_key(conn, key).await?;
    refresh(conn, stored.id).await?;
    Ok(())
}
