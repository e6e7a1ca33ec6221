//! Which tickets are bound to what, and the work of binding them anew.

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// What decides which policy a ticket falls under, and under which it is.
#[derive(Debug, Clone, QueryableByName)]
pub struct Bound {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Priority.
    #[diesel(sql_type = Text)]
    pub priority: String,
    /// Group.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Its category and those above it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub category_path: Vec<Uuid>,
    /// Kind of its customer.
    #[diesel(sql_type = Nullable<Text>)]
    pub customer_kind: Option<String>,
    /// Tier of its customer.
    #[diesel(sql_type = Nullable<Text>)]
    pub customer_tier: Option<String>,
    /// When it was opened.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Staff wrote the first message.
    #[diesel(sql_type = Bool)]
    pub by_staff: bool,
    /// Version it is bound to.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub version_id: Option<Uuid>,
    /// When it is due.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<DateTime<Utc>>,
}

macro_rules! select_bound {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.number, t.subject, t.state, t.priority, t.group_id, category_path(t.category_id) AS category_path, t.created_at,
                (SELECT k.kind FROM customers k WHERE k.id = t.customer_id) AS customer_kind,
                (SELECT k.tier FROM customers k WHERE k.id = t.customer_id) AS customer_tier,
                coalesce((SELECT m.is_staff FROM ticket_messages m WHERE m.ticket_id = t.id AND m.kind = 'reply'
                    ORDER BY m.created_at, m.id LIMIT 1), false) AS by_staff,
                t.sla_version_id AS version_id, t.sla_due_at AS due_at
             FROM tickets t WHERE t.deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// A ticket.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn bound(conn: &mut PgConn, ticket: Uuid) -> Result<Bound, StoreError> {
    let row = sql(select_bound!("t.id = $1"))
        .bind::<SqlUuid, _>(ticket)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Several tickets.
///
/// # Errors
/// When the database is away.
pub async fn bounds(conn: &mut PgConn, tickets: &[Uuid]) -> Result<Vec<Bound>, StoreError> {
    let rows = sql(select_bound!("t.id = ANY($1)"))
        .bind::<Array<SqlUuid>, _>(tickets)
        .load(conn)
        .await?;
    Ok(rows)
}

/// Open tickets that no policy has taken yet, locked.
///
/// # Errors
/// When the database is away.
pub async fn unbound(conn: &mut PgConn, limit: i64) -> Result<Vec<Bound>, StoreError> {
    let rows = sql(select_bound!(
        "t.sla_version_id IS NULL AND t.state NOT IN ('resolved', 'closed')
         ORDER BY t.created_at DESC LIMIT $1 FOR UPDATE OF t SKIP LOCKED"
    ))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Tickets after this one that are not closed and bound, in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn bound_after(conn: &mut PgConn, after: Option<Uuid>, limit: i64) -> Result<Vec<Bound>, StoreError> {
    let rows = sql(select_bound!(
        "t.sla_version_id IS NOT NULL AND t.state <> 'closed' AND ($1::uuid IS NULL OR t.id > $1) ORDER BY t.id LIMIT $2"
    ))
    .bind::<Nullable<SqlUuid>, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// The same, locked one after the other.
///
/// # Errors
/// When the database is away.
pub async fn bound_for_update(conn: &mut PgConn, after: Option<Uuid>, limit: i64) -> Result<Vec<Bound>, StoreError> {
    let rows = sql(select_bound!(
        "t.sla_version_id IS NOT NULL AND t.state <> 'closed' AND ($1::uuid IS NULL OR t.id > $1) ORDER BY t.id LIMIT $2
         FOR UPDATE OF t"
    ))
    .bind::<Nullable<SqlUuid>, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Work of binding all open tickets to the present policies.
#[derive(Debug, Clone, QueryableByName)]
pub struct Rebind {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `queued`, `running`, `done`, or `failed` when its job ended without having ended it.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Last ticket that was looked at.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub after_id: Option<Uuid>,
    /// Tickets looked at.
    #[diesel(sql_type = Integer)]
    pub seen: i32,
    /// Tickets bound anew.
    #[diesel(sql_type = Integer)]
    pub changed: i32,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// By whom.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub created_by: Option<Uuid>,
    /// When it was done.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
}

macro_rules! select_rebind {
    ($rest:literal) => {
        concat!(
            "SELECT id, CASE WHEN state IN ('queued', 'running') AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = job_id
                    AND j.state IN ('queued', 'running')) THEN 'failed' ELSE state END AS state,
                 after_id, seen, changed, created_at, created_by, finished_at
             FROM sla_rebinds ",
            $rest
        )
    };
}

/// Begins the work. What a job left behind that is over is given up.
///
/// # Errors
/// [`StoreError::Conflict`] while another is under way.
pub async fn begin(conn: &mut PgConn, id: Uuid, by: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "UPDATE sla_rebinds SET state = 'failed', finished_at = $1 WHERE state IN ('queued', 'running')
             AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = job_id AND j.state IN ('queued', 'running'))",
    )
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    sql("INSERT INTO sla_rebinds (id, created_at, created_by) VALUES ($1, $2, $3)")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(at)
        .bind::<SqlUuid, _>(by)
        .execute(conn)
        .await?;
    Ok(())
}

/// Names the job that does it.
///
/// # Errors
/// When the database refuses.
pub async fn done_by(conn: &mut PgConn, id: Uuid, job: Uuid) -> Result<(), StoreError> {
    sql("UPDATE sla_rebinds SET job_id = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(job)
        .execute(conn)
        .await?;
    Ok(())
}

/// The work, locked.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Rebind, StoreError> {
    Ok(sql(select_rebind!("WHERE id = $1 FOR UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// The work asked for last.
///
/// # Errors
/// When the database is away.
pub async fn current(conn: &mut PgConn) -> Result<Option<Rebind>, StoreError> {
    Ok(sql(select_rebind!("ORDER BY created_at DESC, id DESC LIMIT 1"))
        .get_result(conn)
        .await
        .optional()?)
}

/// How far it came; without a last ticket it is done.
///
/// # Errors
/// When the database refuses.
pub async fn advance(
    conn: &mut PgConn,
    id: Uuid,
    after: Option<Uuid>,
    (seen, changed): (i32, i32),
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE sla_rebinds SET after_id = coalesce($2, after_id), seen = seen + $3, changed = changed + $4,
             state = CASE WHEN $2::uuid IS NULL THEN 'done' ELSE 'running' END,
             finished_at = CASE WHEN $2::uuid IS NULL THEN $5::timestamptz END
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(after)
    .bind::<Integer, _>(seen)
    .bind::<Integer, _>(changed)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}
