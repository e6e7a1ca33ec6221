//! What customers were asked about resolutions of their tickets, and what they said.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// One resolution of a ticket as its requester was asked about it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Survey {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Which of its resolutions, from 1.
    #[diesel(sql_type = Integer)]
    pub cycle: i32,
    /// The requester's address then.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// The group then.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Whoever had the ticket then.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub agent_id: Option<Uuid>,
    /// When the mail was written.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub asked_at: Option<DateTime<Utc>>,
    /// Why no mail asks.
    #[diesel(sql_type = Nullable<Text>)]
    pub not_asked: Option<String>,
    /// Until when it may be rated first.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// 1 to 5.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub rating: Option<i16>,
    /// What he wrote.
    #[diesel(sql_type = Nullable<Text>)]
    pub comment: Option<String>,
    /// `mail` or `portal`.
    #[diesel(sql_type = Nullable<Text>)]
    pub channel: Option<String>,
    /// When he rated first.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub answered_at: Option<DateTime<Utc>>,
    /// When he changed his mind last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub changed_at: Option<DateTime<Utc>>,
    /// When the row was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

macro_rules! select_survey {
    ($rest:literal) => {
        concat!(
            "SELECT id, ticket_id, cycle, email, group_id, agent_id, asked_at, not_asked, expires_at, rating, comment, channel, answered_at,
                 changed_at, created_at FROM ticket_surveys ",
            $rest
        )
    };
}

#[derive(QueryableByName)]
struct Delay {
    #[diesel(sql_type = Integer)]
    hours: i32,
}

/// Hours after which a group asks about a resolution; `None` when it does not.
///
/// # Errors
/// When the database is away.
pub async fn delay(conn: &mut PgConn, group: Uuid) -> Result<Option<i32>, StoreError> {
    let rows: Vec<Delay> = sql("SELECT survey_delay_hours AS hours FROM support_groups WHERE id = $1 AND survey")
        .bind::<SqlUuid, _>(group)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map(|row| row.hours))
}

#[derive(QueryableByName)]
struct Asked {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    at: Option<DateTime<Utc>>,
}

/// When an address was asked last. Whoever asks holds it first (`outgoing::hold`), so that two of its tickets are judged one after
/// the other.
///
/// # Errors
/// When the database is away.
pub async fn last_asked(conn: &mut PgConn, email: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let row: Asked = sql("SELECT max(asked_at) AS at FROM ticket_surveys WHERE email = $1 AND asked_at IS NOT NULL")
        .bind::<Text, _>(email)
        .get_result(conn)
        .await?;
    Ok(row.at)
}

#[derive(QueryableByName)]
struct Machine {
    #[diesel(sql_type = Bool)]
    machine: bool,
}

/// The mail that opened the ticket came from no person.
///
/// # Errors
/// When the database is away.
pub async fn opened_by_machine(conn: &mut PgConn, ticket: Uuid) -> Result<bool, StoreError> {
    let rows: Vec<Machine> = sql(
        "SELECT coalesce(r.class, 'human') <> 'human' AS machine FROM ticket_messages m
             JOIN raw_mails r ON r.id = m.raw_mail_id WHERE m.ticket_id = $1 ORDER BY m.created_at, m.id LIMIT 1",
    )
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().is_some_and(|row| row.machine))
}

/// Writes a row, unless the resolution has one.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, survey: &Survey) -> Result<bool, StoreError> {
    let n = sql("INSERT INTO ticket_surveys (id, ticket_id, cycle, email, group_id, agent_id, asked_at, not_asked, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (ticket_id, cycle) DO NOTHING")
    .bind::<SqlUuid, _>(survey.id)
    .bind::<SqlUuid, _>(survey.ticket_id)
    .bind::<Integer, _>(survey.cycle)
    .bind::<Text, _>(survey.email.as_str())
    .bind::<SqlUuid, _>(survey.group_id)
    .bind::<Nullable<SqlUuid>, _>(survey.agent_id)
    .bind::<Nullable<Timestamptz>, _>(survey.asked_at)
    .bind::<Nullable<Text>, _>(survey.not_asked.as_deref())
    .bind::<Timestamptz, _>(survey.expires_at)
    .bind::<Timestamptz, _>(survey.created_at)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// A survey by its id.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Survey, StoreError> {
    Ok(sql(select_survey!("WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// The survey of a resolution, if there is one.
///
/// # Errors
/// When the database is away.
pub async fn of_cycle(conn: &mut PgConn, ticket: Uuid, cycle: i32) -> Result<Option<Survey>, StoreError> {
    let rows: Vec<Survey> = sql(select_survey!("WHERE ticket_id = $1 AND cycle = $2"))
        .bind::<SqlUuid, _>(ticket)
        .bind::<Integer, _>(cycle)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// All of a ticket, the newest resolution first.
///
/// # Errors
/// When the database is away.
pub async fn of_ticket(conn: &mut PgConn, ticket: Uuid) -> Result<Vec<Survey>, StoreError> {
    Ok(sql(select_survey!("WHERE ticket_id = $1 ORDER BY cycle DESC LIMIT 50"))
        .bind::<SqlUuid, _>(ticket)
        .load(conn)
        .await?)
}

/// Writes an answer, the first or another one. The ticket is locked.
///
/// # Errors
/// When the database refuses.
pub async fn answer(
    conn: &mut PgConn,
    id: Uuid,
    rating: i16,
    comment: Option<&str>,
    channel: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE ticket_surveys SET rating = $2, comment = $3, channel = $4, answered_at = coalesce(answered_at, $5),
             changed_at = CASE WHEN answered_at IS NOT NULL THEN $5 END WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SmallInt, _>(rating)
    .bind::<Nullable<Text>, _>(comment)
    .bind::<Text, _>(channel)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whoever reads this address said that he wants no surveys.
///
/// # Errors
/// When the database is away.
pub async fn declined(conn: &mut PgConn, address: &str) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        declined: bool,
    }
    let row: Row = sql("SELECT EXISTS (SELECT FROM survey_refusals WHERE address = $1) AS declined")
        .bind::<Text, _>(address)
        .get_result(conn)
        .await?;
    Ok(row.declined)
}

/// Asks an address no more; `false` when it was not asked before either.
///
/// # Errors
/// When the database refuses.
pub async fn decline(conn: &mut PgConn, address: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("INSERT INTO survey_refusals (address, created_at) VALUES ($1, $2) ON CONFLICT (address) DO NOTHING")
        .bind::<Text, _>(address)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Forgets what an address said; `false` when it said nothing.
///
/// # Errors
/// When the database refuses.
pub async fn undecline(conn: &mut PgConn, address: &str) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM survey_refusals WHERE address = $1")
        .bind::<Text, _>(address)
        .execute(conn)
        .await?;
    Ok(n > 0)
}
