//! What somebody of the staff is to a ticket's group: in some groups only members act, and leads give tickets to their people.

use domain::permission::Permission;
use store::{PgConn, group, ticket::Ticket};

use crate::{App, AppError, Caller, Tx};

/// Code of what is refused to whoever is not in the group.
const OUTSIDE: &str = "group_members_only";

/// What the caller may do with a ticket because of its group.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// He answers and changes it: anybody may, or he is in its group, has it, or manages groups.
    pub handles: bool,
    /// He gives it to members of its group, which he leads.
    pub leads: bool,
}

/// The code that says why he may not, if so.
pub(super) const fn obstacle(standing: Standing) -> Option<&'static str> {
    if standing.handles { None } else { Some(OUTSIDE) }
}

/// What needs no look at the group.
fn known(caller: &Caller, ticket: &Ticket) -> Option<Standing> {
    let open = !ticket.members_handle || ticket.summary.assignee_id == Some(caller.user_id);
    let plain = !caller.is_staff() || (open && caller.may(Permission::TicketsAssign));
    plain.then_some(Standing {
        handles: true,
        leads: false,
    })
}

async fn asked(conn: &mut PgConn, caller: &Caller, ticket: &Ticket) -> Result<Standing, AppError> {
    let (home, own) = (ticket.summary.group_id, Some(caller.user_id));
    let leads = !caller.may(Permission::TicketsAssign)
        && group::role(conn, home, caller.user_id).await?.as_deref() == Some("lead");
    let handles = !ticket.members_handle
        || ticket.summary.assignee_id == own
        || group::handles(conn, home, caller.user_id).await?;
    Ok(Standing { handles, leads })
}

/// What the caller is to the group of a ticket. Asks the database only where that can make a difference.
///
/// # Errors
/// When the database is away.
pub async fn standing(app: &App, caller: &Caller, ticket: &Ticket) -> Result<Standing, AppError> {
    match known(caller, ticket) {
        Some(plain) => Ok(plain),
        None => asked(&mut *app.conn().await?, caller, ticket).await,
    }
}

/// Refuses staff who may not act on a ticket because of its group.
///
/// # Errors
/// [`AppError::Refused`] `group_members_only`.
pub(crate) async fn handles(tx: &mut Tx, caller: &Caller, ticket: &Ticket) -> Result<(), AppError> {
    // Nearly all groups are open to everybody: nothing is asked then.
    let may = !caller.is_staff() || !ticket.members_handle || asked(tx.conn()?, caller, ticket).await?.handles;
    if may {
        return Ok(());
    }
    Err(AppError::refused(
        OUTSIDE,
        "only members of its group answer and change this ticket",
    ))
}
