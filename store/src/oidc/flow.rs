//! Tries under way: good once, for minutes, and in the browser that began them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A try.
#[derive(Clone, QueryableByName)]
pub struct Flow {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Provider.
    #[diesel(sql_type = SqlUuid)]
    pub provider_id: Uuid,
    /// Sealed.
    #[diesel(sql_type = Binary)]
    pub secret: Vec<u8>,
    /// Who links an identity with his account; nobody who signs in.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    /// The session in which he does.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub session_id: Option<Uuid>,
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Stores a try, known by the SHA-256 of its state and of the browser's cookie.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    flow: &Flow,
    (state, browser): (&[u8], &[u8]),
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("INSERT INTO oidc_flows (id, provider_id, state_hash, browser_hash, secret, user_id, session_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind::<SqlUuid, _>(flow.id)
    .bind::<SqlUuid, _>(flow.provider_id)
    .bind::<Binary, _>(state)
    .bind::<Binary, _>(browser)
    .bind::<Binary, _>(flow.secret.as_slice())
    .bind::<Nullable<SqlUuid>, _>(flow.user_id)
    .bind::<Nullable<SqlUuid>, _>(flow.session_id)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses a try. Of any number of parallel calls exactly one gets it; a call from another browser gets nothing and uses nothing.
///
/// # Errors
/// When the database is away.
pub async fn take(
    conn: &mut PgConn,
    (state, browser): (&[u8], &[u8]),
    now: DateTime<Utc>,
) -> Result<Option<Flow>, StoreError> {
    let rows: Vec<Flow> = sql("UPDATE oidc_flows SET used_at = $3
         WHERE state_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $3
         RETURNING id, provider_id, secret, user_id, session_id")
    .bind::<Binary, _>(state)
    .bind::<Binary, _>(browser)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Keeps an identity, sealed, until its account is proven.
///
/// # Errors
/// When the database is away.
pub async fn keep(conn: &mut PgConn, id: Uuid, secret: &[u8], until: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE oidc_flows SET secret = $2, linkable_until = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Binary, _>(secret)
        .bind::<Timestamptz, _>(until)
        .execute(conn)
        .await?;
    Ok(())
}

/// The identity that waits in this browser.
///
/// # Errors
/// When the database is away.
pub async fn kept(conn: &mut PgConn, browser: &[u8], now: DateTime<Utc>) -> Result<Option<Flow>, StoreError> {
    let rows: Vec<Flow> = sql("SELECT id, provider_id, secret, user_id, session_id FROM oidc_flows
         WHERE browser_hash = $1 AND linkable_until > $2 ORDER BY id DESC LIMIT 1")
    .bind::<Binary, _>(browser)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Uses the identity that waits. Of any number of parallel calls exactly one gets `true`.
///
/// # Errors
/// When the database is away.
pub async fn settle(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("UPDATE oidc_flows SET linkable_until = NULL WHERE id = $1 AND linkable_until > $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Deletes up to `limit` tries that ended before `before`; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let n = sql("DELETE FROM oidc_flows WHERE id IN
             (SELECT id FROM oidc_flows WHERE expires_at < $1 AND coalesce(linkable_until < $1, true) LIMIT $2)")
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await?;
    Ok(n)
}
