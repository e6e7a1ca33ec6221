//! Sessions, their refresh tokens, and idempotency keys.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql, user::User};

mod idempotency;
mod open;
mod token;

pub use idempotency::{Answer, Claim, Held, Request, claim, claim_new, finish, mark, release, renew};
pub use open::{OpenSession, open};
pub use token::{Spent, Token, insert_token, spend_live, token, use_token};

/// A session: what grew out of one sign-in.
#[derive(Debug, Clone, QueryableByName)]
pub struct Session {
    /// Id; the refresh tokens of the session carry it.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whose.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Session version of the account; the session dies when it is raised.
    #[diesel(sql_type = Integer)]
    pub session_version: i32,
    /// Browser it runs in, when it is a known one.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub device_id: Option<Uuid>,
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: DateTime<Utc>,
    /// Address it was begun from.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// Address it was refreshed from last.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_ip: Option<String>,
    /// User agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// How the person proved who he is: `pwd`, `magic`, `otp`, `sms`, `backup`, `webauthn`, `oidc`.
    #[diesel(sql_type = Array<Text>)]
    pub amr: Vec<String>,
    /// When he proved it last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub factor_at: Option<DateTime<Utc>>,
    /// When it ends unless it is used.
    #[diesel(sql_type = Timestamptz)]
    pub idle_expires_at: DateTime<Utc>,
    /// When it ends however much it is used.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it was ended before its time.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub revoked_at: Option<DateTime<Utc>>,
}

macro_rules! columns {
    ($start:literal, $rest:literal) => {
        concat!(
            $start,
            " id, user_id, session_version, device_id, created_at, last_seen_at, ip, last_ip, user_agent, amr, factor_at,
              idle_expires_at, expires_at, revoked_at ",
            $rest
        )
    };
}

/// Stores a session.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, s: &Session) -> Result<(), StoreError> {
    sql(
        "INSERT INTO sessions (id, user_id, session_version, device_id, created_at, last_seen_at, ip, last_ip, user_agent, amr,
             factor_at, idle_expires_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind::<SqlUuid, _>(s.id)
    .bind::<SqlUuid, _>(s.user_id)
    .bind::<Integer, _>(s.session_version)
    .bind::<Nullable<SqlUuid>, _>(s.device_id)
    .bind::<Timestamptz, _>(s.created_at)
    .bind::<Timestamptz, _>(s.last_seen_at)
    .bind::<Nullable<Text>, _>(s.ip.as_deref())
    .bind::<Nullable<Text>, _>(s.last_ip.as_deref())
    .bind::<Nullable<Text>, _>(s.user_agent.as_deref())
    .bind::<Array<Text>, _>(&s.amr)
    .bind::<Nullable<Timestamptz>, _>(s.factor_at)
    .bind::<Timestamptz, _>(s.idle_expires_at)
    .bind::<Timestamptz, _>(s.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The session with this id, whatever became of it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Session, StoreError> {
    Ok(sql(columns!("SELECT", "FROM sessions WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// A person's sessions that are still live, last used first.
///
/// # Errors
/// When the database is away.
pub async fn live_of(conn: &mut PgConn, user_id: Uuid, now: DateTime<Utc>) -> Result<Vec<Session>, StoreError> {
    let rows = sql(columns!(
        "SELECT",
        "FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND idle_expires_at > $2 AND expires_at > $2
           AND session_version = (SELECT u.session_version FROM users u WHERE u.id = $1)
         ORDER BY last_seen_at DESC, id DESC LIMIT 200"
    ))
    .bind::<SqlUuid, _>(user_id)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Notes that a session was refreshed from here and lives on until then.
///
/// # Errors
/// When the database is away.
pub async fn refreshed(
    conn: &mut PgConn,
    id: Uuid,
    ip: Option<&str>,
    idle_expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE sessions SET last_seen_at = greatest(last_seen_at, $4), last_ip = coalesce($2, last_ip),
             idle_expires_at = $3 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Text>, _>(ip)
    .bind::<Timestamptz, _>(idle_expires_at)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a session was used; at most once a minute something is written.
///
/// # Errors
/// When the database is away.
pub async fn seen(conn: &mut PgConn, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2 - interval '1 minute'")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session: none of its tokens is accepted any more. Returns whether it was live.
///
/// # Errors
/// When the database is away.
pub async fn revoke(conn: &mut PgConn, id: Uuid, reason: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql("UPDATE sessions SET revoked_at = $2, revoke_reason = $3 WHERE id = $1 AND revoked_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(reason)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Ends a person's sessions, all or all but one. Returns those that were live.
///
/// # Errors
/// When the database is away.
pub async fn revoke_all(
    conn: &mut PgConn,
    user_id: Uuid,
    except: Option<Uuid>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = sql("UPDATE sessions SET revoked_at = $3, revoke_reason = $4
         WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2 RETURNING id")
    .bind::<SqlUuid, _>(user_id)
    .bind::<Nullable<SqlUuid>, _>(except)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(reason)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The account behind a session that is still live: not ended, not expired, of the account's session version, the account in use.
///
/// # Errors
/// When the database is away.
pub async fn live_user(
    conn: &mut PgConn,
    user_id: Uuid,
    session: Uuid,
    session_version: i32,
    now: DateTime<Utc>,
) -> Result<Option<LiveUser>, StoreError> {
    let rows: Vec<LiveUser> = sql("SELECT u.id, u.email, u.name, r.key AS role, array_prepend(r.key, r.inherited) AS lineage,
                r.effective AS permissions, u.locale, u.session_version, u.status, u.version, s.last_seen_at, s.factor_at, s.amr
         FROM users u JOIN roles r ON r.id = u.role_id JOIN sessions s ON s.user_id = u.id
         WHERE u.id = $1 AND u.session_version = $3 AND s.session_version = $3 AND u.deleted_at IS NULL AND u.status = 'active'
           AND s.id = $2 AND s.revoked_at IS NULL AND s.idle_expires_at > $4 AND s.expires_at > $4")
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(session)
    .bind::<Integer, _>(session_version)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// An account with the state of one of its sessions.
#[derive(Debug, Clone, QueryableByName)]
pub struct LiveUser {
    /// The account.
    #[diesel(embed)]
    pub user: User,
    /// When the session was used last, to the minute.
    #[diesel(sql_type = Timestamptz)]
    pub last_seen_at: DateTime<Utc>,
    /// When the person proved who he is last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub factor_at: Option<DateTime<Utc>>,
    /// How he did.
    #[diesel(sql_type = Array<Text>)]
    pub amr: Vec<String>,
}

/// A session that is still live.
#[derive(Debug, QueryableByName)]
pub struct LiveSession {
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What the role allows now.
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
}

/// Those of these sessions (account, session, session version) that are still live.
///
/// # Errors
/// When the database is away.
pub async fn live_sessions(
    conn: &mut PgConn,
    sessions: &[(Uuid, Uuid, i32)],
    now: DateTime<Utc>,
) -> Result<Vec<LiveSession>, StoreError> {
    let users: Vec<Uuid> = sessions.iter().map(|(user, ..)| *user).collect();
    let ids: Vec<Uuid> = sessions.iter().map(|(_, id, _)| *id).collect();
    let versions: Vec<i32> = sessions.iter().map(|(.., version)| *version).collect();
    let rows = sql("SELECT s.id, r.effective AS permissions
         FROM unnest($1, $2, $3) AS l (user_id, id, version)
         JOIN sessions s ON s.id = l.id AND s.user_id = l.user_id AND s.revoked_at IS NULL
             AND s.idle_expires_at > $4 AND s.expires_at > $4
         JOIN users u ON u.id = s.user_id AND u.session_version = l.version AND u.deleted_at IS NULL AND u.status = 'active'
         JOIN roles r ON r.id = u.role_id")
    .bind::<Array<SqlUuid>, _>(users)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Integer>, _>(versions)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}
