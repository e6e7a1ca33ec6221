//! Exports of tickets that are mailed again and again, and what became of each.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

mod run;

pub use run::{
    Run, add_part, begin, drop_parts, latest, parts, prune, run, run_for, run_for_update, runs, under_way, update_run,
};

use super::Filter;
use crate::{PgConn, StoreError, sql::sql, user::Agent};

/// An export that is made again and again.
#[derive(Debug, Clone, QueryableByName)]
pub struct Scheduled {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whose it is; it holds what he may see.
    #[diesel(sql_type = SqlUuid)]
    pub owner_id: Uuid,
    /// What it is called.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What the list was narrowed to.
    #[diesel(sql_type = Jsonb)]
    pub filter: serde_json::Value,
    /// Language.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// `day`, `week` or `month`.
    #[diesel(sql_type = Text)]
    pub every: String,
    /// Day of the week or month.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub day: Option<i16>,
    /// Minute of the local day.
    #[diesel(sql_type = SmallInt)]
    pub minute: i16,
    /// Zone.
    #[diesel(sql_type = Text)]
    pub zone: String,
    /// When the next one is due; `None` while it is paused.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_at: Option<DateTime<Utc>>,
    /// Why it is paused, see `domain::ticket::scheduled::Pause`.
    #[diesel(sql_type = Nullable<Text>)]
    pub paused: Option<String>,
    /// Runs in a row that failed.
    #[diesel(sql_type = Integer)]
    pub failures: i32,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

macro_rules! columns {
    () => {
        "id, owner_id, name, filter, locale, every, day, minute, zone, next_at, paused, failures, version, created_at"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM ticket_exports ", $rest)
    };
}

/// Somebody's exports, newest first.
///
/// # Errors
/// When the database is away.
pub async fn own(
    conn: &mut PgConn,
    owner: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Scheduled>, StoreError> {
    let (at, id) = after.unzip();
    Ok(sql(select!(
        "WHERE owner_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid)) ORDER BY created_at DESC, id DESC LIMIT $4"
    ))
    .bind::<SqlUuid, _>(owner)
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Lets one transaction at a time decide how many exports somebody has, until it ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, owner: Uuid) -> Result<(), StoreError> {
    sql("SELECT pg_advisory_xact_lock(hashtextextended('scheduled exports of ' || $1::text, 0))")
        .bind::<SqlUuid, _>(owner)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many exports somebody has.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn, owner: Uuid) -> Result<i64, StoreError> {
    let row: Total = sql("SELECT count(*) AS n FROM ticket_exports WHERE owner_id = $1")
        .bind::<SqlUuid, _>(owner)
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// An export of this owner.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's.
pub async fn find(conn: &mut PgConn, owner: Uuid, id: Uuid) -> Result<Scheduled, StoreError> {
    Ok(sql(select!("WHERE id = $1 AND owner_id = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(owner)
        .get_result(conn)
        .await?)
}

/// An export, whoever has it, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid) -> Result<Scheduled, StoreError> {
    Ok(sql(select!("WHERE id = $1 FOR UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Stores a new one.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, s: &Scheduled) -> Result<(), StoreError> {
    sql("INSERT INTO ticket_exports (id, owner_id, name, filter, locale, every, day, minute, zone, next_at, paused, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)")
    .bind::<SqlUuid, _>(s.id)
    .bind::<SqlUuid, _>(s.owner_id)
    .bind::<Text, _>(s.name.as_str())
    .bind::<Jsonb, _>(&s.filter)
    .bind::<Text, _>(s.locale.as_str())
    .bind::<Text, _>(s.every.as_str())
    .bind::<Nullable<SmallInt>, _>(s.day)
    .bind::<SmallInt, _>(s.minute)
    .bind::<Text, _>(s.zone.as_str())
    .bind::<Nullable<Timestamptz>, _>(s.next_at)
    .bind::<Nullable<Text>, _>(s.paused.as_deref())
    .bind::<Timestamptz, _>(s.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what changes about one, and counts the change.
///
/// # Errors
/// [`StoreError::Stale`] when it changed since it was read.
pub async fn update(conn: &mut PgConn, s: &Scheduled, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE ticket_exports SET name = $3, filter = $4, locale = $5, every = $6, day = $7, minute = $8, zone = $9, next_at = $10,
             paused = $11, updated_at = $12, failures = $13, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(s.id)
    .bind::<Integer, _>(s.version)
    .bind::<Text, _>(s.name.as_str())
    .bind::<Jsonb, _>(&s.filter)
    .bind::<Text, _>(s.locale.as_str())
    .bind::<Text, _>(s.every.as_str())
    .bind::<Nullable<SmallInt>, _>(s.day)
    .bind::<SmallInt, _>(s.minute)
    .bind::<Text, _>(s.zone.as_str())
    .bind::<Nullable<Timestamptz>, _>(s.next_at)
    .bind::<Nullable<Text>, _>(s.paused.as_deref())
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(s.failures)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// When the next one is due; no change that anybody made, so it is not counted.
///
/// # Errors
/// When the database is away.
pub async fn advance(conn: &mut PgConn, id: Uuid, next: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE ticket_exports SET next_at = $2 WHERE id = $1 AND next_at IS NOT NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(next)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes how many runs in a row failed; no change that anybody made either.
///
/// # Errors
/// When the database is away.
pub async fn set_failures(conn: &mut PgConn, id: Uuid, failures: i32) -> Result<(), StoreError> {
    sql("UPDATE ticket_exports SET failures = $2 WHERE id = $1 AND failures <> $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(failures)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets one with its runs and their files.
///
/// # Errors
/// When the database is away.
pub async fn delete(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    sql("WITH parts AS (DELETE FROM ticket_export_parts WHERE run_id IN (SELECT id FROM ticket_export_runs WHERE export_id = $1)
                        RETURNING file_id)
         DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM parts)")
    .bind::<SqlUuid, _>(id)
    .execute(conn)
    .await?;
    sql("DELETE FROM ticket_exports WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Says who gets it.
///
/// # Errors
/// When the database refuses.
pub async fn set_recipients(conn: &mut PgConn, id: Uuid, users: &[Uuid]) -> Result<(), StoreError> {
    sql("DELETE FROM ticket_export_recipients WHERE export_id = $1 AND user_id <> ALL($2)")
        .bind::<SqlUuid, _>(id)
        .bind::<Array<SqlUuid>, _>(users)
        .execute(conn)
        .await?;
    sql("INSERT INTO ticket_export_recipients (export_id, user_id) SELECT $1, u FROM unnest($2::uuid[]) AS x(u) ON CONFLICT DO NOTHING")
        .bind::<SqlUuid, _>(id)
        .bind::<Array<SqlUuid>, _>(users)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes somebody out of those who get it; whether he was one of them.
///
/// # Errors
/// When the database refuses.
pub async fn leave(conn: &mut PgConn, id: Uuid, user: Uuid) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM ticket_export_recipients WHERE export_id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

#[derive(QueryableByName)]
struct Mailed {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    mailed: bool,
}

/// What an export is called, and whether it is mailed to this person.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn mailed(conn: &mut PgConn, id: Uuid, user: Uuid) -> Result<(String, bool), StoreError> {
    let row: Mailed = sql(
        "SELECT e.name, EXISTS (SELECT FROM ticket_export_recipients r WHERE r.export_id = e.id AND r.user_id = $2) AS mailed
         FROM ticket_exports e WHERE e.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?;
    Ok((row.name, row.mailed))
}

/// Who gets these, with the export each belongs to.
#[derive(Debug, QueryableByName)]
pub struct Recipient {
    /// Export.
    #[diesel(sql_type = SqlUuid)]
    pub export_id: Uuid,
    /// Who.
    #[diesel(embed)]
    pub person: Agent,
}

/// Who gets these exports, by name.
///
/// # Errors
/// When the database is away.
pub async fn recipients(conn: &mut PgConn, exports: &[Uuid]) -> Result<Vec<Recipient>, StoreError> {
    Ok(sql(
        "SELECT r.export_id, u.id, u.email, u.name FROM ticket_export_recipients r JOIN users u ON u.id = r.user_id
         WHERE r.export_id = ANY($1) AND u.deleted_at IS NULL ORDER BY u.name, u.id",
    )
    .bind::<Array<SqlUuid>, _>(exports)
    .load(conn)
    .await?)
}

/// Exports that are due and that nobody looks at just now, the oldest first, locked.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Scheduled>, StoreError> {
    Ok(sql(select!(
        "WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// People who may get exports, by name, after this name and id: those who may make them themselves.
///
/// # Errors
/// When the database is away.
pub async fn colleagues(conn: &mut PgConn, after: Option<(&str, Uuid)>, limit: i64) -> Result<Vec<Agent>, StoreError> {
    let (name, id) = after.unzip();
    Ok(sql(
        "SELECT u.id, u.email, u.name FROM users u JOIN roles r ON r.id = u.role_id
            WHERE u.deleted_at IS NULL AND u.status = 'active' AND r.effective @> '{tickets.view,tickets.export}'
              AND ($1 IS NULL OR (u.name, u.id) > ($1, $2)) ORDER BY u.name, u.id LIMIT $3",
    )
    .bind::<Nullable<Text>, _>(name)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Gives filters that name a tag another one; returns whose they are, as they are now.
///
/// # Errors
/// When the database refuses.
pub async fn retag(conn: &mut PgConn, from: &str, to: &str, now: DateTime<Utc>) -> Result<Vec<Scheduled>, StoreError> {
    Ok(sql(concat!(
        "UPDATE ticket_exports SET filter = jsonb_set(filter, '{tag}', to_jsonb($2::text)), version = version + 1, updated_at = $3
             WHERE filter->>'tag' = $1 RETURNING ",
        columns!()
    ))
    .bind::<Text, _>(from)
    .bind::<Text, _>(to)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?)
}

/// Whether a filter names a category, a project, a group, a customer or a person that is no more.
///
/// # Errors
/// When the database is away.
pub async fn names_what_is_gone(conn: &mut PgConn, filter: &Filter) -> Result<bool, StoreError> {
    let people: Vec<Uuid> = filter.assignee.into_iter().chain(filter.requester).collect();
    let rows: Total = sql(
        "SELECT (SELECT count(*) FROM unnest($1) c(id) WHERE NOT EXISTS (SELECT FROM ticket_categories k WHERE k.id = c.id))
              + (SELECT count(*) FROM unnest($2) p(id) WHERE NOT EXISTS (SELECT FROM customer_projects k WHERE k.id = p.id))
              + (SELECT count(*) FROM unnest($3) u(id) WHERE NOT EXISTS (SELECT FROM users k WHERE k.id = u.id AND k.deleted_at IS NULL))
              + (SELECT count(*) FROM unnest($4) g(id) WHERE NOT EXISTS (SELECT FROM support_groups k WHERE k.id = g.id))
              + (SELECT count(*) FROM unnest($5) o(id) WHERE NOT EXISTS (SELECT FROM customers k WHERE k.id = o.id AND k.deleted_at IS NULL)) AS n",
    )
    .bind::<Array<SqlUuid>, _>(&filter.categories)
    .bind::<Array<SqlUuid>, _>(filter.project.as_slice())
    .bind::<Array<SqlUuid>, _>(people)
    .bind::<Array<SqlUuid>, _>(filter.group.as_slice())
    .bind::<Array<SqlUuid>, _>(filter.of_customer.as_slice())
    .get_result(conn)
    .await?;
    Ok(rows.n > 0)
}
