//! Calendars and policies as people manage them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A calendar with its present hours.
#[derive(Debug, Clone, QueryableByName)]
pub struct Calendar {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Present version of the hours.
    #[diesel(sql_type = SqlUuid)]
    pub version_id: Uuid,
    /// Counts versions of the hours from 1.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Hours; see `domain::sla::CalendarSpec`.
    #[diesel(sql_type = Jsonb)]
    pub spec: Value,
    /// Policies that use it.
    #[diesel(sql_type = BigInt)]
    pub policies: i64,
    /// When it was changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// A policy with what it promises at present.
#[derive(Debug, Clone, QueryableByName)]
pub struct Policy {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Place in the order in which policies are asked.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// Takes all that is left.
    #[diesel(sql_type = Bool)]
    pub fallback: bool,
    /// Takes new tickets.
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Present version of the promises.
    #[diesel(sql_type = SqlUuid)]
    pub version_id: Uuid,
    /// Counts versions of the promises from 1.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Promises; see `domain::sla::PolicySpec`.
    #[diesel(sql_type = Jsonb)]
    pub spec: Value,
    /// Calendar.
    #[diesel(sql_type = SqlUuid)]
    pub calendar_id: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub calendar_name: String,
    /// When it was changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

macro_rules! select_calendar {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.name, c.version, w.id AS version_id, w.number, w.spec, c.updated_at,
                (SELECT count(*) FROM sla_policies p JOIN sla_policy_versions v ON v.policy_id = p.id
                     JOIN sla_calendar_versions x ON x.id = v.calendar_version_id
                 WHERE x.calendar_id = c.id AND p.deleted_at IS NULL
                     AND v.number = (SELECT max(l.number) FROM sla_policy_versions l WHERE l.policy_id = p.id)) AS policies
             FROM sla_calendars c JOIN sla_calendar_versions w ON w.calendar_id = c.id
                 AND w.number = (SELECT max(l.number) FROM sla_calendar_versions l WHERE l.calendar_id = c.id)
             WHERE c.deleted_at IS NULL ",
            $rest
        )
    };
}

macro_rules! select_policy {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.name, p.position, p.fallback, p.enabled, p.version, v.id AS version_id, v.number, v.spec,
                c.id AS calendar_id, c.name AS calendar_name, p.updated_at
             FROM sla_policies p JOIN sla_policy_versions v ON v.policy_id = p.id
                 AND v.number = (SELECT max(l.number) FROM sla_policy_versions l WHERE l.policy_id = p.id)
                 JOIN sla_calendar_versions w ON w.id = v.calendar_version_id JOIN sla_calendars c ON c.id = w.calendar_id
             WHERE p.deleted_at IS NULL ",
            $rest
        )
    };
}

/// Only one at a time changes policies or calendars.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("SELECT 1 FROM sla_book FOR UPDATE").execute(conn).await?;
    Ok(())
}

/// Tells everybody who holds the policies in memory that they changed.
///
/// # Errors
/// When the database refuses.
pub async fn touch(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("UPDATE sla_book SET epoch = gen_random_uuid()")
        .execute(conn)
        .await?;
    Ok(())
}

/// All calendars by name.
///
/// # Errors
/// When the database is away.
pub async fn calendars(conn: &mut PgConn) -> Result<Vec<Calendar>, StoreError> {
    Ok(sql(select_calendar!("ORDER BY lower(c.name), c.id LIMIT 200"))
        .load(conn)
        .await?)
}

/// A calendar.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn calendar(conn: &mut PgConn, id: Uuid) -> Result<Calendar, StoreError> {
    let row = sql(select_calendar!("AND c.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// All policies in their order.
///
/// # Errors
/// When the database is away.
pub async fn policies(conn: &mut PgConn) -> Result<Vec<Policy>, StoreError> {
    Ok(sql(select_policy!("ORDER BY p.fallback, p.position, p.id LIMIT 200"))
        .load(conn)
        .await?)
}

/// A policy.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn policy(conn: &mut PgConn, id: Uuid) -> Result<Policy, StoreError> {
    let row = sql(select_policy!("AND p.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// A calendar with its first hours.
///
/// # Errors
/// [`StoreError::Conflict`] when the name is taken.
pub async fn insert_calendar(
    conn: &mut PgConn,
    id: Uuid,
    name: &str,
    spec: &Value,
    by: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("WITH c AS (INSERT INTO sla_calendars (id, name, created_at, updated_at, created_by, updated_by)
             VALUES ($1, $2, $3, $3, $4, $4) RETURNING id)
         INSERT INTO sla_calendar_versions (id, calendar_id, number, spec, created_at, created_by) SELECT $5, id, 1, $6, $3, $4 FROM c")
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(at)
    .bind::<Nullable<SqlUuid>, _>(by)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Jsonb, _>(spec)
    .execute(conn)
    .await?;
    Ok(())
}

/// Another name and, where they differ, other hours as a new version.
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile; [`StoreError::Conflict`] when the name is taken.
pub async fn update_calendar(
    conn: &mut PgConn,
    (id, version): (Uuid, i32),
    name: &str,
    spec: &Value,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE sla_calendars SET name = $3, updated_at = $4, updated_by = $5, version = version + 1
                 WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 {
        return Err(StoreError::Stale);
    }
    sql(
        "INSERT INTO sla_calendar_versions (id, calendar_id, number, spec, created_at, created_by)
         SELECT $2, $1, l.number + 1, $3, $4, $5
         FROM (SELECT number, spec FROM sla_calendar_versions WHERE calendar_id = $1 ORDER BY number DESC LIMIT 1) l
         WHERE l.spec <> $3",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Jsonb, _>(spec)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes a calendar that no policy uses; its versions stay for the tickets that were bound to them.
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile.
pub async fn delete_calendar(
    conn: &mut PgConn,
    (id, version): (Uuid, i32),
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE sla_calendars SET deleted_at = $3, updated_by = $4, version = version + 1
                 WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// A policy before all others, without a version yet.
///
/// # Errors
/// [`StoreError::Conflict`] when the name is taken.
pub async fn insert_policy(
    conn: &mut PgConn,
    id: Uuid,
    (name, enabled, fallback): (&str, bool, bool),
    by: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("INSERT INTO sla_policies (id, name, position, enabled, fallback, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, (SELECT coalesce(min(position), 1) - 1 FROM sla_policies), $3, $4, $5, $5, $6, $6)")
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(name)
    .bind::<Bool, _>(enabled)
    .bind::<Bool, _>(fallback)
    .bind::<Timestamptz, _>(at)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes what is not part of a version.
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile; [`StoreError::Conflict`] when the name is taken.
pub async fn update_policy(
    conn: &mut PgConn,
    (id, version): (Uuid, i32),
    (name, enabled): (&str, bool),
    deleted: bool,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE sla_policies SET name = $3, enabled = $4, deleted_at = CASE WHEN $5 THEN $6 END, updated_at = $6,
                     updated_by = $7, version = version + 1
                 WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Text, _>(name)
    .bind::<Bool, _>(enabled)
    .bind::<Bool, _>(deleted)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// A version of a policy, with the present hours of its calendar; none when nothing differs from the last one.
///
/// # Errors
/// When the database refuses.
pub async fn insert_version(
    conn: &mut PgConn,
    policy: Uuid,
    calendar: Uuid,
    spec: &Value,
    by: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO sla_policy_versions (id, policy_id, number, calendar_version_id, spec, created_at, created_by)
         SELECT $2, $1, coalesce(l.number, 0) + 1, w.id, $4, $5, $6
         FROM (SELECT id FROM sla_calendar_versions WHERE calendar_id = $3 ORDER BY number DESC LIMIT 1) w
             LEFT JOIN (SELECT number, spec, calendar_version_id FROM sla_policy_versions WHERE policy_id = $1
                 ORDER BY number DESC LIMIT 1) l ON true
         WHERE l.number IS NULL OR l.spec <> $4 OR l.calendar_version_id <> w.id",
    )
    .bind::<SqlUuid, _>(policy)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(calendar)
    .bind::<Jsonb, _>(spec)
    .bind::<Timestamptz, _>(at)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Puts policies into this order.
///
/// # Errors
/// When the database refuses.
pub async fn set_positions(conn: &mut PgConn, ids: &[Uuid], by: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "UPDATE sla_policies p SET position = x.n::int, updated_at = $2, updated_by = $3, version = version + 1
         FROM unnest($1) WITH ORDINALITY AS x(id, n) WHERE p.id = x.id AND p.position <> x.n",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}
