//! Projects of a customer: what he groups his things by, and who of his people sees which.

use super::MemberRole;

/// Longest name, in characters.
pub const NAME_MAX: usize = 80;
/// Longest description, in characters.
pub const DESCRIPTION_MAX: usize = 500;
/// Most projects of one customer, archived ones included.
pub const PER_CUSTOMER_MAX: i64 = 500;
/// Most people who are assigned to one project; a customer has no more members in lists.
pub const MEMBERS_MAX: usize = 500;

/// What a project cannot be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The name is empty, too long, or has more than one line.
    #[error("a name has 1 to {NAME_MAX} characters on one line")]
    Name,
    /// The description is too long.
    #[error("a description has at most {DESCRIPTION_MAX} characters")]
    Description,
}

impl Invalid {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "invalid_project_name",
            Self::Description => "too_long",
        }
    }
}

/// Why a ticket is not filed as wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The project is of another customer than the ticket.
    #[error("the project is of another customer")]
    OtherCustomer,
    /// The project takes nothing new.
    #[error("the project is archived")]
    Archived,
    /// Out of every project it would be seen by those who take part, and whoever asks does not.
    #[error("only somebody who takes part in a ticket takes it out of its project")]
    NotYours,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherCustomer => "project_of_another_customer",
            Self::Archived => "project_archived",
            Self::NotYours => "not_yours_to_take_out",
        }
    }
}

/// Where a ticket is to be filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Under a project.
    Project {
        /// Whether it is of the ticket's customer.
        same_customer: bool,
        /// Whether it is archived.
        archived: bool,
    },
    /// Under none.
    Nowhere,
}

/// A name, trimmed.
///
/// # Errors
/// [`Invalid::Name`].
pub fn name(text: &str) -> Result<&str, Invalid> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_MAX || text.chars().any(char::is_control) {
        return Err(Invalid::Name);
    }
    Ok(text)
}

/// A description, trimmed.
///
/// # Errors
/// [`Invalid::Description`].
pub fn description(text: &str) -> Result<&str, Invalid> {
    let text = text.trim();
    let wild = text.chars().any(|c| c.is_control() && c != '\n');
    if wild || text.chars().count() > DESCRIPTION_MAX {
        return Err(Invalid::Description);
    }
    Ok(text)
}

/// Whether somebody of this role sees a project: those who lead the customer see all of his, the others what they are assigned to.
#[must_use]
pub const fn sees(role: MemberRole, assigned: bool) -> bool {
    assigned || matches!(role, MemberRole::Owner | MemberRole::Admin)
}

/// Whether a ticket that somebody sees may be filed there. `takes_part`: he asked, takes part, or is staff.
///
/// # Errors
/// The [`Refusal`].
pub const fn file(place: Place, takes_part: bool) -> Result<(), Refusal> {
    match place {
        Place::Project {
            same_customer: false, ..
        } => Err(Refusal::OtherCustomer),
        Place::Project { archived: true, .. } => Err(Refusal::Archived),
        Place::Nowhere if !takes_part => Err(Refusal::NotYours),
        Place::Project { .. } | Place::Nowhere => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_lead_see_all_and_the_others_what_they_are_assigned_to() {
        for role in MemberRole::ALL {
            let leads = matches!(role, MemberRole::Owner | MemberRole::Admin);
            assert_eq!(sees(role, false), leads, "{role:?}");
            assert!(sees(role, true));
        }
    }

    #[test]
    fn a_ticket_stays_with_its_customer_and_in_projects_that_are_in_use() {
        let project = |same_customer, archived| Place::Project {
            same_customer,
            archived,
        };
        for takes_part in [true, false] {
            assert_eq!(file(project(true, false), takes_part), Ok(()));
            assert_eq!(file(project(true, true), takes_part), Err(Refusal::Archived));
            assert_eq!(file(project(false, false), takes_part), Err(Refusal::OtherCustomer));
        }
        assert_eq!(file(Place::Nowhere, true), Ok(()));
        assert_eq!(file(Place::Nowhere, false), Err(Refusal::NotYours));
    }

    #[test]
    fn names_and_descriptions() {
        assert_eq!(name("  الموقع الإلكتروني  "), Ok("الموقع الإلكتروني"));
        assert_eq!(name(&"x".repeat(80)).unwrap().len(), 80);
        for bad in ["", "  ", "a\nb", &"x".repeat(81)] {
            assert_eq!(name(bad), Err(Invalid::Name), "{bad}");
        }
        assert_eq!(description(" a\nb "), Ok("a\nb"));
        assert_eq!(description(&"x".repeat(501)), Err(Invalid::Description));
    }
}
