//! Whom events tell, and how, where an installation wants it otherwise than the catalogue; and whom they could tell.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The trigger of a topic as an installation set it, or had once.
#[derive(Debug, Clone, QueryableByName)]
pub struct StoredTrigger {
    /// Topic.
    #[diesel(sql_type = Text)]
    pub topic: String,
    /// What was set; none, and it is the catalogue's.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub spec: Option<Value>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Name of who changed it.
    #[diesel(sql_type = Nullable<Text>)]
    pub by: Option<String>,
}

/// What was set for a topic.
#[derive(Debug, Clone, QueryableByName)]
pub struct Set {
    /// Topic.
    #[diesel(sql_type = Text)]
    pub topic: String,
    /// What.
    #[diesel(sql_type = Jsonb)]
    pub spec: Value,
}

/// A version of a trigger.
#[derive(Debug, Clone, QueryableByName)]
pub struct TriggerVersion {
    /// Number, from 1.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// What was set; none, and it was the catalogue's.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub spec: Option<Value>,
    /// Why, as its author says.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Name of its author.
    #[diesel(sql_type = Nullable<Text>)]
    pub by: Option<String>,
}

/// A version about to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewTrigger<'a> {
    /// What is set; none, and it is the catalogue's.
    pub spec: Option<&'a Value>,
    /// Why.
    pub note: &'a str,
    /// Who.
    pub by: Uuid,
}

/// Whom a ticket could concern.
#[derive(Debug, Clone, QueryableByName)]
pub struct TicketPeople {
    /// Ticket.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Who has it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assignee_id: Option<Uuid>,
    /// Account of who asked.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub requester_id: Option<Uuid>,
    /// Members of its group.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub members: Vec<Uuid>,
    /// Accounts of those who watch it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub watchers: Vec<Uuid>,
    /// Accounts of those who take part.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub participants: Vec<Uuid>,
}

/// Somebody's name.
#[derive(Debug, Clone, QueryableByName)]
pub struct Named {
    /// Account, role or group.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What was ever set. Not for behind the wall, which shows nobody's name.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<StoredTrigger>, StoreError> {
    Ok(sql("SELECT t.topic, t.spec, t.version, t.updated_at, u.name AS by
         FROM notification_triggers t LEFT JOIN users u ON u.id = t.updated_by ORDER BY t.topic")
    .load(conn)
    .await?)
}

/// What is set now.
///
/// # Errors
/// When the database is away.
pub async fn set(conn: &mut PgConn) -> Result<Vec<Set>, StoreError> {
    Ok(
        sql("SELECT topic, spec FROM notification_triggers WHERE spec IS NOT NULL")
            .load(conn)
            .await?,
    )
}

/// The row of a topic, made at the version before its first change when there is none, and locked.
///
/// # Errors
/// When the database refuses.
pub async fn lock(conn: &mut PgConn, topic: &str, now: DateTime<Utc>) -> Result<StoredTrigger, StoreError> {
    sql("INSERT INTO notification_triggers (topic, version, updated_at) VALUES ($1, 0, $2) ON CONFLICT (topic) DO NOTHING")
        .bind::<Text, _>(topic)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(sql("SELECT t.topic, t.spec, t.version, t.updated_at, u.name AS by
         FROM notification_triggers t LEFT JOIN users u ON u.id = t.updated_by WHERE t.topic = $1 FOR UPDATE OF t")
    .bind::<Text, _>(topic)
    .get_result(conn)
    .await?)
}

/// Puts another one to use and keeps it as the next version.
///
/// # Errors
/// [`StoreError::Stale`] when it is at another version.
pub async fn change(
    conn: &mut PgConn,
    topic: &str,
    version: i32,
    new: &NewTrigger<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE notification_triggers SET spec = $3, version = version + 1, updated_at = $4, updated_by = $5
         WHERE topic = $1 AND version = $2",
    )
    .bind::<Text, _>(topic)
    .bind::<Integer, _>(version)
    .bind::<Nullable<Jsonb>, _>(new.spec)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    if n == 0 {
        return Err(StoreError::Stale);
    }
    sql(
        "INSERT INTO notification_trigger_versions (topic, version, spec, note, at, by)
         VALUES ($1, $2 + 1, $3, $4, $5, $6)",
    )
    .bind::<Text, _>(topic)
    .bind::<Integer, _>(version)
    .bind::<Nullable<Jsonb>, _>(new.spec)
    .bind::<Text, _>(new.note)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(new.by)
    .execute(conn)
    .await?;
    Ok(())
}

/// The versions before `before`, the latest first.
///
/// # Errors
/// When the database is away.
pub async fn versions(
    conn: &mut PgConn,
    topic: &str,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<TriggerVersion>, StoreError> {
    Ok(sql("SELECT v.version, v.spec, v.note, v.at, u.name AS by
         FROM notification_trigger_versions v LEFT JOIN users u ON u.id = v.by
         WHERE v.topic = $1 AND ($2 IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3")
    .bind::<Text, _>(topic)
    .bind::<Nullable<Integer>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

macro_rules! select_people {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.assignee_id, t.requester_user_id AS requester_id,
                 ARRAY(SELECT m.user_id FROM group_members m WHERE m.group_id = t.group_id ORDER BY 1) AS members,
                 ARRAY(SELECT p.user_id FROM ticket_participants p WHERE p.ticket_id = t.id AND p.role = 'watcher'
                     AND p.user_id IS NOT NULL ORDER BY 1) AS watchers,
                 ARRAY(SELECT p.user_id FROM ticket_participants p WHERE p.ticket_id = t.id AND p.role <> 'cc_pending'
                     AND p.user_id IS NOT NULL AND (t.project_id IS NULL OR t.project_id IN (",
            seen_projects!("p.user_id"),
            ")) ORDER BY 1) AS participants
             FROM tickets t WHERE t.deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// Whom a ticket could concern; nobody when it is gone.
///
/// # Errors
/// When the database is away.
pub async fn people_of(conn: &mut PgConn, ticket: Uuid) -> Result<Option<TicketPeople>, StoreError> {
    let rows: Vec<TicketPeople> = sql(select_people!("t.id = $1"))
        .bind::<SqlUuid, _>(ticket)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Whom the ticket with this number could concern.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn people_of_number(conn: &mut PgConn, number: i64) -> Result<TicketPeople, StoreError> {
    Ok(sql(select_people!("t.number = $1"))
        .bind::<BigInt, _>(number)
        .get_result(conn)
        .await?)
}

/// Accounts in use that hold one of these roles, at most 200.
///
/// # Errors
/// When the database is away.
pub async fn of_roles(conn: &mut PgConn, roles: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "SELECT id FROM users WHERE role_id = ANY($1) AND status = 'active' AND deleted_at IS NULL ORDER BY id LIMIT 200",
    )
    .bind::<Array<SqlUuid>, _>(roles)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Names of these accounts.
///
/// # Errors
/// When the database is away.
pub async fn names(conn: &mut PgConn, ids: &[Uuid]) -> Result<Vec<Named>, StoreError> {
    Ok(
        sql("SELECT id, name FROM users WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY name, id")
            .bind::<Array<SqlUuid>, _>(ids)
            .load(conn)
            .await?,
    )
}
