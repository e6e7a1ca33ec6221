//! Tickets: states, who may move them where, and what a message does to them.

pub mod actions;
pub mod automatic;
pub mod bulk;
pub mod category;
pub mod colour;
pub mod deal;
pub mod draft;
pub mod export;
pub mod facts;
pub mod input;
pub mod label;
pub mod link;
pub mod merge;
pub mod presence;
pub mod print;
pub mod priority;
pub mod reminder;
pub mod scheduled;
pub mod search;
pub mod source;
pub mod span;
pub mod state;
pub mod survey;
pub mod tags;
pub mod transition;
pub mod waiting;
pub mod writing;

pub use priority::Priority;
pub use source::Source;
pub use span::Span;
pub use state::State;
