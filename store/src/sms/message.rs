//! Texts, and what became of them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{sms::SmsState, words::WordSet};
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    locks::{self, Lock},
    sql::sql,
};

/// A text about to be queued.
#[derive(Debug)]
pub struct NewText<'a> {
    /// Id.
    pub id: Uuid,
    /// Who gets it.
    pub user_id: Option<Uuid>,
    /// Number.
    pub phone: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// Sealed text; none of one that is not to go out.
    pub body: Option<&'a [u8]>,
    /// The network it was asked for from.
    pub network: &'a str,
    /// Country of the number.
    pub country: &'a str,
    /// Segments, as counted.
    pub segments: i32,
    /// Price that it is queued at: its id, and millionths for each segment.
    pub price: Option<(Uuid, i64)>,
    /// Why it is not to go out.
    pub withheld: Option<&'a str>,
    /// When it is worth nothing any more.
    pub expires_at: DateTime<Utc>,
}

/// A text as it is sent.
#[derive(Debug, Clone, QueryableByName)]
pub struct Outgoing {
    /// Number.
    #[diesel(sql_type = Text)]
    pub phone: String,
    /// Sealed text; wiped when nobody needs it any more.
    #[diesel(sql_type = Nullable<Binary>)]
    pub body: Option<Vec<u8>>,
    /// Where it is.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// When it is worth nothing any more.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// A text in the log.
#[derive(Debug, Clone, QueryableByName)]
pub struct Line {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Who gets it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    /// His name.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_name: Option<String>,
    /// Number.
    #[diesel(sql_type = Text)]
    pub phone: String,
    /// What for.
    #[diesel(sql_type = Text)]
    pub purpose: String,
    /// Provider.
    #[diesel(sql_type = Nullable<Text>)]
    pub provider: Option<String>,
    /// Its id there.
    #[diesel(sql_type = Nullable<Text>)]
    pub provider_id: Option<String>,
    /// Segments: as counted, then as the provider charged.
    #[diesel(sql_type = Nullable<Integer>)]
    pub segments: Option<i32>,
    /// Price of each, in millionths.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_micros: Option<i64>,
    /// What it costs, in millionths; nothing when it never went out.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub cost_micros: Option<i64>,
    /// Where it is.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why it did not arrive, or not yet.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// Attempts to hand it over.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When the provider took it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When the phone had it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub delivered_at: Option<DateTime<Utc>>,
}

/// What a month cost.
#[derive(Debug, Clone, QueryableByName)]
pub struct Month {
    /// Its first moment (UTC).
    #[diesel(sql_type = Timestamptz)]
    pub month: DateTime<Utc>,
    /// Provider.
    #[diesel(sql_type = Text)]
    pub provider: String,
    /// Texts that it took.
    #[diesel(sql_type = BigInt)]
    pub messages: i64,
    /// Segments it charged.
    #[diesel(sql_type = BigInt)]
    pub credits: i64,
}

/// Whose texts are counted.
#[derive(Debug, Clone, Copy)]
pub enum CountedBy<'a> {
    /// Those to a number.
    Phone(&'a str),
    /// Those for an account.
    Account(Uuid),
    /// Those asked for from a network.
    Network(&'a str),
    /// All.
    Everybody,
}

/// What is known after an attempt.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    /// Where the text is now.
    pub state: SmsState,
    /// Provider.
    pub provider: &'a str,
    /// Its id there.
    pub provider_id: Option<&'a str>,
    /// Segments.
    pub segments: Option<i32>,
    /// What went wrong.
    pub error: Option<&'a str>,
}

/// Has those who send texts wait for each other until the transaction ends, so that none outruns the counts.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    locks::take(conn, Lock::TextMessages).await
}

macro_rules! nth {
    ($of:literal) => {
        concat!(
            "SELECT created_at FROM sms_messages WHERE purpose = ANY('{enrol,login,step_up}')",
            $of,
            " ORDER BY created_at DESC OFFSET $1 - 1 LIMIT 1"
        )
    };
}

/// When the last text with a code but `n - 1` was asked for; nothing when there were fewer. The first is `n` = 1.
///
/// # Errors
/// When the database is away.
pub async fn nth_last(conn: &mut PgConn, of: CountedBy<'_>, n: u32) -> Result<Option<DateTime<Utc>>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Timestamptz)]
        created_at: DateTime<Utc>,
    }
    let n = i64::from(n);
    let rows: Vec<Row> = match of {
        CountedBy::Phone(phone) => {
            let found = sql(nth!(" AND phone = $2")).bind::<BigInt, _>(n).bind::<Text, _>(phone);
            found.load(conn).await?
        }
        CountedBy::Account(user) => {
            let found = sql(nth!(" AND user_id = $2"))
                .bind::<BigInt, _>(n)
                .bind::<SqlUuid, _>(user);
            found.load(conn).await?
        }
        CountedBy::Network(network) => {
            let found = sql(nth!(" AND network = $2"))
                .bind::<BigInt, _>(n)
                .bind::<Text, _>(network);
            found.load(conn).await?
        }
        CountedBy::Everybody => sql(nth!("")).bind::<BigInt, _>(n).load(conn).await?,
    };
    Ok(rows.into_iter().next().map(|row| row.created_at))
}

/// Queues a text.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, text: &NewText<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO sms_messages (id, user_id, phone, purpose, body, network, created_at, expires_at, country, segments, price_id,
             price_micros, state, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $13 IS NULL THEN 'queued' ELSE 'failed' END, $13)",
    )
    .bind::<SqlUuid, _>(text.id)
    .bind::<Nullable<SqlUuid>, _>(text.user_id)
    .bind::<Text, _>(text.phone)
    .bind::<Text, _>(text.purpose)
    .bind::<Nullable<Binary>, _>(text.body)
    .bind::<Text, _>(text.network)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(text.expires_at)
    .bind::<Text, _>(text.country)
    .bind::<Integer, _>(text.segments)
    .bind::<Nullable<SqlUuid>, _>(text.price.map(|(id, _)| id))
    .bind::<Nullable<BigInt>, _>(text.price.map(|(_, micros)| micros))
    .bind::<Nullable<Text>, _>(text.withheld)
    .execute(conn)
    .await?;
    Ok(())
}

/// A text as it is sent.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Outgoing, StoreError> {
    let rows: Vec<Outgoing> = sql("SELECT phone, body, state, expires_at FROM sms_messages WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .load(conn)
        .await?;
    rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// Notes an attempt. A report that came before its answer is not taken back; the body is wiped once it is needed no more.
///
/// # Errors
/// When the database refuses.
pub async fn attempted(
    conn: &mut PgConn,
    id: Uuid,
    attempt: &Attempt<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE sms_messages SET attempts = attempts + 1, provider = $3, provider_id = coalesce($4, provider_id),
             segments = coalesce($5, segments),
             state = CASE WHEN state = 'queued' THEN $2 ELSE state END,
             error = CASE WHEN state = 'queued' THEN $6 ELSE error END,
             sent_at = CASE WHEN $2 = 'sent' THEN coalesce(sent_at, $7) ELSE sent_at END,
             body = CASE WHEN $2 = 'queued' THEN body END
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(attempt.state.as_str())
    .bind::<Text, _>(attempt.provider)
    .bind::<Nullable<Text>, _>(attempt.provider_id)
    .bind::<Nullable<Integer>, _>(attempt.segments)
    .bind::<Nullable<Text>, _>(attempt.error)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks a text that a provider reports on, and says where it is; `None` when it is none of this provider's.
///
/// # Errors
/// When the database is away.
pub async fn lock_reported(conn: &mut PgConn, id: Uuid, provider: &str) -> Result<Option<SmsState>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        state: String,
    }
    // One whose answer is still under way has no provider yet.
    let rows: Vec<Row> =
        sql("SELECT state FROM sms_messages WHERE id = $1 AND coalesce(provider, $2) = $2 FOR NO KEY UPDATE")
            .bind::<SqlUuid, _>(id)
            .bind::<Text, _>(provider)
            .load(conn)
            .await?;
    match rows.into_iter().next() {
        None => Ok(None),
        Some(Row { state }) => {
            let known =
                SmsState::parse(&state).ok_or_else(|| StoreError::Corrupt(format!("state of a text: {state}")))?;
            Ok(Some(known))
        }
    }
}

/// Takes over what a provider reported.
///
/// # Errors
/// When the database refuses.
pub async fn reported(conn: &mut PgConn, id: Uuid, report: &Attempt<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "UPDATE sms_messages SET state = $2, provider = $3, provider_id = coalesce(provider_id, $4),
             segments = coalesce($5, segments), error = $6, body = NULL,
             sent_at = coalesce(sent_at, $7),
             delivered_at = CASE WHEN $2 = 'delivered' THEN $7 ELSE delivered_at END
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(report.state.as_str())
    .bind::<Text, _>(report.provider)
    .bind::<Nullable<Text>, _>(report.provider_id)
    .bind::<Nullable<Integer>, _>(report.segments)
    .bind::<Nullable<Text>, _>(report.error)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Which texts are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<String>,
    /// To a number with these digits in it.
    pub phone: Option<String>,
}

/// Texts before the one at `before`, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    filter: &Filter,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    let rows = sql(
        "SELECT m.id, m.user_id, u.name AS user_name, m.phone, m.purpose, m.provider, m.provider_id, m.segments, m.price_micros, m.cost_micros,
             m.state, m.error, m.attempts, m.created_at, m.sent_at, m.delivered_at
         FROM sms_messages m LEFT JOIN users u ON u.id = m.user_id
         WHERE ($1 IS NULL OR (m.created_at, m.id) < ($1, $2)) AND ($3 IS NULL OR m.state = $3)
             AND ($4 IS NULL OR strpos(m.phone, $4) > 0)
         ORDER BY m.created_at DESC, m.id DESC LIMIT $5",
    )
    .bind::<Nullable<Timestamptz>, _>(before.map(|(at, _)| at))
    .bind::<Nullable<SqlUuid>, _>(before.map(|(_, id)| id))
    .bind::<Nullable<Text>, _>(filter.state.as_deref())
    .bind::<Nullable<Text>, _>(filter.phone.as_deref())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// What the months since `since` cost, newest first. A text whose provider did not say how long it was counts as one.
///
/// # Errors
/// When the database is away.
pub async fn months(conn: &mut PgConn, since: DateTime<Utc>) -> Result<Vec<Month>, StoreError> {
    let rows = sql(
        "SELECT date_trunc('month', sent_at, 'UTC') AS month, provider, count(*) AS messages,
             sum(coalesce(segments, 1))::bigint AS credits
         FROM sms_messages WHERE sent_at >= $1 AND provider IS NOT NULL GROUP BY 1, 2 ORDER BY 1 DESC, 2",
    )
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Ends what waited too long to be of use.
///
/// # Errors
/// When the database is away.
pub async fn expire(conn: &mut PgConn, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE sms_messages SET state = 'expired', body = NULL WHERE state = 'queued' AND expires_at <= $1")
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes up to `limit` texts from before `before`; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let n = sql("DELETE FROM sms_messages WHERE id IN (SELECT id FROM sms_messages WHERE created_at < $1 LIMIT $2)")
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?;
    Ok(n)
}
