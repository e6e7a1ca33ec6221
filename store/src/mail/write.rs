//! Storing incoming mail and what became of it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::SourceUid;
use crate::{PgConn, StoreError, sql::sql};

/// A mail as it arrives, before anybody looked inside.
#[derive(Debug)]
pub struct NewMail<'a> {
    /// Id it will have, unless it is known already.
    pub id: Uuid,
    /// Mailbox.
    pub mailbox_id: Uuid,
    /// Its place in the folder, for IMAP.
    pub uid: Option<SourceUid>,
    /// Id the provider gave the delivery, for webhooks.
    pub event_id: Option<&'a str>,
    /// SHA-256 of the raw bytes.
    pub sha256: &'a [u8],
    /// Size in bytes of what is stored.
    pub size: i64,
    /// Size at the source when that is above the limit; then only the header section is stored.
    pub full_size: Option<i64>,
    /// The server's own date.
    pub internal_date: Option<DateTime<Utc>>,
    /// Now.
    pub received_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Stores mails once: the same UID or the same provider event gives the id of the first. In the order of `mails`; the flag says
/// whether it is new.
///
/// # Errors
/// When the database refuses; then none is stored.
pub async fn insert(conn: &mut PgConn, mails: &[NewMail<'_>]) -> Result<Vec<(Uuid, bool)>, StoreError> {
    let new: Vec<Stored> = sql(
        "INSERT INTO raw_mails (id, mailbox_id, uidvalidity, uid, provider_event_id, sha256, size,
                internal_date, received_at, full_size, generation)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind::<Array<SqlUuid>, _>(each(mails, |m| m.id))
    .bind::<Array<SqlUuid>, _>(each(mails, |m| m.mailbox_id))
    .bind::<Array<Nullable<BigInt>>, _>(each(mails, |m| m.uid.map(|u| u.uidvalidity)))
    .bind::<Array<Nullable<BigInt>>, _>(each(mails, |m| m.uid.map(|u| u.uid)))
    .bind::<Array<Nullable<Text>>, _>(each(mails, |m| m.event_id))
    .bind::<Array<Binary>, _>(each(mails, |m| m.sha256))
    .bind::<Array<BigInt>, _>(each(mails, |m| m.size))
    .bind::<Array<Nullable<Timestamptz>>, _>(each(mails, |m| m.internal_date))
    .bind::<Array<Timestamptz>, _>(each(mails, |m| m.received_at))
    .bind::<Array<Nullable<BigInt>>, _>(each(mails, |m| m.full_size))
    .bind::<Array<Integer>, _>(each(mails, |m| m.uid.map_or(0, |u| u.generation)))
    .load(conn)
    .await?;
    let new: HashSet<Uuid> = new.into_iter().map(|row| row.id).collect();
    let mut ids = Vec::with_capacity(mails.len());
    for mail in mails {
        let fresh = new.contains(&mail.id);
        ids.push((if fresh { mail.id } else { known(conn, mail).await? }, fresh));
    }
    Ok(ids)
}

fn each<'a, T>(mails: &[NewMail<'a>], get: impl Fn(&NewMail<'a>) -> T) -> Vec<T> {
    mails.iter().map(get).collect()
}

/// The mail that was stored with this place or this event before.
async fn known(conn: &mut PgConn, mail: &NewMail<'_>) -> Result<Uuid, StoreError> {
    let row: Stored = sql("SELECT id FROM raw_mails WHERE mailbox_id = $1
            AND ((generation = $6 AND uidvalidity = $2 AND uid = $3) OR (provider_event_id = $4 AND sha256 = $5)) LIMIT 1")
    .bind::<SqlUuid, _>(mail.mailbox_id)
    .bind::<Nullable<BigInt>, _>(mail.uid.map(|u| u.uidvalidity))
    .bind::<Nullable<BigInt>, _>(mail.uid.map(|u| u.uid))
    .bind::<Nullable<Text>, _>(mail.event_id)
    .bind::<Binary, _>(mail.sha256)
    .bind::<Integer, _>(mail.uid.map_or(0, |u| u.generation))
    .get_result(conn)
    .await?;
    Ok(row.id)
}

/// What was found out about a mail and what became of it.
#[derive(Debug, Default)]
pub struct Analysis<'a> {
    /// State it ends in.
    pub state: &'a str,
    /// Class.
    pub class: Option<&'a str>,
    /// Message-ID header, or the made-up one.
    pub message_id: Option<&'a str>,
    /// Fingerprint of the content.
    pub content_fp: Option<&'a [u8]>,
    /// Sender's address.
    pub from_address: Option<&'a str>,
    /// Sender's name.
    pub from_name: Option<&'a str>,
    /// Subject.
    pub subject: Option<&'a str>,
    /// Decoded parts.
    pub parsed: Option<serde_json::Value>,
    /// Policy that made the HTML among them, where there is any.
    pub html_policy: Option<i32>,
    /// Headers that decided the class.
    pub evidence: serde_json::Value,
    /// Threading decision with its reasons.
    pub threading: Option<serde_json::Value>,
    /// What was weighed for and against spam.
    pub spam: Option<serde_json::Value>,
    /// What it caused.
    pub effects: serde_json::Value,
    /// Why it is where it is.
    pub reason: Option<&'a str>,
    /// Last failure.
    pub error: Option<&'a str>,
    /// Ticket.
    pub ticket_id: Option<Uuid>,
    /// The mail it repeats.
    pub duplicate_of: Option<Uuid>,
}

/// Writes the result if the mail is still at `version`. Effects are added to earlier ones.
///
/// # Errors
/// [`StoreError::Stale`] when somebody else settled it.
pub async fn settle(
    conn: &mut PgConn,
    id: Uuid,
    version: i32,
    a: &Analysis<'_>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql("WITH r AS (UPDATE raw_mails SET state = $3, class = coalesce($4, class), message_id = coalesce($5, message_id),
                content_fp = coalesce($6, content_fp), from_address = coalesce($7, from_address),
                from_name = coalesce($8, from_name), subject = coalesce($9, subject), parsed = coalesce($10, parsed),
                evidence = CASE WHEN $11::jsonb = 'null' THEN evidence ELSE $11 END,
                threading = coalesce($12, threading), effects = effects || $13, reason = $14, error = $15,
                ticket_id = coalesce($16, ticket_id), duplicate_of = $17, processed_at = $18, html_policy = coalesce($19, html_policy),
                spam = coalesce($20, spam), version = version + 1
            WHERE id = $1 AND version = $2 RETURNING id)
        INSERT INTO events (type, subject_type, subject_id, permission, data)
        SELECT 'mail.updated', 'mail', id, 'mail.view', jsonb_build_object('state', $3::text) FROM r")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .bind::<Text, _>(a.state)
        .bind::<Nullable<Text>, _>(a.class)
        .bind::<Nullable<Text>, _>(a.message_id)
        .bind::<Nullable<Binary>, _>(a.content_fp)
        .bind::<Nullable<Text>, _>(a.from_address)
        .bind::<Nullable<Text>, _>(a.from_name)
        .bind::<Nullable<Text>, _>(a.subject)
        .bind::<Nullable<Jsonb>, _>(a.parsed.as_ref())
        .bind::<Jsonb, _>(&a.evidence)
        .bind::<Nullable<Jsonb>, _>(a.threading.as_ref())
        .bind::<Jsonb, _>(&a.effects)
        .bind::<Nullable<Text>, _>(a.reason)
        .bind::<Nullable<Text>, _>(a.error)
        .bind::<Nullable<SqlUuid>, _>(a.ticket_id)
        .bind::<Nullable<SqlUuid>, _>(a.duplicate_of)
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<Integer>, _>(a.html_policy)
        .bind::<Nullable<Jsonb>, _>(a.spam.as_ref())
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// A mail whose HTML an earlier policy let through.
#[derive(Debug, QueryableByName)]
pub struct Outdated {
    /// The mail.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// SHA-256 of its bytes.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
}

/// Mails whose HTML another policy than this one made, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn outdated_html(conn: &mut PgConn, policy: i32, limit: i64) -> Result<Vec<Outdated>, StoreError> {
    Ok(
        sql("SELECT id, sha256 FROM raw_mails WHERE html_policy < $1 ORDER BY html_policy, id LIMIT $2")
            .bind::<Integer, _>(policy)
            .bind::<BigInt, _>(limit)
            .load(conn)
            .await?,
    )
}

#[derive(QueryableByName)]
struct Renewed {
    #[diesel(sql_type = Integer)]
    policy: i32,
}

/// Gives a mail, and the message it became, the HTML that this policy made; none, and the text is shown. Returns the policy that made the
/// HTML before, when what is shown is another thing now; none when nothing changed but the number of the policy.
///
/// # Errors
/// When the database refuses.
pub async fn renew_html(
    conn: &mut PgConn,
    id: Uuid,
    html: Option<&str>,
    policy: i32,
) -> Result<Option<i32>, StoreError> {
    let rows: Vec<Renewed> = sql(
        "WITH was AS (SELECT id, html_policy, parsed->>'html' AS html FROM raw_mails WHERE id = $1 AND html_policy < $3 FOR UPDATE),
              r AS (UPDATE raw_mails SET html_policy = $3, parsed = jsonb_set(parsed, '{html}', coalesce(to_jsonb($2::text), 'null'))
                    WHERE id IN (SELECT id FROM was) RETURNING id),
              m AS (UPDATE ticket_messages SET body_html = $2 WHERE raw_mail_id IN (SELECT id FROM r))
         SELECT html_policy AS policy FROM was WHERE html IS DISTINCT FROM $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Text>, _>(html)
    .bind::<Integer, _>(policy)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.policy))
}

/// Notes a failed attempt; the mail stays where it is.
///
/// # Errors
/// When the database refuses.
pub async fn record_failure(conn: &mut PgConn, id: Uuid, error: &str) -> Result<(), StoreError> {
    sql("UPDATE raw_mails SET attempts = attempts + 1, error = $2 WHERE id = $1 AND state = 'received'")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(error)
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a settled mail back to be processed again.
///
/// # Errors
/// [`StoreError::Stale`] when it is in none of `states`.
pub async fn reset(conn: &mut PgConn, id: Uuid, states: &[&str]) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE raw_mails SET state = 'received', attempts = 0, error = NULL, reason = NULL, version = version + 1
                 WHERE id = $1 AND state = ANY($2)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Array<Text>, _>(states)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
