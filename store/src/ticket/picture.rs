//! Pictures on servers of others that messages name: who asked for which, and what was fetched.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Where a message hangs.
#[derive(Debug, Clone, QueryableByName)]
pub struct Located {
    /// Its ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// It is private or held: not for customers.
    #[diesel(sql_type = Bool)]
    pub hidden: bool,
    /// It names pictures on servers of others.
    #[diesel(sql_type = Bool)]
    pub remote: bool,
}

/// That somebody asked for the pictures of a message.
#[derive(Debug, Clone, QueryableByName)]
pub struct Asked {
    /// Message.
    #[diesel(sql_type = SqlUuid)]
    pub message_id: Uuid,
    /// `queued` or `done`.
    #[diesel(sql_type = Text)]
    pub state: String,
}

/// A picture that was fetched, or not.
#[derive(Debug, Clone, QueryableByName)]
pub struct Picture {
    /// Message.
    #[diesel(sql_type = SqlUuid)]
    pub message_id: Uuid,
    /// Place among the message's, from 0.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// Address, as the mail wrote it.
    #[diesel(sql_type = Text)]
    pub url: String,
    /// `fetched`, `refused` or `failed` (`domain::mail::picture::PictureState`).
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why it is not here (`domain::mail::picture::PictureFault`).
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// Type by content.
    #[diesel(sql_type = Nullable<Text>)]
    pub content_type: Option<String>,
    /// Size in bytes; 0 when it is not here.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// SHA-256 of the bytes.
    #[diesel(sql_type = Nullable<Binary>)]
    pub sha256: Option<Vec<u8>>,
    /// When it was fetched, or given up.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

/// Where a message hangs.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn locate(conn: &mut PgConn, message: Uuid) -> Result<Located, StoreError> {
    Ok(sql("SELECT ticket_id, held OR kind = 'note' AS hidden,
                coalesce(strpos(body_html, ' data-remote-src=\"') > 0, false) AS remote FROM ticket_messages WHERE id = $1")
    .bind::<SqlUuid, _>(message)
    .get_result(conn)
    .await?)
}

/// What a message looks like; nothing when it is plain text.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn html(conn: &mut PgConn, message: Uuid) -> Result<Option<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        body_html: Option<String>,
    }
    let row: Row = sql("SELECT body_html FROM ticket_messages WHERE id = $1")
        .bind::<SqlUuid, _>(message)
        .get_result(conn)
        .await?;
    Ok(row.body_html)
}

/// Notes that somebody asked for the pictures of a message; says whether he was the first.
///
/// # Errors
/// When the database refuses.
pub async fn ask(conn: &mut PgConn, message: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("INSERT INTO message_picture_sets (message_id, asked_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind::<SqlUuid, _>(message)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Of which of these messages the pictures were asked for.
///
/// # Errors
/// When the database is away.
pub async fn asked(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<Asked>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    Ok(
        sql("SELECT message_id, state FROM message_picture_sets WHERE message_id = ANY($1)")
            .bind::<Array<SqlUuid>, _>(messages.to_vec())
            .load(conn)
            .await?,
    )
}

/// The pictures of these messages as far as they are here, in their order.
///
/// # Errors
/// When the database is away.
pub async fn of_messages(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<Picture>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sql(
        "SELECT message_id, position, url, state, reason, content_type, size, sha256, at FROM message_pictures
         WHERE message_id = ANY($1) ORDER BY message_id, position",
    )
    .bind::<Array<SqlUuid>, _>(messages.to_vec())
    .load(conn)
    .await?)
}

/// One picture.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, message: Uuid, position: i32) -> Result<Picture, StoreError> {
    Ok(sql(
        "SELECT message_id, position, url, state, reason, content_type, size, sha256, at FROM message_pictures
         WHERE message_id = $1 AND position = $2",
    )
    .bind::<SqlUuid, _>(message)
    .bind::<Integer, _>(position)
    .get_result(conn)
    .await?)
}

/// Notes what became of a picture; one that is noted already stays as it is.
///
/// # Errors
/// When the database refuses, as it does when the message is gone.
pub async fn add(conn: &mut PgConn, p: &Picture) -> Result<(), StoreError> {
    sql(
        "INSERT INTO message_pictures (message_id, position, url, state, reason, content_type, size, sha256, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(p.message_id)
    .bind::<Integer, _>(p.position)
    .bind::<Text, _>(p.url.as_str())
    .bind::<Text, _>(p.state.as_str())
    .bind::<Nullable<Text>, _>(p.reason.as_deref())
    .bind::<Nullable<Text>, _>(p.content_type.as_deref())
    .bind::<BigInt, _>(p.size)
    .bind::<Nullable<Binary>, _>(p.sha256.as_deref())
    .bind::<Timestamptz, _>(p.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that nothing more comes; says whether that is news.
///
/// # Errors
/// When the database is away.
pub async fn finish(conn: &mut PgConn, message: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n =
        sql("UPDATE message_picture_sets SET state = 'done', done_at = $2 WHERE message_id = $1 AND state = 'queued'")
            .bind::<SqlUuid, _>(message)
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await?;
    Ok(n > 0)
}
