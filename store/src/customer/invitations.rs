//! Invitations to act for a customer. Their links are mailed; only the hash of a link's token is known here.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Reached;
use crate::{PgConn, StoreError, sql::sql};

/// An invitation that nobody has used or taken back.
#[derive(Debug, Clone, QueryableByName)]
pub struct Invitation {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Where it was mailed to.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Role that it gives.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Who invited.
    #[diesel(sql_type = Nullable<Text>)]
    pub invited_by_name: Option<String>,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

macro_rules! select_invitation {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.email, i.role, u.name AS invited_by_name, i.created_at, i.expires_at
             FROM customer_invitations i LEFT JOIN users u ON u.id = i.invited_by
             WHERE i.customer_id = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL ",
            $rest
        )
    };
}

/// The open invitations of a customer, newest first; 200 at most.
///
/// # Errors
/// When the database is away.
pub async fn invitations(conn: &mut PgConn, customer: Reached) -> Result<Vec<Invitation>, StoreError> {
    let rows = sql(select_invitation!("ORDER BY i.created_at DESC, i.id DESC LIMIT 200"))
        .bind::<SqlUuid, _>(customer.id())
        .load(conn)
        .await?;
    Ok(rows)
}

/// One open invitation, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`] also when it was used or taken back.
pub async fn open_invitation(conn: &mut PgConn, customer: Reached, id: Uuid) -> Result<Invitation, StoreError> {
    let row = sql(select_invitation!("AND i.id = $2 FOR UPDATE OF i"))
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Stores an invitation; an open one to the same address is taken back.
///
/// # Errors
/// When the database refuses.
pub async fn insert_invitation(
    conn: &mut PgConn,
    customer: Reached,
    invitation: &Invitation,
    token_hash: &[u8],
    by: Uuid,
) -> Result<(), StoreError> {
    sql("UPDATE customer_invitations SET revoked_at = $3
         WHERE customer_id = $1 AND email = $2 AND used_at IS NULL AND revoked_at IS NULL")
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(invitation.email.as_str())
    .bind::<Timestamptz, _>(invitation.created_at)
    .execute(conn)
    .await?;
    sql(
        "INSERT INTO customer_invitations (id, customer_id, email, role, token_hash, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(invitation.id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(invitation.email.as_str())
    .bind::<Text, _>(invitation.role.as_str())
    .bind::<Binary, _>(token_hash)
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(invitation.created_at)
    .bind::<Timestamptz, _>(invitation.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends an invitation: used by `user`, or taken back when there is none.
///
/// # Errors
/// [`StoreError::NotFound`] when it was ended before.
pub async fn end_invitation(
    conn: &mut PgConn,
    customer: Reached,
    id: Uuid,
    user: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customer_invitations SET used_by = $3, used_at = CASE WHEN $3 IS NOT NULL THEN $4::timestamptz END,
            revoked_at = CASE WHEN $3 IS NULL THEN $4::timestamptz END
         WHERE id = $1 AND customer_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Nullable<SqlUuid>, _>(user)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
