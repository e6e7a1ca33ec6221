//! The wall between customers: whose data a statement may touch.
//!
//! Every query on a customer's data takes a [`Scope`], or something that only a scoped query hands out, so one without it does
//! not compile.

use uuid::Uuid;

/// The projects that the person in this placeholder sees: all of a customer that he leads, otherwise those he is assigned to.
macro_rules! seen_projects {
    ($user:literal) => {
        concat!(
            "SELECT cp.id FROM customer_members cm JOIN customer_projects cp ON cp.customer_id = cm.customer_id
             WHERE cm.user_id = ",
            $user,
            " AND (cm.role IN ('owner', 'admin') OR EXISTS (SELECT FROM customer_project_members pm
                 WHERE pm.project_id = cp.id AND pm.user_id = cm.user_id))"
        )
    };
}

/// Whether the person in this placeholder sees the ticket `t`: without a project whoever asked or takes part, of a project whoever sees that.
macro_rules! seen_ticket {
    ($user:literal) => {
        concat!(
            "CASE WHEN t.project_id IS NULL THEN t.requester_user_id IS NOT DISTINCT FROM ",
            $user,
            " OR t.id IN (SELECT p.ticket_id FROM ticket_participants p WHERE p.user_id = ",
            $user,
            " AND p.role <> 'cc_pending') ELSE t.project_id IN (",
            seen_projects!($user),
            ") END"
        )
    };
}

/// The person in this placeholder has not put the ticket `t` aside. Lists that hide what is aside and all that is counted for them say
/// it in these words.
macro_rules! not_aside {
    ($user:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM ticket_reminders r WHERE r.ticket_id = t.id AND r.user_id = ",
            $user,
            " AND r.aside_since IS NOT NULL AND r.told_at IS NULL)"
        )
    };
}

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
