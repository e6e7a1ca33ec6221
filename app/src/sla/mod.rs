//! Service levels: which promises hold for a ticket, its clocks, and what follows when time runs out.

mod bind;
mod book;
mod effects;
mod follow;
mod reach;
mod rebind;
mod scan;
mod seed;
mod settings;
mod stored;
mod view;
mod words;

pub use book::{Book, Present, Version};
pub(crate) use follow::{Said, save};
pub use reach::takers;
pub use rebind::{PolicyAt, Preview, PreviewItem, preview, rebind_state, run_rebind, start_rebind};
pub use scan::check;
pub(crate) use seed::seed;
pub use settings::{
    CalendarDraft, PolicyDraft, change_calendar, change_policy, create_calendar, create_policy, delete_calendar,
    delete_policy, order_policies,
};
pub(crate) use stored::{priority as priority_named, state as state_named};
pub use view::{ClockView, SlaView, view};
