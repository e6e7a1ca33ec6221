//! Links sent by mail: each good once, for one purpose, for a while. Only the SHA-256 of the token is kept.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A link.
#[derive(Debug, Clone, QueryableByName)]
pub struct Link {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Account it is for; none before the mail was sent, and for an account that does not exist yet.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    /// Address it is sent to, in lower case.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// `verify`, `magic`, `reset`, `invite` or `email_change`.
    #[diesel(sql_type = Text)]
    pub purpose: String,
    /// SHA-256 of the token.
    #[diesel(sql_type = Binary)]
    pub token_hash: Vec<u8>,
    /// What it carries out, sealed.
    #[diesel(sql_type = Nullable<Binary>)]
    pub data: Option<Vec<u8>>,
    /// Language of the one who asked.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Where it was asked for.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it ends.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub used_at: Option<DateTime<Utc>>,
}

macro_rules! columns {
    ($start:literal, $rest:literal) => {
        concat!(
            $start,
            " id, user_id, email, purpose, token_hash, data, locale, ip, created_at, expires_at, used_at ",
            $rest
        )
    };
}

/// Stores a link.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut PgConn, link: &Link) -> Result<(), StoreError> {
    sql(
        "INSERT INTO mailed_links (id, user_id, email, purpose, token_hash, data, locale, ip, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind::<SqlUuid, _>(link.id)
    .bind::<Nullable<SqlUuid>, _>(link.user_id)
    .bind::<Text, _>(link.email.as_str())
    .bind::<Text, _>(link.purpose.as_str())
    .bind::<Binary, _>(&link.token_hash)
    .bind::<Nullable<Binary>, _>(link.data.as_deref())
    .bind::<Text, _>(link.locale.as_str())
    .bind::<Nullable<Text>, _>(link.ip.as_deref())
    .bind::<Timestamptz, _>(link.created_at)
    .bind::<Timestamptz, _>(link.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// One link.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Link, StoreError> {
    Ok(sql(columns!("SELECT", "FROM mailed_links WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// How many links of this purpose were asked for at this address since then, by whomever: also behind the wall.
///
/// # Errors
/// When the database is away.
pub async fn asked_since(
    conn: &mut PgConn,
    email: &str,
    purpose: &str,
    since: DateTime<Utc>,
) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = sql("SELECT links_asked($1, $2, $3) AS n")
        .bind::<Text, _>(email)
        .bind::<Text, _>(purpose)
        .bind::<Timestamptz, _>(since)
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// Says whose account the link opens.
///
/// # Errors
/// When the database is away.
pub async fn bind_user(conn: &mut PgConn, id: Uuid, user_id: Uuid) -> Result<(), StoreError> {
    sql("UPDATE mailed_links SET user_id = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(user_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The link with this token while it is good, without using it.
///
/// # Errors
/// When the database is away.
pub async fn good(
    conn: &mut PgConn,
    hash: &[u8],
    purpose: &str,
    now: DateTime<Utc>,
) -> Result<Option<Link>, StoreError> {
    let rows: Vec<Link> = sql(columns!(
        "SELECT",
        "FROM mailed_links WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3"
    ))
    .bind::<Binary, _>(hash)
    .bind::<Text, _>(purpose)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Uses the link with this token. Of any number of parallel calls exactly one gets it.
///
/// # Errors
/// When the database is away.
pub async fn redeem(
    conn: &mut PgConn,
    hash: &[u8],
    purpose: &str,
    now: DateTime<Utc>,
) -> Result<Option<Link>, StoreError> {
    let rows: Vec<Link> = sql(columns!(
        "UPDATE mailed_links SET used_at = $3 WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 RETURNING",
        ""
    ))
    .bind::<Binary, _>(hash)
    .bind::<Text, _>(purpose)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Spends what links a person or an address still has, so that an older mail opens nothing any more.
///
/// # Errors
/// When the database is away.
pub async fn spend(
    conn: &mut PgConn,
    user_id: Option<Uuid>,
    email: &str,
    purposes: &[&str],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("UPDATE mailed_links SET used_at = $4
         WHERE (user_id = $1 OR email = $2) AND purpose = ANY($3) AND used_at IS NULL")
    .bind::<Nullable<SqlUuid>, _>(user_id)
    .bind::<Text, _>(email)
    .bind::<diesel::sql_types::Array<Text>, _>(purposes)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
