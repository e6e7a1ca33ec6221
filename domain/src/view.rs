//! Filters that people keep under a name, and to whom they may show them.

use uuid::Uuid;

use crate::permission::Permission;

/// Who sees a view besides its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Nobody.
    Own,
    /// The members of a support group.
    Group(Uuid),
    /// All staff who see the list.
    Staff,
}

impl Audience {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Group(_) => "group",
            Self::Staff => "staff",
        }
    }

    /// What is stored, read again; `None` when it is none of these.
    #[must_use]
    pub fn of(word: &str, group: Option<Uuid>) -> Option<Self> {
        match (word, group) {
            ("own", _) => Some(Self::Own),
            ("group", Some(group)) => Some(Self::Group(group)),
            ("staff", _) => Some(Self::Staff),
            _ => None,
        }
    }

    /// The group that it is shown to.
    #[must_use]
    pub const fn group(self) -> Option<Uuid> {
        match self {
            Self::Group(id) => Some(id),
            Self::Own | Self::Staff => None,
        }
    }
}

/// The permission with which shared views of a list are seen; `None` where views stay one's own. What a view is called, and what it looks
/// for, tells something of the rows: nobody reads it who does not see the list.
#[must_use]
pub fn readers(list: &str) -> Option<Permission> {
    match list {
        "tickets" => Some(Permission::TicketsView),
        "customers" => Some(Permission::CustomersView),
        "mails" => Some(Permission::MailView),
        _ => None,
    }
}

/// Who shares.
#[derive(Debug, Clone, Copy)]
pub struct Sharer {
    /// The list's views can be shared, and he sees the list.
    pub reads: bool,
    /// He is in the group that he means.
    pub member: bool,
    /// He manages the groups.
    pub manages: bool,
}

/// Why a view is not shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Of this list, or by him, none is.
    #[error("views of this list stay one's own")]
    NotThisList,
    /// Others' groups are not for him to fill.
    #[error("only its members and those who manage groups show something to a group")]
    NotYourGroup,
    /// All staff are more than a group.
    #[error("only those who manage groups show something to all staff")]
    NotToAll,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotThisList => "view_not_shared",
            Self::NotYourGroup => "view_not_your_group",
            Self::NotToAll => "view_not_to_all",
        }
    }
}

/// Whether a view may be shown to this audience. To nobody it always may.
///
/// # Errors
/// Why not.
pub fn share(audience: Audience, sharer: Sharer) -> Result<(), Refusal> {
    match audience {
        Audience::Own => Ok(()),
        _ if !sharer.reads => Err(Refusal::NotThisList),
        Audience::Group(_) if !(sharer.member || sharer.manages) => Err(Refusal::NotYourGroup),
        Audience::Staff if !sharer.manages => Err(Refusal::NotToAll),
        Audience::Group(_) | Audience::Staff => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Sharer = Sharer {
        reads: false,
        member: false,
        manages: false,
    };
    const AGENT: Sharer = Sharer { reads: true, ..NOBODY };

    #[test]
    fn a_group_is_for_its_members_and_all_staff_for_those_who_manage() {
        let group = Audience::Group(Uuid::nil());
        let member = Sharer { member: true, ..AGENT };
        let manager = Sharer { manages: true, ..AGENT };
        for (audience, sharer, expected) in [
            (Audience::Own, NOBODY, Ok(())),
            (group, NOBODY, Err(Refusal::NotThisList)),
            (
                Audience::Staff,
                Sharer {
                    manages: true,
                    ..NOBODY
                },
                Err(Refusal::NotThisList),
            ),
            (group, AGENT, Err(Refusal::NotYourGroup)),
            (group, member, Ok(())),
            (group, manager, Ok(())),
            (Audience::Staff, member, Err(Refusal::NotToAll)),
            (Audience::Staff, manager, Ok(())),
        ] {
            assert_eq!(share(audience, sharer), expected, "{audience:?} {sharer:?}");
        }
    }

    #[test]
    fn what_is_for_administrators_or_customers_stays_ones_own() {
        assert_eq!(readers("tickets"), Some(Permission::TicketsView));
        for list in ["my_tickets", "users", "logins", "audit", "jobs", ""] {
            assert_eq!(readers(list), None, "{list}");
        }
    }
}
