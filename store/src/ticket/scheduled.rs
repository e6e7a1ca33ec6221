//! Exports of tickets that are mailed again and again, and what became of each.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sealed_file::SealedFile, sql::sql, user::Agent};

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

/// One run of an export.
#[derive(Debug, Clone, QueryableByName)]
pub struct Run {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Export.
    #[diesel(sql_type = SqlUuid)]
    pub export_id: Uuid,
    /// What it is called.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Zone of the export.
    #[diesel(sql_type = Text)]
    pub zone: String,
    /// When it was due.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    /// Somebody wanted it out of turn.
    #[diesel(sql_type = Bool)]
    pub manual: bool,
    /// See `domain::ticket::scheduled::RunState`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Which try.
    #[diesel(sql_type = Integer)]
    pub run: i32,
    /// Tickets in it.
    #[diesel(sql_type = BigInt)]
    pub rows: i64,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// It went with the mails.
    #[diesel(sql_type = Bool)]
    pub attached: bool,
    /// Mails that went out.
    #[diesel(sql_type = Integer)]
    pub mails: i32,
    /// Why it failed, see `domain::ticket::scheduled::Trouble`.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// Its file is there.
    #[diesel(sql_type = Bool)]
    pub available: bool,
    /// When it was queued.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_id, name, filter, locale, every, day, minute, zone, next_at, paused, failures, version, created_at
             FROM ticket_exports ",
            $rest
        )
    };
}

macro_rules! select_run {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.export_id, e.name, e.zone, r.due_at, r.manual, r.state, r.run, r.rows, r.size, r.attached, r.mails, r.error,
                 r.state = 'sent' AND EXISTS (SELECT FROM ticket_export_parts p WHERE p.run_id = r.id) AS available,
                 r.created_at, r.finished_at FROM ticket_export_runs r JOIN ticket_exports e ON e.id = r.export_id ",
            $rest
        )
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

/// Notes that one is due; `false` when it is noted already.
///
/// # Errors
/// When the database refuses.
pub async fn begin(
    conn: &mut PgConn,
    id: Uuid,
    (export, due_at, manual): (Uuid, DateTime<Utc>, bool),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO ticket_export_runs (id, export_id, due_at, manual, created_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (export_id, due_at) DO NOTHING",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(export)
    .bind::<Timestamptz, _>(due_at)
    .bind::<Bool, _>(manual)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Runs of an export, newest first.
///
/// # Errors
/// When the database is away.
pub async fn runs(
    conn: &mut PgConn,
    export: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let (at, id) = after.unzip();
    Ok(sql(select_run!(
        "WHERE r.export_id = $1 AND ($2::timestamptz IS NULL OR (r.created_at, r.id) < ($2, $3::uuid))
         ORDER BY r.created_at DESC, r.id DESC LIMIT $4"
    ))
    .bind::<SqlUuid, _>(export)
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// The latest run of each of these exports.
///
/// # Errors
/// When the database is away.
pub async fn latest(conn: &mut PgConn, exports: &[Uuid]) -> Result<Vec<Run>, StoreError> {
    Ok(sql(select_run!(
        "JOIN LATERAL (SELECT x.id FROM ticket_export_runs x WHERE x.export_id = e.id ORDER BY x.created_at DESC, x.id DESC LIMIT 1) l
             ON l.id = r.id WHERE e.id = ANY($1)"
    ))
    .bind::<Array<SqlUuid>, _>(exports)
    .load(conn)
    .await?)
}

/// Whether a run of this export is not over yet.
///
/// # Errors
/// When the database is away.
pub async fn under_way(conn: &mut PgConn, export: Uuid) -> Result<bool, StoreError> {
    let row: Total =
        sql("SELECT count(*) AS n FROM ticket_export_runs WHERE export_id = $1 AND state IN ('queued', 'running')")
            .bind::<SqlUuid, _>(export)
            .get_result(conn)
            .await?;
    Ok(row.n > 0)
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

/// A run of an export that this person owns or gets.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is not for him.
pub async fn run_for(conn: &mut PgConn, user: Uuid, id: Uuid) -> Result<Run, StoreError> {
    Ok(sql(select_run!(
        "WHERE r.id = $1 AND (e.owner_id = $2 OR EXISTS (SELECT FROM ticket_export_recipients x WHERE x.export_id = e.id AND x.user_id = $2))"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?)
}

/// A run, whoever it is for.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn run(conn: &mut PgConn, id: Uuid) -> Result<Run, StoreError> {
    Ok(sql(select_run!("WHERE r.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// A run, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn run_for_update(conn: &mut PgConn, id: Uuid) -> Result<Run, StoreError> {
    Ok(sql(select_run!("WHERE r.id = $1 FOR UPDATE OF r"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Writes where a run stands.
///
/// # Errors
/// When the database refuses.
pub async fn update_run(conn: &mut PgConn, r: &Run) -> Result<(), StoreError> {
    sql(
        "UPDATE ticket_export_runs SET state = $2, run = $3, rows = $4, size = $5, attached = $6, mails = $7, error = $8, finished_at = $9
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(r.id)
    .bind::<Text, _>(r.state.as_str())
    .bind::<Integer, _>(r.run)
    .bind::<BigInt, _>(r.rows)
    .bind::<BigInt, _>(r.size)
    .bind::<Bool, _>(r.attached)
    .bind::<Integer, _>(r.mails)
    .bind::<Nullable<Text>, _>(r.error.as_deref())
    .bind::<Nullable<Timestamptz>, _>(r.finished_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a part whose sealed file is recorded.
///
/// # Errors
/// When the database refuses.
pub async fn add_part(conn: &mut PgConn, run: Uuid, position: i32, file: Uuid) -> Result<(), StoreError> {
    sql("INSERT INTO ticket_export_parts (run_id, position, file_id) VALUES ($1, $2, $3)")
        .bind::<SqlUuid, _>(run)
        .bind::<Integer, _>(position)
        .bind::<SqlUuid, _>(file)
        .execute(conn)
        .await?;
    Ok(())
}

/// The sealed files of a run, in order.
///
/// # Errors
/// When the database is away.
pub async fn parts(conn: &mut PgConn, run: Uuid) -> Result<Vec<SealedFile>, StoreError> {
    Ok(sql(
        "SELECT f.id, f.blob, f.sha256, f.size, f.content_type, f.key_id, f.wrapped_key, f.created_at
         FROM ticket_export_parts p JOIN sealed_files f ON f.id = p.file_id WHERE p.run_id = $1 ORDER BY p.position",
    )
    .bind::<SqlUuid, _>(run)
    .load(conn)
    .await?)
}

/// Removes the parts of a run with their keys; their bytes are doomed.
///
/// # Errors
/// When the database refuses.
pub async fn drop_parts(conn: &mut PgConn, run: Uuid) -> Result<usize, StoreError> {
    Ok(sql(
        "WITH gone AS (DELETE FROM ticket_export_parts WHERE run_id = $1 RETURNING file_id)
         DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone)",
    )
    .bind::<SqlUuid, _>(run)
    .execute(conn)
    .await?)
}

/// Forgets runs that are over and were queued before `before`, at most `limit`, with their files. The last one of each export stays,
/// without its file: what became of it is said until there is another.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let rows: Total = sql(
        "WITH late AS (SELECT r.id, EXISTS (SELECT FROM ticket_export_runs x WHERE x.export_id = r.export_id
                           AND (x.created_at, x.id) > (r.created_at, r.id)) AS followed
                       FROM ticket_export_runs r WHERE r.created_at < $1 AND r.state NOT IN ('queued', 'running')
                           AND (EXISTS (SELECT FROM ticket_export_parts p WHERE p.run_id = r.id)
                               OR EXISTS (SELECT FROM ticket_export_runs x WHERE x.export_id = r.export_id
                                   AND (x.created_at, x.id) > (r.created_at, r.id)))
                       ORDER BY r.created_at LIMIT $2 FOR UPDATE SKIP LOCKED),
              parts AS (DELETE FROM ticket_export_parts WHERE run_id IN (SELECT id FROM late) RETURNING file_id),
              files AS (DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM parts)),
              gone AS (DELETE FROM ticket_export_runs WHERE id IN (SELECT id FROM late WHERE followed))
         SELECT count(*) AS n FROM late",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .get_result(conn)
    .await?;
    Ok(usize::try_from(rows.n).unwrap_or(0))
}
