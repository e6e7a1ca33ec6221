//! Security alerts: what somebody in charge should look at.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An alert about to be raised.
#[derive(Debug)]
pub struct NewAlert<'a> {
    /// What happened, such as `refresh_replayed`.
    pub kind: &'a str,
    /// `info`, `warning` or `critical`.
    pub severity: &'a str,
    /// Account it is about.
    pub user_id: Option<Uuid>,
    /// Source address.
    pub ip: Option<&'a str>,
    /// Facts; no secrets.
    pub data: serde_json::Value,
    /// The same key raises no second alert.
    pub once_key: Option<String>,
}

/// An alert.
#[derive(Debug, Clone, QueryableByName)]
pub struct Alert {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// What happened.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// How bad it is.
    #[diesel(sql_type = Text)]
    pub severity: String,
    /// Account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    /// Its address.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// Source address.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// Facts.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
    /// When somebody took note.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Who.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub acknowledged_by: Option<Uuid>,
}

/// Raises an alert. Returns its id, or `None` when the same one was raised before.
///
/// # Errors
/// When the database refuses.
pub async fn raise(conn: &mut PgConn, alert: &NewAlert<'_>, at: DateTime<Utc>) -> Result<Option<Uuid>, StoreError> {
    let id = Uuid::now_v7();
    let n = sql(
        "INSERT INTO security_alerts (id, at, kind, severity, user_id, ip, data, once_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (once_key) DO NOTHING",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(alert.kind)
    .bind::<Text, _>(alert.severity)
    .bind::<Nullable<SqlUuid>, _>(alert.user_id)
    .bind::<Nullable<Text>, _>(alert.ip)
    .bind::<Jsonb, _>(alert.data.clone())
    .bind::<Nullable<Text>, _>(alert.once_key.as_deref())
    .execute(conn)
    .await?;
    Ok((n > 0).then_some(id))
}

/// Alerts before the one at `before`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    open_only: bool,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Alert>, StoreError> {
    let rows = sql(
        "SELECT a.id, a.at, a.kind, a.severity, a.user_id, u.email, a.ip, a.data, a.acknowledged_at, a.acknowledged_by
         FROM security_alerts a LEFT JOIN users u ON u.id = a.user_id
         WHERE ($1 IS NULL OR (a.at, a.id) < ($1, $2)) AND (NOT $3 OR a.acknowledged_at IS NULL)
         ORDER BY a.at DESC, a.id DESC LIMIT $4",
    )
    .bind::<Nullable<Timestamptz>, _>(before.map(|(at, _)| at))
    .bind::<Nullable<SqlUuid>, _>(before.map(|(_, id)| id))
    .bind::<Bool, _>(open_only)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Notes who took note of an alert; `false` when somebody did before, or there is none.
///
/// # Errors
/// When the database is away.
pub async fn acknowledge(conn: &mut PgConn, id: Uuid, by: Uuid, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("UPDATE security_alerts SET acknowledged_at = $3, acknowledged_by = $2 WHERE id = $1 AND acknowledged_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(by)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// There is such an alert.
///
/// # Errors
/// When the database is away.
pub async fn exists(conn: &mut PgConn, id: Uuid) -> Result<bool, StoreError> {
    let n = sql("SELECT FROM security_alerts WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(n > 0)
}
