//! Showing a customer.

use chrono::{DateTime, Utc};
use domain::{
    customer::actions::{self as rules, Action, Viewer},
    permission::Permission,
};
use store::customer::{self, Customer, Figures, MemberLogin, MemberSecurity, Moment};
use uuid::Uuid;

use super::{access, access::Access, status::parsed};
use crate::{App, AppError, Caller};

/// What the caller may do with the customer, and why not the rest.
///
/// # Errors
/// When the database holds a status that this release does not know.
pub fn actions(caller: &Caller, access: Access, customer: &Customer) -> Result<Vec<Action>, AppError> {
    let viewer = match access {
        Access::Staff => Viewer::Staff {
            edit: caller.may(Permission::CustomersEdit),
            delete: caller.may(Permission::CustomersDelete),
            restore: caller.may(Permission::CustomersRestore),
        },
        Access::Member(role) => Viewer::Member(role),
    };
    Ok(rules::list(
        viewer,
        parsed(customer)?,
        customer.summary.deleted_at.is_some(),
    ))
}

/// A customer with the caller's relation to him.
///
/// # Errors
/// [`AppError::NotFound`] when he is not the caller's to see.
pub async fn show(app: &App, caller: &Caller, id: Uuid) -> Result<(Customer, Access), AppError> {
    access::open(&mut *app.conn().await?, caller, id).await
}

/// Everything that happened around a customer, newest first; staff only.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Forbidden`].
pub async fn timeline(
    app: &App,
    caller: &Caller,
    id: Uuid,
    before: Option<(DateTime<Utc>, String)>,
    limit: i64,
) -> Result<Vec<Moment>, AppError> {
    caller.need(Permission::CustomersView)?;
    let mut conn = app.conn().await?;
    let (found, _) = access::open(&mut conn, caller, id).await?;
    let notes = caller.may(Permission::NotesView);
    Ok(customer::timeline(&mut conn, found.reached(), before, notes, limit).await?)
}

/// What hangs on a customer, in numbers; staff only.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Forbidden`].
pub async fn figures(app: &App, caller: &Caller, id: Uuid) -> Result<Figures, AppError> {
    caller.need(Permission::CustomersView)?;
    let mut conn = app.conn().await?;
    let (found, _) = access::open(&mut conn, caller, id).await?;
    Ok(customer::figures(&mut conn, found.reached()).await?)
}

/// How the people who act for a customer sign in; staff only.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Forbidden`].
pub async fn security(
    app: &App,
    caller: &Caller,
    id: Uuid,
) -> Result<(Vec<MemberSecurity>, Vec<MemberLogin>), AppError> {
    caller.need(Permission::CustomersView)?;
    let mut conn = app.conn().await?;
    let (found, _) = access::open(&mut conn, caller, id).await?;
    let accounts = customer::member_security(&mut conn, found.reached(), app.now()).await?;
    Ok((accounts, customer::member_logins(&mut conn, found.reached()).await?))
}

/// Audits that somebody takes the list of customers out of the product; needs a fresh factor.
///
/// # Errors
/// [`AppError::Forbidden`], [`AppError::StepUp`].
pub async fn export_begins(app: &App, caller: &Caller, filter: &str) -> Result<(), AppError> {
    caller.need(Permission::CustomersExport)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let entry = store::audit::Entry {
        action: "customer.export",
        subject_type: "customer",
        subject_id: None,
        data: serde_json::json!({ "filter": filter }),
    };
    store::audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await
}
