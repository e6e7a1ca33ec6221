//! Local times of zones that change their clocks.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, NaiveTime, TimeZone, Utc};
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

/// When the local day of a moment is over: the first moment of the next one.
#[must_use]
pub fn day_over(zone: Tz, at: DateTime<Utc>) -> DateTime<Utc> {
    let next = at.with_timezone(&zone).date_naive().succ_opt();
    next.map_or(at, |day| instant(zone, day.and_time(NaiveTime::MIN), Twice::Early))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_over_at_its_own_midnight() {
        for (zone, at, over) in [
            (Tz::Africa__Algiers, "2026-02-17T22:59:59Z", "2026-02-17T23:00:00Z"),
            (Tz::Africa__Algiers, "2026-02-17T23:00:00Z", "2026-02-18T23:00:00Z"),
            // Twenty-three hours, and twenty-five.
            (Tz::Europe__Paris, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            (Tz::Europe__Paris, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            // The next day is left out.
            (Tz::Pacific__Apia, "2011-12-30T05:00:00Z", "2011-12-30T10:00:00Z"),
        ] {
            let [at, over]: [DateTime<Utc>; 2] = [at, over].map(|text| text.parse().unwrap());
            assert_eq!(day_over(zone, at), over, "{zone} {at}");
        }
    }
}
