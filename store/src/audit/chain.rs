//! The chains over the audit trail: lines that wait, batches that are linked, days that are sealed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Date, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::audit::chain::Line;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    locks::{self, Lock},
    sql::sql,
};

/// A line with all that its mark depends on.
#[derive(Debug, Clone, QueryableByName)]
pub struct Stored {
    /// Place in the trail.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Made for this line alone.
    #[diesel(sql_type = SqlUuid)]
    pub uid: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Who.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub actor_id: Option<Uuid>,
    /// Kind of actor.
    #[diesel(sql_type = Text)]
    pub actor_kind: String,
    /// What.
    #[diesel(sql_type = Text)]
    pub action: String,
    /// Kind of subject.
    #[diesel(sql_type = Text)]
    pub subject_type: String,
    /// Subject.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub subject_id: Option<Uuid>,
    /// Changed fields.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
    /// Source address.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// User agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// Request.
    #[diesel(sql_type = Nullable<Text>)]
    pub request_id: Option<String>,
    /// Session.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub session_id: Option<Uuid>,
    /// The mark it was written with; none for lines from before there were marks.
    #[diesel(sql_type = Nullable<Binary>)]
    pub mark: Option<Vec<u8>>,
    /// Vouches for what the line says since a person was taken out of it.
    #[diesel(sql_type = Nullable<Binary>)]
    pub redaction: Option<Vec<u8>>,
}

impl Stored {
    /// The line as rules see it.
    #[must_use]
    pub fn line(&self) -> Line<'_> {
        Line {
            uid: self.uid,
            at: self.at,
            actor_id: self.actor_id,
            actor_kind: &self.actor_kind,
            action: &self.action,
            subject_type: &self.subject_type,
            subject_id: self.subject_id,
            data: &self.data,
            ip: self.ip.as_deref(),
            user_agent: self.user_agent.as_deref(),
            request_id: self.request_id.as_deref(),
            session_id: self.session_id,
        }
    }
}

/// A linked batch.
#[derive(Debug, Clone, QueryableByName)]
pub struct Batch {
    /// Its number, counted from 1 without gaps.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// Day on which it was linked (UTC).
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    /// Lines in the order of their links.
    #[diesel(sql_type = Array<BigInt>)]
    pub ids: Vec<i64>,
    /// Head of the day's chain after it.
    #[diesel(sql_type = Binary)]
    pub head: Vec<u8>,
    /// Its lines are from before there were marks.
    #[diesel(sql_type = Bool)]
    pub unmarked: bool,
}

/// A sealed day.
#[derive(Debug, Clone, QueryableByName)]
pub struct Day {
    /// The day (UTC).
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    /// Lines linked on it.
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
    /// Head of its chain.
    #[diesel(sql_type = Binary)]
    pub head: Vec<u8>,
    /// Its seal.
    #[diesel(sql_type = Binary)]
    pub seal: Vec<u8>,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Waits until nobody else links lines; held until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    locks::take(conn, Lock::AuditChain).await
}

macro_rules! select_line {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.uid, l.at, l.actor_id, l.actor_kind, l.action, l.subject_type, l.subject_id, l.data, l.ip,
                l.user_agent, l.request_id, l.session_id, l.mark, l.redaction FROM audit_log l ",
            $rest
        )
    };
}

/// Committed lines that are to be linked next.
///
/// # Errors
/// When the database is away.
pub async fn pending(conn: &mut PgConn, limit: i64) -> Result<Vec<Stored>, StoreError> {
    Ok(sql(select_line!(
        "JOIN (SELECT audit_id FROM audit_pending WHERE NOT refused ORDER BY audit_id LIMIT $1) p ON p.audit_id = l.id
         ORDER BY l.id"
    ))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// The lines with these ids.
///
/// # Errors
/// When the database is away.
pub async fn lines(conn: &mut PgConn, ids: &[i64]) -> Result<Vec<Stored>, StoreError> {
    Ok(sql(select_line!("WHERE l.id = ANY($1)"))
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?)
}

/// Lines that no batch holds, after this id: those that wait, and those that were written around the product.
///
/// # Errors
/// When the database is away.
pub async fn unlinked(conn: &mut PgConn, after: i64, limit: i64) -> Result<Vec<Stored>, StoreError> {
    Ok(sql(select_line!(
        "WHERE l.id > $1 AND l.id NOT IN (SELECT unnest(ids) FROM audit_seals) ORDER BY l.id LIMIT $2"
    ))
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Lines after this one that a person was taken out of.
///
/// # Errors
/// When the database is away.
pub async fn redacted(conn: &mut PgConn, after: i64, limit: i64) -> Result<Vec<Stored>, StoreError> {
    Ok(sql(select_line!(
        "WHERE l.redaction IS NOT NULL AND l.id > $1 ORDER BY l.id LIMIT $2"
    ))
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Which of these lines wait for their link.
///
/// # Errors
/// When the database is away.
pub async fn waiting(conn: &mut PgConn, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<Id> = sql("SELECT audit_id AS id FROM audit_pending WHERE audit_id = ANY($1) AND NOT refused")
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Lines that wait although they are gone.
///
/// # Errors
/// When the database is away.
pub async fn lost(conn: &mut PgConn) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<Id> = sql("SELECT p.audit_id AS id FROM audit_pending p
         WHERE NOT EXISTS (SELECT FROM audit_log l WHERE l.id = p.audit_id) ORDER BY 1")
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The newest batch.
///
/// # Errors
/// When the database is away.
pub async fn last_batch(conn: &mut PgConn) -> Result<Option<Batch>, StoreError> {
    let rows: Vec<Batch> = sql("SELECT seq, day, ids, head, unmarked FROM audit_seals ORDER BY seq DESC LIMIT 1")
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Batches after this number, in order.
///
/// # Errors
/// When the database is away.
pub async fn batches(conn: &mut PgConn, after: i64, limit: i64) -> Result<Vec<Batch>, StoreError> {
    Ok(
        sql("SELECT seq, day, ids, head, unmarked FROM audit_seals WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind::<BigInt, _>(after)
            .bind::<BigInt, _>(limit)
            .load(conn)
            .await?,
    )
}

/// Writes a batch; its lines no longer wait.
///
/// # Errors
/// When the database refuses.
pub async fn insert_batch(conn: &mut PgConn, batch: &Batch, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO audit_seals (seq, day, ids, head, unmarked, sealed_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind::<BigInt, _>(batch.seq)
        .bind::<Date, _>(batch.day)
        .bind::<Array<BigInt>, _>(&batch.ids)
        .bind::<Binary, _>(batch.head.as_slice())
        .bind::<Bool, _>(batch.unmarked)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    sql("DELETE FROM audit_pending WHERE audit_id = ANY($1)")
        .bind::<Array<BigInt>, _>(&batch.ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts lines with a wrong mark aside for good.
///
/// # Errors
/// When the database is away.
pub async fn refuse(conn: &mut PgConn, ids: &[i64]) -> Result<(), StoreError> {
    sql("UPDATE audit_pending SET refused = true WHERE audit_id = ANY($1)")
        .bind::<Array<BigInt>, _>(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Number of lines linked on a day.
///
/// # Errors
/// When the database is away.
pub async fn lines_of(conn: &mut PgConn, day: NaiveDate) -> Result<i64, StoreError> {
    let row: Id = sql("SELECT coalesce(sum(cardinality(ids)), 0)::bigint AS id FROM audit_seals WHERE day = $1")
        .bind::<Date, _>(day)
        .get_result(conn)
        .await?;
    Ok(row.id)
}

/// All sealed days, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn days(conn: &mut PgConn) -> Result<Vec<Day>, StoreError> {
    Ok(sql("SELECT day, lines, head, seal FROM audit_days ORDER BY day")
        .load(conn)
        .await?)
}

/// The newest sealed day.
///
/// # Errors
/// When the database is away.
pub async fn last_day(conn: &mut PgConn) -> Result<Option<Day>, StoreError> {
    let rows: Vec<Day> = sql("SELECT day, lines, head, seal FROM audit_days ORDER BY day DESC LIMIT 1")
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Writes the seal of a day.
///
/// # Errors
/// When the database refuses.
pub async fn insert_day(conn: &mut PgConn, day: &Day, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO audit_days (day, lines, head, seal, sealed_at) VALUES ($1, $2, $3, $4, $5)")
        .bind::<Date, _>(day.day)
        .bind::<BigInt, _>(day.lines)
        .bind::<Binary, _>(day.head.as_slice())
        .bind::<Binary, _>(day.seal.as_slice())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The line of the trail that says that a master key replaced others.
#[derive(Debug, QueryableByName)]
pub struct Replacement {
    /// The line.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// The key.
    #[diesel(sql_type = Text)]
    pub key_id: String,
    /// Those it replaced.
    #[diesel(sql_type = Array<Text>)]
    pub former: Vec<String>,
}

/// All replacements of the master key, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn replacements(conn: &mut PgConn) -> Result<Vec<Replacement>, StoreError> {
    Ok(sql(
        "SELECT id, at, data->>'key_id' AS key_id, ARRAY(SELECT jsonb_array_elements_text(data->'former')) AS former
         FROM audit_log WHERE subject_type = 'master_key' AND action = 'keys.rotate' AND data ? 'former' ORDER BY id",
    )
    .load(conn)
    .await?)
}
