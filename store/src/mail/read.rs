//! Reading incoming mail.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// A mail in a list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Summary {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address of the mailbox.
    #[diesel(sql_type = Text)]
    pub mailbox: String,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Class, see `domain::mail::class`.
    #[diesel(sql_type = Nullable<Text>)]
    pub class: Option<String>,
    /// Sender's address.
    #[diesel(sql_type = Nullable<Text>)]
    pub from_address: Option<String>,
    /// Sender's name.
    #[diesel(sql_type = Nullable<Text>)]
    pub from_name: Option<String>,
    /// Subject.
    #[diesel(sql_type = Nullable<Text>)]
    pub subject: Option<String>,
    /// When it was taken in.
    #[diesel(sql_type = Timestamptz)]
    pub received_at: DateTime<Utc>,
    /// Why it is where it is.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// Ticket.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    /// Its number.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub ticket_number: Option<i64>,
}

/// A mail with everything known about it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Mail {
    /// What lists show.
    #[diesel(embed)]
    pub summary: Summary,
    /// Mailbox.
    #[diesel(sql_type = SqlUuid)]
    pub mailbox_id: Uuid,
    /// SHA-256 of the raw bytes; the key in the blob store.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
    /// Size in bytes of what is stored.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// Size at the source when that is above the limit; then only the header section is stored.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub full_size: Option<i64>,
    /// The server's own date (IMAP INTERNALDATE), as the server told it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub internal_date: Option<DateTime<Utc>>,
    /// Recipients, bodies and other decoded parts.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub parsed: Option<serde_json::Value>,
    /// Headers that decided the class.
    #[diesel(sql_type = Jsonb)]
    pub evidence: serde_json::Value,
    /// Threading decision with its reasons.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub threading: Option<serde_json::Value>,
    /// What was weighed for and against spam, and what came of it; see `domain::mail::spam`.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub spam: Option<serde_json::Value>,
    /// What it caused.
    #[diesel(sql_type = Jsonb)]
    pub effects: serde_json::Value,
    /// Last failure.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// Failed attempts.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// The mail it repeats.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub duplicate_of: Option<Uuid>,
    /// Message made from it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub message_id: Option<Uuid>,
    /// Message-ID header.
    #[diesel(sql_type = Nullable<Text>)]
    pub header_message_id: Option<String>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// A mail that an earlier one is compared with.
#[derive(Debug, Clone, QueryableByName)]
pub struct Fact {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Ticket.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    /// Fingerprint of the content.
    #[diesel(sql_type = Nullable<Binary>)]
    pub content_fp: Option<Vec<u8>>,
    /// Support group of its mailbox.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Mailbox.
    #[diesel(sql_type = SqlUuid)]
    pub mailbox_id: Uuid,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

macro_rules! select_mail {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, b.address AS mailbox, r.state, r.class, r.from_address, r.from_name, r.subject, r.received_at, r.reason,
                r.ticket_id, t.number AS ticket_number, r.mailbox_id, r.sha256, r.size, r.full_size, r.internal_date, r.parsed, r.evidence,
                r.threading, r.spam, r.effects, r.error, r.attempts, r.duplicate_of, m.id AS message_id,
                r.message_id AS header_message_id, r.version
             FROM raw_mails r JOIN mailboxes b ON b.id = r.mailbox_id LEFT JOIN tickets t ON t.id = r.ticket_id
             LEFT JOIN ticket_messages m ON m.raw_mail_id = r.id WHERE r.id = $1",
            $rest
        )
    };
}

/// One mail.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Mail, StoreError> {
    Ok(sql(select_mail!("")).bind::<SqlUuid, _>(id).get_result(conn).await?)
}

/// One mail, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid) -> Result<Mail, StoreError> {
    Ok(sql(select_mail!(" FOR UPDATE OF r"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Mails of these states (all when empty), of a class and with a reason, newest first, before the row `before`.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    states: &[String],
    class: Option<&str>,
    reason: Option<&str>,
    text: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Summary>, StoreError> {
    let rows = sql("SELECT r.id, b.address AS mailbox, r.state, r.class, r.from_address, r.from_name, r.subject, r.received_at,
                        r.reason, r.ticket_id, t.number AS ticket_number
                    FROM raw_mails r JOIN mailboxes b ON b.id = r.mailbox_id LEFT JOIN tickets t ON t.id = r.ticket_id
                    WHERE (cardinality($1::text[]) = 0 OR r.state = ANY($1)) AND ($2::text IS NULL OR r.class = $2)
                      AND ($3::text IS NULL OR r.from_address ILIKE '%' || $3 || '%' OR r.subject ILIKE '%' || $3 || '%')
                      AND ($4::uuid IS NULL OR r.id < $4) AND ($6::text IS NULL OR r.reason = $6)
                    ORDER BY r.id DESC LIMIT $5")
        .bind::<Array<Text>, _>(states)
        .bind::<Nullable<Text>, _>(class)
        .bind::<Nullable<Text>, _>(text.map(like))
        .bind::<Nullable<SqlUuid>, _>(before)
        .bind::<BigInt, _>(limit)
        .bind::<Nullable<Text>, _>(reason)
        .load(conn)
        .await?;
    Ok(rows)
}

/// Lets one transaction at a time judge mails that carry or name one of these Message-IDs, until it ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, message_ids: &[&str]) -> Result<(), StoreError> {
    // In one order for all, so that no two wait for each other.
    sql("SELECT pg_advisory_xact_lock(key) FROM (
             SELECT DISTINCT hashtextextended('mail ' || id, 0) AS key FROM unnest($1) AS u(id) ORDER BY 1) k")
    .bind::<Array<Text>, _>(message_ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// Earlier settled mails with this Message-ID, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn find_twin(conn: &mut PgConn, id: Uuid, message_id: &str) -> Result<Vec<Fact>, StoreError> {
    let rows = sql("SELECT r.id, r.ticket_id, r.content_fp, b.group_id, r.mailbox_id
                    FROM raw_mails r JOIN mailboxes b ON b.id = r.mailbox_id
                    WHERE r.message_id = $2 AND r.id <> $1 AND r.state NOT IN ('received', 'duplicate')
                      AND r.content_fp IS NOT NULL ORDER BY r.id LIMIT 20")
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(message_id)
    .load(conn)
    .await?;
    Ok(rows)
}

/// How many mails this sender sent since `since`, counted up to 1,000.
///
/// # Errors
/// When the database is away.
pub async fn recent_from(conn: &mut PgConn, address: &str, since: DateTime<Utc>) -> Result<i64, StoreError> {
    let rows: Vec<Id> = sql("SELECT id FROM raw_mails WHERE from_address = $1 AND received_at > $2 LIMIT 1000")
        .bind::<Text, _>(address)
        .bind::<Timestamptz, _>(since)
        .load(conn)
        .await?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// Mails that wait since before `before` though no live job is about to process them.
///
/// # Errors
/// When the database is away.
pub async fn unprocessed(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql("SELECT r.id FROM raw_mails r WHERE r.state = 'received' AND r.received_at < $1
                             AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'process_mail' AND j.unique_key = r.id::text
                                             AND j.state IN ('queued', 'running'))
                             ORDER BY r.id LIMIT $2")
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Of the mails that wait, those whose job died: they need a ticket without being parsed.
///
/// # Errors
/// When the database is away.
pub async fn stuck(conn: &mut PgConn, mails: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql("SELECT r.id FROM raw_mails r WHERE r.id = ANY($1)
                             AND EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'process_mail' AND j.unique_key = r.id::text
                                         AND j.state = 'dead')")
        .bind::<Array<SqlUuid>, _>(mails)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
