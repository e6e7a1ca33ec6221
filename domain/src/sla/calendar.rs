//! Business hours: what a person enters, checked, and what a day looks like.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Most slots of one day.
const SLOTS_MAX: usize = 10;
/// Most holidays of one calendar.
const HOLIDAYS_MAX: usize = 400;
/// Minutes of a day.
pub const DAY: u16 = 1440;

/// A stretch of a local day, in minutes since its midnight; `to` at or before `from` goes on over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// First minute.
    pub from: u16,
    /// Minute after the last one; 1440 is the end of the day.
    pub to: u16,
}

/// A day with hours of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day.
    pub date: NaiveDate,
    /// The same day of every year.
    #[serde(default)]
    pub yearly: bool,
    /// What it is called.
    pub name: String,
    /// Hours of that day instead of the week's; none = closed.
    #[serde(default)]
    pub slots: Vec<Slot>,
}

/// Business hours as entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// IANA name of the zone, such as `Africa/Algiers`.
    pub zone: String,
    /// Hours of Monday to Sunday.
    pub week: [Vec<Slot>; 7],
    /// Days with hours of their own.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// What is wrong with a calendar, and where (a JSON pointer into the specification).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No such zone.
    #[error("this time zone is unknown")]
    Zone,
    /// Minutes outside of a day, or overlapping slots.
    #[error("hours must lie within the day and must not overlap")]
    Slots(String),
    /// A day has too many slots, or a calendar too many holidays.
    #[error("these are too many")]
    TooMany(String),
    /// The week has no hours at all.
    #[error("a week needs at least one stretch of hours")]
    Empty,
    /// A holiday without a name, or one that is too long.
    #[error("a holiday needs a name of at most 80 characters")]
    Name(String),
    /// Two holidays on one day.
    #[error("this day is there twice")]
    Twice(String),
}

impl CalendarError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Zone => "unknown_zone",
            Self::Slots(_) => "bad_hours",
            Self::TooMany(_) => "too_many",
            Self::Empty => "no_hours",
            Self::Name(_) => "bad_name",
            Self::Twice(_) => "day_twice",
        }
    }

    /// Where, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::Zone => "/zone",
            Self::Empty => "/week",
            Self::Slots(at) | Self::TooMany(at) | Self::Name(at) | Self::Twice(at) => at,
        }
    }
}

/// Business hours ready to count with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub(super) zone: Tz,
    week: [Vec<Slot>; 7],
    once: HashMap<NaiveDate, (String, Vec<Slot>)>,
    yearly: BTreeMap<(u32, u32), (String, Vec<Slot>)>,
}

impl Calendar {
    /// Checks a specification.
    ///
    /// # Errors
    /// The first [`CalendarError`].
    pub fn new(spec: &CalendarSpec) -> Result<Self, CalendarError> {
        let zone = spec.zone.parse::<Tz>().map_err(|_| CalendarError::Zone)?;
        let mut week: [Vec<Slot>; 7] = Default::default();
        for (day, slots) in spec.week.iter().enumerate() {
            let at = format!("/week/{day}");
            check(slots, &at)?;
            for slot in slots {
                let (here, after) = split(*slot);
                week[day].push(here);
                week[(day + 1) % 7].extend(after);
            }
        }
        for (day, slots) in week.iter_mut().enumerate() {
            tidy(slots).ok_or_else(|| CalendarError::Slots(format!("/week/{day}")))?;
        }
        if week.iter().all(Vec::is_empty) {
            return Err(CalendarError::Empty);
        }
        if spec.holidays.len() > HOLIDAYS_MAX {
            return Err(CalendarError::TooMany("/holidays".to_owned()));
        }
        let (mut once, mut yearly) = (HashMap::new(), BTreeMap::new());
        for (n, holiday) in spec.holidays.iter().enumerate() {
            let at = format!("/holidays/{n}");
            let name = holiday.name.trim();
            if name.is_empty() || name.chars().count() > 80 {
                return Err(CalendarError::Name(format!("{at}/name")));
            }
            let pointer = format!("{at}/slots");
            check(&holiday.slots, &pointer)?;
            let mut slots = holiday.slots.clone();
            // What begins on a holiday ends with it: the day after has hours of its own.
            if slots.iter().any(|slot| slot.to <= slot.from) || tidy(&mut slots).is_none() {
                return Err(CalendarError::Slots(pointer));
            }
            let day = (name.to_owned(), slots);
            let twice = if holiday.yearly {
                let key = (holiday.date.month(), holiday.date.day());
                yearly.insert(key, day).is_some()
            } else {
                once.insert(holiday.date, day).is_some()
            };
            if twice {
                return Err(CalendarError::Twice(format!("{at}/date")));
            }
        }
        Ok(Self {
            zone,
            week,
            once,
            yearly,
        })
    }

    /// Hours of a local day, in order, and the holiday's name if it is one.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> (&[Slot], Option<&str>) {
        let special = self
            .once
            .get(&date)
            .or_else(|| self.yearly.get(&(date.month(), date.day())));
        match special {
            Some((name, slots)) => (slots, Some(name)),
            None => (&self.week[date.weekday().num_days_from_monday() as usize], None),
        }
    }

    /// The zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }
}

fn check(slots: &[Slot], at: &str) -> Result<(), CalendarError> {
    if slots.len() > SLOTS_MAX {
        return Err(CalendarError::TooMany(at.to_owned()));
    }
    let within = |slot: &Slot| slot.from < DAY && slot.to <= DAY && slot.from != slot.to;
    if slots.iter().all(within) {
        Ok(())
    } else {
        Err(CalendarError::Slots(at.to_owned()))
    }
}

/// The part of this day and, over midnight, of the next.
fn split(slot: Slot) -> (Slot, Option<Slot>) {
    if slot.to > slot.from {
        return (slot, None);
    }
    let after = Slot { from: 0, to: slot.to };
    (
        Slot {
            from: slot.from,
            to: DAY,
        },
        Some(after).filter(|slot| slot.to > 0),
    )
}

/// Sorts; `None` when two overlap. Slots that touch become one.
fn tidy(slots: &mut Vec<Slot>) -> Option<()> {
    slots.sort_unstable();
    if slots.windows(2).any(|pair| pair[1].from < pair[0].to) {
        return None;
    }
    let mut merged: Vec<Slot> = Vec::with_capacity(slots.len());
    for slot in slots.drain(..) {
        match merged.last_mut() {
            Some(last) if last.to == slot.from => last.to = slot.to,
            _ => merged.push(slot),
        }
    }
    *slots = merged;
    Some(())
}
