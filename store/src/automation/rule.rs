//! Rules.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A rule.
#[derive(Debug, Clone, QueryableByName)]
pub struct Rule {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// In use.
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    /// Counts versions of what it does.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// [`domain::automation::RuleSpec`].
    #[diesel(sql_type = Jsonb)]
    pub spec: serde_json::Value,
    /// When it looks next, if it does by the clock.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_look_at: Option<DateTime<Utc>>,
    /// Since when tickets are counted for its limit.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub limit_since: Option<DateTime<Utc>>,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Runs that wait for a person; counted by [`all`] and [`find`].
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    /// Runs that acted within seven days; counted by [`all`] and [`find`].
    #[diesel(sql_type = BigInt)]
    pub acted: i64,
}

macro_rules! select_rule {
    ($held:literal, $acted:literal, $rest:literal) => {
        concat!(
            "SELECT r.id, r.name, r.enabled, r.number, r.spec, r.next_look_at, r.limit_since, r.updated_at, r.version, ",
            $held,
            " AS held, ",
            $acted,
            " AS acted FROM automation_rules r WHERE r.deleted_at IS NULL ",
            $rest
        )
    };
    // For people, with what its runs did.
    (counted $rest:literal) => {
        select_rule!(
            "(SELECT count(*) FROM automation_runs x WHERE x.rule_id = r.id AND x.state = 'held')",
            "(SELECT count(*) FROM automation_runs x WHERE x.rule_id = r.id AND x.state = 'acted'
                AND x.created_at > now() - interval '7 days')",
            $rest
        )
    };
    ($rest:literal) => {
        select_rule!("0::bigint", "0::bigint", $rest)
    };
}

/// All of them, by name.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<Rule>, StoreError> {
    Ok(sql(select_rule!(counted "ORDER BY lower(r.name), r.id"))
        .load(conn)
        .await?)
}

/// Those in use.
///
/// # Errors
/// When the database is away.
pub async fn in_use(conn: &mut PgConn) -> Result<Vec<Rule>, StoreError> {
    Ok(sql(select_rule!("AND r.enabled ORDER BY r.id")).load(conn).await?)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Rule, StoreError> {
    Ok(sql(select_rule!(counted "AND r.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One, held until the end of the transaction: its runs go one after the other.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<Rule, StoreError> {
    Ok(sql(select_rule!("AND r.id = $1 FOR NO KEY UPDATE OF r"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One whose time has come, held; another process takes another.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConn, now: DateTime<Utc>) -> Result<Option<Rule>, StoreError> {
    let rows: Vec<Rule> = sql(select_rule!(
        "AND r.enabled AND r.next_look_at <= $1 ORDER BY r.next_look_at LIMIT 1 FOR NO KEY UPDATE OF r SKIP LOCKED"
    ))
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Adds one with its first version; `false` when a seed of that name is, or was, there.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    rule: &Rule,
    seed: Option<&str>,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let n = sql("WITH r AS (INSERT INTO automation_rules (id, seed, name, enabled, number, spec, next_look_at, created_at, updated_at,
                 created_by, updated_by)
             VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $7, $8, $8) ON CONFLICT (seed) DO NOTHING RETURNING id)
         INSERT INTO automation_rule_versions (rule_id, number, spec, created_at, created_by) SELECT id, 1, $5, $7, $8 FROM r")
    .bind::<SqlUuid, _>(rule.id)
    .bind::<Nullable<Text>, _>(seed)
    .bind::<Text, _>(rule.name.as_str())
    .bind::<Bool, _>(rule.enabled)
    .bind::<Jsonb, _>(&rule.spec)
    .bind::<Nullable<Timestamptz>, _>(rule.next_look_at)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Changes one that still has the version it was read with; another spec is another version of it.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn update(conn: &mut PgConn, rule: &Rule, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql("WITH old AS (SELECT number, spec FROM automation_rules WHERE id = $1),
         r AS (UPDATE automation_rules SET name = $3, enabled = $4, spec = $5, next_look_at = $6, updated_at = $7, updated_by = $8,
                 number = number + (spec <> $5)::int, version = version + 1
             WHERE id = $1 AND version = $2 AND deleted_at IS NULL RETURNING id, number),
         v AS (INSERT INTO automation_rule_versions (rule_id, number, spec, created_at, created_by)
             SELECT r.id, r.number, $5, $7, $8 FROM r, old WHERE r.number > old.number)
         SELECT 1 FROM r")
    .bind::<SqlUuid, _>(rule.id)
    .bind::<Integer, _>(rule.version)
    .bind::<Text, _>(rule.name.as_str())
    .bind::<Bool, _>(rule.enabled)
    .bind::<Jsonb, _>(&rule.spec)
    .bind::<Nullable<Timestamptz>, _>(rule.next_look_at)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Notes when it looks next.
///
/// # Errors
/// When the database refuses.
pub async fn looked(conn: &mut PgConn, id: Uuid, next: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE automation_rules SET next_look_at = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(next)
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts tickets for the limit anew from now on.
///
/// # Errors
/// When the database refuses.
pub async fn confirmed(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE automation_rules SET limit_since = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes one away; what it did stays in the log.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn delete(conn: &mut PgConn, id: Uuid, version: i32, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE automation_rules SET deleted_at = $3, enabled = false, updated_by = $4, version = version + 1
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
