//! Moving a customer to another status.

use domain::{
    customer::{Status, profile, status},
    permission::Permission,
};
use store::customer::{self, Customer, StatusChange};
use uuid::Uuid;

use super::{access, check_version, record};
use crate::{App, AppError, Caller};

/// A move as asked for.
#[derive(Debug, Clone)]
pub struct StatusMove {
    /// Wanted status.
    pub to: Status,
    /// Why.
    pub reason: Option<String>,
    /// Version the caller read.
    pub version: i32,
}

pub(super) fn parsed(customer: &Customer) -> Result<Status, AppError> {
    customer
        .summary
        .status
        .parse()
        .map_err(|error: status::UnknownStatus| AppError::Internal(error.to_string()))
}

/// Moves a customer.
///
/// # Errors
/// [`AppError::Refused`] with the statuses that would be accepted; [`AppError::Stale`].
pub async fn transition(app: &App, caller: &Caller, id: Uuid, wanted: StatusMove) -> Result<Customer, AppError> {
    caller.need(Permission::CustomersEdit)?;
    let reason: Option<String> = wanted
        .reason
        .as_deref()
        .map(|text| profile::line(text).chars().take(500).collect())
        .filter(|text: &String| !text.is_empty());
    let mut tx = app.begin().await?;
    let (found, _) = access::open_for_update(tx.conn()?, caller, id).await?;
    check_version(&found, wanted.version)?;
    let from = parsed(&found)?;
    status::decide(from, wanted.to, reason.as_deref()).map_err(|refusal| AppError::Refused {
        code: refusal.code().to_owned(),
        message: refusal.to_string(),
        allowed: status::moves(from).iter().map(|t| t.to.as_str().to_owned()).collect(),
    })?;
    let now = app.now();
    let (before, after) = (from.as_str(), wanted.to.as_str());
    customer::set_status(tx.conn()?, &found, after, Some(caller.user_id), now).await?;
    customer::add_status_change(
        tx.conn()?,
        found.reached(),
        (before, after),
        reason.as_deref(),
        &caller.actor,
        now,
    )
    .await?;
    let data = serde_json::json!({ "from": before, "to": after, "reason": reason });
    record(app, &mut tx, caller, found.reached(), "customer.transition", data).await?;
    let stored = customer::find(tx.conn()?, caller.customer_scope()?, id, false).await?;
    tx.commit().await?;
    Ok(stored)
}

/// How he came to his status, newest first. For staff: reasons are not written for the customer.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Forbidden`].
pub async fn history(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<StatusChange>, AppError> {
    caller.need(Permission::CustomersView)?;
    let mut conn = app.conn().await?;
    let (found, _) = access::open(&mut conn, caller, id).await?;
    Ok(customer::status_changes(&mut conn, found.reached()).await?)
}
