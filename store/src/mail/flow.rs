//! How much mail a mailbox gets and sends.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The last hour of a mailbox, and its normal one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct HourlyFlow {
    /// Mails taken in.
    #[diesel(sql_type = BigInt)]
    pub received: i64,
    /// Automatic mails written.
    #[diesel(sql_type = BigInt)]
    pub automatic: i64,
    /// Median of the mails of each hour of the seven days before; `None` when there is less than a day of them.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub normal: Option<i64>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The flow of a mailbox at `now`; of the last hour, what came or went after `since`.
///
/// # Errors
/// When the database is away.
pub async fn hourly(
    conn: &mut PgConn,
    mailbox: Uuid,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<HourlyFlow, StoreError> {
    // Hours are counted back from now; the first is the last hour, which is no part of what is normal.
    let flow = sql(
        "WITH past AS (SELECT CASE WHEN min(received_at) IS NULL THEN 0
                    ELSE least(168, floor(extract(epoch FROM $2 - min(received_at)) / 3600)::int) END AS hours
                FROM raw_mails WHERE mailbox_id = $1),
            counted AS (SELECT floor(extract(epoch FROM $2 - received_at) / 3600)::int AS ago, count(*) AS n FROM raw_mails
                WHERE mailbox_id = $1 AND received_at > $2 - interval '168 hours' AND received_at <= $2 GROUP BY 1)
        SELECT (SELECT count(*) FROM raw_mails WHERE mailbox_id = $1 AND received_at <= $2
                AND received_at > greatest($2 - interval '1 hour', $3))::bigint AS received,
            (SELECT count(*) FROM outgoing_mails WHERE mailbox_id = $1 AND kind <> 'reply' AND kind <> 'notification'
                AND created_at > greatest($2 - interval '1 hour', $3))::bigint AS automatic,
            CASE WHEN past.hours >= 24 THEN (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(c.n, 0))
                FROM generate_series(1, past.hours - 1) AS hour(ago) LEFT JOIN counted c ON c.ago = hour.ago) END::bigint AS normal
        FROM past",
    )
    .bind::<SqlUuid, _>(mailbox)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<Timestamptz>, _>(since)
    .get_result(conn)
    .await?;
    Ok(flow)
}

/// How many automatic mails, notices to staff apart, were written for a mailbox since `since`, counted up to `most`.
///
/// # Errors
/// When the database is away.
pub async fn automatic_since(
    conn: &mut PgConn,
    mailbox: Uuid,
    since: DateTime<Utc>,
    most: i64,
) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM (SELECT 1 FROM outgoing_mails
             WHERE mailbox_id = $1 AND kind <> 'reply' AND kind <> 'notification' AND created_at > $2 LIMIT $3) AS recent")
    .bind::<SqlUuid, _>(mailbox)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(most)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// Lets automatic mail of a mailbox go on. `false` when it was not paused.
///
/// # Errors
/// When the database refuses.
pub async fn resume(conn: &mut PgConn, mailbox: Uuid, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql(
        "UPDATE mailboxes SET automation_paused_at = NULL, automation_resumed_at = $2
         WHERE id = $1 AND deleted_at IS NULL AND automation_paused_at IS NOT NULL",
    )
    .bind::<SqlUuid, _>(mailbox)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Notes what is normal, and whether automatic mail is paused since some time. `false` when another did so meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn record(
    conn: &mut PgConn,
    mailbox: Uuid,
    normal: Option<i32>,
    before: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
) -> Result<bool, StoreError> {
    let n = sql("UPDATE mailboxes SET hourly_normal = $2, automation_paused_at = $4
         WHERE id = $1 AND deleted_at IS NULL AND automation_paused_at IS NOT DISTINCT FROM $3")
    .bind::<SqlUuid, _>(mailbox)
    .bind::<Nullable<Integer>, _>(normal)
    .bind::<Nullable<Timestamptz>, _>(before)
    .bind::<Nullable<Timestamptz>, _>(paused_at)
    .execute(conn)
    .await?;
    Ok(n > 0)
}
