//! How the people who act for a customer sign in.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Reached;
use crate::{PgConn, StoreError, sql::sql};

/// Security of one member's account.
#[derive(Debug, Clone, QueryableByName)]
pub struct MemberSecurity {
    /// Account.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// State of the account.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// When he signed in last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_login_at: Option<DateTime<Utc>>,
    /// When his password was changed last.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub password_changed_at: Option<DateTime<Utc>>,
    /// Since when he has a passkey; the oldest of those that he has now.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub passkey_since: Option<DateTime<Utc>>,
    /// Since when he has an authenticator app.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub totp_since: Option<DateTime<Utc>>,
    /// Since when he gets codes by text message.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sms_since: Option<DateTime<Utc>>,
    /// Sessions that are open now.
    #[diesel(sql_type = BigInt)]
    pub sessions: i64,
    /// Tries that failed within thirty days.
    #[diesel(sql_type = BigInt)]
    pub failures: i64,
}

/// A try to sign in.
#[derive(Debug, Clone, QueryableByName)]
pub struct MemberLogin {
    /// Place in the journal.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Name of the member.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `success`, `challenge`, `failure` or `blocked`.
    #[diesel(sql_type = Text)]
    pub outcome: String,
    /// How he signed in.
    #[diesel(sql_type = Text)]
    pub method: String,
    /// From a browser that was known.
    #[diesel(sql_type = Bool)]
    pub known_device: bool,
    /// From where.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// User agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// Why it failed.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
}

/// Security of the accounts that act for a customer.
///
/// # Errors
/// When the database is away.
pub async fn member_security(
    conn: &mut PgConn,
    customer: Reached,
    now: DateTime<Utc>,
) -> Result<Vec<MemberSecurity>, StoreError> {
    let rows = sql(
        "SELECT u.id AS user_id, u.name, u.status, u.last_login_at, u.password_changed_at,
            (SELECT min(p.created_at) FROM passkeys p WHERE p.user_id = u.id) AS passkey_since,
            (SELECT f.confirmed_at FROM totp_factors f WHERE f.user_id = u.id) AS totp_since,
            (SELECT f.confirmed_at FROM sms_factors f WHERE f.user_id = u.id) AS sms_since,
            (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.revoked_at IS NULL
                AND s.session_version = u.session_version AND least(s.idle_expires_at, s.expires_at) > $2) AS sessions,
            (SELECT count(*) FROM login_journal j WHERE j.user_id = u.id AND j.outcome IN ('failure', 'blocked')
                AND j.at > $2::timestamptz - interval '30 days') AS failures
         FROM customer_members m JOIN users u ON u.id = m.user_id
         WHERE m.customer_id = $1 AND u.deleted_at IS NULL ORDER BY u.name, u.id LIMIT 500",
    )
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}

/// The last tries to sign in of those who act for a customer, newest first; 100 at most.
///
/// # Errors
/// When the database is away.
pub async fn member_logins(conn: &mut PgConn, customer: Reached) -> Result<Vec<MemberLogin>, StoreError> {
    let rows = sql(
        "SELECT j.id, j.at, u.name, j.outcome, j.method, j.known_device, j.ip, j.user_agent, j.reason
         FROM customer_members m JOIN users u ON u.id = m.user_id
            CROSS JOIN LATERAL (SELECT * FROM login_journal l WHERE l.user_id = u.id ORDER BY l.id DESC LIMIT 100) j
         WHERE m.customer_id = $1 AND u.deleted_at IS NULL ORDER BY j.id DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}
