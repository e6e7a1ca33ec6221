//! Named sets of staff that rules and escalations tell.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A notification group.
#[derive(Debug, Clone, QueryableByName)]
pub struct NotificationGroup {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Its members as `{id, name}`, by name.
    #[diesel(sql_type = Jsonb)]
    pub members: serde_json::Value,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

macro_rules! select_group {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.name, g.version, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name) ORDER BY u.name, u.id), '[]')
                 FROM notification_group_members m JOIN users u ON u.id = m.user_id WHERE m.group_id = g.id AND u.deleted_at IS NULL) AS members
             FROM notification_groups g ",
            $rest
        )
    };
}

/// All of them by name.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<NotificationGroup>, StoreError> {
    Ok(sql(select_group!("ORDER BY lower(g.name), g.id LIMIT 500"))
        .load(conn)
        .await?)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<NotificationGroup, StoreError> {
    Ok(sql(select_group!("WHERE g.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<NotificationGroup, StoreError> {
    Ok(sql(select_group!("WHERE g.id = $1 FOR UPDATE OF g"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many there are.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM notification_groups")
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// How many of these there are.
///
/// # Errors
/// When the database is away.
pub async fn known(conn: &mut PgConn, ids: &[Uuid]) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM notification_groups WHERE id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(ids)
        .get_result(conn)
        .await?;
    Ok(row.n)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Members of these groups, each once, by id. A group that is gone has none.
///
/// # Errors
/// When the database is away.
pub async fn members(conn: &mut PgConn, groups: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> =
        sql("SELECT DISTINCT user_id AS id FROM notification_group_members WHERE group_id = ANY($1) ORDER BY 1")
            .bind::<Array<SqlUuid>, _>(groups)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Adds one.
///
/// # Errors
/// [`StoreError::Conflict`] when the name is taken.
pub async fn insert(conn: &mut PgConn, id: Uuid, name: &str, by: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO notification_groups (id, name, created_at, updated_at, updated_by) VALUES ($1, $2, $3, $3, $4)")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(name)
        .bind::<Timestamptz, _>(at)
        .bind::<SqlUuid, _>(by)
        .execute(conn)
        .await?;
    Ok(())
}

/// Renames one that still has its version.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when the name is taken.
pub async fn rename(
    conn: &mut PgConn,
    (id, version): (Uuid, i32),
    name: &str,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE notification_groups SET name = $3, updated_at = $4, updated_by = $5, version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// These are its members, and nobody else.
///
/// # Errors
/// When the database refuses.
pub async fn set_members(conn: &mut PgConn, group: Uuid, members: &[Uuid]) -> Result<(), StoreError> {
    sql("WITH gone AS (DELETE FROM notification_group_members WHERE group_id = $1 AND user_id <> ALL($2))
         INSERT INTO notification_group_members (group_id, user_id) SELECT $1, x FROM unnest($2) AS x ON CONFLICT DO NOTHING")
    .bind::<SqlUuid, _>(group)
    .bind::<Array<SqlUuid>, _>(members)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// A rule, a trigger or a service level policy in force tells it.
///
/// # Errors
/// When the database is away.
pub async fn in_use(conn: &mut PgConn, id: Uuid) -> Result<bool, StoreError> {
    let row: Yes = sql(
        "SELECT EXISTS (SELECT FROM automation_rules WHERE deleted_at IS NULL AND strpos(spec::text, $1) > 0)
             OR EXISTS (SELECT FROM notification_triggers WHERE strpos(spec::text, $1) > 0)
             OR EXISTS (SELECT FROM sla_policies p CROSS JOIN LATERAL (SELECT spec FROM sla_policy_versions v
                     WHERE v.policy_id = p.id ORDER BY v.number DESC LIMIT 1) v
                 WHERE p.deleted_at IS NULL AND strpos(v.spec::text, $1) > 0) AS yes",
    )
    .bind::<Text, _>(id.to_string())
    .get_result(conn)
    .await?;
    Ok(row.yes)
}

/// Deletes one.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM notification_groups WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}
