//! Tickets that wait to be dealt out, and whom they may go to.

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

macro_rules! waits {
    () => {
        "t.queued_at IS NOT NULL AND t.assignee_id IS NULL AND t.deleted_at IS NULL AND t.state NOT IN ('resolved', 'closed')"
    };
}

/// A group whose tickets are dealt out.
#[derive(Debug, Clone, QueryableByName)]
pub struct Dealing {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// How.
    #[diesel(sql_type = Text)]
    pub strategy: String,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Groups in which tickets wait to be dealt out.
///
/// # Errors
/// When the database is away.
pub async fn waiting(conn: &mut PgConn) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(concat!(
        "SELECT g.id FROM support_groups g WHERE g.strategy <> 'off' AND g.retired_at IS NULL
             AND EXISTS (SELECT FROM tickets t WHERE t.group_id = g.id AND ",
        waits!(),
        ") ORDER BY g.id"
    ))
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A group, for whoever deals out its tickets alone; `None` when somebody does already, or nobody is to. Tickets go on coming in
/// meanwhile: their reference to the group waits for no lock of this strength.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, group: Uuid) -> Result<Option<Dealing>, StoreError> {
    Ok(sql(
        "SELECT id, name, strategy FROM support_groups WHERE id = $1 AND strategy <> 'off' AND retired_at IS NULL
         FOR NO KEY UPDATE SKIP LOCKED",
    )
    .bind::<SqlUuid, _>(group)
    .get_result(conn)
    .await
    .optional()?)
}

/// A member of a group as dealing sees him.
#[derive(Debug, Clone, QueryableByName)]
pub struct Player {
    /// Agent.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Tickets he has under way, in all groups.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// At how many he is dealt no more.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub capacity: Option<i64>,
    /// He is not there.
    #[diesel(sql_type = Bool)]
    pub away: bool,
    /// When he had his turn last.
    #[diesel(sql_type = BigInt)]
    pub turn: i64,
    /// What he knows.
    #[diesel(sql_type = Array<Text>)]
    pub skills: Vec<String>,
}

/// The members of a group who may be given tickets. Their profiles are held until the transaction ends, so that another group that
/// shares them counts what they get here.
///
/// # Errors
/// When the database is away.
pub async fn players(conn: &mut PgConn, group: Uuid) -> Result<Vec<Player>, StoreError> {
    sql(
        "SELECT 1 FROM agent_profiles WHERE user_id IN (SELECT user_id FROM group_members WHERE group_id = $1)
         ORDER BY user_id FOR NO KEY UPDATE",
    )
    .bind::<SqlUuid, _>(group)
    .execute(conn)
    .await?;
    Ok(sql(
        "SELECT u.id, u.email, u.name, m.turn, coalesce(p.away, false) AS away, p.capacity::bigint AS capacity,
             coalesce(p.skills, '{}') AS skills,
             (SELECT count(*) FROM tickets t WHERE t.assignee_id = u.id AND t.deleted_at IS NULL
                 AND t.state NOT IN ('resolved', 'closed')) AS open
         FROM group_members m JOIN users u ON u.id = m.user_id JOIN roles r ON r.id = u.role_id
             LEFT JOIN agent_profiles p ON p.user_id = u.id
         WHERE m.group_id = $1 AND u.deleted_at IS NULL AND u.status = 'active' AND 'tickets.reply' = ANY(r.effective)
         ORDER BY u.id",
    )
    .bind::<SqlUuid, _>(group)
    .load(conn)
    .await?)
}

/// Tickets of a group that wait, the longest first, without those that somebody is changing now.
///
/// # Errors
/// When the database is away.
pub async fn next(conn: &mut PgConn, group: Uuid, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(concat!(
        "SELECT t.id FROM tickets t WHERE t.group_id = $1 AND ",
        waits!(),
        " ORDER BY t.queued_at, t.id LIMIT $2 FOR UPDATE OF t SKIP LOCKED"
    ))
    .bind::<SqlUuid, _>(group)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Tickets under way in a group that is retired, without those that somebody is changing now: an answer to what was resolved there brought
/// them back, or they came while the group was being retired.
///
/// # Errors
/// When the database is away.
pub async fn astray(conn: &mut PgConn, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "SELECT t.id FROM tickets t WHERE t.group_id IN (SELECT id FROM support_groups WHERE retired_at IS NOT NULL)
             AND t.deleted_at IS NULL AND t.state NOT IN ('resolved', 'closed') ORDER BY t.id LIMIT $1 FOR UPDATE OF t SKIP LOCKED",
    )
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Notes whose turn it was.
///
/// # Errors
/// When the database refuses.
pub async fn turned(conn: &mut PgConn, group: Uuid, turns: &[(Uuid, i64)]) -> Result<(), StoreError> {
    let (ids, turns): (Vec<Uuid>, Vec<i64>) = turns.iter().copied().unzip();
    sql("UPDATE group_members m SET turn = x.turn FROM unnest($2, $3) AS x(id, turn) WHERE m.group_id = $1 AND m.user_id = x.id")
        .bind::<SqlUuid, _>(group)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<BigInt>, _>(turns)
        .execute(conn)
        .await?;
    Ok(())
}

/// A ticket that is locked waits no more: somebody has it, or a person left it without an agent.
///
/// # Errors
/// When the database refuses.
pub async fn settled(conn: &mut PgConn, ticket: Uuid) -> Result<(), StoreError> {
    sql("UPDATE tickets SET queued_at = NULL WHERE id = $1 AND queued_at IS NOT NULL")
        .bind::<SqlUuid, _>(ticket)
        .execute(conn)
        .await?;
    Ok(())
}

/// All that is under way in a group without an agent waits to be dealt out from now on.
///
/// # Errors
/// When the database refuses.
pub async fn queue_all(conn: &mut PgConn, group: Uuid, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(sql(
        "UPDATE tickets SET queued_at = $2 WHERE group_id = $1 AND queued_at IS NULL AND assignee_id IS NULL
             AND deleted_at IS NULL AND state NOT IN ('resolved', 'closed')",
    )
    .bind::<SqlUuid, _>(group)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Queued {
    #[diesel(sql_type = Bool)]
    deals: bool,
    #[diesel(sql_type = Bool)]
    queued: bool,
}

/// A ticket that is locked waits to be dealt out from now on; `Some(false)` when it waits already, somebody has it or it is not under way,
/// `None` when its group deals out none.
///
/// # Errors
/// When the database refuses.
pub async fn queue(conn: &mut PgConn, ticket: Uuid, at: DateTime<Utc>) -> Result<Option<bool>, StoreError> {
    let row: Queued = sql(
        "WITH g AS (SELECT g.id FROM tickets t JOIN support_groups g ON g.id = t.group_id
             WHERE t.id = $1 AND g.strategy <> 'off' AND g.retired_at IS NULL),
         u AS (UPDATE tickets SET queued_at = $2 WHERE id = $1 AND group_id IN (SELECT id FROM g) AND queued_at IS NULL
             AND assignee_id IS NULL AND deleted_at IS NULL AND state NOT IN ('resolved', 'closed') RETURNING 1)
         SELECT EXISTS (SELECT FROM g) AS deals, EXISTS (SELECT FROM u) AS queued",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(row.deals.then_some(row.queued))
}
