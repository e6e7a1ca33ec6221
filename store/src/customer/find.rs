//! One customer.

use diesel::{
    QueryableByName,
    sql_types::{Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{Customer, Reached};
use crate::{PgConn, StoreError, scope::Scope, sql::sql};

macro_rules! select_customer {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.number, c.kind, c.status, c.kyc_state, c.name, c.email, c.phone, c.tags, c.account_manager_id,
                a.name AS account_manager_name, c.tier, c.created_at, c.updated_at, c.deleted_at, c.version, c.first_name, c.last_name,
                c.company_name, c.legal_form, c.website, c.locale, c.nif, c.nis, c.rc, c.ai, c.rib, c.nin_last4, c.source, c.status_at
             FROM customers c LEFT JOIN users a ON a.id = c.account_manager_id
             WHERE c.id = $1 AND ($3 OR c.deleted_at IS NULL) AND ($2::uuid IS NULL OR EXISTS (SELECT 1
                FROM customer_members m WHERE m.customer_id = c.id AND m.user_id = $2))",
            $rest
        )
    };
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// A customer; `deleted` ones only where asked for.
///
/// # Errors
/// [`StoreError::NotFound`] also when the scope does not reach him.
pub async fn find(conn: &mut PgConn, scope: Scope, id: Uuid, deleted: bool) -> Result<Customer, StoreError> {
    let row = sql(select_customer!(""))
        .bind::<SqlUuid, _>(id)
        .bind::<Nullable<SqlUuid>, _>(scope.user())
        .bind::<Bool, _>(deleted)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// A customer, locked until the transaction ends. Lock order: customer before anything that hangs on him.
///
/// # Errors
/// [`StoreError::NotFound`] also when the scope does not reach him.
pub async fn find_for_update(conn: &mut PgConn, scope: Scope, id: Uuid, deleted: bool) -> Result<Customer, StoreError> {
    let row = sql(select_customer!(" FOR UPDATE OF c"))
        .bind::<SqlUuid, _>(id)
        .bind::<Nullable<SqlUuid>, _>(scope.user())
        .bind::<Bool, _>(deleted)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// The key to what hangs on a customer who is not deleted.
///
/// # Errors
/// [`StoreError::NotFound`] also when the scope does not reach him.
pub async fn reach(conn: &mut PgConn, scope: Scope, id: Uuid) -> Result<Reached, StoreError> {
    let row: Id = sql("SELECT c.id FROM customers c WHERE c.id = $1 AND c.deleted_at IS NULL
        AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM customer_members m WHERE m.customer_id = c.id AND m.user_id = $2))")
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<SqlUuid>, _>(scope.user())
    .get_result(conn)
    .await?;
    Ok(Reached(row.id))
}

/// Who has this tax number already. The answer may be outside the asker's scope: it is for refusals, never for showing.
///
/// # Errors
/// When the database is away.
pub async fn nif_owner(conn: &mut PgConn, nif: &str, except: Uuid) -> Result<Option<Uuid>, StoreError> {
    let rows: Vec<Id> = sql("SELECT id FROM customers WHERE nif = $1 AND deleted_at IS NULL AND id <> $2")
        .bind::<Text, _>(nif)
        .bind::<SqlUuid, _>(except)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map(|row| row.id))
}
