//! Who asks, and what he may do.

use chrono::{DateTime, Utc};
use domain::{
    account::times::STEP_UP,
    permission::{Category, Permission},
    ticket::transition::Actor as TicketActor,
};
use store::audit::Actor;
use uuid::Uuid;

use crate::AppError;

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Account.
    pub user_id: Uuid,
    /// Address.
    pub email: String,
    /// Permissions of the role.
    pub permissions: Vec<Permission>,
    /// When he proved who he is last; never for a program.
    pub factor_at: Option<DateTime<Utc>>,
    /// For audit lines.
    pub actor: Actor,
}

impl Caller {
    /// Holds this permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Refuses unless the permission is held.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn need(&self, permission: Permission) -> Result<(), AppError> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(AppError::Forbidden)
        }
    }

    /// Refuses a dangerous action unless the person proved who he is minutes ago.
    ///
    /// # Errors
    /// [`AppError::StepUp`].
    pub fn fresh_factor(&self, now: DateTime<Utc>) -> Result<(), AppError> {
        match self.factor_at {
            Some(at) if now - at <= STEP_UP => Ok(()),
            _ => Err(AppError::StepUp),
        }
    }

    /// Has to do with nothing but what is his own, as customers have: he stands behind the wall between them.
    #[must_use]
    pub fn is_customer(&self) -> bool {
        self.permissions.iter().all(|held| held.category() == Category::Own)
    }

    /// Sees every ticket, as staff do.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.may(Permission::TicketsView)
    }

    /// The account that ticket queries are narrowed to: `None` for staff.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the role has nothing to do with tickets.
    pub fn ticket_scope(&self) -> Result<Option<Uuid>, AppError> {
        if self.is_staff() {
            return Ok(None);
        }
        self.need(Permission::TicketsOwn)?;
        Ok(Some(self.user_id))
    }

    /// How the ticket rules see this person.
    #[must_use]
    pub fn as_ticket_actor(&self) -> TicketActor {
        if self.is_staff() {
            TicketActor::Agent {
                may_close: self.may(Permission::TicketsClose),
                may_reopen: self.may(Permission::TicketsReopen),
            }
        } else {
            TicketActor::Customer
        }
    }
}
