//! Changes of customers.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{Customer, NewCustomer, ProfileColumns, Reached};
use crate::{PgConn, StoreError, sql::sql};

/// Stores a customer.
///
/// # Errors
/// [`StoreError::Conflict`] with `customers_nif` or `customers_external_id` when another one has it.
pub async fn insert(conn: &mut PgConn, new: &NewCustomer<'_>) -> Result<Reached, StoreError> {
    let p = new.profile;
    sql(
        "INSERT INTO customers (id, kind, status, name, first_name, last_name, company_name, legal_form, email, phone, website,
            locale, nif, nis, rc, ai, rib, nin_sealed, nin_last4, source, tags, external_id, status_at, created_at, updated_at,
            created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $23,
            $23, $24, $24)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<Text, _>(p.kind)
    .bind::<Text, _>(new.status)
    .bind::<Text, _>(p.name)
    .bind::<Nullable<Text>, _>(p.first_name)
    .bind::<Nullable<Text>, _>(p.last_name)
    .bind::<Nullable<Text>, _>(p.company_name)
    .bind::<Nullable<Text>, _>(p.legal_form)
    .bind::<Text, _>(p.email)
    .bind::<Nullable<Text>, _>(p.phone)
    .bind::<Nullable<Text>, _>(p.website)
    .bind::<Text, _>(p.locale)
    .bind::<Nullable<Text>, _>(p.nif)
    .bind::<Nullable<Text>, _>(p.nis)
    .bind::<Nullable<Text>, _>(p.rc)
    .bind::<Nullable<Text>, _>(p.ai)
    .bind::<Nullable<Text>, _>(p.rib)
    .bind::<Nullable<Binary>, _>(new.nin.map(|nin| nin.0))
    .bind::<Nullable<Text>, _>(new.nin.map(|nin| nin.1))
    .bind::<Text, _>(new.source)
    .bind::<Array<Text>, _>(new.tags)
    .bind::<Nullable<Text>, _>(new.external_id)
    .bind::<Timestamptz, _>(new.at)
    .bind::<Nullable<SqlUuid>, _>(new.by)
    .execute(conn)
    .await?;
    Ok(Reached(new.id))
}

fn changed(rows: usize) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Replaces what a person fills in.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when another customer has the tax number.
pub async fn set_profile(
    conn: &mut PgConn,
    customer: &Customer,
    p: ProfileColumns<'_>,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customers SET kind = $3, name = $4, first_name = $5, last_name = $6, company_name = $7, legal_form = $8,
            email = $9, phone = $10, website = $11, locale = $12, nif = $13, nis = $14, rc = $15, ai = $16, rib = $17,
            updated_at = $18, updated_by = $19, version = version + 1
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(customer.summary.id)
    .bind::<Integer, _>(customer.summary.version)
    .bind::<Text, _>(p.kind)
    .bind::<Text, _>(p.name)
    .bind::<Nullable<Text>, _>(p.first_name)
    .bind::<Nullable<Text>, _>(p.last_name)
    .bind::<Nullable<Text>, _>(p.company_name)
    .bind::<Nullable<Text>, _>(p.legal_form)
    .bind::<Text, _>(p.email)
    .bind::<Nullable<Text>, _>(p.phone)
    .bind::<Nullable<Text>, _>(p.website)
    .bind::<Text, _>(p.locale)
    .bind::<Nullable<Text>, _>(p.nif)
    .bind::<Nullable<Text>, _>(p.nis)
    .bind::<Nullable<Text>, _>(p.rc)
    .bind::<Nullable<Text>, _>(p.ai)
    .bind::<Nullable<Text>, _>(p.rib)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    changed(n)
}

/// Replaces the sealed NIN with its last four digits, or removes it.
///
/// # Errors
/// When the database refuses.
pub async fn set_nin(conn: &mut PgConn, customer: Reached, nin: Option<(&[u8], &str)>) -> Result<(), StoreError> {
    sql("UPDATE customers SET nin_sealed = $2, nin_last4 = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(customer.id())
        .bind::<Nullable<Binary>, _>(nin.map(|nin| nin.0))
        .bind::<Nullable<Text>, _>(nin.map(|nin| nin.1))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Sealed {
    #[diesel(sql_type = Nullable<Binary>)]
    nin_sealed: Option<Vec<u8>>,
}

/// The sealed NIN, to be compared with another.
///
/// # Errors
/// When the database is away.
pub async fn sealed_nin(conn: &mut PgConn, customer: Reached) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Sealed = sql("SELECT nin_sealed FROM customers WHERE id = $1")
        .bind::<SqlUuid, _>(customer.id())
        .get_result(conn)
        .await?;
    Ok(row.nin_sealed)
}

/// What staff decide about a customer.
#[derive(Debug, Clone)]
pub struct Handling {
    /// Member of staff who looks after him.
    pub account_manager_id: Option<Uuid>,
    /// Tags.
    pub tags: Vec<String>,
    /// What he has a right to expect.
    pub tier: &'static str,
}

/// Replaces account manager, tags and tier.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn set_handling(
    conn: &mut PgConn,
    customer: &Customer,
    handling: &Handling,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customers SET account_manager_id = $3, tags = $4, updated_at = $5, updated_by = $6, tier = $7, version = version + 1
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(customer.summary.id)
    .bind::<Integer, _>(customer.summary.version)
    .bind::<Nullable<SqlUuid>, _>(handling.account_manager_id)
    .bind::<Array<Text>, _>(&handling.tags)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .bind::<Text, _>(handling.tier)
    .execute(conn)
    .await?;
    changed(n)
}

/// Moves a customer to another status.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn set_status(
    conn: &mut PgConn,
    customer: &Customer,
    to: &str,
    by: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customers SET status = $4, status_at = $5, updated_at = $5, updated_by = $6, version = version + 1
         WHERE id = $1 AND version = $2 AND status = $3 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(customer.summary.id)
    .bind::<Integer, _>(customer.summary.version)
    .bind::<Text, _>(customer.summary.status.as_str())
    .bind::<Text, _>(to)
    .bind::<Timestamptz, _>(at)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    changed(n)
}

/// Deletes a customer so that he can be brought back, or brings him back.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] when another customer took his tax number meanwhile.
pub async fn set_deleted(
    conn: &mut PgConn,
    customer: &Customer,
    deleted: bool,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customers SET deleted_at = CASE WHEN $3 THEN $4::timestamptz END, deleted_by = CASE WHEN $3 THEN $5::uuid END,
            updated_at = $4, updated_by = $5, version = version + 1
         WHERE id = $1 AND version = $2 AND (deleted_at IS NULL) = $3",
    )
    .bind::<SqlUuid, _>(customer.summary.id)
    .bind::<Integer, _>(customer.summary.version)
    .bind::<Bool, _>(deleted)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    changed(n)
}

/// Tells the browsers of staff and of every member that something about a customer changed.
///
/// # Errors
/// When the database refuses.
pub async fn tell(conn: &mut PgConn, customer: Reached, kind: &str, data: serde_json::Value) -> Result<(), StoreError> {
    sql(
        "INSERT INTO events (type, subject_type, subject_id, permission, user_id, data)
         SELECT $2, 'customer', $1, 'customers.view', NULL, $3
         UNION ALL SELECT $2, 'customer', $1, NULL, m.user_id, $3 FROM customer_members m WHERE m.customer_id = $1",
    )
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(kind)
    .bind::<Jsonb, _>(data)
    .execute(conn)
    .await?;
    Ok(())
}
