//! When digests come.

use chrono::{DateTime, Datelike, Days, Duration, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::zone::{Twice, instant};

/// Days and hour of digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// On this day of the week; every day without one.
    pub weekday: Option<Weekday>,
    /// At this hour of the local day, 0 to 23.
    pub hour: u8,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { weekday: None, hour: 8 }
    }
}

impl Rhythm {
    /// The first after this moment. An hour that comes twice is the first one; one that the clocks skip is the end of the gap.
    #[must_use]
    pub fn next(self, zone: Tz, after: DateTime<Utc>) -> DateTime<Utc> {
        let today = after.with_timezone(&zone).date_naive();
        let hour = Duration::hours(i64::from(self.hour.min(23)));
        (0..=8)
            .filter_map(|n| today.checked_add_days(Days::new(n)))
            .filter(|day| self.weekday.is_none_or(|weekday| day.weekday() == weekday))
            .map(|day| instant(zone, day.and_time(NaiveTime::MIN) + hour, Twice::Early))
            .find(|at| *at > after)
            // No calendar is that short; it is here for the end of time.
            .unwrap_or(after + Duration::days(7))
    }
}
