//! Rules that act on tickets by themselves: when something happens or time passes, if conditions hold, then actions follow. All of it is
//! data; what a rule says of a ticket is worked out here, without a look at anything else.

pub mod condition;
pub mod guard;
mod rule;

pub use condition::{Condition, Facts, Finding};
pub use guard::{Guard, Skip};
pub use rule::{Action, Happening, Invalid, RuleSpec, Trigger};
