//! Files of messages and mails. The bytes are in the blob store under their SHA-256; here is what they are called.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// One file.
#[derive(Debug, Clone, QueryableByName)]
pub struct Attachment {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Message it belongs to.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub message_id: Option<Uuid>,
    /// Mail it came with.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub raw_mail_id: Option<Uuid>,
    /// Person who uploaded it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub uploader_id: Option<Uuid>,
    /// Safe file name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Type by content.
    #[diesel(sql_type = Text)]
    pub content_type: String,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// SHA-256 of the bytes.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
    /// Content-ID, for images inside an HTML mail.
    #[diesel(sql_type = Nullable<Text>)]
    pub content_id: Option<String>,
    /// Shown inside the text.
    #[diesel(sql_type = Bool)]
    pub inline: bool,
    /// `checking`, `clean` or `refused` (`domain::file::FileState`).
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why it is refused.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// When it was stored.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// An attachment together with the ticket it hangs on.
#[derive(Debug, QueryableByName)]
pub struct Located {
    /// The file.
    #[diesel(embed)]
    pub file: Attachment,
    /// Ticket of its message.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    /// The message is private or held: not for customers.
    #[diesel(sql_type = Bool)]
    pub hidden: bool,
}

/// Stores files.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, files: &[Attachment]) -> Result<(), StoreError> {
    for file in files {
        sql(
            "INSERT INTO attachments (id, message_id, raw_mail_id, uploader_id, name, content_type, size, sha256,
                 content_id, inline, state, reason, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind::<SqlUuid, _>(file.id)
        .bind::<Nullable<SqlUuid>, _>(file.message_id)
        .bind::<Nullable<SqlUuid>, _>(file.raw_mail_id)
        .bind::<Nullable<SqlUuid>, _>(file.uploader_id)
        .bind::<Text, _>(file.name.as_str())
        .bind::<Text, _>(file.content_type.as_str())
        .bind::<BigInt, _>(file.size)
        .bind::<Binary, _>(file.sha256.as_slice())
        .bind::<Nullable<Text>, _>(file.content_id.as_deref())
        .bind::<Bool, _>(file.inline)
        .bind::<Text, _>(file.state.as_str())
        .bind::<Nullable<Text>, _>(file.reason.as_deref())
        .bind::<Timestamptz, _>(file.created_at)
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Attaches files that this person uploaded and nothing uses yet; returns how many it found.
///
/// # Errors
/// When the database refuses.
pub async fn attach(conn: &mut PgConn, ids: &[Uuid], uploader: Uuid, message_id: Uuid) -> Result<usize, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let n = sql("UPDATE attachments SET message_id = $1
                 WHERE id = ANY($2) AND uploader_id = $3 AND message_id IS NULL AND raw_mail_id IS NULL AND state <> 'refused'")
    .bind::<SqlUuid, _>(message_id)
    .bind::<Array<SqlUuid>, _>(ids.to_vec())
    .bind::<SqlUuid, _>(uploader)
    .execute(conn)
    .await?;
    Ok(n)
}

/// Says what a scanner found in a file that waits for it, or on which it had no word before; whether that is news.
///
/// # Errors
/// When the database refuses.
pub async fn settle(conn: &mut PgConn, id: Uuid, state: &str, reason: Option<&str>) -> Result<bool, StoreError> {
    let n = sql("UPDATE attachments SET state = $2, reason = $3
         WHERE id = $1 AND (state = 'checking' OR reason = $4 AND $3 IS DISTINCT FROM $4)")
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(state)
    .bind::<Nullable<Text>, _>(reason)
    .bind::<Text, _>(domain::file::UNJUDGED)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Gives the files of a mail to the message made from it.
///
/// # Errors
/// When the database refuses.
pub async fn adopt(conn: &mut PgConn, raw_mail_id: Uuid, message_id: Uuid) -> Result<(), StoreError> {
    sql("UPDATE attachments SET message_id = $1 WHERE raw_mail_id = $2")
        .bind::<SqlUuid, _>(message_id)
        .bind::<SqlUuid, _>(raw_mail_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Files of these messages.
///
/// # Errors
/// When the database is away.
pub async fn of_messages(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<Attachment>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql(
        "SELECT id, message_id, raw_mail_id, uploader_id, name, content_type, size, sha256, content_id, inline,
                        state, reason, created_at
                    FROM attachments WHERE message_id = ANY($1) ORDER BY id",
    )
    .bind::<Array<SqlUuid>, _>(messages.to_vec())
    .load(conn)
    .await?;
    Ok(rows)
}

/// Files that came with a mail.
///
/// # Errors
/// When the database is away.
pub async fn of_mail(conn: &mut PgConn, mail: Uuid) -> Result<Vec<Attachment>, StoreError> {
    let rows = sql(
        "SELECT id, message_id, raw_mail_id, uploader_id, name, content_type, size, sha256, content_id, inline,
                        state, reason, created_at
                    FROM attachments WHERE raw_mail_id = $1 ORDER BY id",
    )
    .bind::<SqlUuid, _>(mail)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One file and where it hangs.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn locate(conn: &mut PgConn, id: Uuid) -> Result<Located, StoreError> {
    let row = sql(
        "SELECT a.id, a.message_id, a.raw_mail_id, a.uploader_id, a.name, a.content_type, a.size, a.sha256,
                       a.content_id, a.inline, a.state, a.reason, a.created_at, m.ticket_id,
                       coalesce(m.held OR m.kind = 'note', true) AS hidden
                   FROM attachments a LEFT JOIN ticket_messages m ON m.id = a.message_id WHERE a.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// Deletes rows of uploads that nothing used before `before`. What waits with a draft goes after it.
///
/// # Errors
/// When the database is away.
pub async fn prune_loose(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let n = sql("DELETE FROM attachments WHERE id IN (SELECT id FROM attachments
                 WHERE message_id IS NULL AND raw_mail_id IS NULL AND created_at < $1
                     AND id NOT IN (SELECT unnest(attachment_ids) FROM ticket_drafts) LIMIT $2)")
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await?;
    Ok(n)
}
