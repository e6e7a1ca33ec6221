//! Which tickets become one, and which messages become a ticket of their own.

use uuid::Uuid;

use super::State;

/// Most messages that are split off at once.
pub const MESSAGES_MAX: usize = 200;

/// One of the two tickets of a merge.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Ticket.
    pub id: Uuid,
    /// Its state.
    pub state: State,
    /// It was merged into another one already.
    pub merged: bool,
    /// Whose it is.
    pub customer: Option<Uuid>,
    /// The project that it is filed under: who sees it.
    pub project: Option<Uuid>,
    /// Address of the requester.
    pub requester: &'a str,
}

/// Why two tickets do not become one, or messages no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Into itself.
    #[error("choose another ticket")]
    SameTicket,
    /// One of them is merged already.
    #[error("this ticket was merged already")]
    Merged,
    /// One of them is closed.
    #[error("a closed ticket takes no part in this")]
    Closed,
    /// They are of different customers, and nobody said that this is meant.
    #[error("the tickets are of different customers; each will see the messages of the other")]
    OtherCustomer,
    /// They are not filed under the same project, and nobody said that this is meant.
    #[error("the tickets are of different projects; whoever sees the one will see the messages of the other")]
    OtherProject,
    /// No message was chosen, or all of them.
    #[error("choose some of the messages, and leave at least one")]
    NotSome,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SameTicket => "same_ticket",
            Self::Merged => "ticket_merged",
            Self::Closed => "ticket_closed",
            Self::OtherCustomer => "other_customer",
            Self::OtherProject => "other_project",
            Self::NotSome => "not_some_messages",
        }
    }
}

/// They are of one person, or of one customer.
#[must_use]
pub fn same_customer(one: Side<'_>, other: Side<'_>) -> bool {
    one.requester == other.requester || (one.customer.is_some() && one.customer == other.customer)
}

/// Whether `source` may become a part of `target`; `meant` says that other people than now will see the messages, and
/// that this is meant.
///
/// # Errors
/// The [`Refusal`].
pub fn check(source: Side<'_>, target: Side<'_>, meant: bool) -> Result<(), Refusal> {
    if source.id == target.id {
        return Err(Refusal::SameTicket);
    }
    if source.merged || target.merged {
        return Err(Refusal::Merged);
    }
    if source.state == State::Closed || target.state == State::Closed {
        return Err(Refusal::Closed);
    }
    if !meant && !same_customer(source, target) {
        return Err(Refusal::OtherCustomer);
    }
    if !meant && source.project != target.project {
        return Err(Refusal::OtherProject);
    }
    Ok(())
}

/// Whether so many of a ticket's messages may become a ticket.
///
/// # Errors
/// The [`Refusal`].
pub const fn check_split(state: State, chosen: usize, public_left: usize) -> Result<(), Refusal> {
    if matches!(state, State::Closed) {
        return Err(Refusal::Closed);
    }
    if chosen == 0 || chosen > MESSAGES_MAX || public_left == 0 {
        return Err(Refusal::NotSome);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn side(id: u128, customer: Option<u128>, requester: &str) -> Side<'_> {
        Side {
            id: Uuid::from_u128(id),
            state: State::Open,
            merged: false,
            customer: match customer {
                Some(id) => Some(Uuid::from_u128(id)),
                None => None,
            },
            project: None,
            requester,
        }
    }

    #[test]
    fn one_person_or_one_customer_or_said_to_be_meant() {
        let (ana, bob) = (side(1, Some(9), "ana@x.dz"), side(2, Some(9), "bob@x.dz"));
        assert_eq!(check(ana, bob, false), Ok(()));
        let same_person = (side(1, None, "ana@x.dz"), side(2, Some(9), "ana@x.dz"));
        assert_eq!(check(same_person.0, same_person.1, false), Ok(()));
        let strangers = (side(1, None, "ana@x.dz"), side(2, None, "bob@x.dz"));
        assert_eq!(check(strangers.0, strangers.1, false), Err(Refusal::OtherCustomer));
        assert_eq!(check(strangers.0, strangers.1, true), Ok(()));
    }

    #[test]
    fn a_project_keeps_its_messages_unless_it_is_meant() {
        let (here, there) = (side(1, Some(9), "ana@x.dz"), side(2, Some(9), "ana@x.dz"));
        let filed = |side, id| Side {
            project: Some(Uuid::from_u128(id)),
            ..side
        };
        assert_eq!(check(filed(here, 7), filed(there, 7), false), Ok(()));
        for (source, target) in [
            (filed(here, 7), there),
            (here, filed(there, 7)),
            (filed(here, 7), filed(there, 8)),
        ] {
            assert_eq!(check(source, target, false), Err(Refusal::OtherProject));
            assert_eq!(check(source, target, true), Ok(()));
        }
    }

    #[test]
    fn not_into_itself_nor_what_is_over() {
        let (one, two) = (side(1, Some(9), "a@x.dz"), side(2, Some(9), "a@x.dz"));
        assert_eq!(check(one, one, true), Err(Refusal::SameTicket));
        let closed = Side {
            state: State::Closed,
            ..two
        };
        assert_eq!(check(one, closed, true), Err(Refusal::Closed));
        assert_eq!(check(closed, one, true), Err(Refusal::Closed));
        let merged = Side { merged: true, ..closed };
        assert_eq!(check(one, merged, true), Err(Refusal::Merged));
        assert_eq!(check(merged, one, true), Err(Refusal::Merged));
    }

    #[test]
    fn something_is_split_off_and_something_stays() {
        assert_eq!(check_split(State::Open, 1, 1), Ok(()));
        assert_eq!(check_split(State::Open, 0, 3), Err(Refusal::NotSome));
        assert_eq!(check_split(State::Open, 2, 0), Err(Refusal::NotSome));
        assert_eq!(check_split(State::Closed, 1, 1), Err(Refusal::Closed));
    }
}
