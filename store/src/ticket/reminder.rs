//! What agents want to be reminded of. Statements that people ask for carry their account: a reminder is its owner's alone.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::mail::class::MailClass;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A reminder with what is said of its ticket.
#[derive(Debug, Clone, QueryableByName)]
pub struct Reminder {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Its state.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// When it is due.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// What of.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// Also by mail.
    #[diesel(sql_type = Bool)]
    pub by_mail: bool,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When its owner was told.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub told_at: Option<DateTime<Utc>>,
    /// Since when the ticket is aside until then; what its customer writes after that ends it. `None` = it is not.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub aside_since: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.ticket_id, t.number, t.subject, t.state, r.user_id, r.at, r.note, r.by_mail, r.version, r.told_at, r.aside_since
             FROM ticket_reminders r JOIN tickets t ON t.id = r.ticket_id ",
            $rest
        )
    };
}

/// Somebody's reminders, the next first, of all tickets or of one.
///
/// # Errors
/// When the database is away.
pub async fn own(
    conn: &mut PgConn,
    user: Uuid,
    ticket: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Reminder>, StoreError> {
    let rows = sql(select!(
        "WHERE r.user_id = $1 AND t.deleted_at IS NULL AND ($2::uuid IS NULL OR r.ticket_id = $2)
           AND ($4::uuid IS NULL OR (r.at, r.id) > ($3, $4))
         ORDER BY r.at, r.id LIMIT $5"
    ))
    .bind::<SqlUuid, _>(user)
    .bind::<Nullable<SqlUuid>, _>(ticket)
    .bind::<Nullable<Timestamptz>, _>(after.map(|place| place.0))
    .bind::<Nullable<SqlUuid>, _>(after.map(|place| place.1))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Somebody's reminder, locked.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's.
pub async fn find_for_update(conn: &mut PgConn, user: Uuid, id: Uuid) -> Result<Reminder, StoreError> {
    Ok(sql(select!(
        "WHERE r.id = $1 AND r.user_id = $2 AND t.deleted_at IS NULL FOR UPDATE OF r"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many reminders somebody has; with a moment, those among them that were due by then.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn, user: Uuid, due_by: Option<DateTime<Utc>>) -> Result<i64, StoreError> {
    let row: Total = sql(
        "SELECT count(*) AS n FROM ticket_reminders r JOIN tickets t ON t.id = r.ticket_id
         WHERE r.user_id = $1 AND t.deleted_at IS NULL AND ($2::timestamptz IS NULL OR r.at <= $2)",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Nullable<Timestamptz>, _>(due_by)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// Stores a new one.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, r: &Reminder, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO ticket_reminders (id, ticket_id, user_id, at, note, by_mail, created_at, aside_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind::<SqlUuid, _>(r.id)
        .bind::<SqlUuid, _>(r.ticket_id)
        .bind::<SqlUuid, _>(r.user_id)
        .bind::<Timestamptz, _>(r.at)
        .bind::<Text, _>(r.note.as_str())
        .bind::<Bool, _>(r.by_mail)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Timestamptz>, _>(r.aside_since)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes what changes about one, and counts the change.
///
/// # Errors
/// [`StoreError::Stale`] when it changed since it was read.
pub async fn update(conn: &mut PgConn, r: &Reminder) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE ticket_reminders SET at = $3, note = $4, by_mail = $5, told_at = $6, aside_since = $7, version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(r.id)
    .bind::<Integer, _>(r.version)
    .bind::<Timestamptz, _>(r.at)
    .bind::<Text, _>(r.note.as_str())
    .bind::<Bool, _>(r.by_mail)
    .bind::<Nullable<Timestamptz>, _>(r.told_at)
    .bind::<Nullable<Timestamptz>, _>(r.aside_since)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Forgets one.
///
/// # Errors
/// When the database is away.
pub async fn delete(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM ticket_reminders WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes due what was put aside until a moment ahead, where the ticket's customer has written since; a machine that answers in his
/// name (an absence, a receipt, a list) has not.
///
/// # Errors
/// When the database is away.
pub async fn wake(conn: &mut PgConn, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE ticket_reminders r SET at = $1, version = version + 1
         WHERE r.id IN (SELECT a.id FROM ticket_reminders a WHERE a.aside_since IS NOT NULL AND a.told_at IS NULL AND a.at > $1
             AND EXISTS (SELECT FROM ticket_messages m WHERE m.ticket_id = a.ticket_id AND m.direction = 'in' AND m.kind = 'reply'
                 AND NOT m.held AND m.created_at > a.aside_since
                 AND NOT EXISTS (SELECT FROM raw_mails w WHERE w.id = m.raw_mail_id AND w.class <> $2)) ORDER BY a.id FOR UPDATE SKIP LOCKED)")
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(MailClass::Human.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// Reminders that are due and that nobody tells just now, the oldest first, locked.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Reminder>, StoreError> {
    let rows = sql(select!(
        "WHERE r.told_at IS NULL AND r.at <= $1 ORDER BY r.at, r.id LIMIT $2 FOR UPDATE OF r SKIP LOCKED"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}
