//! Counting business time: between two instants, and forward from one. Exact to the microsecond.
//!
//! A local time that a change of the clocks skips is the first instant after the gap. One that comes twice is the earlier of the two as
//! a beginning and the later as an end, so that nobody's hours shrink.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::Calendar;
use crate::zone::{Twice, instant};

/// Days looked ahead before a calendar is taken to have no more hours.
const HORIZON_DAYS: usize = 5 * 366;

/// A stretch of time and why it counts or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Beginning.
    pub from: DateTime<Utc>,
    /// End; after the beginning.
    pub to: DateTime<Utc>,
    /// What it is.
    pub day: Day,
}

/// What a stretch of time is in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Day {
    /// Business hours.
    Open,
    /// Outside of them.
    Closed,
    /// Closed for this holiday.
    Holiday(String),
}

impl Calendar {
    fn instant(&self, date: NaiveDate, minute: u16, twice: Twice) -> DateTime<Utc> {
        let local = date.and_time(chrono::NaiveTime::MIN) + Duration::minutes(i64::from(minute));
        instant(self.zone, local, twice)
    }

    /// Business hours from a local day on, in order and without overlaps, for as long as the horizon reaches.
    fn open_from(&self, first: NaiveDate) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let mut done = DateTime::<Utc>::MIN_UTC;
        first.iter_days().take(HORIZON_DAYS).flat_map(move |date| {
            let mut open = Vec::with_capacity(2);
            for slot in self.day(date).0 {
                // Both edges of a night in which the clocks go back may claim the hour that comes twice.
                let from = self.instant(date, slot.from, Twice::Early).max(done);
                let to = self.instant(date, slot.to, Twice::Late);
                if from < to {
                    open.push((from, to));
                    done = to;
                }
            }
            open
        })
    }

    /// The local day before that of `at`: its last hours may reach into the next.
    fn day_before(&self, at: DateTime<Utc>) -> NaiveDate {
        let local = at.with_timezone(&self.zone).date_naive();
        local.pred_opt().unwrap_or(local)
    }

    /// Business microseconds between two instants; 0 when `to` is not after `from`.
    #[must_use]
    pub fn elapsed(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        if to <= from {
            return 0;
        }
        self.open_from(self.day_before(from))
            .take_while(|(start, _)| *start < to)
            .map(|(start, end)| micros(start.max(from), end.min(to)))
            .sum()
    }

    /// The instant at which `amount` business microseconds have passed since `from`; `None` beyond five years.
    #[must_use]
    pub fn add(&self, from: DateTime<Utc>, amount: i64) -> Option<DateTime<Utc>> {
        if amount <= 0 {
            return Some(from);
        }
        let mut left = amount;
        for (start, end) in self.open_from(self.day_before(from)) {
            let start = start.max(from);
            let length = micros(start, end);
            if length >= left {
                return Some(start + Duration::microseconds(left));
            }
            left -= length;
        }
        None
    }

    /// The instant at which so many working days have passed since `from`: on the last of them, at the local time of `from`, or at the
    /// next moment of business hours when that lies outside of them. A working day has hours; that of `from` is not counted. `None` beyond five years.
    #[must_use]
    pub fn after_days(&self, from: DateTime<Utc>, days: usize) -> Option<DateTime<Utc>> {
        let Some(more) = days.checked_sub(1) else {
            return Some(from);
        };
        let local = from.with_timezone(&self.zone).naive_local();
        let day = local
            .date()
            .iter_days()
            .skip(1)
            .take(HORIZON_DAYS)
            .filter(|date| !self.day(*date).0.is_empty())
            .nth(more)?;
        let wanted = instant(self.zone, day.and_time(local.time()), Twice::Early);
        self.open_from(self.day_before(wanted))
            .find(|(_, end)| *end > wanted)
            .map(|(start, _)| start.max(wanted))
    }

    /// Every instant between two, with what it is: consecutive, without holes, neighbours of the same kind joined.
    #[must_use]
    pub fn spans(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut at = from;
        let mut push = |until: DateTime<Utc>, day: Day, at: &mut DateTime<Utc>| {
            let until = until.min(to);
            if until <= *at {
                return;
            }
            match spans.last_mut() {
                Some(last) if last.day == day => last.to = until,
                _ => spans.push(Span {
                    from: *at,
                    to: until,
                    day,
                }),
            }
            *at = until;
        };
        for date in self.day_before(from).iter_days().take(HORIZON_DAYS) {
            if at >= to {
                break;
            }
            let (slots, holiday) = self.day(date);
            let closed = holiday.map_or(Day::Closed, |name| Day::Holiday(name.to_owned()));
            for slot in slots {
                push(self.instant(date, slot.from, Twice::Early), closed.clone(), &mut at);
                push(self.instant(date, slot.to, Twice::Late), Day::Open, &mut at);
            }
            push(self.instant(date, super::calendar::DAY, Twice::Early), closed, &mut at);
        }
        push(to, Day::Closed, &mut at);
        spans
    }
}

/// Microseconds from one instant to another; 0 when they are in the wrong order.
pub(super) fn micros(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    (to - from).num_microseconds().unwrap_or(i64::MAX).max(0)
}
