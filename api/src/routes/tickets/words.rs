//! Words of tickets, in and out.

use domain::ticket::{Priority, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

own_words! {
    /// How urgent a ticket is.
    PriorityDto of Priority {
        /// Can wait.
        Low,
        /// The usual.
        Medium,
        /// Before the usual.
        High,
        /// Now.
        Urgent,
    }
}

own_words! {
    /// Where a ticket stands.
    StateDto of State {
        /// Nobody works on it yet.
        Open,
        /// An agent works on it.
        InProgress,
        /// An agent answered.
        Answered,
        /// The customer is to answer.
        WaitingForResponse,
        /// Somebody else is awaited.
        OnHold,
        /// Solved.
        Resolved,
        /// Over.
        Closed,
    }
}
