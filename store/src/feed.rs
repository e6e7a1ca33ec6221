//! The log of events as consumers follow it: each event once for each consumer, in the order of transactions, none missed.
//!
//! Ids are given before the commit: one that goes by them alone misses whoever commits late. So a consumer stands at (transaction, id),
//! and reads no further than the oldest transaction that still runs. It moves in the transaction of what it does.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An event as a consumer gets it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Followed {
    /// Place in the log.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// The transaction that wrote it, for [`crate::webhook::history`] and the like.
    #[diesel(sql_type = Text)]
    pub xid: String,
    /// When that began.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// `entity.verb`.
    #[diesel(sql_type = Text, column_name = "type")]
    pub kind: String,
    /// Entity name.
    #[diesel(sql_type = Text)]
    pub subject_type: String,
    /// Entity id.
    #[diesel(sql_type = SqlUuid)]
    pub subject_id: Uuid,
    /// Permission that lets one see it; an event that is told to several is one of them with, and others without.
    #[diesel(sql_type = Nullable<Text>)]
    pub permission: Option<String>,
    /// Small facts.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
}

/// The next events, about `limit`: whole transactions, as what a transaction did is told once, whichever of its events are about it.
/// The consumer has them with the commit. Of two at once the second finds nothing: a worker's slots are not for waiting in.
///
/// # Errors
/// When the database refuses.
pub async fn next(conn: &mut PgConn, consumer: &str, limit: i64) -> Result<Vec<Followed>, StoreError> {
    Ok(sql(
        "WITH c AS MATERIALIZED (SELECT xid, id FROM event_cursors WHERE consumer = $1 FOR UPDATE SKIP LOCKED),
         n AS MATERIALIZED (SELECT e.* FROM events e
             WHERE (e.xid, e.id) > ((SELECT xid FROM c), (SELECT id FROM c)) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY e.xid FETCH FIRST ($2) ROWS WITH TIES),
         m AS (UPDATE event_cursors f SET xid = l.xid, id = l.id
             FROM (SELECT xid, id FROM n ORDER BY xid DESC, id DESC LIMIT 1) l WHERE f.consumer = $1)
         SELECT id, xid::text AS xid, at, type, subject_type, subject_id, permission, data FROM n ORDER BY n.xid, n.id",
    )
    .bind::<Text, _>(consumer)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Keeps a consumer where it stands until the end of the transaction; false while somebody else moves it.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, consumer: &str) -> Result<bool, StoreError> {
    let held = sql("SELECT FROM event_cursors WHERE consumer = $1 FOR UPDATE SKIP LOCKED")
        .bind::<Text, _>(consumer)
        .execute(conn)
        .await?;
    Ok(held > 0)
}

/// Lets go everything that there is to follow, for a consumer that has nobody to tell it to.
///
/// # Errors
/// When the database refuses.
pub async fn skip(conn: &mut PgConn, consumer: &str) -> Result<(), StoreError> {
    sql(
        "UPDATE event_cursors c SET xid = pg_snapshot_xmin(pg_current_snapshot()), id = 0
         WHERE c.consumer = $1 AND EXISTS (SELECT FROM events e
             WHERE (e.xid, e.id) > (c.xid, c.id) AND e.xid < pg_snapshot_xmin(pg_current_snapshot()))",
    )
    .bind::<Text, _>(consumer)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the log over from another server: one that was set up from a dump counts its transactions anew, and what came along would
/// seem to lie in its future. What a consumer had not seen it sees, in the same order and with what belongs to it.
///
/// # Errors
/// When the database refuses.
pub async fn renumber(conn: &mut PgConn) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let foreign: Row = sql(
        "SELECT coalesce(greatest((SELECT max(xid) FROM event_cursors), (SELECT max(xid) FROM events))
             > pg_snapshot_xmax(pg_current_snapshot()), false) AS found",
    )
    .get_result(conn)
    .await?;
    if !foreign.found {
        return Ok(());
    }
    // Transactions that somebody has not seen get the lowest numbers, all others none; what this server wrote itself has higher ids.
    sql("WITH edge AS MATERIALIZED (SELECT pg_snapshot_xmax(pg_current_snapshot()) AS xid),
         other AS MATERIALIZED (SELECT consumer, xid, id FROM event_cursors
             WHERE EXISTS (SELECT FROM event_cursors WHERE xid > (SELECT xid FROM edge))
                 OR (SELECT max(xid) FROM events) > (SELECT xid FROM edge)
             FOR UPDATE),
         last AS MATERIALIZED (SELECT max(id) AS id FROM events WHERE xid > (SELECT xid FROM edge)),
         unseen AS MATERIALIZED (SELECT e.id, e.subject_id, e.xid,
                 least(dense_rank() OVER (ORDER BY e.xid), (SELECT xid FROM edge)::text::bigint - 1) AS number
             FROM events e WHERE e.id <= (SELECT id FROM last) AND (e.xid, e.id) > (SELECT xid, id FROM other ORDER BY xid, id LIMIT 1)),
         ours AS MATERIALIZED (SELECT DISTINCT subject_id, xid, number::text::xid8 AS number FROM unseen),
         stand AS MATERIALIZED (SELECT o.consumer, coalesce(
                 (SELECT min(u.number) - 1 FROM unseen u WHERE (u.xid, u.id) > (o.xid, o.id)), (SELECT max(number) FROM unseen), 0) AS number
             FROM other o),
         c AS (UPDATE event_cursors c SET xid = s.number::text::xid8, id = 9223372036854775807 FROM stand s WHERE c.consumer = s.consumer),
         h AS (UPDATE ticket_events t SET xid = o.number FROM ours o WHERE t.ticket_id = o.subject_id AND t.xid = o.xid),
         m AS (UPDATE ticket_messages t SET xid = o.number FROM ours o
             WHERE o.subject_id IN (t.ticket_id, t.origin_ticket_id) AND t.xid = o.xid),
         r AS (UPDATE automation_runs x SET xid = (SELECT o.number FROM ours o WHERE o.subject_id = x.ticket_id AND o.xid = x.xid)
             WHERE x.xid IS NOT NULL AND EXISTS (SELECT FROM stand))
         UPDATE events e SET xid = coalesce((SELECT u.number::text::xid8 FROM unseen u WHERE u.id = e.id), '0')
         WHERE e.id <= (SELECT id FROM last) AND EXISTS (SELECT FROM stand)")
    .execute(conn)
    .await?;
    Ok(())
}
