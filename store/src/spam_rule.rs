//! Rules by which mail is let in or kept aside (`domain::mail::spam`), and who is known to us.

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

/// A rule.
#[derive(Debug, Clone, QueryableByName)]
pub struct SpamRule {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `allow` or `block`.
    #[diesel(sql_type = Text)]
    pub verdict: String,
    /// Where it looks.
    #[diesel(sql_type = Text)]
    pub field: String,
    /// What it looks for, in the form in which it is compared.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// What staff say about it.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// It is used.
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    /// Ticket with which its sender was blocked.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket_id: Option<Uuid>,
    /// How many mails it decided about.
    #[diesel(sql_type = BigInt)]
    pub hits: i64,
    /// When it did so last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_hit_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Raised by each change of what it says.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

macro_rules! select_rule {
    ($rest:literal) => {
        concat!(
            "SELECT id, verdict, field, value, note, enabled, ticket_id, hits, last_hit_at, created_at, version FROM spam_rules ",
            $rest
        )
    };
}

/// Those of a verdict and field that hold a text, newest first, before the row `before`.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    verdict: Option<&str>,
    field: Option<&str>,
    text: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SpamRule>, StoreError> {
    let rows = sql(select_rule!(
        "WHERE ($1::text IS NULL OR verdict = $1) AND ($2::text IS NULL OR field = $2)
           AND ($3::text IS NULL OR value ILIKE '%' || $3 || '%' OR note ILIKE '%' || $3 || '%')
           AND ($4::uuid IS NULL OR id < $4)
         ORDER BY id DESC LIMIT $5"
    ))
    .bind::<Nullable<Text>, _>(verdict)
    .bind::<Nullable<Text>, _>(field)
    .bind::<Nullable<Text>, _>(text.map(like))
    .bind::<Nullable<SqlUuid>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One, held until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<SpamRule, StoreError> {
    Ok(sql(select_rule!("WHERE id = $1 FOR NO KEY UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// The one about exactly this, held until the end of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn about(conn: &mut PgConn, field: &str, value: &str) -> Result<Option<SpamRule>, StoreError> {
    let rows: Vec<SpamRule> = sql(select_rule!("WHERE field = $1 AND value = $2 FOR NO KEY UPDATE"))
        .bind::<Text, _>(field)
        .bind::<Text, _>(value)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Rules in use that may be about a mail: those of its senders, those of their domains, and all that look for words.
///
/// # Errors
/// When the database is away.
pub async fn candidates(
    conn: &mut PgConn,
    addresses: &[String],
    domains: &[String],
) -> Result<Vec<SpamRule>, StoreError> {
    let rows = sql(select_rule!(
        "WHERE enabled AND (field = 'address' AND value = ANY($1) OR field = 'domain' AND value = ANY($2)
             OR field IN ('subject', 'text', 'header')) ORDER BY id"
    ))
    .bind::<Array<Text>, _>(addresses)
    .bind::<Array<Text>, _>(domains)
    .load(conn)
    .await?;
    Ok(rows)
}

/// How many there are that look for words, and how many that name senders, in this order.
///
/// # Errors
/// When the database is away.
pub async fn counts(conn: &mut PgConn) -> Result<(i64, i64), StoreError> {
    #[derive(QueryableByName)]
    struct Counts {
        #[diesel(sql_type = BigInt)]
        words: i64,
        #[diesel(sql_type = BigInt)]
        senders: i64,
    }
    let row: Counts = sql(
        "SELECT count(*) FILTER (WHERE field IN ('subject', 'text', 'header')) AS words,
             count(*) FILTER (WHERE field IN ('address', 'domain')) AS senders FROM spam_rules",
    )
    .get_result(conn)
    .await?;
    Ok((row.words, row.senders))
}

/// Stores a rule that decided nothing yet; `false` when there is one about the same.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, rule: &SpamRule, created_by: Uuid) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO spam_rules (id, verdict, field, value, note, enabled, ticket_id, created_at, updated_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(rule.id)
    .bind::<Text, _>(rule.verdict.as_str())
    .bind::<Text, _>(rule.field.as_str())
    .bind::<Text, _>(rule.value.as_str())
    .bind::<Text, _>(rule.note.as_str())
    .bind::<Bool, _>(rule.enabled)
    .bind::<Nullable<SqlUuid>, _>(rule.ticket_id)
    .bind::<Timestamptz, _>(rule.created_at)
    .bind::<SqlUuid, _>(created_by)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Changes one that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when there is one about the same.
pub async fn update(conn: &mut PgConn, rule: &SpamRule, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE spam_rules SET verdict = $3, field = $4, value = $5, note = $6, enabled = $7, ticket_id = $8, updated_at = $9,
             version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(rule.id)
    .bind::<Integer, _>(rule.version)
    .bind::<Text, _>(rule.verdict.as_str())
    .bind::<Text, _>(rule.field.as_str())
    .bind::<Text, _>(rule.value.as_str())
    .bind::<Text, _>(rule.note.as_str())
    .bind::<Bool, _>(rule.enabled)
    .bind::<Nullable<SqlUuid>, _>(rule.ticket_id)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Takes one away.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM spam_rules WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Takes those away that came with a ticket, or with another one of its sender, and says which they were.
///
/// # Errors
/// When the database refuses.
pub async fn take_back(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<SpamRule>, StoreError> {
    let rows = sql("DELETE FROM spam_rules WHERE ticket_id = $1 OR (ticket_id IS NOT NULL AND verdict = 'block' AND field = 'address'
             AND value = (SELECT lower(requester_email) FROM tickets WHERE id = $1))
         RETURNING id, verdict, field, value, note, enabled, ticket_id, hits, last_hit_at, created_at, version")
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Counts a mail that it decided about; one that was taken away meanwhile counts nothing.
///
/// # Errors
/// When the database refuses.
pub async fn hit(conn: &mut PgConn, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE spam_rules SET hits = hits + 1, last_hit_at = greatest(last_hit_at, $2) WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether an address (in lower case) is a customer's, one of his contacts' or of somebody who acts for him.
///
/// # Errors
/// When the database is away.
pub async fn is_correspondent(conn: &mut PgConn, email: &str) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        known: bool,
    }
    let row: Row = sql(
        "SELECT EXISTS (SELECT FROM customers WHERE email = $1 AND deleted_at IS NULL)
             OR EXISTS (SELECT FROM customer_contacts o JOIN customers c ON c.id = o.customer_id AND c.deleted_at IS NULL
                        WHERE o.email = $1)
             OR EXISTS (SELECT FROM users u JOIN customer_members m ON m.user_id = u.id
                        JOIN customers c ON c.id = m.customer_id AND c.deleted_at IS NULL
                        WHERE u.email = $1 AND u.deleted_at IS NULL AND u.status = 'active' AND u.email_verified_at IS NOT NULL) AS known",
    )
    .bind::<Text, _>(email)
    .get_result(conn)
    .await?;
    Ok(row.known)
}
