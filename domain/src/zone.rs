//! Local times of zones that change their clocks.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Which of the two is meant when the clocks go back and a time comes twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twice {
    /// The first.
    Early,
    /// The second.
    Late,
}

/// The moment of a local time; one that the clocks skip is the first after it that there is.
#[must_use]
pub fn instant(zone: Tz, mut local: NaiveDateTime, twice: Twice) -> DateTime<Utc> {
    // A zone may skip a whole day (Pacific/Apia, 30 December 2011).
    for _ in 0..=1500 {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) => return at.to_utc(),
            LocalResult::Ambiguous(early, late) => {
                return match twice {
                    Twice::Early => early.min(late).to_utc(),
                    Twice::Late => early.max(late).to_utc(),
                };
            }
            LocalResult::None => local += Duration::minutes(1),
        }
    }
    local.and_utc()
}
