//! Policies as they hold now, and any version that ever held.

use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Array, Integer, Jsonb, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A version of a policy with its calendar's. It never changes.
#[derive(Debug, Clone, QueryableByName)]
pub struct Version {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Policy.
    #[diesel(sql_type = SqlUuid)]
    pub policy_id: Uuid,
    /// Counts the versions of the policy from 1.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// What it promises.
    #[diesel(sql_type = Jsonb)]
    pub spec: serde_json::Value,
    /// Business hours.
    #[diesel(sql_type = Jsonb)]
    pub calendar_spec: serde_json::Value,
}

/// A policy that holds now.
#[derive(Debug, Clone, QueryableByName)]
pub struct Page {
    /// Changes with every change of policies and calendars.
    #[diesel(sql_type = SqlUuid)]
    pub epoch: Uuid,
    /// Its last version.
    #[diesel(embed)]
    pub version: Version,
}

macro_rules! version_columns {
    () => {
        "v.id, v.policy_id, v.number, v.spec, w.spec AS calendar_spec"
    };
}

/// The policies that hold now, in the order in which they are asked; none only before the first launch is over.
///
/// # Errors
/// When the database is away.
pub async fn book(conn: &mut PgConn) -> Result<Vec<Page>, StoreError> {
    let rows = sql(concat!(
        "SELECT b.epoch, ",
        version_columns!(),
        " FROM sla_book b CROSS JOIN sla_policies p
              JOIN sla_policy_versions v ON v.policy_id = p.id
                  AND v.number = (SELECT max(l.number) FROM sla_policy_versions l WHERE l.policy_id = p.id)
              JOIN sla_calendar_versions w ON w.id = v.calendar_version_id
          WHERE p.enabled AND p.deleted_at IS NULL
          ORDER BY p.fallback, p.position, p.id"
    ))
    .load(conn)
    .await?;
    Ok(rows)
}

/// A version.
///
/// # Errors
/// When the database is away.
pub async fn version(conn: &mut PgConn, id: Uuid) -> Result<Option<Version>, StoreError> {
    let row = sql(concat!(
        "SELECT ",
        version_columns!(),
        " FROM sla_policy_versions v JOIN sla_calendar_versions w ON w.id = v.calendar_version_id WHERE v.id = $1"
    ))
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row)
}

/// What a version and its calendar are called today.
#[derive(Debug, Clone, QueryableByName)]
pub struct Names {
    /// Version.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name of the policy.
    #[diesel(sql_type = Text)]
    pub policy: String,
    /// Counts the versions of the policy from 1.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Name of the calendar.
    #[diesel(sql_type = Text)]
    pub calendar: String,
}

/// What these versions are called.
///
/// # Errors
/// When the database is away.
pub async fn names(conn: &mut PgConn, versions: &[Uuid]) -> Result<Vec<Names>, StoreError> {
    let rows = sql("SELECT v.id, p.name AS policy, v.number, c.name AS calendar
         FROM sla_policy_versions v JOIN sla_policies p ON p.id = v.policy_id
             JOIN sla_calendar_versions w ON w.id = v.calendar_version_id JOIN sla_calendars c ON c.id = w.calendar_id
         WHERE v.id = ANY($1)")
    .bind::<Array<SqlUuid>, _>(versions)
    .load(conn)
    .await?;
    Ok(rows)
}
