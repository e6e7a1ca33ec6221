//! Deleting a customer so that he can be brought back.

use domain::{customer::status, permission::Permission};
use store::customer::{self, Customer};
use uuid::Uuid;

use super::{check_version, record, status::parsed};
use crate::{App, AppError, Caller};

/// Deletes a customer who is not in use; needs a fresh factor.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Refused`] while he is active or suspended; [`AppError::Stale`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::CustomersDelete)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let found = customer::find_for_update(tx.conn()?, caller.customer_scope()?, id, false).await?;
    check_version(&found, version)?;
    if !status::may_delete(parsed(&found)?) {
        return Err(AppError::Refused {
            code: "customer_in_use".to_owned(),
            message: "make the customer inactive before you delete him".to_owned(),
            allowed: vec!["pending".to_owned(), "inactive".to_owned()],
        });
    }
    customer::set_deleted(tx.conn()?, &found, true, caller.user_id, app.now()).await?;
    let data = serde_json::json!({ "name": found.summary.name, "number": found.summary.number });
    record(app, &mut tx, caller, found.reached(), "customer.delete", data).await?;
    tx.commit().await
}

/// Brings a deleted customer back.
///
/// # Errors
/// [`AppError::Refused`] when he is not deleted, or another customer has his tax number now.
pub async fn restore(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<Customer, AppError> {
    caller.need(Permission::CustomersRestore)?;
    let scope = caller.customer_scope()?;
    let mut tx = app.begin().await?;
    let found = customer::find_for_update(tx.conn()?, scope, id, true).await?;
    check_version(&found, version)?;
    if found.summary.deleted_at.is_none() {
        return Err(AppError::refused("customer_not_deleted", "the customer is not deleted"));
    }
    if let Some(nif) = found.nif.as_deref()
        && customer::nif_owner(tx.conn()?, nif, id).await?.is_some()
    {
        return Err(AppError::refused("nif_taken", "another customer has this NIF now"));
    }
    customer::set_deleted(tx.conn()?, &found, false, caller.user_id, app.now()).await?;
    record(
        app,
        &mut tx,
        caller,
        found.reached(),
        "customer.restore",
        serde_json::json!({}),
    )
    .await?;
    let stored = customer::find(tx.conn()?, scope, id, false).await?;
    tx.commit().await?;
    Ok(stored)
}
