//! The append-only record of who changed what.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Who acts, and over which request.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// Account, when a person with one acts.
    pub user_id: Option<Uuid>,
    /// `user`, `mail` (a person known by address only) or `system`.
    pub kind: &'static str,
    /// Name shown next to what was done.
    pub name: String,
    /// Source address of the request.
    pub ip: Option<String>,
    /// User agent of the request.
    pub user_agent: Option<String>,
    /// Id of the request.
    pub request_id: Option<String>,
}

/// One line of the record.
#[derive(Debug)]
pub struct Entry<'a> {
    /// What was done, `subject.verb`.
    pub action: &'a str,
    /// Entity name.
    pub subject_type: &'a str,
    /// Entity id.
    pub subject_id: Option<Uuid>,
    /// Changed fields, before and after; no secrets.
    pub data: serde_json::Value,
}

/// Appends one line.
///
/// # Errors
/// When the database refuses.
pub async fn append(conn: &mut PgConn, actor: &Actor, at: DateTime<Utc>, entry: Entry<'_>) -> Result<(), StoreError> {
    sql("INSERT INTO audit_log (at, actor_id, actor_kind, action, subject_type, subject_id, data, ip, user_agent, request_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<SqlUuid>, _>(actor.user_id)
        .bind::<Text, _>(actor.kind)
        .bind::<Text, _>(entry.action)
        .bind::<Text, _>(entry.subject_type)
        .bind::<Nullable<SqlUuid>, _>(entry.subject_id)
        .bind::<Jsonb, _>(entry.data)
        .bind::<Nullable<Text>, _>(actor.ip.as_deref())
        .bind::<Nullable<Text>, _>(actor.user_agent.as_deref())
        .bind::<Nullable<Text>, _>(actor.request_id.as_deref())
        .execute(conn)
        .await?;
    Ok(())
}
