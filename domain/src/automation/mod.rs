//! Rules that act on tickets by themselves: when something happens or time passes, if conditions hold, then actions follow. All of it is
//! data; what a rule says of a ticket is worked out here, without a look at anything else.

pub mod condition;
pub mod foresee;
pub mod guard;
mod rule;

pub use condition::{Condition, Facts, Finding};
pub use foresee::{Foreseen, foresee};
pub use guard::{Guard, Skip};
pub use rule::{Action, Happening, Invalid, RuleSpec, Trigger};

use crate::words::words;

words! {
    /// Where a run of a rule is.
    RunState as "AutomationRunState" {
        /// It waits for a worker.
        Queued = "queued",
        /// It waits for a person.
        Held = "held",
        /// The rule acted.
        Acted = "acted",
        /// Its condition did not hold.
        NotMet = "not_met",
        /// It did not run, for a reason.
        Skipped = "skipped",
        /// A person let it go.
        Dismissed = "dismissed",
    }
}
