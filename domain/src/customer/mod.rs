//! Customers: who they are, where they stand, and who acts for them.

pub mod actions;
pub mod identifier;
pub mod import;
pub mod member;
pub mod phone;
pub mod place;
pub mod profile;
pub mod project;
pub mod status;
pub mod tier;

pub use member::{MemberAction, MemberRole};
pub use profile::{Draft, Kind, Profile};
pub use status::{Status, Transition};
pub use tier::Tier;

/// A wrong field of an input, before the boundary turns it into an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Name of the field.
    pub field: &'static str,
    /// Stable code; the web application has its text in every language.
    pub code: &'static str,
    /// An English sentence for programs' logs.
    pub text: String,
}

impl Issue {
    /// An issue of `field`.
    pub fn new(field: &'static str, code: &'static str, text: impl ToString) -> Self {
        Self {
            field,
            code,
            text: text.to_string(),
        }
    }
}
