//! What each was told.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A piece of news about to be stored.
#[derive(Debug, Clone)]
pub struct NewNotification<'a> {
    /// Id.
    pub id: Uuid,
    /// Who is told.
    pub user_id: Uuid,
    /// What about.
    pub topic: &'a str,
    /// What caused it.
    pub event_key: &'a str,
    /// One line.
    pub title: &'a str,
    /// Page of the web application.
    pub path: &'a str,
    /// It is shown in the centre.
    pub in_app: bool,
    /// It waits for the next digest.
    pub in_digest: bool,
}

/// A piece of news.
#[derive(Debug, Clone, QueryableByName)]
pub struct Notification {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What about.
    #[diesel(sql_type = Text)]
    pub topic: String,
    /// One line.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Page of the web application.
    #[diesel(sql_type = Text)]
    pub path: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was read.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub read_at: Option<DateTime<Utc>>,
}

/// Stores news; false when the person was told of the same event before.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, n: &NewNotification<'_>, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let rows = sql(
        "INSERT INTO notifications (id, user_id, topic, event_key, title, path, in_app, in_digest, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (user_id, event_key) DO NOTHING",
    )
    .bind::<SqlUuid, _>(n.id)
    .bind::<SqlUuid, _>(n.user_id)
    .bind::<Text, _>(n.topic)
    .bind::<Text, _>(n.event_key)
    .bind::<Text, _>(n.title)
    .bind::<Text, _>(n.path)
    .bind::<Bool, _>(n.in_app)
    .bind::<Bool, _>(n.in_digest)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(rows == 1)
}

/// A person's centre before a place, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    user: Uuid,
    unread: bool,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Notification>, StoreError> {
    let (at, id) = before.unzip();
    Ok(
        sql("SELECT id, topic, title, path, created_at, read_at FROM notifications
         WHERE user_id = $1 AND in_app AND (NOT $2 OR read_at IS NULL) AND ($3 IS NULL OR (created_at, id) < ($3, $4))
         ORDER BY created_at DESC, id DESC LIMIT $5")
        .bind::<SqlUuid, _>(user)
        .bind::<Bool, _>(unread)
        .bind::<Nullable<Timestamptz>, _>(at)
        .bind::<Nullable<SqlUuid>, _>(id)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?,
    )
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How much a person has not read; counting ends at `most`.
///
/// # Errors
/// When the database is away.
pub async fn unread(conn: &mut PgConn, user: Uuid, most: i64) -> Result<i64, StoreError> {
    let row: Count = sql(
        "SELECT count(*) AS n FROM (SELECT FROM notifications WHERE user_id = $1 AND in_app AND read_at IS NULL LIMIT $2) x",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<BigInt, _>(most)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// Marks one as read or unread.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's.
pub async fn mark(conn: &mut PgConn, user: Uuid, id: Uuid, read_at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE notifications SET read_at = CASE WHEN $3 IS NULL THEN NULL ELSE coalesce(read_at, $3) END
         WHERE id = $1 AND user_id = $2 AND in_app",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(user)
    .bind::<Nullable<Timestamptz>, _>(read_at)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Marks everything up to a moment as read; what came after the person looked stays unread.
///
/// # Errors
/// When the database refuses.
pub async fn mark_all(
    conn: &mut PgConn,
    user: Uuid,
    up_to: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    Ok(sql(
        "UPDATE notifications SET read_at = $3 WHERE user_id = $1 AND in_app AND read_at IS NULL AND created_at <= $2",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Timestamptz, _>(up_to)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// What waits for a person's digest, oldest first, held until the end of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn waiting(conn: &mut PgConn, user: Uuid, limit: i64) -> Result<Vec<Notification>, StoreError> {
    Ok(
        sql("SELECT id, topic, title, path, created_at, read_at FROM notifications
         WHERE user_id = $1 AND in_digest AND digested_at IS NULL ORDER BY created_at, id LIMIT $2 FOR UPDATE")
        .bind::<SqlUuid, _>(user)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?,
    )
}

/// Everything that waits for a person's digest went with it; returns how much.
///
/// # Errors
/// When the database refuses.
pub async fn digested(conn: &mut PgConn, user: Uuid, now: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(
        sql("UPDATE notifications SET digested_at = $2 WHERE user_id = $1 AND in_digest AND digested_at IS NULL")
            .bind::<SqlUuid, _>(user)
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await?,
    )
}
