//! How tickets belong together.

use crate::words::words;

words! {
    /// What the other ticket is to this one.
    LinkKind as "TicketLinkKind" {
        /// They have to do with one another.
        Related = "related",
        /// This one is a duplicate of it.
        DuplicateOf = "duplicate_of",
        /// It is a duplicate of this one.
        Duplicate = "duplicate",
        /// It stands above this one.
        Parent = "parent",
        /// It stands below this one.
        Child = "child",
        /// This one's messages were split from it.
        SplitFrom = "split_from",
        /// Its messages were split from this one.
        SplitTo = "split_to",
        /// This one was merged into it.
        MergedInto = "merged_into",
        /// It was merged into this one.
        Merged = "merged",
        /// This one continues it.
        FollowUpOf = "follow_up_of",
        /// It continues this one.
        FollowedUpBy = "followed_up_by",
    }
}

/// A link as it is kept: its kind, and whether this ticket stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// `related`, `duplicate` or `parent`.
    pub kind: &'static str,
    /// This ticket is the first of the two; `None` where the order says nothing.
    pub first: Option<bool>,
}

impl LinkKind {
    /// How a link that people make is kept; `None` for those that follow from something else.
    #[must_use]
    pub const fn kept(self) -> Option<Kept> {
        let (kind, first) = match self {
            Self::Related => ("related", None),
            Self::DuplicateOf => ("duplicate", Some(true)),
            Self::Duplicate => ("duplicate", Some(false)),
            Self::Parent => ("parent", Some(false)),
            Self::Child => ("parent", Some(true)),
            _ => return None,
        };
        Some(Kept { kind, first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_link_are_one() {
        for (here, there) in [
            (LinkKind::DuplicateOf, LinkKind::Duplicate),
            (LinkKind::Child, LinkKind::Parent),
        ] {
            let (here, there) = (here.kept().unwrap(), there.kept().unwrap());
            assert_eq!(here.kind, there.kind);
            assert_eq!((here.first, there.first), (Some(true), Some(false)));
        }
        assert_eq!(LinkKind::Merged.kept(), None);
    }
}
