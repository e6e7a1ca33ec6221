//! Outgoing mail: one row for each recipient, written before the first attempt.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// A mail to one recipient.
#[derive(Debug, Clone, QueryableByName)]
pub struct Outgoing {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// A word of `domain::mail::words::OutgoingKind`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// What caused it; with recipient and kind it is unique.
    #[diesel(sql_type = Text)]
    pub event_key: String,
    /// Address in lower case.
    #[diesel(sql_type = Text)]
    pub recipient: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub recipient_name: String,
    /// Ticket.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    /// Message it carries.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub message_id: Option<Uuid>,
    /// Mailbox it is sent for; none of mail about accounts.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub mailbox_id: Option<Uuid>,
    /// Message-ID header, without angle brackets.
    #[diesel(sql_type = Text)]
    pub mail_message_id: String,
    /// In-Reply-To.
    #[diesel(sql_type = Nullable<Text>)]
    pub in_reply_to: Option<String>,
    /// References, oldest first.
    #[diesel(sql_type = Array<Text>)]
    pub mail_references: Vec<String>,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Plain text.
    #[diesel(sql_type = Text)]
    pub body_text: String,
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Address that switches mails of this kind off.
    #[diesel(sql_type = Nullable<Text>)]
    pub unsubscribe_url: Option<String>,
    /// How many automatic mails led to this one.
    #[diesel(sql_type = Integer)]
    pub hops: i32,
    /// A word of `domain::mail::words::DeliveryState`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Attempts made.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// An attempt ended without an answer after the data was sent.
    #[diesel(sql_type = Bool)]
    pub maybe_duplicate: bool,
    /// What the server said.
    #[diesel(sql_type = Nullable<Text>)]
    pub detail: Option<String>,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When the state changed last.
    #[diesel(sql_type = Timestamptz)]
    pub state_at: DateTime<Utc>,
}

macro_rules! select_outgoing {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, event_key, recipient, recipient_name, ticket_id, message_id, mailbox_id, mail_message_id, in_reply_to,
                mail_references, subject, body_text, locale, unsubscribe_url, hops, state, attempts, maybe_duplicate, detail, created_at, state_at
             FROM outgoing_mails ",
            $rest
        )
    };
}

/// Stores a mail; `false` when the same event already has one to this recipient.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, m: &Outgoing) -> Result<bool, StoreError> {
    let n = sql("INSERT INTO outgoing_mails (id, kind, event_key, recipient, recipient_name, ticket_id, message_id, mailbox_id,
                mail_message_id, in_reply_to, mail_references, subject, body_text, locale, hops, state, detail, created_at, state_at,
                unsubscribe_url)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19)
            ON CONFLICT (event_key, recipient, kind) DO NOTHING")
        .bind::<SqlUuid, _>(m.id)
        .bind::<Text, _>(m.kind.as_str())
        .bind::<Text, _>(m.event_key.as_str())
        .bind::<Text, _>(m.recipient.as_str())
        .bind::<Text, _>(m.recipient_name.as_str())
        .bind::<Nullable<SqlUuid>, _>(m.ticket_id)
        .bind::<Nullable<SqlUuid>, _>(m.message_id)
        .bind::<Nullable<SqlUuid>, _>(m.mailbox_id)
        .bind::<Text, _>(m.mail_message_id.as_str())
        .bind::<Nullable<Text>, _>(m.in_reply_to.as_deref())
        .bind::<Array<Text>, _>(&m.mail_references)
        .bind::<Text, _>(m.subject.as_str())
        .bind::<Text, _>(m.body_text.as_str())
        .bind::<Text, _>(m.locale.as_str())
        .bind::<Integer, _>(m.hops)
        .bind::<Text, _>(m.state.as_str())
        .bind::<Nullable<Text>, _>(m.detail.as_deref())
        .bind::<Timestamptz, _>(m.created_at)
        .bind::<Nullable<Text>, _>(m.unsubscribe_url.as_deref())
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// A mail about an account.
#[derive(Debug, Clone, Copy)]
pub struct AccountMail<'a> {
    /// Id, that of its job.
    pub id: Uuid,
    /// Address.
    pub recipient: &'a str,
    /// Name.
    pub recipient_name: &'a str,
    /// Message-ID header, without angle brackets.
    pub mail_message_id: &'a str,
    /// Subject; what it says is kept nowhere.
    pub subject: &'a str,
    /// Language.
    pub locale: &'a str,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Stores a mail about an account, once for each job.
///
/// # Errors
/// When the database refuses.
pub async fn begin_account(conn: &mut PgConn, m: &AccountMail<'_>) -> Result<(), StoreError> {
    sql("INSERT INTO outgoing_mails (id, kind, event_key, recipient, recipient_name, mail_message_id, subject, body_text, locale,
             created_at, state_at)
         VALUES ($1, 'account', $1::text, lower($2), $3, $4, $5, '', $6, $7, $7) ON CONFLICT DO NOTHING")
    .bind::<SqlUuid, _>(m.id)
    .bind::<Text, _>(m.recipient)
    .bind::<Text, _>(m.recipient_name)
    .bind::<Text, _>(m.mail_message_id)
    .bind::<Text, _>(m.subject)
    .bind::<Text, _>(m.locale)
    .bind::<Timestamptz, _>(m.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Which mails are listed; empty and `None` mean any.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// States.
    pub states: &'a [String],
    /// Kinds.
    pub kinds: &'a [String],
    /// Part of the recipient's address or of the subject.
    pub text: Option<&'a str>,
}

/// Mails that go out, newest first, before the row `before`.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    filter: Filter<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Outgoing>, StoreError> {
    let rows = sql(select_outgoing!(
        "WHERE (cardinality($1::text[]) = 0 OR state = ANY($1)) AND (cardinality($2::text[]) = 0 OR kind = ANY($2))
             AND ($3::text IS NULL OR recipient ILIKE '%' || $3 || '%' OR subject ILIKE '%' || $3 || '%')
             AND ($4::uuid IS NULL OR id < $4)
         ORDER BY id DESC LIMIT $5"
    ))
    .bind::<Array<Text>, _>(filter.states)
    .bind::<Array<Text>, _>(filter.kinds)
    .bind::<Nullable<Text>, _>(filter.text.map(like))
    .bind::<Nullable<SqlUuid>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One mail.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Outgoing, StoreError> {
    Ok(sql(select_outgoing!("WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// The mail with this Message-ID.
///
/// # Errors
/// When the database is away.
pub async fn by_message_id(conn: &mut PgConn, message_id: &str) -> Result<Option<Outgoing>, StoreError> {
    let rows: Vec<Outgoing> = sql(select_outgoing!("WHERE mail_message_id = $1"))
        .bind::<Text, _>(message_id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Deliveries of these messages.
///
/// # Errors
/// When the database is away.
pub async fn of_messages(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<Outgoing>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql(select_outgoing!("WHERE message_id = ANY($1) ORDER BY id"))
        .bind::<Array<SqlUuid>, _>(messages)
        .load(conn)
        .await?;
    Ok(rows)
}

/// Message-IDs already sent or received in a ticket, oldest first: the References of the next mail.
///
/// # Errors
/// When the database is away.
pub async fn references(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
    }
    let rows: Vec<Row> = sql(
        "SELECT id FROM (SELECT r.message_id AS id, r.received_at AS at FROM raw_mails r
                  JOIN ticket_messages m ON m.raw_mail_id = r.id WHERE m.ticket_id = $1 AND r.message_id IS NOT NULL
              ORDER BY at DESC LIMIT 10) x ORDER BY at",
    )
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Records the result of an attempt or a report. A final state is not left again, except that a bounce or a complaint overrules `sent`
/// and that a mail that failed may be tried again. `false` when all stays as it was.
///
/// # Errors
/// When the database refuses.
pub async fn set_state(
    conn: &mut PgConn,
    id: Uuid,
    state: &str,
    detail: Option<&str>,
    maybe_duplicate: bool,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Changed {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let changed: Changed = sql(
        "WITH o AS (UPDATE outgoing_mails SET state = $2, detail = $3, maybe_duplicate = maybe_duplicate OR $4,
                attempts = attempts + ($2 IN ('queued', 'sent', 'failed'))::int, state_at = $5,
                sent_at = CASE WHEN $2 = 'sent' THEN $5 ELSE sent_at END
            WHERE id = $1 AND (state = 'queued' OR (state = 'failed' AND $2 IN ('queued', 'sent', 'failed', 'suppressed'))
                OR (state IN ('sent', 'delivered') AND $2 IN ('bounced', 'delivered', 'complained') AND state <> $2))
            RETURNING ticket_id),
        e AS (INSERT INTO events (type, subject_type, subject_id, permission, data)
            SELECT 'ticket.updated', 'ticket', ticket_id, 'tickets.view', jsonb_build_object('delivery', $2::text)
            FROM o WHERE ticket_id IS NOT NULL)
        SELECT count(*) AS n FROM o",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(state)
    .bind::<Nullable<Text>, _>(detail)
    .bind::<Bool, _>(maybe_duplicate)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(changed.n > 0)
}

/// Lets one transaction at a time decide about automatic mail to this recipient, until it ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, recipient: &str) -> Result<(), StoreError> {
    sql("SELECT pg_advisory_xact_lock(hashtextextended('automatic mail to ' || $1, 0))")
        .bind::<Text, _>(recipient)
        .execute(conn)
        .await?;
    Ok(())
}

/// What the brakes on automatic mail count; notices that people chose for themselves have one of their own.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct AutomaticCounts {
    /// When the recipient last got a mail of the kind.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last: Option<DateTime<Utc>>,
    /// Automatic mails to the recipient in the last 24 hours.
    #[diesel(sql_type = BigInt)]
    pub today: i64,
    /// Automatic mails of the ticket in the last ten minutes.
    #[diesel(sql_type = BigInt)]
    pub of_ticket: i64,
}

#[derive(QueryableByName)]
struct Address {
    #[diesel(sql_type = Text)]
    recipient: String,
}

/// Those of these addresses that got `most` notices since then, or more; digests and scheduled exports apart.
///
/// # Errors
/// When the database is away.
pub async fn flooded(
    conn: &mut PgConn,
    addresses: &[&str],
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Address> = sql("SELECT recipient FROM outgoing_mails
         WHERE recipient = ANY($1) AND created_at > $2 AND kind <> 'reply' AND kind = 'notification' AND event_key NOT LIKE 'digest.%'
             AND event_key NOT LIKE 'ticket_export.%'
         GROUP BY recipient HAVING count(*) >= $3")
    .bind::<Array<Text>, _>(addresses)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.recipient).collect())
}

/// Automatic mail that this recipient got and this ticket caused.
///
/// # Errors
/// When the database is away.
pub async fn automatic_counts(
    conn: &mut PgConn,
    recipient: &str,
    kind: &str,
    ticket: Uuid,
    now: DateTime<Utc>,
) -> Result<AutomaticCounts, StoreError> {
    let counts = sql("SELECT
            (SELECT max(created_at) FROM outgoing_mails WHERE recipient = $1 AND kind = $2 AND kind <> 'reply') AS last,
            (SELECT count(*) FROM outgoing_mails
                WHERE recipient = $1 AND kind <> 'reply' AND kind <> 'notification' AND kind <> 'account'
                    AND created_at > $4 - interval '24 hours') AS today,
            (SELECT count(*) FROM outgoing_mails
                WHERE ticket_id = $3 AND kind <> 'reply' AND kind <> 'notification'
                    AND created_at > $4 - interval '10 minutes') AS of_ticket")
    .bind::<Text, _>(recipient)
    .bind::<Text, _>(kind)
    .bind::<SqlUuid, _>(ticket)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(counts)
}

/// Mail that did not arrive.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Lost {
    /// No attempt could send it.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// It came back.
    #[diesel(sql_type = BigInt)]
    pub bounced: i64,
    /// It was not sent, as its address is blocked.
    #[diesel(sql_type = BigInt)]
    pub suppressed: i64,
}

/// How much mail was lost since then.
///
/// # Errors
/// When the database is away.
pub async fn lost(conn: &mut PgConn, since: DateTime<Utc>) -> Result<Lost, StoreError> {
    Ok(sql("SELECT count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'bounced') AS bounced,
             count(*) FILTER (WHERE state = 'suppressed') AS suppressed
         FROM outgoing_mails WHERE state IN ('failed', 'bounced', 'suppressed') AND state_at > $1")
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?)
}
