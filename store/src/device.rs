//! Browsers that people signed in with.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The device with this cookie among those of the account with this address; one statement whether there is such an account or not.
///
/// # Errors
/// When the database is away.
pub async fn known(conn: &mut PgConn, email: &str, hash: &[u8]) -> Result<Option<Uuid>, StoreError> {
    let rows: Vec<Id> = sql("SELECT d.id FROM known_devices d JOIN users u ON u.id = d.user_id
         WHERE d.device_hash = $2 AND u.email = $1 AND u.deleted_at IS NULL")
    .bind::<Text, _>(email)
    .bind::<Binary, _>(hash)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.id))
}

/// Browsers remembered for one person; the longest unused ones go.
const MAX_DEVICES: i64 = 50;

/// What became of a device at a login.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Remembered {
    /// The device.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The person was not seen with it before.
    #[diesel(sql_type = Bool)]
    pub new: bool,
    /// He was seen with one of the same kind at the same address: a browser that keeps no cookies, or a program.
    #[diesel(sql_type = Bool)]
    pub familiar: bool,
}

/// Remembers a device of a person, or notes that it was used again.
///
/// # Errors
/// When the database refuses.
pub async fn remember(
    conn: &mut PgConn,
    user_id: Uuid,
    hash: &[u8],
    ip: Option<&str>,
    user_agent: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Remembered, StoreError> {
    sql(
        "DELETE FROM known_devices WHERE id IN (SELECT id FROM known_devices WHERE user_id = $1 AND device_hash <> $2
             ORDER BY last_seen_at DESC, id OFFSET $3)",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Binary, _>(hash)
    .bind::<BigInt, _>(MAX_DEVICES - 1)
    .execute(conn)
    .await?;
    Ok(sql(
        "INSERT INTO known_devices (id, user_id, device_hash, user_agent, ip, created_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (user_id, device_hash) DO UPDATE SET last_seen_at = $6, user_agent = $4, ip = $5
         RETURNING id, id = $1 AS new,
             EXISTS (SELECT 1 FROM known_devices o WHERE o.user_id = $2 AND o.device_hash <> $3
                     AND o.ip = $5 AND o.user_agent IS NOT DISTINCT FROM $4) AS familiar",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(user_id)
    .bind::<Binary, _>(hash)
    .bind::<Nullable<Text>, _>(user_agent)
    .bind::<Nullable<Text>, _>(ip)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?)
}

/// Whether anybody signed in with this device.
///
/// # Errors
/// When the database is away.
pub async fn exists(conn: &mut PgConn, hash: &[u8]) -> Result<bool, StoreError> {
    let rows: Vec<Id> = sql("SELECT id FROM known_devices WHERE device_hash = $1 LIMIT 1")
        .bind::<Binary, _>(hash)
        .load(conn)
        .await?;
    Ok(!rows.is_empty())
}

/// Whether the device `id` has this cookie.
///
/// # Errors
/// When the database is away.
pub async fn is(conn: &mut PgConn, id: Uuid, hash: &[u8]) -> Result<bool, StoreError> {
    let rows: Vec<Id> = sql("SELECT id FROM known_devices WHERE id = $1 AND device_hash = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Binary, _>(hash)
        .load(conn)
        .await?;
    Ok(!rows.is_empty())
}

/// A browser that somebody signed in with.
#[derive(Debug, Clone, QueryableByName)]
pub struct Device {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// User agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// Address it was used from last.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// When it was seen first.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was seen last.
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: DateTime<Utc>,
}

/// A person's devices, last used first.
///
/// # Errors
/// When the database is away.
pub async fn of_user(conn: &mut PgConn, user_id: Uuid) -> Result<Vec<Device>, StoreError> {
    Ok(sql(
        "SELECT id, user_agent, ip, created_at, last_seen_at FROM known_devices WHERE user_id = $1
         ORDER BY last_seen_at DESC, id DESC",
    )
    .bind::<SqlUuid, _>(user_id)
    .load(conn)
    .await?)
}

/// Forgets a person's devices, after somebody else may have had them.
///
/// # Errors
/// When the database is away.
pub async fn forget_all(conn: &mut PgConn, user_id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM known_devices WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    Ok(())
}
