//! Issuers that vouch for people.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A provider.
#[derive(Clone, QueryableByName)]
pub struct Provider {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Short name in addresses.
    #[diesel(sql_type = Text)]
    pub slug: String,
    /// Name that people read.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// A name of [`domain::oidc::Preset`].
    #[diesel(sql_type = Text)]
    pub preset: String,
    /// Issuer.
    #[diesel(sql_type = Text)]
    pub issuer: String,
    /// Our id there.
    #[diesel(sql_type = Text)]
    pub client_id: String,
    /// Our secret there, sealed.
    #[diesel(sql_type = Nullable<Binary>)]
    pub client_secret: Option<Vec<u8>>,
    /// What we ask for.
    #[diesel(sql_type = Array<Text>)]
    pub scopes: Vec<String>,
    /// In use.
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    /// Domains of addresses that may come; none lets all come.
    #[diesel(sql_type = Array<Text>)]
    pub allowed_domains: Vec<String>,
    /// Whom nobody knows becomes a customer.
    #[diesel(sql_type = Bool)]
    pub registration: bool,
    /// Staff may come this way.
    #[diesel(sql_type = Bool)]
    pub for_staff: bool,
    /// Its word on addresses counts.
    #[diesel(sql_type = Bool)]
    pub trust_email: bool,
    /// Its word on second factors counts.
    #[diesel(sql_type = Bool)]
    pub trust_mfa: bool,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("slug", &self.slug)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

macro_rules! select_provider {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, name, preset, issuer, client_id, client_secret, scopes, enabled, allowed_domains, registration,
                for_staff, trust_email, trust_mfa, created_at, version FROM oidc_providers ",
            $rest
        )
    };
}

/// All of them, by name.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<Provider>, StoreError> {
    Ok(sql(select_provider!("ORDER BY name, id")).load(conn).await?)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Provider, StoreError> {
    Ok(sql(select_provider!("WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One that is in use, by its short name.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn in_use(conn: &mut PgConn, slug: &str) -> Result<Provider, StoreError> {
    Ok(sql(select_provider!("WHERE slug = $1 AND enabled"))
        .bind::<Text, _>(slug)
        .get_result(conn)
        .await?)
}

/// How many people are linked with an issuer.
///
/// # Errors
/// When the database is away.
pub async fn linked(conn: &mut PgConn, issuer: &str) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = sql("SELECT count(*) AS n FROM user_identities WHERE issuer = $1")
        .bind::<Text, _>(issuer)
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// Adds one.
///
/// # Errors
/// [`StoreError::Conflict`] when its short name or its issuer is there.
pub async fn insert(conn: &mut PgConn, p: &Provider, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO oidc_providers (id, slug, name, preset, issuer, client_id, client_secret, scopes, enabled, allowed_domains,
             registration, for_staff, trust_email, trust_mfa, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)")
    .bind::<SqlUuid, _>(p.id)
    .bind::<Text, _>(p.slug.as_str())
    .bind::<Text, _>(p.name.as_str())
    .bind::<Text, _>(p.preset.as_str())
    .bind::<Text, _>(p.issuer.as_str())
    .bind::<Text, _>(p.client_id.as_str())
    .bind::<Nullable<Binary>, _>(p.client_secret.as_deref())
    .bind::<Array<Text>, _>(&p.scopes)
    .bind::<Bool, _>(p.enabled)
    .bind::<Array<Text>, _>(&p.allowed_domains)
    .bind::<Bool, _>(p.registration)
    .bind::<Bool, _>(p.for_staff)
    .bind::<Bool, _>(p.trust_email)
    .bind::<Bool, _>(p.trust_mfa)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes one that still has the version it was read with; preset and short name stay.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when another has the issuer.
pub async fn update(conn: &mut PgConn, p: &Provider, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE oidc_providers SET name = $3, issuer = $4, client_id = $5, client_secret = $6, scopes = $7, enabled = $8,
             allowed_domains = $9, registration = $10, for_staff = $11, trust_email = $12, trust_mfa = $13, updated_at = $14,
             version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(p.id)
    .bind::<Integer, _>(p.version)
    .bind::<Text, _>(p.name.as_str())
    .bind::<Text, _>(p.issuer.as_str())
    .bind::<Text, _>(p.client_id.as_str())
    .bind::<Nullable<Binary>, _>(p.client_secret.as_deref())
    .bind::<Array<Text>, _>(&p.scopes)
    .bind::<Bool, _>(p.enabled)
    .bind::<Array<Text>, _>(&p.allowed_domains)
    .bind::<Bool, _>(p.registration)
    .bind::<Bool, _>(p.for_staff)
    .bind::<Bool, _>(p.trust_email)
    .bind::<Bool, _>(p.trust_mfa)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Removes one that still has the version it was read with. Links of people with its issuer stay, and are worth nothing without it.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn delete(conn: &mut PgConn, id: Uuid, version: i32) -> Result<(), StoreError> {
    let n = sql("DELETE FROM oidc_providers WHERE id = $1 AND version = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
