//! Contacts and addresses of a customer.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Reached;
use crate::{PgConn, StoreError, sql::sql};

/// Somebody to talk to.
#[derive(Debug, Clone, QueryableByName)]
pub struct Contact {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Position in the company.
    #[diesel(sql_type = Nullable<Text>)]
    pub position: Option<String>,
    /// Address in lower case.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// Telephone in international form.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// `general`, `billing`, `technical` or `legal`.
    #[diesel(sql_type = Text)]
    pub purpose: String,
    /// The one to talk to first.
    #[diesel(sql_type = Bool)]
    pub is_primary: bool,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// Where a customer is.
#[derive(Debug, Clone, QueryableByName)]
pub struct Address {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `billing`, `head_office`, `delivery` or `other`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Street and number.
    #[diesel(sql_type = Text)]
    pub line1: String,
    /// Building, floor.
    #[diesel(sql_type = Nullable<Text>)]
    pub line2: Option<String>,
    /// Postal code.
    #[diesel(sql_type = Nullable<Text>)]
    pub postal_code: Option<String>,
    /// Town.
    #[diesel(sql_type = Text)]
    pub city: String,
    /// Number of the wilaya.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub wilaya: Option<i16>,
    /// Country (ISO 3166-1).
    #[diesel(sql_type = Text)]
    pub country: String,
    /// The one to use among those of its kind.
    #[diesel(sql_type = Bool)]
    pub is_default: bool,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// Contacts, the primary one first.
///
/// # Errors
/// When the database is away.
pub async fn contacts(conn: &mut PgConn, customer: Reached) -> Result<Vec<Contact>, StoreError> {
    let rows = sql(
        "SELECT id, name, position, email, phone, purpose, is_primary, version FROM customer_contacts
         WHERE customer_id = $1 ORDER BY is_primary DESC, name, id LIMIT 200",
    )
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// Stores a contact or replaces the one with its id. A primary one takes the place of the one before.
///
/// # Errors
/// [`StoreError::NotFound`] when that id belongs to another customer.
pub async fn put_contact(
    conn: &mut PgConn,
    customer: Reached,
    contact: &Contact,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    if contact.is_primary {
        sql("UPDATE customer_contacts SET is_primary = false, version = version + 1 WHERE customer_id = $1 AND is_primary AND id <> $2")
            .bind::<SqlUuid, _>(customer.id())
            .bind::<SqlUuid, _>(contact.id)
            .execute(conn)
            .await?;
    }
    let n = sql(
        "INSERT INTO customer_contacts (id, customer_id, name, position, email, phone, purpose, is_primary, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position, email = excluded.email,
            phone = excluded.phone, purpose = excluded.purpose, is_primary = excluded.is_primary, updated_at = excluded.updated_at,
            version = customer_contacts.version + 1
         WHERE customer_contacts.customer_id = excluded.customer_id",
    )
    .bind::<SqlUuid, _>(contact.id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(contact.name.as_str())
    .bind::<Nullable<Text>, _>(contact.position.as_deref())
    .bind::<Nullable<Text>, _>(contact.email.as_deref())
    .bind::<Nullable<Text>, _>(contact.phone.as_deref())
    .bind::<Text, _>(contact.purpose.as_str())
    .bind::<Bool, _>(contact.is_primary)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    found(n)
}

fn found(rows: usize) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Deletes a contact.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete_contact(conn: &mut PgConn, customer: Reached, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM customer_contacts WHERE id = $1 AND customer_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(customer.id())
        .execute(conn)
        .await?;
    found(n)
}

/// Addresses, by kind.
///
/// # Errors
/// When the database is away.
pub async fn addresses(conn: &mut PgConn, customer: Reached) -> Result<Vec<Address>, StoreError> {
    let rows = sql(
        "SELECT id, kind, line1, line2, postal_code, city, wilaya, country, is_default, version FROM customer_addresses
         WHERE customer_id = $1 ORDER BY kind, is_default DESC, id LIMIT 200",
    )
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// Stores an address or replaces the one with its id. A default one takes the place of the one before.
///
/// # Errors
/// [`StoreError::NotFound`] when that id belongs to another customer.
pub async fn put_address(
    conn: &mut PgConn,
    customer: Reached,
    address: &Address,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    if address.is_default {
        sql("UPDATE customer_addresses SET is_default = false, version = version + 1
             WHERE customer_id = $1 AND kind = $2 AND is_default AND id <> $3")
        .bind::<SqlUuid, _>(customer.id())
        .bind::<Text, _>(address.kind.as_str())
        .bind::<SqlUuid, _>(address.id)
        .execute(conn)
        .await?;
    }
    let n = sql(
        "INSERT INTO customer_addresses (id, customer_id, kind, line1, line2, postal_code, city, wilaya, country, is_default,
            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, line1 = excluded.line1, line2 = excluded.line2,
            postal_code = excluded.postal_code, city = excluded.city, wilaya = excluded.wilaya, country = excluded.country,
            is_default = excluded.is_default, updated_at = excluded.updated_at, version = customer_addresses.version + 1
         WHERE customer_addresses.customer_id = excluded.customer_id",
    )
    .bind::<SqlUuid, _>(address.id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(address.kind.as_str())
    .bind::<Text, _>(address.line1.as_str())
    .bind::<Nullable<Text>, _>(address.line2.as_deref())
    .bind::<Nullable<Text>, _>(address.postal_code.as_deref())
    .bind::<Text, _>(address.city.as_str())
    .bind::<Nullable<SmallInt>, _>(address.wilaya)
    .bind::<Text, _>(address.country.as_str())
    .bind::<Bool, _>(address.is_default)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    found(n)
}

/// Deletes an address.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete_address(conn: &mut PgConn, customer: Reached, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM customer_addresses WHERE id = $1 AND customer_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(customer.id())
        .execute(conn)
        .await?;
    found(n)
}
