//! Messages that are still being written. Every statement carries the account of whoever writes: a draft is its author's alone.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, attachment::Attachment, sql::sql};

/// Whose draft, of which ticket and of which kind: `reply` or `note`.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Author.
    pub user: Uuid,
    /// Ticket.
    pub ticket: Uuid,
    /// Kind of message.
    pub kind: &'a str,
}

/// A draft.
#[derive(Debug, Clone, QueryableByName)]
pub struct Draft {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// `reply` or `note`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Text as typed.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// Uploads, in their order.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub attachment_ids: Vec<Uuid>,
    /// Canned replies in it: an array of objects with `id` and `text`.
    #[diesel(sql_type = Jsonb)]
    pub canned: serde_json::Value,
    /// Another with each change, and never one that an earlier draft had: a page that held that one must not take this for it.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it was kept last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// That there is a draft.
#[derive(Debug, Clone, QueryableByName)]
pub struct Begun {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// `reply` or `note`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// When it was kept last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// Somebody's drafts of a ticket.
///
/// # Errors
/// When the database is away.
pub async fn of_ticket(conn: &mut PgConn, user: Uuid, ticket: Uuid) -> Result<Vec<Draft>, StoreError> {
    Ok(sql(
        "SELECT ticket_id, kind, body, attachment_ids, canned, version, updated_at FROM ticket_drafts
         WHERE user_id = $1 AND ticket_id = $2 ORDER BY kind",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?)
}

/// What somebody has begun, the newest first, after this one; with `customer`, only at tickets that this account sees.
///
/// # Errors
/// When the database is away.
pub async fn begun(
    conn: &mut PgConn,
    user: Uuid,
    customer: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid, String)>,
    limit: i64,
) -> Result<Vec<Begun>, StoreError> {
    Ok(sql(concat!(
        "SELECT d.ticket_id, d.kind, d.updated_at FROM ticket_drafts d JOIN tickets t ON t.id = d.ticket_id
         WHERE d.user_id = $1 AND t.deleted_at IS NULL AND ($2::uuid IS NULL OR ",
        seen_ticket!("$2"),
        ") AND ($4::uuid IS NULL OR (d.updated_at, d.ticket_id, d.kind) < ($3, $4, $5))
         ORDER BY d.updated_at DESC, d.ticket_id DESC, d.kind DESC LIMIT $6"
    ))
    .bind::<SqlUuid, _>(user)
    .bind::<Nullable<SqlUuid>, _>(customer)
    .bind::<Nullable<Timestamptz>, _>(after.as_ref().map(|place| place.0))
    .bind::<Nullable<SqlUuid>, _>(after.as_ref().map(|place| place.1))
    .bind::<Nullable<Text>, _>(after.as_ref().map(|place| place.2.as_str()))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Uploads of these that are the person's and that nothing uses yet.
///
/// # Errors
/// When the database is away.
pub async fn uploads(conn: &mut PgConn, user: Uuid, ids: &[Uuid]) -> Result<Vec<Attachment>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sql(
        "SELECT id, message_id, raw_mail_id, uploader_id, name, content_type, size, sha256, content_id, inline, state, reason, created_at
         FROM attachments WHERE id = ANY($2) AND uploader_id = $1 AND message_id IS NULL AND raw_mail_id IS NULL",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Array<SqlUuid>, _>(ids.to_vec())
    .load(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Integer)]
    version: i32,
}

/// Keeps a draft and returns its version. `expected` is the version it follows, 0 when there was none; without one it takes the place of
/// whatever there is.
///
/// # Errors
/// [`StoreError::Stale`] when what it follows is not what there is.
pub async fn put(
    conn: &mut PgConn,
    key: Key<'_>,
    (body, attachments, canned): (&str, &[Uuid], &serde_json::Value),
    expected: Option<i32>,
    now: DateTime<Utc>,
) -> Result<i32, StoreError> {
    let text = match expected {
        // A draft that is gone is not made again by a page that knew it: it was sent or thrown away.
        Some(1..) => {
            "UPDATE ticket_drafts SET body = $4, attachment_ids = $5, canned = $6,
                 version = nextval('ticket_draft_versions'), updated_at = $7
             WHERE user_id = $1 AND ticket_id = $2 AND kind = $3 AND version = $8 RETURNING version"
        }
        _ => {
            "INSERT INTO ticket_drafts AS d (user_id, ticket_id, kind, body, attachment_ids, canned, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (user_id, ticket_id, kind) DO UPDATE SET body = $4, attachment_ids = $5, canned = $6,
                 version = excluded.version, updated_at = $7 WHERE $8::int IS NULL RETURNING version"
        }
    };
    let row: Option<Version> = sql(text)
        .bind::<SqlUuid, _>(key.user)
        .bind::<SqlUuid, _>(key.ticket)
        .bind::<Text, _>(key.kind)
        .bind::<Text, _>(body)
        .bind::<Array<SqlUuid>, _>(attachments.to_vec())
        .bind::<Jsonb, _>(canned)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Integer>, _>(expected)
        .load(conn)
        .await?
        .pop();
    row.map(|row| row.version).ok_or(StoreError::Stale)
}

/// Forgets a draft: it was sent, or its author wants it no more. With `expected`, only when it is of this version; 0 is none.
///
/// # Errors
/// [`StoreError::Stale`] when there is one of another version.
pub async fn delete(conn: &mut PgConn, key: Key<'_>, expected: Option<i32>) -> Result<(), StoreError> {
    let gone = sql(
        "DELETE FROM ticket_drafts WHERE user_id = $1 AND ticket_id = $2 AND kind = $3
         AND ($4::int IS NULL OR version = $4)",
    )
    .bind::<SqlUuid, _>(key.user)
    .bind::<SqlUuid, _>(key.ticket)
    .bind::<Text, _>(key.kind)
    .bind::<Nullable<Integer>, _>(expected)
    .execute(conn)
    .await?;
    if gone > 0 || expected.is_none() {
        return Ok(());
    }
    let other = of_ticket(conn, key.user, key.ticket).await?;
    if other.iter().any(|draft| draft.kind == key.kind) {
        return Err(StoreError::Stale);
    }
    Ok(())
}
