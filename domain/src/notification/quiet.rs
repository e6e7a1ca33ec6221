//! Quiet hours.

use chrono::{DateTime, Days, Duration, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::zone::{Twice, instant};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// They are no quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("quiet hours begin and end at different minutes of a day")]
pub struct QuietError;

/// A stretch of each day in which nothing rings; it may go past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: u16,
    to: u16,
}

impl QuietHours {
    /// From one minute of the local day to another.
    ///
    /// # Errors
    /// When one of them is none, or both are the same.
    pub fn new(from: u16, to: u16) -> Result<Self, QuietError> {
        if from >= DAY || to >= DAY || from == to {
            return Err(QuietError);
        }
        Ok(Self { from, to })
    }

    /// The minute of the day at which they begin.
    #[must_use]
    pub const fn from(self) -> u16 {
        self.from
    }

    /// The minute of the day at which they end.
    #[must_use]
    pub const fn to(self) -> u16 {
        self.to
    }

    /// `now` when it is not quiet, else the moment at which the quiet ends.
    #[must_use]
    pub fn over(self, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&zone).date_naive();
        // The stretch that holds `now` began today or the day before. One that the clocks made longer or shorter is as long as its
        // edges say.
        for back in [1, 0] {
            let Some(day) = today.checked_sub_days(Days::new(back)) else {
                continue;
            };
            let at = |minute: u16, twice| {
                let local = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(minute));
                instant(zone, local, twice)
            };
            let end = if self.to > self.from { self.to } else { self.to + DAY };
            let (from, to) = (at(self.from, Twice::Early), at(end, Twice::Late));
            if from <= now && now < to {
                return to;
            }
        }
        now
    }
}
