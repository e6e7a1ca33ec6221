//! Whom issuers vouch for: people by issuer and subject, never by address.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A link between an account and an identity.
#[derive(Debug, Clone, QueryableByName)]
pub struct Link {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Account.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// Issuer.
    #[diesel(sql_type = Text)]
    pub issuer: String,
    /// Address, as the issuer said it last.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Last time it signed in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The account of an identity.
///
/// # Errors
/// When the database is away.
pub async fn owner(conn: &mut PgConn, issuer: &str, subject: &str) -> Result<Option<Link>, StoreError> {
    let rows: Vec<Link> = sql("SELECT i.id, i.user_id, i.issuer, i.email, i.created_at, i.last_used_at
         FROM user_identities i JOIN users u ON u.id = i.user_id AND u.deleted_at IS NULL WHERE i.issuer = $1 AND i.subject = $2")
    .bind::<Text, _>(issuer)
    .bind::<Text, _>(subject)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// What a person is linked with, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn of(conn: &mut PgConn, user_id: Uuid) -> Result<Vec<Link>, StoreError> {
    Ok(sql(
        "SELECT id, user_id, issuer, email, created_at, last_used_at FROM user_identities WHERE user_id = $1 ORDER BY id",
    )
    .bind::<SqlUuid, _>(user_id)
    .load(conn)
    .await?)
}

/// As [`of`], and nobody removes one of them until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, user_id: Uuid) -> Result<Vec<Link>, StoreError> {
    Ok(sql(
        "SELECT id, user_id, issuer, email, created_at, last_used_at FROM user_identities WHERE user_id = $1 ORDER BY id FOR UPDATE",
    )
    .bind::<SqlUuid, _>(user_id)
    .load(conn)
    .await?)
}

/// Links an account with an identity. The link of an account that was deleted gives way.
///
/// # Errors
/// [`StoreError::Conflict`] when another account has the identity.
pub async fn insert(
    conn: &mut PgConn,
    user_id: Uuid,
    (issuer, subject): (&str, &str),
    email: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Uuid, StoreError> {
    sql("DELETE FROM user_identities i USING users u
         WHERE i.issuer = $1 AND i.subject = $2 AND u.id = i.user_id AND u.deleted_at IS NOT NULL")
    .bind::<Text, _>(issuer)
    .bind::<Text, _>(subject)
    .execute(conn)
    .await?;
    let id = Uuid::now_v7();
    sql(
        "INSERT INTO user_identities (id, user_id, issuer, subject, email, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(user_id)
    .bind::<Text, _>(issuer)
    .bind::<Text, _>(subject)
    .bind::<Nullable<Text>, _>(email)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(id)
}

/// Notes that an identity signed in.
///
/// # Errors
/// When the database is away.
pub async fn used(conn: &mut PgConn, id: Uuid, email: Option<&str>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE user_identities SET last_used_at = $2, email = coalesce($3, email) WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Text>, _>(email)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes all links of this person.
///
/// # Errors
/// When the database is away.
pub async fn delete_all(conn: &mut PgConn, user_id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM user_identities WHERE user_id = $1")
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a link of this person.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete(conn: &mut PgConn, user_id: Uuid, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM user_identities WHERE id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
