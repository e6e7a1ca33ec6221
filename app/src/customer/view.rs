//! Showing a customer.

use domain::{
    customer::actions::{self as rules, Action, Viewer},
    permission::Permission,
};
use store::customer::Customer;
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
