//! Messages, notes and events of a ticket.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A message or note as stored.
#[derive(Debug, Clone, QueryableByName)]
pub struct Message {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// `reply`, `note` or `system`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// `in`, `out` or `internal`.
    #[diesel(sql_type = Text)]
    pub direction: String,
    /// Author's account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub author_user_id: Option<Uuid>,
    /// Author's address.
    #[diesel(sql_type = Nullable<Text>)]
    pub author_email: Option<String>,
    /// Author's name.
    #[diesel(sql_type = Text)]
    pub author_name: String,
    /// Written by staff.
    #[diesel(sql_type = Bool)]
    pub is_staff: bool,
    /// Whole text, quotes included.
    #[diesel(sql_type = Text)]
    pub body_text: String,
    /// Sanitised HTML of a mail, or of what was written here as Markdown.
    #[diesel(sql_type = Nullable<Text>)]
    pub body_html: Option<String>,
    /// Byte offset in `body_text` where quoted text starts.
    #[diesel(sql_type = Nullable<Integer>)]
    pub quoted_from: Option<i32>,
    /// A third party's reply that an agent must judge first.
    #[diesel(sql_type = Bool)]
    pub held: bool,
    /// The sender is who he says, as far as one can tell.
    #[diesel(sql_type = Bool)]
    pub verified: bool,
    /// Mail it came from.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub raw_mail_id: Option<Uuid>,
    /// When it was written or received.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// A message about to be stored; fields as in [`Message`].
pub type NewMessage = Message;

/// Something that happened to a ticket.
#[derive(Debug, Clone, QueryableByName)]
pub struct TicketEvent {
    /// Place in the ticket's history.
    #[diesel(sql_type = Integer)]
    pub seq: i32,
    /// `created`, `state_changed`, `assigned`, `priority_changed`, `subject_changed`, …
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Who did it.
    #[diesel(sql_type = Text)]
    pub actor_name: String,
    /// From, to, reason.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

/// Stores a message. Counting it and touching the ticket is [`super::update`]'s.
///
/// # Errors
/// [`StoreError::Conflict`] when the mail already has a message.
pub async fn insert_message(conn: &mut PgConn, m: &NewMessage) -> Result<(), StoreError> {
    sql("INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_user_id, author_email, author_name, is_staff,
             body_text, body_html, quoted_from, held, verified, raw_mail_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)")
        .bind::<SqlUuid, _>(m.id)
        .bind::<SqlUuid, _>(m.ticket_id)
        .bind::<Text, _>(m.kind.as_str())
        .bind::<Text, _>(m.direction.as_str())
        .bind::<Nullable<SqlUuid>, _>(m.author_user_id)
        .bind::<Nullable<Text>, _>(m.author_email.as_deref())
        .bind::<Text, _>(m.author_name.as_str())
        .bind::<Bool, _>(m.is_staff)
        .bind::<Text, _>(m.body_text.as_str())
        .bind::<Nullable<Text>, _>(m.body_html.as_deref())
        .bind::<Nullable<Integer>, _>(m.quoted_from)
        .bind::<Bool, _>(m.held)
        .bind::<Bool, _>(m.verified)
        .bind::<Nullable<SqlUuid>, _>(m.raw_mail_id)
        .bind::<Timestamptz, _>(m.created_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Messages after the row `after`, oldest first; a customer sees neither notes nor held messages.
///
/// # Errors
/// When the database is away.
pub async fn messages(
    conn: &mut PgConn,
    ticket: Uuid,
    staff: bool,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    let rows = sql(
        "SELECT id, ticket_id, kind, direction, author_user_id, author_email, author_name, is_staff, body_text,
                        body_html, quoted_from, held, verified, raw_mail_id, created_at
                    FROM ticket_messages WHERE ticket_id = $1 AND ($2 OR (kind = 'reply' AND NOT held))
                      AND ($3::timestamptz IS NULL OR (created_at, id) > ($3, $4::uuid))
                    ORDER BY created_at, id LIMIT $5",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Bool, _>(staff)
    .bind::<Nullable<Timestamptz>, _>(after.map(|a| a.0))
    .bind::<Nullable<SqlUuid>, _>(after.map(|a| a.1))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One message of a ticket.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn message(conn: &mut PgConn, ticket: Uuid, id: Uuid) -> Result<Message, StoreError> {
    let row = sql(
        "SELECT id, ticket_id, kind, direction, author_user_id, author_email, author_name, is_staff, body_text,
                       body_html, quoted_from, held, verified, raw_mail_id, created_at
                   FROM ticket_messages WHERE ticket_id = $1 AND id = $2",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// What a message looks like that was written here; nothing when it is plain text.
///
/// # Errors
/// When the database is away.
pub async fn written_html(conn: &mut PgConn, id: Uuid) -> Result<Option<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        body_html: Option<String>,
    }
    let rows: Vec<Row> = sql("SELECT body_html FROM ticket_messages WHERE id = $1 AND raw_mail_id IS NULL")
        .bind::<SqlUuid, _>(id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().and_then(|row| row.body_html))
}

/// Lets a held message out, into `ticket` (its own, the one it was split into, or another). To whoever follows the log it comes with
/// this transaction.
///
/// # Errors
/// [`StoreError::Stale`] when it is not held any more.
pub async fn release_message(conn: &mut PgConn, id: Uuid, ticket: Uuid) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE ticket_messages SET held = false, ticket_id = $2, xid = pg_current_xact_id() WHERE id = $1 AND held",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(ticket)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Turns a held message into a note that only staff see.
///
/// # Errors
/// [`StoreError::Stale`] when it is not held any more.
pub async fn hide_message(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    let n = sql("UPDATE ticket_messages SET held = false, kind = 'note' WHERE id = $1 AND held")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// The ticket's history, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn events(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<TicketEvent>, StoreError> {
    let rows = sql("SELECT seq, kind, actor_name, data, at FROM ticket_events WHERE ticket_id = $1 ORDER BY seq")
        .bind::<SqlUuid, _>(ticket)
        .load(conn)
        .await?;
    Ok(rows)
}
