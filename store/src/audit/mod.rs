//! The append-only record of who changed what.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Binary, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::audit::chain::{Digest, Key, Line};
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

pub mod chain;
pub mod explore;

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
    /// Session of the request.
    pub session_id: Option<Uuid>,
}

impl Actor {
    /// A part of the product that acts by itself, under the name it is known by.
    pub fn system(name: impl Into<String>) -> Self {
        Self {
            kind: "system",
            name: name.into(),
            ..Self::default()
        }
    }

    /// The product itself.
    #[must_use]
    pub fn product() -> Self {
        Self::system("CloudManager")
    }
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

/// The key of marks: one for the process, as a process serves one installation. It stands here and not in every caller's
/// hands, so that no line can be written without a mark.
static KEY: OnceLock<Key> = OnceLock::new();

/// Gives the key that lines are marked with; the first one stays.
pub fn mark_with(key: impl FnOnce() -> Option<Key>) {
    if KEY.get().is_none()
        && let Some(key) = key()
    {
        let _ = KEY.set(key);
    }
}

/// What a line carries so that it cannot be changed unseen.
pub(crate) struct Mark {
    pub uid: Uuid,
    pub mark: Digest,
}

/// Marks a line about to be written.
pub(crate) fn mark(actor: &Actor, at: DateTime<Utc>, entry: &Entry<'_>) -> Result<Mark, StoreError> {
    let Some(key) = KEY.get() else {
        return Err(StoreError::Corrupt("no key to mark audit lines with".to_owned()));
    };
    let uid = Uuid::now_v7();
    let line = Line {
        uid,
        at,
        actor_id: actor.user_id,
        actor_kind: actor.kind,
        action: entry.action,
        subject_type: entry.subject_type,
        subject_id: entry.subject_id,
        data: &entry.data,
        ip: actor.ip.as_deref(),
        user_agent: actor.user_agent.as_deref(),
        request_id: actor.request_id.as_deref(),
        session_id: actor.session_id,
    };
    Ok(Mark {
        uid,
        mark: key.mark(&line),
    })
}

/// Appends one line.
///
/// # Errors
/// When the database refuses.
pub async fn append(conn: &mut PgConn, actor: &Actor, at: DateTime<Utc>, entry: Entry<'_>) -> Result<(), StoreError> {
    let Mark { uid, mark } = mark(actor, at, &entry)?;
    sql("INSERT INTO audit_log (at, actor_id, actor_kind, action, subject_type, subject_id, data, ip, user_agent, request_id,
             session_id, uid, mark)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
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
        .bind::<Nullable<SqlUuid>, _>(actor.session_id)
        .bind::<SqlUuid, _>(uid)
        .bind::<Binary, _>(mark.as_slice())
        .execute(conn)
        .await?;
    Ok(())
}
