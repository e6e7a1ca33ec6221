//! Support groups, their members, and what they have to do.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql, user::Group};

/// A support group.
#[derive(Debug, Clone, QueryableByName)]
pub struct SupportGroup {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What it is for.
    #[diesel(sql_type = Text)]
    pub description: String,
    /// How its tickets are dealt out.
    #[diesel(sql_type = Text)]
    pub strategy: String,
    /// Only its members are given its tickets.
    #[diesel(sql_type = Bool)]
    pub members_only: bool,
    /// Only its members answer and change its tickets.
    #[diesel(sql_type = Bool)]
    pub members_handle: bool,
    /// Since when it is retired.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub retired_at: Option<DateTime<Utc>>,
    /// Members.
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    /// Tickets that are neither resolved nor closed.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Those of them that nobody has.
    #[diesel(sql_type = BigInt)]
    pub unassigned: i64,
    /// Those of them of which a promise was broken.
    #[diesel(sql_type = BigInt)]
    pub breached: i64,
    /// Customers are asked how satisfied they are with a resolution.
    #[diesel(sql_type = Bool)]
    pub survey: bool,
    /// So many hours after it.
    #[diesel(sql_type = Integer)]
    pub survey_delay_hours: i32,
    /// How it treats customers who do not answer, or write unexpectedly.
    #[diesel(embed)]
    pub conduct: Conduct,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// How a group treats customers who do not answer, or write unexpectedly; see `domain::ticket::waiting`.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Conduct {
    /// Customers who do not answer are reminded.
    #[diesel(sql_type = Bool)]
    pub remind: bool,
    /// So many days after the question, ascending.
    #[diesel(sql_type = Array<Integer>)]
    pub remind_days: Vec<i32>,
    /// Days after which what waits is resolved; `None` = never.
    #[diesel(sql_type = Nullable<Integer>)]
    pub resolve_after_days: Option<i32>,
    /// Calendar whose working days these are; `None` = days of 24 hours.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub calendar_id: Option<Uuid>,
    /// What a customer writes ends a hold.
    #[diesel(sql_type = Bool)]
    pub reply_ends_hold: bool,
    /// Hours in which a reply opens a closed ticket again; 0 = it opens a follow-up at once.
    #[diesel(sql_type = Integer)]
    pub reopen_window_hours: i32,
}

/// A member with what he has to do.
#[derive(Debug, Clone, QueryableByName)]
pub struct Member {
    /// Agent.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `member` or `lead`.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// He can be given tickets: his account is in use and may answer.
    #[diesel(sql_type = Bool)]
    pub active: bool,
    /// He is not there.
    #[diesel(sql_type = Bool)]
    pub away: bool,
    /// At how many he is dealt no more.
    #[diesel(sql_type = Nullable<Integer>)]
    pub capacity: Option<i32>,
    /// What he knows.
    #[diesel(sql_type = Array<Text>)]
    pub skills: Vec<String>,
    /// Tickets of this group that he has under way.
    #[diesel(sql_type = BigInt)]
    pub open_here: i64,
    /// Tickets that he has under way in all groups.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
}

// One pass over what is under way, whatever the number of groups; of one group alone by the index `tickets_group_under_way`.
macro_rules! select_group {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.name, g.description, g.strategy, g.members_only, g.members_handle, g.retired_at, g.survey, g.survey_delay_hours,
                g.version, g.remind, g.remind_days, g.resolve_after_days, g.calendar_id, g.reply_ends_hold, g.reopen_window_hours,
                (SELECT count(*) FROM group_members m WHERE m.group_id = g.id) AS members, coalesce(n.open, 0) AS open,
                coalesce(n.unassigned, 0) AS unassigned, coalesce(n.breached, 0) AS breached
             FROM support_groups g LEFT JOIN (SELECT t.group_id, count(*) AS open, count(*) FILTER (WHERE t.assignee_id IS NULL) AS unassigned,
                    count(*) FILTER (WHERE t.sla_breached) AS breached
                 FROM tickets t WHERE t.deleted_at IS NULL AND t.state NOT IN ('resolved', 'closed') GROUP BY t.group_id) n
                 ON n.group_id = g.id ",
            $rest
        )
    };
}

/// All groups, those in use first, by name.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<SupportGroup>, StoreError> {
    Ok(sql(select_group!(
        "ORDER BY g.retired_at IS NOT NULL, lower(g.name), g.id LIMIT 500"
    ))
    .load(conn)
    .await?)
}

/// A group.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<SupportGroup, StoreError> {
    Ok(sql(select_group!("WHERE g.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Only one at a time changes groups, and nobody deals out this one's tickets meanwhile.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("SELECT 1 FROM support_groups ORDER BY id FOR NO KEY UPDATE")
        .execute(conn)
        .await?;
    Ok(())
}

/// A group while [`lock`] holds it, without its figures: nobody waits until they are counted.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn held(conn: &mut PgConn, id: Uuid) -> Result<SupportGroup, StoreError> {
    Ok(sql(
        "SELECT id, name, description, strategy, members_only, members_handle, retired_at, survey, survey_delay_hours, version, remind,
             remind_days, resolve_after_days, calendar_id, reply_ends_hold, reopen_window_hours, 0::bigint AS members,
             0::bigint AS open, 0::bigint AS unassigned, 0::bigint AS breached FROM support_groups WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?)
}

/// Members by name.
///
/// # Errors
/// When the database is away.
pub async fn members(conn: &mut PgConn, group: Uuid) -> Result<Vec<Member>, StoreError> {
    Ok(sql(
        "SELECT u.id, u.name, m.role, u.deleted_at IS NULL AND u.status = 'active' AND 'tickets.reply' = ANY(r.effective) AS active,
             coalesce(p.away, false) AS away, p.capacity, coalesce(p.skills, '{}') AS skills, n.open, n.open_here
         FROM group_members m JOIN users u ON u.id = m.user_id JOIN roles r ON r.id = u.role_id
             LEFT JOIN agent_profiles p ON p.user_id = u.id
             CROSS JOIN LATERAL (SELECT count(*) AS open, count(*) FILTER (WHERE t.group_id = m.group_id) AS open_here
                 FROM tickets t WHERE t.assignee_id = u.id AND t.deleted_at IS NULL AND t.state NOT IN ('resolved', 'closed')) n
         WHERE m.group_id = $1 ORDER BY lower(u.name), u.id",
    )
    .bind::<SqlUuid, _>(group)
    .load(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Text)]
    role: String,
}

/// What somebody is in a group, if he is in it.
///
/// # Errors
/// When the database is away.
pub async fn role(conn: &mut PgConn, group: Uuid, user: Uuid) -> Result<Option<String>, StoreError> {
    let rows: Vec<Role> = sql("SELECT role FROM group_members WHERE group_id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(group)
        .bind::<SqlUuid, _>(user)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map(|row| row.role))
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Tickets of a group may be given to somebody: it is open to all, or he is in it.
///
/// # Errors
/// When the database is away.
pub async fn takes(conn: &mut PgConn, group: Uuid, user: Uuid) -> Result<bool, StoreError> {
    let row: Yes = sql(
        "SELECT NOT EXISTS (SELECT FROM support_groups WHERE id = $1 AND members_only)
             OR EXISTS (SELECT FROM group_members WHERE group_id = $1 AND user_id = $2) AS yes",
    )
    .bind::<SqlUuid, _>(group)
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?;
    Ok(row.yes)
}

/// Somebody is in a group, or manages all of them.
///
/// # Errors
/// When the database is away.
pub async fn handles(conn: &mut PgConn, group: Uuid, user: Uuid) -> Result<bool, StoreError> {
    let row: Yes = sql(
        "SELECT EXISTS (SELECT FROM group_members WHERE group_id = $1 AND user_id = $2)
             OR EXISTS (SELECT FROM users u JOIN roles r ON r.id = u.role_id WHERE u.id = $2 AND 'groups.edit' = ANY(r.effective)) AS yes",
    )
    .bind::<SqlUuid, _>(group)
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?;
    Ok(row.yes)
}

/// Somebody leads the group of a ticket.
///
/// # Errors
/// When the database is away.
pub async fn leads_ticket(conn: &mut PgConn, ticket: Uuid, user: Uuid) -> Result<bool, StoreError> {
    let row: Yes = sql(
        "SELECT EXISTS (SELECT FROM tickets t JOIN group_members m ON m.group_id = t.group_id
             WHERE t.id = $1 AND m.user_id = $2 AND m.role = 'lead') AS yes",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?;
    Ok(row.yes)
}

/// Somebody leads a group that an agent is in.
///
/// # Errors
/// When the database is away.
pub async fn leads_agent(conn: &mut PgConn, lead: Uuid, agent: Uuid) -> Result<bool, StoreError> {
    let row: Yes = sql(
        "SELECT EXISTS (SELECT FROM group_members l JOIN group_members m ON m.group_id = l.group_id
             WHERE l.user_id = $1 AND l.role = 'lead' AND m.user_id = $2) AS yes",
    )
    .bind::<SqlUuid, _>(lead)
    .bind::<SqlUuid, _>(agent)
    .get_result(conn)
    .await?;
    Ok(row.yes)
}

/// The first of these groups that is in use, else that of the mailbox, else the first there is.
///
/// # Errors
/// [`StoreError::NotFound`] when no group is in use.
pub async fn home(conn: &mut PgConn, wanted: &[Uuid], mailbox: Option<Uuid>) -> Result<Group, StoreError> {
    Ok(
        sql("SELECT g.id, g.name FROM support_groups g WHERE g.retired_at IS NULL
         ORDER BY array_position($1, g.id), g.id <> (SELECT group_id FROM mailboxes WHERE id = $2), g.id LIMIT 1")
        .bind::<Array<SqlUuid>, _>(wanted)
        .bind::<Nullable<SqlUuid>, _>(mailbox)
        .get_result(conn)
        .await?,
    )
}

/// Why a group cannot be retired: `group_used` (a mailbox or a category sends tickets there), `group_has_tickets`, `last_group`.
///
/// # Errors
/// When the database is away.
pub async fn in_use(conn: &mut PgConn, group: Uuid) -> Result<Option<&'static str>, StoreError> {
    let asked = [
        (
            "group_used",
            "SELECT EXISTS (SELECT FROM mailboxes WHERE group_id = $1 AND deleted_at IS NULL)
                 OR EXISTS (SELECT FROM ticket_categories WHERE group_id = $1 AND active) AS yes",
        ),
        (
            "group_has_tickets",
            "SELECT EXISTS (SELECT FROM tickets WHERE group_id = $1 AND deleted_at IS NULL AND state NOT IN ('resolved', 'closed')) AS yes",
        ),
        (
            "last_group",
            "SELECT NOT EXISTS (SELECT FROM support_groups WHERE id <> $1 AND retired_at IS NULL) AS yes",
        ),
    ];
    for (code, text) in asked {
        let row: Yes = sql(text).bind::<SqlUuid, _>(group).get_result(conn).await?;
        if row.yes {
            return Ok(Some(code));
        }
    }
    Ok(None)
}

/// Adds a group.
///
/// # Errors
/// [`StoreError::Conflict`] when the name is taken.
pub async fn insert(conn: &mut PgConn, group: &SupportGroup, by: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO support_groups (id, name, description, strategy, members_only, created_at, updated_at, updated_by, survey,
             survey_delay_hours, remind, remind_days, resolve_after_days, calendar_id, reply_ends_hold, reopen_window_hours, members_handle)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind::<SqlUuid, _>(group.id)
    .bind::<Text, _>(group.name.as_str())
    .bind::<Text, _>(group.description.as_str())
    .bind::<Text, _>(group.strategy.as_str())
    .bind::<Bool, _>(group.members_only)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .bind::<Bool, _>(group.survey)
    .bind::<Integer, _>(group.survey_delay_hours)
    .bind::<Bool, _>(group.conduct.remind)
    .bind::<Array<Integer>, _>(&group.conduct.remind_days)
    .bind::<Nullable<Integer>, _>(group.conduct.resolve_after_days)
    .bind::<Nullable<SqlUuid>, _>(group.conduct.calendar_id)
    .bind::<Bool, _>(group.conduct.reply_ends_hold)
    .bind::<Integer, _>(group.conduct.reopen_window_hours)
    .bind::<Bool, _>(group.members_handle)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what is said about a group, if it still has its version.
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile; [`StoreError::Conflict`] when the name is taken.
pub async fn update(conn: &mut PgConn, group: &SupportGroup, by: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE support_groups SET name = $3, description = $4, strategy = $5, members_only = $6, retired_at = $7, updated_at = $8,
             updated_by = $9, survey = $10, survey_delay_hours = $11, remind = $12, remind_days = $13, resolve_after_days = $14,
             calendar_id = $15, reply_ends_hold = $16, reopen_window_hours = $17, members_handle = $18, version = version + 1
             WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(group.id)
    .bind::<Integer, _>(group.version)
    .bind::<Text, _>(group.name.as_str())
    .bind::<Text, _>(group.description.as_str())
    .bind::<Text, _>(group.strategy.as_str())
    .bind::<Bool, _>(group.members_only)
    .bind::<Nullable<Timestamptz>, _>(group.retired_at)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .bind::<Bool, _>(group.survey)
    .bind::<Integer, _>(group.survey_delay_hours)
    .bind::<Bool, _>(group.conduct.remind)
    .bind::<Array<Integer>, _>(&group.conduct.remind_days)
    .bind::<Nullable<Integer>, _>(group.conduct.resolve_after_days)
    .bind::<Nullable<SqlUuid>, _>(group.conduct.calendar_id)
    .bind::<Bool, _>(group.conduct.reply_ends_hold)
    .bind::<Integer, _>(group.conduct.reopen_window_hours)
    .bind::<Bool, _>(group.members_handle)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// These, and nobody else, are in the group. Who stays keeps his turn; who is new comes last, as if he had just had one.
///
/// # Errors
/// When the database refuses.
pub async fn set_members(
    conn: &mut PgConn,
    group: Uuid,
    members: &[(Uuid, &str)],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (ids, roles): (Vec<Uuid>, Vec<&str>) = members.iter().copied().unzip();
    sql("DELETE FROM group_members WHERE group_id = $1 AND user_id <> ALL($2)")
        .bind::<SqlUuid, _>(group)
        .bind::<Array<SqlUuid>, _>(&ids)
        .execute(conn)
        .await?;
    sql("INSERT INTO group_members (group_id, user_id, role, turn, added_at)
         SELECT $1, x.id, x.role, (SELECT coalesce(max(turn), 0) FROM group_members WHERE group_id = $1), $4
         FROM unnest($2, $3) AS x(id, role) ON CONFLICT (group_id, user_id) DO UPDATE SET role = excluded.role")
    .bind::<SqlUuid, _>(group)
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Array<Text>, _>(roles)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    // What dealing holds is there from the beginning.
    sql("INSERT INTO agent_profiles (user_id, updated_at) SELECT x.id, $2 FROM unnest($1) AS x(id) ON CONFLICT DO NOTHING")
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// What dealing out asks about an agent.
#[derive(Debug, Clone, Default, QueryableByName)]
pub struct Profile {
    /// He is not there.
    #[diesel(sql_type = Bool)]
    pub away: bool,
    /// At how many tickets he is dealt no more.
    #[diesel(sql_type = Nullable<Integer>)]
    pub capacity: Option<i32>,
    /// What he knows.
    #[diesel(sql_type = Array<Text>)]
    pub skills: Vec<String>,
}

/// An agent's profile; the usual one when nothing was said.
///
/// # Errors
/// When the database is away.
pub async fn profile(conn: &mut PgConn, user: Uuid) -> Result<Profile, StoreError> {
    let rows: Vec<Profile> = sql("SELECT away, capacity, skills FROM agent_profiles WHERE user_id = $1")
        .bind::<SqlUuid, _>(user)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// An agent's profile, held until the transaction ends: whoever changes a part of it keeps the rest as it is then.
///
/// # Errors
/// When the database refuses.
pub async fn lock_profile(conn: &mut PgConn, user: Uuid, at: DateTime<Utc>) -> Result<Profile, StoreError> {
    sql("INSERT INTO agent_profiles (user_id, updated_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind::<SqlUuid, _>(user)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(
        sql("SELECT away, capacity, skills FROM agent_profiles WHERE user_id = $1 FOR NO KEY UPDATE")
            .bind::<SqlUuid, _>(user)
            .get_result(conn)
            .await?,
    )
}

/// Writes the profile of an agent that [`lock_profile`] holds.
///
/// # Errors
/// When the database refuses.
pub async fn set_profile(
    conn: &mut PgConn,
    user: Uuid,
    profile: &Profile,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("UPDATE agent_profiles SET away = $2, capacity = $3, skills = $4, updated_at = $5 WHERE user_id = $1")
        .bind::<SqlUuid, _>(user)
        .bind::<Bool, _>(profile.away)
        .bind::<Nullable<Integer>, _>(profile.capacity)
        .bind::<Array<Text>, _>(&profile.skills)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Median {
    #[diesel(sql_type = Nullable<Double>)]
    seconds: Option<f64>,
    #[diesel(sql_type = BigInt)]
    tickets: i64,
}

/// The median time from the opening of a ticket to the first public answer of a person, in seconds of the clock on the wall, and of
/// how many: the group's tickets after the id `since`, the newest 5,000 at most, that were answered.
///
/// # Errors
/// When the database is away.
pub async fn first_response(conn: &mut PgConn, group: Uuid, since: Uuid) -> Result<(Option<f64>, i64), StoreError> {
    let row: Median = sql(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.at - t.created_at)::float8) AS seconds, count(*) AS tickets
         FROM (SELECT id, created_at FROM tickets WHERE id > $2 AND group_id = $1 AND deleted_at IS NULL AND NOT spam ORDER BY id DESC LIMIT 5000) t
             CROSS JOIN LATERAL (SELECT min(m.created_at) AS at FROM ticket_messages m WHERE m.ticket_id = t.id AND m.kind = 'reply'
                 AND m.is_staff AND m.direction = 'out' AND m.author_user_id IS NOT NULL) a
         WHERE a.at IS NOT NULL",
    )
    .bind::<SqlUuid, _>(group)
    .bind::<SqlUuid, _>(since)
    .get_result(conn)
    .await?;
    Ok((row.seconds, row.tickets))
}
