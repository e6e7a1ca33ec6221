//! Projects of a customer: what he groups his things by, and who of his people sees which.

/// Longest name, in characters.
pub const NAME_MAX: usize = 80;
/// Longest description, in characters.
pub const DESCRIPTION_MAX: usize = 500;
/// Most projects of one customer, archived ones included.
pub const PER_CUSTOMER_MAX: i64 = 500;
/// Most people who are assigned to one project; a customer may have more.
pub const MEMBERS_MAX: usize = 500;
/// Most people who are shown at once where they are assigned: all who are assigned have room, and others beside them.
pub const PEOPLE_SHOWN: usize = MEMBERS_MAX + 100;

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
    /// Whoever opened it would not see it there.
    #[error("whoever opened the ticket does not see this project; an owner or an administrator may file it there")]
    TakesAway,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherCustomer => "project_of_another_customer",
            Self::Archived => "project_archived",
            Self::NotYours => "not_yours_to_take_out",
            Self::TakesAway => "takes_it_from_requester",
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

/// Who files a ticket that he sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filer {
    /// He asked, takes part, or is staff.
    pub takes_part: bool,
    /// He asked himself, leads the customer, or is staff.
    pub decides: bool,
    /// Whoever asked sees the project.
    pub asker_sees: bool,
}

/// Whether a ticket may be filed there.
///
/// # Errors
/// The [`Refusal`].
pub const fn file(place: Place, filer: Filer) -> Result<(), Refusal> {
    match place {
        Place::Project {
            same_customer: false, ..
        } => Err(Refusal::OtherCustomer),
        Place::Project { archived: true, .. } => Err(Refusal::Archived),
        Place::Nowhere if !filer.takes_part => Err(Refusal::NotYours),
        Place::Project { .. } if !filer.decides && !filer.asker_sees => Err(Refusal::TakesAway),
        Place::Project { .. } | Place::Nowhere => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_stays_with_its_customer_and_in_projects_that_are_in_use() {
        let project = |same_customer, archived| Place::Project {
            same_customer,
            archived,
        };
        for takes_part in [true, false] {
            let filer = Filer {
                takes_part,
                decides: false,
                asker_sees: true,
            };
            assert_eq!(file(project(true, false), filer), Ok(()));
            assert_eq!(file(project(true, true), filer), Err(Refusal::Archived));
            assert_eq!(file(project(false, false), filer), Err(Refusal::OtherCustomer));
            let wanted = if takes_part { Ok(()) } else { Err(Refusal::NotYours) };
            assert_eq!(file(Place::Nowhere, filer), wanted);
        }
    }

    #[test]
    fn nobody_takes_a_ticket_from_who_asked_but_those_who_lead_or_he_himself() {
        let place = Place::Project {
            same_customer: true,
            archived: false,
        };
        let filer = Filer {
            takes_part: true,
            decides: false,
            asker_sees: false,
        };
        assert_eq!(file(place, filer), Err(Refusal::TakesAway));
        assert_eq!(file(place, Filer { decides: true, ..filer }), Ok(()));
        assert_eq!(
            file(
                place,
                Filer {
                    asker_sees: true,
                    ..filer
                }
            ),
            Ok(())
        );
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
