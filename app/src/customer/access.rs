//! Who may do what with a customer: staff by their permissions, members by their role. Who is neither finds nothing.

use domain::{
    customer::{MemberAction, MemberRole},
    permission::Permission,
};
use store::{
    PgConn,
    customer::{self, Customer, Reached},
    scope::Scope,
};
use uuid::Uuid;

use crate::{AppError, Caller};

/// How a caller stands to one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Serves him; his permissions decide.
    Staff,
    /// Acts for him; the role decides.
    Member(MemberRole),
}

impl Caller {
    /// The customers that queries are narrowed to.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the role has nothing to do with customers.
    pub fn customer_scope(&self) -> Result<Scope, AppError> {
        if self.may(Permission::CustomersView) {
            return Ok(Scope::everything());
        }
        self.need(Permission::ProfileOwn)?;
        Ok(Scope::member(self.user_id))
    }
}

impl Caller {
    /// The projects that queries are narrowed to: all for staff who may see them, otherwise those that the person sees as a member.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the role has nothing to do with projects.
    pub fn project_scope(&self) -> Result<Scope, AppError> {
        if self.may(Permission::CustomersView) && self.may(Permission::ProjectsView) {
            return Ok(Scope::everything());
        }
        self.need(Permission::ProfileOwn)?;
        Ok(Scope::member(self.user_id))
    }
}

impl Access {
    /// Refuses unless staff hold the permission, or the member's role allows the action.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn need(self, caller: &Caller, staff: Permission, member: MemberAction) -> Result<(), AppError> {
        match self {
            Self::Staff => caller.need(staff),
            Self::Member(role) if role.may(member) => Ok(()),
            Self::Member(_) => Err(AppError::Forbidden),
        }
    }
}

/// How the caller stands to a customer he reached.
///
/// # Errors
/// [`AppError::NotFound`] when he stands in no relation to him.
pub(crate) async fn access(conn: &mut PgConn, caller: &Caller, customer: Reached) -> Result<Access, AppError> {
    if caller.may(Permission::CustomersView) {
        return Ok(Access::Staff);
    }
    let role = customer::member_role(conn, customer, caller.user_id).await?;
    let role = role.ok_or(AppError::NotFound)?;
    let role = role
        .parse()
        .map_err(|error: domain::customer::member::UnknownRole| AppError::Internal(error.to_string()))?;
    Ok(Access::Member(role))
}

/// A customer with the caller's relation to him.
///
/// # Errors
/// [`AppError::NotFound`] when he is not the caller's to see.
pub async fn open(conn: &mut PgConn, caller: &Caller, id: Uuid) -> Result<(Customer, Access), AppError> {
    let deleted = caller.may(Permission::CustomersRestore);
    let found = customer::find(conn, caller.customer_scope()?, id, deleted).await?;
    let access = access(conn, caller, found.reached()).await?;
    Ok((found, access))
}

/// The same, locked for a change; deleted customers are not found.
pub(crate) async fn open_for_update(
    conn: &mut PgConn,
    caller: &Caller,
    id: Uuid,
) -> Result<(Customer, Access), AppError> {
    let found = customer::find_for_update(conn, caller.customer_scope()?, id, false).await?;
    let access = access(conn, caller, found.reached()).await?;
    Ok((found, access))
}

/// Only the key to what hangs on a customer.
pub(crate) async fn reach(conn: &mut PgConn, caller: &Caller, id: Uuid) -> Result<(Reached, Access), AppError> {
    let reached = customer::reach(conn, caller.customer_scope()?, id).await?;
    let access = access(conn, caller, reached).await?;
    Ok((reached, access))
}
