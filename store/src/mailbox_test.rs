//! Checks of mailbox settings, saved or not.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A check and what it found so far.
#[derive(Debug, Clone, QueryableByName)]
pub struct MailboxTest {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Mailbox, when it is one that is saved.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub mailbox_id: Option<Uuid>,
    /// Who asked.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Server that mail is fetched from.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub connection: Option<serde_json::Value>,
    /// Sealed password; gone when the check is at its end.
    #[diesel(sql_type = Nullable<Binary>)]
    pub secret: Option<Vec<u8>>,
    /// `domain::mail::check::Checks`.
    #[diesel(sql_type = Jsonb)]
    pub steps: serde_json::Value,
    /// `running`, `passed` or `failed`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
}

/// Stores a check that is to be run.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, test: &MailboxTest) -> Result<(), StoreError> {
    sql(
        "INSERT INTO mailbox_tests (id, mailbox_id, user_id, connection, secret, steps, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(test.id)
    .bind::<Nullable<SqlUuid>, _>(test.mailbox_id)
    .bind::<SqlUuid, _>(test.user_id)
    .bind::<Nullable<Jsonb>, _>(test.connection.as_ref())
    .bind::<Nullable<Binary>, _>(test.secret.as_deref())
    .bind::<Jsonb, _>(&test.steps)
    .bind::<Text, _>(test.state.as_str())
    .bind::<Timestamptz, _>(test.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// One check.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<MailboxTest, StoreError> {
    Ok(sql(
        "SELECT id, mailbox_id, user_id, connection, secret, steps, state, created_at, finished_at
             FROM mailbox_tests WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?)
}

/// Notes how far a running check is and tells who asked for it; at the end the password is forgotten.
///
/// # Errors
/// When the database refuses.
pub async fn record(
    conn: &mut PgConn,
    id: Uuid,
    steps: &serde_json::Value,
    state: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("WITH t AS (UPDATE mailbox_tests SET steps = $2, state = $3,
                secret = CASE WHEN $3 = 'running' THEN secret END,
                finished_at = CASE WHEN $3 = 'running' THEN NULL ELSE $4 END
            WHERE id = $1 AND state = 'running' RETURNING id, user_id)
        INSERT INTO events (type, subject_type, subject_id, user_id, data)
        SELECT 'mailbox_test.updated', 'mailbox_test', id, user_id, jsonb_build_object('state', $3::text) FROM t")
    .bind::<SqlUuid, _>(id)
    .bind::<Jsonb, _>(steps)
    .bind::<Text, _>(state)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes up to `limit` checks from before `before`; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn prune(conn: &mut PgConn, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let n = sql("DELETE FROM mailbox_tests WHERE id IN (SELECT id FROM mailbox_tests WHERE created_at < $1 LIMIT $2)")
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?;
    Ok(n)
}
