//! Endpoints.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    locks::{self, Lock},
    sql::sql,
};

/// An endpoint.
#[derive(Clone, QueryableByName)]
pub struct Endpoint {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Where deliveries go.
    #[diesel(sql_type = Text)]
    pub url: String,
    /// What it is for.
    #[diesel(sql_type = Text)]
    pub description: String,
    /// Names of [`domain::webhook::EventType`].
    #[diesel(sql_type = Array<Text>)]
    pub types: Vec<String>,
    /// In use.
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    /// Why the product switched it off: `failing` or `gone`.
    #[diesel(sql_type = Nullable<Text>)]
    pub disabled_reason: Option<String>,
    /// Sealed.
    #[diesel(sql_type = Binary)]
    pub secret: Vec<u8>,
    /// The one before, sealed.
    #[diesel(sql_type = Nullable<Binary>)]
    pub old_secret: Option<Vec<u8>>,
    /// Until when that one signs as well.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub old_secret_until: Option<DateTime<Utc>>,
    /// Since when nothing but failures came back.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failing_since: Option<DateTime<Utc>>,
    /// When it took a delivery last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_delivered_at: Option<DateTime<Utc>>,
    /// Events from before are not its own.
    #[diesel(sql_type = Timestamptz)]
    pub since: DateTime<Utc>,
    /// Since when it is there.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Raised by each change of a person's, and when the product switches it off.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("id", &self.id).finish_non_exhaustive()
    }
}

macro_rules! select_endpoint {
    ($rest:literal) => {
        concat!(
            "SELECT id, url, description, types, enabled, disabled_reason, secret, old_secret, old_secret_until, failing_since,
                last_delivered_at, since, created_at, version FROM webhook_endpoints ",
            $rest
        )
    };
}

/// All of them, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<Endpoint>, StoreError> {
    Ok(sql(select_endpoint!("ORDER BY created_at, id")).load(conn).await?)
}

/// Those in use.
///
/// # Errors
/// When the database is away.
pub async fn in_use(conn: &mut PgConn) -> Result<Vec<Endpoint>, StoreError> {
    Ok(sql(select_endpoint!("WHERE enabled ORDER BY id")).load(conn).await?)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Endpoint, StoreError> {
    Ok(sql(select_endpoint!("WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<Endpoint, StoreError> {
    Ok(sql(select_endpoint!("WHERE id = $1 FOR NO KEY UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// How many there are.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    // Two who add one at the same time would each count without the other's.
    locks::take(conn, Lock::WebhookEndpoints).await?;
    let row: Row = sql("SELECT count(*) AS n FROM webhook_endpoints")
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// Adds one.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, e: &Endpoint, by: Uuid) -> Result<(), StoreError> {
    sql("INSERT INTO webhook_endpoints (id, url, description, types, enabled, secret, since, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8, $8)")
    .bind::<SqlUuid, _>(e.id)
    .bind::<Text, _>(e.url.as_str())
    .bind::<Text, _>(e.description.as_str())
    .bind::<Array<Text>, _>(&e.types)
    .bind::<Bool, _>(e.enabled)
    .bind::<Binary, _>(e.secret.as_slice())
    .bind::<Timestamptz, _>(e.created_at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes one that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn update(conn: &mut PgConn, e: &Endpoint, by: Option<Uuid>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE webhook_endpoints SET url = $3, description = $4, types = $5, enabled = $6, disabled_reason = $7, secret = $8,
             old_secret = $9, old_secret_until = $10, failing_since = $11, since = $12, updated_at = $13,
             updated_by = coalesce($14, updated_by), version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(e.id)
    .bind::<Integer, _>(e.version)
    .bind::<Text, _>(e.url.as_str())
    .bind::<Text, _>(e.description.as_str())
    .bind::<Array<Text>, _>(&e.types)
    .bind::<Bool, _>(e.enabled)
    .bind::<Nullable<Text>, _>(e.disabled_reason.as_deref())
    .bind::<Binary, _>(e.secret.as_slice())
    .bind::<Nullable<Binary>, _>(e.old_secret.as_deref())
    .bind::<Nullable<Timestamptz>, _>(e.old_secret_until)
    .bind::<Nullable<Timestamptz>, _>(e.failing_since)
    .bind::<Timestamptz, _>(e.since)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Notes that a delivery arrived, or that one did not; what a person set is not touched.
///
/// # Errors
/// When the database refuses.
pub async fn heard(conn: &mut PgConn, id: Uuid, arrived: bool, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "UPDATE webhook_endpoints SET failing_since = CASE WHEN $2 THEN NULL ELSE coalesce(failing_since, $3) END,
             last_delivered_at = CASE WHEN $2 THEN $3 ELSE last_delivered_at END
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(arrived)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes one that still has the version it was read with, with its deliveries.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn delete(conn: &mut PgConn, id: Uuid, version: i32) -> Result<(), StoreError> {
    let n = sql("DELETE FROM webhook_endpoints WHERE id = $1 AND version = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
