//! Service levels: calendars and policies with their versions, clocks of tickets, alerts.

mod book;
#[macro_use]
mod clock;
mod due;
mod rebind;
mod settings;

pub use book::{Names, Page, Version, book, names, version};
pub use clock::{AlertRow, ClockChange, ClockRow, MomentRow, alerts, all, latest, moments, write};
pub use due::{Unhandled, claim, handled, unhandled};
pub use rebind::{
    Bound, Rebind, advance, begin, bound, bound_after, bound_for_update, bounds, current, done_by, find as find_rebind,
    unbound,
};
pub use settings::{
    Calendar, Policy, calendar, calendars, delete_calendar, insert_calendar, insert_policy, insert_version, lock,
    policies, policy, set_positions, touch, update_calendar, update_policy,
};

pub(crate) use clock::Written;
