//! The wall between customers: whose data a statement may touch.
//!
//! Every query on a customer's data takes a [`Scope`], or something that only a scoped query hands out, so one without it does
//! not compile.

use uuid::Uuid;

/// Whose data a statement may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(Option<Uuid>);

impl Scope {
    /// Everybody's: for staff whose permission was checked, and for jobs.
    #[must_use]
    pub const fn everything() -> Self {
        Self(None)
    }

    /// The customers that this person acts for.
    #[must_use]
    pub const fn member(user: Uuid) -> Self {
        Self(Some(user))
    }

    /// The person that the scope is narrowed to.
    #[must_use]
    pub const fn user(self) -> Option<Uuid> {
        self.0
    }
}
