//! Filing tickets under projects.

use domain::{
    customer::project::{self as rules, Filer, Place, Refusal},
    permission::Permission,
};
use store::{
    customer::{self, Project, ProjectFilter},
    ticket::{self, Ticket},
};
use uuid::Uuid;

use super::{Alteration, check_version, handles};
use crate::{App, AppError, Caller, Tx};

pub(super) fn unknown() -> AppError {
    AppError::invalid("/project_id", "unknown_project", "there is no such project")
}

fn wrong(refusal: Refusal) -> AppError {
    match refusal {
        Refusal::NotYours | Refusal::TakesAway => AppError::refused(refusal.code(), refusal.to_string()),
        Refusal::OtherCustomer | Refusal::Archived => AppError::invalid("/project_id", refusal.code(), refusal),
    }
}

/// A project that the caller sees.
async fn seen(conn: &mut store::PgConn, caller: &Caller, id: Uuid) -> Result<Project, AppError> {
    match customer::project(conn, caller.project_scope()?, id).await {
        Ok(found) => Ok(found),
        Err(store::StoreError::NotFound) => Err(unknown()),
        Err(other) => Err(other.into()),
    }
}

/// Refuses unless a ticket of this address may be opened in a project by the caller.
///
/// # Errors
/// [`AppError::Invalid`] `unknown_project`, `project_archived`, `project_of_another_customer`.
pub(super) async fn opens_in(app: &App, caller: &Caller, id: Uuid, email: &str) -> Result<(), AppError> {
    let mut conn = app.conn().await?;
    let found = seen(&mut conn, caller, id).await?;
    let place = Place::Project {
        same_customer: customer::project_takes(&mut conn, &found, email).await?,
        archived: found.archived_at.is_some(),
    };
    let filer = Filer {
        takes_part: true,
        decides: true,
        asker_sees: true,
    };
    rules::file(place, filer).map_err(wrong)
}

/// Narrows projects to those that the caller may file this ticket under; none when it is of no customer.
///
/// # Errors
/// [`AppError::NotFound`] when it is not his to see.
pub(crate) async fn places(
    conn: &mut store::PgConn,
    caller: &Caller,
    id: Uuid,
    filter: ProjectFilter,
) -> Result<Option<ProjectFilter>, AppError> {
    let ticket = ticket::find(conn, id, caller.ticket_scope()?).await?;
    let Some(customer) = ticket.customer_id else {
        return Ok(None);
    };
    if filter.customer.is_some_and(|wanted| wanted != customer) {
        return Ok(None);
    }
    let takes = match decides(conn, caller, &ticket).await? {
        true => filter.takes,
        false => Some(ticket.summary.requester_email),
    };
    Ok(Some(ProjectFilter {
        customer: Some(customer),
        takes,
        ..filter
    }))
}

/// See [`Filer::decides`].
async fn decides(conn: &mut store::PgConn, caller: &Caller, ticket: &Ticket) -> Result<bool, AppError> {
    Ok(caller.is_staff()
        || ticket.summary.requester_user_id == Some(caller.user_id)
        || match ticket.customer_id {
            Some(customer) => customer::leads(conn, customer, caller.user_id).await?,
            None => false,
        })
}

/// What counts of who files a ticket under a project, or under none.
async fn filer(tx: &mut Tx, caller: &Caller, ticket: &Ticket, project: Option<&Project>) -> Result<Filer, AppError> {
    let decides = decides(tx.conn()?, caller, ticket).await?;
    let asker_sees = match project {
        Some(project) => customer::project_takes(tx.conn()?, project, &ticket.summary.requester_email).await?,
        None => true,
    };
    Ok(Filer {
        takes_part: takes_part(tx, caller, ticket).await?,
        decides,
        asker_sees,
    })
}

/// Whether the person asked for the ticket or takes part in it.
async fn takes_part(tx: &mut Tx, caller: &Caller, ticket: &Ticket) -> Result<bool, AppError> {
    if caller.is_staff() || ticket.summary.requester_user_id == Some(caller.user_id) {
        return Ok(true);
    }
    let part = ticket::participants(tx.conn()?, ticket.summary.id).await?;
    Ok(part
        .iter()
        .any(|one| one.user_id == Some(caller.user_id) && one.role != "cc_pending"))
}

/// Files a ticket under a project of its customer, or under none: staff who change tickets, and the customer's people who see both.
///
/// # Errors
/// [`AppError::Invalid`] as for opening; [`AppError::Refused`] `not_yours_to_take_out`, `takes_it_from_requester`, or when it is closed; [`AppError::Stale`].
pub async fn file(
    app: &App,
    caller: &Caller,
    id: Uuid,
    project: Option<Uuid>,
    version: i32,
) -> Result<Ticket, AppError> {
    let scope = caller.ticket_scope()?;
    if scope.is_none() {
        caller.need(Permission::TicketsEdit)?;
    }
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, scope).await?;
    check_version(&ticket, Some(version))?;
    handles(&mut tx, caller, &ticket).await?;
    let found = match project {
        Some(project) => Some(seen(tx.conn()?, caller, project).await?),
        None => None,
    };
    let place = found.as_ref().map_or(Place::Nowhere, |found| Place::Project {
        same_customer: ticket.customer_id == Some(found.customer_id),
        // Where it is it may stay.
        archived: found.archived_at.is_some() && ticket.project_id != Some(found.id),
    });
    let filer = filer(&mut tx, caller, &ticket, found.as_ref()).await?;
    rules::file(place, filer).map_err(wrong)?;
    let mut alteration = Alteration::of(&ticket);
    alteration.project(&mut tx, found.as_ref()).await?;
    if !alteration.write(app, &mut tx, &caller.actor, None).await? {
        return Ok(ticket);
    }
    let stored = ticket::find(tx.conn()?, id, scope).await?;
    tx.commit().await?;
    Ok(stored)
}
