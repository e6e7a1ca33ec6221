//! Invitations to act for a customer.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, customer::Reached, sql::sql};

/// An invitation.
#[derive(Debug, Clone, QueryableByName)]
pub struct Invitation {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Customer.
    #[diesel(sql_type = SqlUuid)]
    pub customer_id: Uuid,
    /// His name.
    #[diesel(sql_type = Text)]
    pub customer_name: String,
    /// Address that is invited, in lower case.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Role, see `domain::customer::MemberRole`.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// What its link is made of; changes when it is sent again.
    #[diesel(sql_type = SqlUuid)]
    pub secret_id: Uuid,
    /// Language of the mail unless the address has an account.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Who invites.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub invited_by: Option<Uuid>,
    /// His name.
    #[diesel(sql_type = Text)]
    pub invited_by_name: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was mailed last.
    #[diesel(sql_type = Timestamptz)]
    pub sent_at: DateTime<Utc>,
    /// Until when it is good.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it was accepted, revoked, or found to be too old.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
}

impl Invitation {
    /// It can be accepted.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && self.expires_at > now
    }
}

macro_rules! select_invitation {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.customer_id, c.name AS customer_name, i.email, i.role, i.secret_id, i.locale, i.invited_by,
                coalesce(u.name, '') AS invited_by_name, i.created_at, i.sent_at, i.expires_at,
                coalesce(i.used_at, i.revoked_at, i.expired_at) AS ended_at
             FROM customer_invitations i JOIN customers c ON c.id = i.customer_id AND c.deleted_at IS NULL
             LEFT JOIN users u ON u.id = i.invited_by ",
            $rest
        )
    };
}

/// Stores an invitation.
///
/// # Errors
/// [`StoreError::Conflict`] with `customer_invitations_open` when the address is invited already.
pub async fn insert(conn: &mut PgConn, new: &Invitation, token_hash: &[u8]) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_invitations (id, customer_id, email, role, token_hash, secret_id, locale, invited_by, created_at, sent_at,
            expires_at, mailed_at, mailed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, ARRAY[$9], ARRAY[$8])",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<SqlUuid, _>(new.customer_id)
    .bind::<Text, _>(new.email.as_str())
    .bind::<Text, _>(new.role.as_str())
    .bind::<Binary, _>(token_hash)
    .bind::<SqlUuid, _>(new.secret_id)
    .bind::<Text, _>(new.locale.as_str())
    .bind::<Nullable<SqlUuid>, _>(new.invited_by)
    .bind::<Timestamptz, _>(new.created_at)
    .bind::<Timestamptz, _>(new.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many mails of invitations went to this address since then, and how many this person had sent; those that ended count.
///
/// # Errors
/// When the database is away.
pub async fn sent(
    conn: &mut PgConn,
    email: &str,
    inviter: Uuid,
    since: DateTime<Utc>,
) -> Result<(i64, i64), StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        to_address: i64,
        #[diesel(sql_type = BigInt)]
        by_person: i64,
    }
    let rows: Vec<Row> = sql(
        "SELECT count(*) FILTER (WHERE i.email = $1) AS to_address, count(*) FILTER (WHERE m.by = $2) AS by_person
         FROM customer_invitations i, unnest(i.mailed_at, i.mailed_by) AS m (at, by)
         WHERE i.sent_at > $3 AND m.at > $3 AND (i.email = $1 OR m.by = $2)",
    )
    .bind::<Text, _>(email)
    .bind::<SqlUuid, _>(inviter)
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .next()
        .map_or((0, 0), |row| (row.to_address, row.by_person)))
}

/// Open invitations of a customer, newest first; those whose time is over among them until the job has been there.
///
/// # Errors
/// When the database is away.
pub async fn open(conn: &mut PgConn, customer: Reached) -> Result<Vec<Invitation>, StoreError> {
    let rows = sql(select_invitation!(
        "WHERE i.customer_id = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expired_at IS NULL
         ORDER BY i.created_at DESC, i.id DESC LIMIT 200"
    ))
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// One invitation; for jobs.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Invitation, StoreError> {
    let row = sql(select_invitation!("WHERE i.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// An open invitation of a customer, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is another customer's.
pub async fn open_for_update(conn: &mut PgConn, customer: Reached, id: Uuid) -> Result<Invitation, StoreError> {
    let row = sql(select_invitation!(
        "WHERE i.id = $2 AND i.customer_id = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expired_at IS NULL
         FOR UPDATE OF i"
    ))
    .bind::<SqlUuid, _>(customer.id())
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// The hash of the token in the mail of an invitation.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn token_hash(conn: &mut PgConn, id: Uuid) -> Result<Vec<u8>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Binary)]
        token_hash: Vec<u8>,
    }
    let row: Row = sql("SELECT token_hash FROM customer_invitations WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row.token_hash)
}

/// The invitation behind a token while it is good.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn by_token(conn: &mut PgConn, token_hash: &[u8], now: DateTime<Utc>) -> Result<Invitation, StoreError> {
    let row = sql(select_invitation!(
        "WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expired_at IS NULL AND i.expires_at > $2"
    ))
    .bind::<Binary, _>(token_hash)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(row)
}

/// Uses an invitation; once, whoever tries.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not good any more.
pub async fn redeem(conn: &mut PgConn, token_hash: &[u8], by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql("UPDATE customer_invitations SET used_at = $3, used_by = $2
         WHERE token_hash = $1 AND used_at IS NULL AND revoked_at IS NULL AND expired_at IS NULL AND expires_at > $3")
    .bind::<Binary, _>(token_hash)
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Gives an invitation another link and another time.
///
/// # Errors
/// When the database refuses.
pub async fn renew(
    conn: &mut PgConn,
    id: Uuid,
    (secret_id, token_hash): (Uuid, &[u8]),
    expires_at: DateTime<Utc>,
    (by, now): (Uuid, DateTime<Utc>),
) -> Result<(), StoreError> {
    sql(
        "UPDATE customer_invitations SET secret_id = $2, token_hash = $3, expires_at = $4, sent_at = $5,
            mailed_at = mailed_at || $5, mailed_by = mailed_by || $6 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(secret_id)
    .bind::<Binary, _>(token_hash)
    .bind::<Timestamptz, _>(expires_at)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes open invitations of a customer back: one, or those from a person.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(conn: &mut PgConn, customer: Reached, which: Which, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (id, from) = match which {
        Which::One(id) => (Some(id), None),
        Which::From(user) => (None, Some(user)),
    };
    sql("UPDATE customer_invitations SET revoked_at = $4
         WHERE customer_id = $1 AND used_at IS NULL AND revoked_at IS NULL AND expired_at IS NULL
            AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR invited_by = $3)")
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<Nullable<SqlUuid>, _>(from)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Which open invitations.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// This one.
    One(Uuid),
    /// From this person.
    From(Uuid),
}

/// Open invitations whose time is over, locked until the transaction ends; others may work on some of them.
///
/// # Errors
/// When the database is away.
pub async fn over(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Invitation>, StoreError> {
    let rows = sql(select_invitation!(
        "WHERE i.expires_at <= $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expired_at IS NULL
         ORDER BY i.expires_at LIMIT $2 FOR UPDATE OF i SKIP LOCKED"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Marks those whose time is over; returns those that nobody marked before.
///
/// # Errors
/// When the database refuses.
pub async fn expire(conn: &mut PgConn, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = sql("UPDATE customer_invitations SET expired_at = $2 WHERE id = ANY($1)
            AND used_at IS NULL AND revoked_at IS NULL AND expired_at IS NULL RETURNING id")
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
