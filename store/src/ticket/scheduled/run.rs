//! Runs of scheduled exports, and the files they made.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Total;
use crate::{PgConn, StoreError, sealed_file::SealedFile, sql::sql};

/// One run of an export.
#[derive(Debug, Clone, QueryableByName)]
pub struct Run {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Export.
    #[diesel(sql_type = SqlUuid)]
    pub export_id: Uuid,
    /// Whose export.
    #[diesel(sql_type = SqlUuid)]
    pub owner_id: Uuid,
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

macro_rules! select_run {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.export_id, e.owner_id, e.name, e.zone, r.due_at, r.manual, r.state, r.run, r.rows, r.size, r.attached, r.mails, r.error,
                 r.state = 'sent' AND EXISTS (SELECT FROM ticket_export_parts p WHERE p.run_id = r.id) AS available,
                 r.created_at, r.finished_at FROM ticket_export_runs r JOIN ticket_exports e ON e.id = r.export_id ",
            $rest
        )
    };
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
