//! Who looks at a ticket or writes to it at this moment: for staff alone, kept outside the database, and gone when it is not said again.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use domain::{permission::Permission, ticket::presence::Doing};
use store::{ticket, user};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{App, AppError, Caller};

/// How long somebody is there after he said so; pages say it again every ten seconds.
pub const KEPT: Duration = Duration::from_secs(30);

/// A page of a ticket that somebody has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Ticket.
    pub ticket: Uuid,
    /// Whose page it is.
    pub who: Uuid,
    /// Which of his; the page made it up itself.
    pub page: Uuid,
}

/// Where processes share it. It may be away, or forget everything, at any time: then nobody is shown.
#[async_trait]
pub trait Presence: Send + Sync + std::fmt::Debug {
    /// Notes that somebody has a page of a ticket open and what he does there.
    ///
    /// # Errors
    /// With the reason, when it is away.
    async fn attend(&self, at: Place, doing: Doing, kept: Duration) -> Result<(), String>;

    /// Notes that he has closed it.
    ///
    /// # Errors
    /// With the reason, when it is away.
    async fn leave(&self, at: Place) -> Result<(), String>;

    /// Who is there, each with the greatest of what he does on his pages.
    ///
    /// # Errors
    /// With the reason, when it is away.
    async fn present(&self, ticket: Uuid) -> Result<BTreeMap<Uuid, Doing>, String>;

    /// Tickets at which somebody came, left or does something else, from now on.
    fn changes(&self) -> broadcast::Receiver<String>;
}

/// Somebody else who is there.
#[derive(Debug)]
pub struct Attendant {
    /// Account.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// What he does.
    pub doing: Doing,
}

/// Notes that the caller has a page of a ticket open, and tells who else has, by name. Nobody while that is not known.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn attend(
    app: &App,
    presence: Option<&dyn Presence>,
    caller: &Caller,
    (ticket, page): (Uuid, Uuid),
    doing: Doing,
) -> Result<Vec<Attendant>, AppError> {
    caller.need(Permission::TicketsView)?;
    ticket::find(&mut *app.conn().await?, ticket, None).await?;
    let Some(presence) = presence else {
        return Ok(Vec::new());
    };
    let who = caller.user_id;
    let there = async {
        presence.attend(Place { ticket, who, page }, doing, KEPT).await?;
        presence.present(ticket).await
    };
    let mut there = there.await.unwrap_or_else(|error| {
        tracing::debug!(%error, "nobody is shown at tickets");
        BTreeMap::new()
    });
    there.remove(&who);
    if there.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = there.keys().copied().collect();
    // Whoever may see tickets no longer is not there.
    let known = user::holders_among(&mut *app.conn().await?, &ids, &[Permission::TicketsView.as_str()]).await?;
    let people = known.into_iter().filter_map(|person| {
        Some(Attendant {
            doing: *there.get(&person.id)?,
            id: person.id,
            name: person.name,
        })
    });
    Ok(people.collect())
}

/// Notes that the caller has closed a page of a ticket.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn leave(
    presence: Option<&dyn Presence>,
    caller: &Caller,
    (ticket, page): (Uuid, Uuid),
) -> Result<(), AppError> {
    caller.need(Permission::TicketsView)?;
    let who = caller.user_id;
    if let Some(presence) = presence
        && let Err(error) = presence.leave(Place { ticket, who, page }).await
    {
        tracing::debug!(%error, "he is forgotten in time");
    }
    Ok(())
}
