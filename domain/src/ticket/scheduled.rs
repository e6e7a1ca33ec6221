//! Exports of tickets that are mailed again and again: when, to whom at most, and why one stops by itself.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::{
    locale::Locale,
    words::words,
    zone::{Twice, instant},
};

/// Longest name, in characters.
pub const NAME_MAX: usize = 80;
/// Most people one export is mailed to.
pub const RECIPIENTS_MAX: usize = 20;
/// Most exports that one person has.
pub const MOST: i64 = 50;
/// Runs in a row that fail before one stops by itself.
pub const FAILURES_MAX: i32 = 3;
/// Largest file that goes with the mails, in bytes. Most servers take 10 MB at least, and base64 adds a third.
pub const ATTACHED_MAX: i64 = 5 * 1024 * 1024;
/// Largest file that is made, in bytes: some 300,000 tickets.
pub const SIZE_MAX: i64 = 64 * 1024 * 1024;
/// Minutes of a day.
const DAY: u16 = 1440;

words! {
    /// How often.
    Cadence as "TicketExportCadence" {
        /// Every day.
        Day = "day",
        /// Once a week.
        Week = "week",
        /// Once a month.
        Month = "month",
    }
}

/// On which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Every one.
    Day,
    /// This day of each week.
    Week(Weekday),
    /// This day of each month, 1 to 31; the last one of a month that is shorter.
    Month(u8),
}

impl Every {
    /// As stored and sent: the word, and the day of the week (Monday is 1) or of the month.
    #[must_use]
    pub fn parts(self) -> (Cadence, Option<i16>) {
        match self {
            Self::Day => (Cadence::Day, None),
            Self::Week(day) => (Cadence::Week, i16::try_from(day.number_from_monday()).ok()),
            Self::Month(day) => (Cadence::Month, Some(i16::from(day))),
        }
    }

    /// What these parts say.
    ///
    /// # Errors
    /// [`Flaw::Day`] when they say nothing.
    pub fn of(cadence: Cadence, day: Option<i16>) -> Result<Self, Flaw> {
        let day = day.map(u8::try_from).transpose().map_err(|_| Flaw::Day)?;
        match (cadence, day) {
            (Cadence::Day, None) => Ok(Self::Day),
            (Cadence::Week, Some(day @ 1..=7)) => Weekday::try_from(day - 1).map(Self::Week).map_err(|_| Flaw::Day),
            (Cadence::Month, Some(day @ 1..=31)) => Ok(Self::Month(day)),
            _ => Err(Flaw::Day),
        }
    }

    fn falls_on(self, day: NaiveDate) -> bool {
        match self {
            Self::Day => true,
            Self::Week(weekday) => day.weekday() == weekday,
            Self::Month(wanted) => {
                let is_last = day.succ_opt().is_none_or(|next| next.month() != day.month());
                day.day() == u32::from(wanted) || is_last && day.day() < u32::from(wanted)
            }
        }
    }
}

/// When one is made: days, and the minute of the local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    every: Every,
    minute: u16,
    zone: Tz,
}

impl Rhythm {
    /// At this minute of the day, 0 to 1439, in this zone.
    ///
    /// # Errors
    /// [`Flaw::Minute`].
    pub fn new(every: Every, minute: i16, zone: Tz) -> Result<Self, Flaw> {
        match u16::try_from(minute) {
            Ok(minute) if minute < DAY => Ok(Self { every, minute, zone }),
            _ => Err(Flaw::Minute),
        }
    }

    /// The first after this moment. A time that comes twice when the clocks go back is the first one; one that they skip is the end of the
    /// gap.
    #[must_use]
    pub fn next(self, after: DateTime<Utc>) -> DateTime<Utc> {
        // A gap or a change of zone may have moved the local day.
        let today = after.with_timezone(&self.zone).date_naive() - Days::new(1);
        (0..=64)
            .filter_map(|n| today.checked_add_days(Days::new(n)))
            .filter(|day| self.every.falls_on(*day))
            .map(|day| {
                let local = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(self.minute));
                instant(self.zone, local, Twice::Early)
            })
            .find(|at| *at > after)
            // No calendar is that short; it is here for the end of time.
            .unwrap_or(after + Duration::days(31))
    }
}

/// Such a file goes with the mails; a larger one is fetched by those who get it.
#[must_use]
pub const fn goes_along(size: i64) -> bool {
    size <= ATTACHED_MAX
}

/// What so many runs that failed one after the other mean.
#[must_use]
pub const fn after_failures(failures: i32) -> Option<Pause> {
    if failures >= FAILURES_MAX {
        Some(Pause::Failing)
    } else {
        None
    }
}

/// What is wrong with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It has no name.
    #[error("give it a name")]
    NoName,
    /// Its name is too long.
    #[error("has 80 characters at most")]
    NameTooLong,
    /// The day is none.
    #[error("a day of the week is 1 to 7, one of the month 1 to 31")]
    Day,
    /// The minute is none.
    #[error("a minute of the day is 0 to 1439")]
    Minute,
    /// The zone is none.
    #[error("a zone is a name of the IANA time zone database")]
    Zone,
    /// Nobody gets it.
    #[error("choose who gets it")]
    NoRecipients,
    /// Too many get it.
    #[error("goes to 20 people at most")]
    TooManyRecipients,
}

impl Flaw {
    /// JSON pointer to what is wrong.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::NoName | Self::NameTooLong => "/name",
            Self::Day => "/day",
            Self::Minute => "/minute",
            Self::Zone => "/zone",
            Self::NoRecipients | Self::TooManyRecipients => "/recipient_ids",
        }
    }

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoName | Self::NoRecipients => "empty",
            Self::NameTooLong => "too_long",
            Self::Day => "invalid_day",
            Self::Minute => "invalid_minute",
            Self::Zone => "invalid_zone",
            Self::TooManyRecipients => "too_many_recipients",
        }
    }
}

/// The name without white space around it.
///
/// # Errors
/// A [`Flaw`].
pub fn name(text: &str) -> Result<String, Flaw> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(Flaw::NoName),
        n if n > NAME_MAX => Err(Flaw::NameTooLong),
        _ => Ok(name),
    }
}

/// Each of these people once.
///
/// # Errors
/// A [`Flaw`].
pub fn recipients<T: Ord>(mut ids: Vec<T>) -> Result<Vec<T>, Flaw> {
    ids.sort_unstable();
    ids.dedup();
    match ids.len() {
        0 => Err(Flaw::NoRecipients),
        n if n > RECIPIENTS_MAX => Err(Flaw::TooManyRecipients),
        _ => Ok(ids),
    }
}

words! {
    /// Why one is paused.
    Pause as "TicketExportPause" {
        /// Its owner wanted it.
        Owner = "owner",
        /// Its owner may not sign in any more.
        OwnerInactive = "owner_inactive",
        /// Its owner may not export tickets any more.
        NotPermitted = "not_permitted",
        /// Its filter names what is no more.
        Filter = "filter",
        /// None of those it goes to may see tickets any more.
        NoRecipients = "no_recipients",
        /// It failed again and again.
        Failing = "failing",
    }
}

impl Pause {
    /// Why it stopped, as its owner reads it.
    #[must_use]
    pub const fn reason(self, locale: Locale) -> &'static str {
        let [fr, en, ar] = match self {
            Self::Owner => ["vous l’avez suspendu", "you paused it", "أوقفته بنفسك"],
            Self::OwnerInactive => [
                "votre compte n’est plus actif",
                "your account is not active any more",
                "لم يعد حسابك نشطًا",
            ],
            Self::NotPermitted => [
                "vous n’avez plus le droit d’exporter les tickets",
                "you may not export tickets any more",
                "لم يعد مسموحًا لك بتصدير التذاكر",
            ],
            Self::Filter => [
                "son filtre n’est plus compris",
                "its filter is not understood any more",
                "لم تعد تصفيته مفهومة",
            ],
            Self::NoRecipients => [
                "plus aucun destinataire n’a le droit d’exporter les tickets",
                "none of those who get it may export tickets any more",
                "لم يعد مسموحًا لأي من المستلمين بتصدير التذاكر",
            ],
            Self::Failing => [
                "il a échoué trois fois de suite",
                "it failed three times in a row",
                "فشل ثلاث مرات متتالية",
            ],
        };
        match locale {
            Locale::Fr => fr,
            Locale::En => en,
            Locale::Ar => ar,
        }
    }
}

words! {
    /// Why one run failed.
    Trouble as "TicketExportTrouble" {
        /// The file would be too large.
        TooLarge = "too_large",
        /// No mailbox is there to send from.
        NoMailbox = "no_mailbox",
        /// It was broken off, however often it was tried.
        BrokenOff = "broken_off",
    }
}

words! {
    /// Where one run stands.
    RunState as "TicketExportRunState" {
        /// It waits for its turn.
        Queued = "queued",
        /// It is being made.
        Running = "running",
        /// The mails are on their way.
        Sent = "sent",
        /// It could not be made.
        Failed = "failed",
        /// It was not made, because the export was paused by then.
        Skipped = "skipped",
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::{Africa::Algiers, Europe::Paris};

    use super::*;
    use crate::words::WordSet;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn next(every: Every, minute: i16, zone: Tz, after: &str) -> DateTime<Utc> {
        Rhythm::new(every, minute, zone).unwrap().next(at(after))
    }

    #[test]
    fn days_and_weeks_follow_the_local_clock() {
        let eight = 8 * 60;
        assert_eq!(
            next(Every::Day, eight, Algiers, "2026-01-05T06:59:00Z"),
            at("2026-01-05T07:00:00Z")
        );
        assert_eq!(
            next(Every::Day, eight, Algiers, "2026-01-05T07:00:00Z"),
            at("2026-01-06T07:00:00Z")
        );
        let sunday = Every::Week(Weekday::Sun);
        assert_eq!(
            next(sunday, eight, Algiers, "2026-01-05T00:00:00Z"),
            at("2026-01-11T07:00:00Z")
        );
        assert_eq!(
            next(sunday, 0, Algiers, "2026-01-10T23:30:00Z"),
            at("2026-01-17T23:00:00Z")
        );
        // Beyond the date line.
        let kiritimati = chrono_tz::Pacific::Kiritimati;
        assert_eq!(
            next(Every::Day, 0, kiritimati, "2026-01-05T09:59:00Z"),
            at("2026-01-05T10:00:00Z")
        );
    }

    #[test]
    fn the_clocks_change_and_every_day_has_one() {
        // 29 March 2026, 02:30 is skipped: the gap ends at 03:00, which is 01:00 UTC.
        let half_past_two = 150;
        assert_eq!(
            next(Every::Day, half_past_two, Paris, "2026-03-28T12:00:00Z"),
            at("2026-03-29T01:00:00Z")
        );
        assert_eq!(
            next(Every::Day, half_past_two, Paris, "2026-03-29T01:00:00Z"),
            at("2026-03-30T00:30:00Z")
        );
        // 25 October 2026, 02:30 comes twice: once is enough.
        assert_eq!(
            next(Every::Day, half_past_two, Paris, "2026-10-24T12:00:00Z"),
            at("2026-10-25T00:30:00Z")
        );
        assert_eq!(
            next(Every::Day, half_past_two, Paris, "2026-10-25T00:30:00Z"),
            at("2026-10-26T01:30:00Z")
        );
        // A year of them, each on a day of its own.
        let mut moment = at("2026-01-01T00:00:00Z");
        let mut days = std::collections::BTreeSet::new();
        for _ in 0..365 {
            moment = Rhythm::new(Every::Day, half_past_two, Paris).unwrap().next(moment);
            assert!(days.insert(moment.with_timezone(&Paris).date_naive()));
        }
    }

    #[test]
    fn months_that_are_shorter_end_with_their_last_day() {
        let last = Every::Month(31);
        assert_eq!(
            next(last, 0, Tz::UTC, "2026-01-31T00:00:00Z"),
            at("2026-02-28T00:00:00Z")
        );
        assert_eq!(
            next(last, 0, Tz::UTC, "2028-02-01T00:00:00Z"),
            at("2028-02-29T00:00:00Z")
        );
        assert_eq!(
            next(Every::Month(30), 0, Tz::UTC, "2026-02-28T00:00:00Z"),
            at("2026-03-30T00:00:00Z")
        );
        assert_eq!(
            next(Every::Month(1), 0, Tz::UTC, "2026-01-01T00:00:00Z"),
            at("2026-02-01T00:00:00Z")
        );
        let one = Utc.with_ymd_and_hms(2026, 12, 31, 23, 59, 59).unwrap();
        assert_eq!(
            Rhythm::new(Every::Month(1), 0, Tz::UTC).unwrap().next(one),
            at("2027-01-01T00:00:00Z")
        );
    }

    #[test]
    fn what_is_no_rhythm_is_refused() {
        assert_eq!(Every::of(Cadence::Week, Some(7)), Ok(Every::Week(Weekday::Sun)));
        for every in [Every::Day, Every::Week(Weekday::Mon), Every::Month(31)] {
            let (cadence, day) = every.parts();
            assert_eq!(Every::of(cadence, day), Ok(every));
        }
        for (cadence, day) in [
            (Cadence::Day, Some(1)),
            (Cadence::Week, None),
            (Cadence::Week, Some(0)),
            (Cadence::Week, Some(8)),
            (Cadence::Month, None),
            (Cadence::Month, Some(32)),
            (Cadence::Month, Some(257)),
            (Cadence::Month, Some(-1)),
        ] {
            assert_eq!(Every::of(cadence, day), Err(Flaw::Day), "{cadence:?} {day:?}");
        }
        for minute in [-1, 1440, i16::MAX] {
            assert_eq!(Rhythm::new(Every::Day, minute, Tz::UTC), Err(Flaw::Minute));
        }
    }

    #[test]
    fn the_third_failure_in_a_row_stops_it_and_large_files_stay_here() {
        assert_eq!(
            [1, 2, 3, 4].map(after_failures),
            [None, None, Some(Pause::Failing), Some(Pause::Failing)]
        );
        assert!(goes_along(0) && goes_along(ATTACHED_MAX) && !goes_along(ATTACHED_MAX + 1));
        for pause in Pause::ALL {
            let reasons: std::collections::BTreeSet<_> =
                [Locale::Fr, Locale::En, Locale::Ar].map(|to| pause.reason(to)).into();
            assert_eq!(reasons.len(), 3, "{pause:?}");
        }
    }

    #[test]
    fn names_and_recipients_are_tidied_and_bounded() {
        assert_eq!(name("  Every\n Sunday "), Ok("Every Sunday".to_owned()));
        assert_eq!(name(" "), Err(Flaw::NoName));
        assert_eq!(name(&"ن".repeat(81)), Err(Flaw::NameTooLong));
        assert_eq!(recipients(vec![2, 1, 2]), Ok(vec![1, 2]));
        assert_eq!(recipients(Vec::<i32>::new()), Err(Flaw::NoRecipients));
        assert_eq!(recipients((0..21).collect()), Err(Flaw::TooManyRecipients));
    }
}
