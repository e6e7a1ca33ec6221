//! Tickets that wait for their customer, and how their groups treat him.

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Array, Bool, Integer, Jsonb, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A ticket of which something is due, and what its group does about it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Wait {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    /// Since when it waits.
    #[diesel(sql_type = Timestamptz)]
    pub since: DateTime<Utc>,
    /// Day of the last reminder that was dealt with, 0 for none.
    #[diesel(sql_type = Integer)]
    pub step: i32,
    /// Reminders go out.
    #[diesel(sql_type = Bool)]
    pub remind: bool,
    /// So many days after the question.
    #[diesel(sql_type = Array<Integer>)]
    pub remind_days: Vec<i32>,
    /// Days after which it is resolved.
    #[diesel(sql_type = Nullable<Integer>)]
    pub resolve_after_days: Option<i32>,
    /// Present hours of the calendar whose days they are; see `domain::sla::CalendarSpec`.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub calendar: Option<serde_json::Value>,
}

/// The ticket that is due for longest and that nobody changes just now, locked.
///
/// # Errors
/// When the database is away.
pub async fn next_due(conn: &mut PgConn, now: DateTime<Utc>) -> Result<Option<Wait>, StoreError> {
    let row = sql(
        "SELECT t.id AS ticket_id, t.waiting_since AS since, t.waiting_step AS step, g.remind, g.remind_days, g.resolve_after_days,
             (SELECT w.spec FROM sla_calendar_versions w WHERE w.calendar_id = g.calendar_id ORDER BY w.number DESC LIMIT 1) AS calendar
         FROM tickets t JOIN support_groups g ON g.id = t.group_id
         WHERE t.waiting_look_at <= $1 AND t.waiting_since IS NOT NULL AND t.deleted_at IS NULL
         ORDER BY t.waiting_look_at, t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED",
    )
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row)
}

/// Writes how far the wait that began then is and when there is something to be done again; `None` = never, unless its group changes its
/// mind. One that began since stays as it is.
///
/// # Errors
/// When the database refuses.
pub async fn looked(
    conn: &mut PgConn,
    (ticket, since): (Uuid, DateTime<Utc>),
    step: i32,
    next: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    sql("UPDATE tickets SET waiting_step = $2, waiting_look_at = $3 WHERE id = $1 AND waiting_since = $4")
        .bind::<SqlUuid, _>(ticket)
        .bind::<Integer, _>(step)
        .bind::<Nullable<Timestamptz>, _>(next)
        .bind::<Timestamptz, _>(since)
        .execute(conn)
        .await?;
    Ok(())
}

/// The group has other rules: what waits in it is looked at anew.
///
/// # Errors
/// When the database refuses.
pub async fn look_again(conn: &mut PgConn, group: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "UPDATE tickets SET waiting_look_at = $2 WHERE id IN (SELECT id FROM tickets WHERE group_id = $1 AND deleted_at IS NULL
             AND state NOT IN ('resolved', 'closed') AND waiting_since IS NOT NULL ORDER BY id FOR NO KEY UPDATE)",
    )
    .bind::<SqlUuid, _>(group)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Using {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Groups whose days are those of a calendar.
///
/// # Errors
/// When the database is away.
pub async fn groups_of_calendar(conn: &mut PgConn, calendar: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Using> = sql("SELECT id FROM support_groups WHERE calendar_id = $1 ORDER BY id")
        .bind::<SqlUuid, _>(calendar)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
