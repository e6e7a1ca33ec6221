//! Everybody's sessions that are live.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// A live session with whose it is.
#[derive(Debug, Clone, QueryableByName)]
pub struct OpenSession {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Account.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Its address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: DateTime<Utc>,
    /// Where from last.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// User agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// How the person proved who he is.
    #[diesel(sql_type = Array<Text>)]
    pub amr: Vec<String>,
    /// When it ends at the latest.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
}

/// Live sessions that began before the one at `before`, the newest first; with words, those whose name or address holds them, or that are
/// used from this source address.
///
/// # Errors
/// When the database is away.
pub async fn open(
    conn: &mut PgConn,
    words: Option<&str>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<OpenSession>, StoreError> {
    Ok(sql(
        "SELECT s.id, s.user_id, u.name, u.email, s.created_at, s.last_seen_at, coalesce(s.last_ip, s.ip) AS ip, s.user_agent,
             s.amr, least(s.expires_at, s.idle_expires_at) AS ends_at
         FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.revoked_at IS NULL AND s.idle_expires_at > $1 AND s.expires_at > $1 AND s.session_version = u.session_version
             AND ($2::text IS NULL OR u.name ILIKE '%' || $2 || '%' OR u.email ILIKE '%' || $2 || '%' OR coalesce(s.last_ip, s.ip) = $3)
             AND ($4::timestamptz IS NULL OR (s.created_at, s.id) < ($4, $5::uuid))
         ORDER BY s.created_at DESC, s.id DESC LIMIT $6",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<Text>, _>(words.map(like))
    .bind::<Nullable<Text>, _>(words)
    .bind::<Nullable<Timestamptz>, _>(before.map(|(at, _)| at))
    .bind::<Nullable<SqlUuid>, _>(before.map(|(_, id)| id))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}
