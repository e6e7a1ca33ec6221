//! Service levels: business hours, what is promised under which policy, the three clocks of a ticket, and what explains them.

mod calendar;
mod clock;
mod explain;
mod hours;
mod policy;
mod reach;
#[cfg(test)]
mod tests;

pub use calendar::{Calendar, CalendarError, CalendarSpec, Holiday, Slot};
pub use clock::{Alert, Clock, Clocks, Happening, Kind, Raised, Status, UnknownWord};
pub use explain::{Explanation, Moment, Reason, Segment, explain, replay};
pub use hours::{Day, Span};
pub use policy::{Escalation, Facts, Pause, PolicyError, PolicySpec, Recipient, Targets, Terms};
pub use reach::taken_before;

/// Names of all time zones, in order.
pub fn zones() -> impl Iterator<Item = &'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
}

/// Microseconds of a second: clocks count in microseconds, as exactly as the database stores instants.
pub const SECOND: i64 = 1_000_000;
