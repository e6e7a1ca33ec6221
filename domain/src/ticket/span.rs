//! Spans of time that a list is narrowed to, as people say them: by whole days of a zone, or by moments.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::zone::{Twice, instant};

/// Years that somebody means; the database keeps no others.
const YEARS: RangeInclusive<i32> = 1900..=9999;
/// Letters of a day, `2026-05-31`: what is longer is a moment.
const DAY: usize = 10;

/// From a moment on, until before another one; open where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: Option<DateTime<Utc>>,
    /// The first moment after it.
    pub until: Option<DateTime<Utc>>,
}

/// What is wrong with a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It begins with no time.
    #[error("begins with no day or moment")]
    From,
    /// It ends with no time.
    #[error("ends with no day or moment")]
    To,
    /// It is over before it begins.
    #[error("is over before it begins")]
    Backwards,
}

impl Span {
    /// The span between two days of this zone, both of them whole, or between two moments, without the last one. What is blank is open.
    ///
    /// # Errors
    /// [`Flaw`], also when nothing can be in it.
    pub fn read(from: Option<&str>, to: Option<&str>, zone: Tz) -> Result<Self, Flaw> {
        let edge = |text: Option<&str>, last, flaw| match text.map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => moment(text, zone, last).map(Some).ok_or(flaw),
        };
        let (from, until) = (edge(from, false, Flaw::From)?, edge(to, true, Flaw::To)?);
        match (from, until) {
            (Some(from), Some(until)) if from >= until => Err(Flaw::Backwards),
            _ => Ok(Self { from, until }),
        }
    }
}

/// When a day begins, or, as the last one, is over; or a moment of RFC 3339.
fn moment(text: &str, zone: Tz, last: bool) -> Option<DateTime<Utc>> {
    if text.len() > DAY {
        let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
        return YEARS.contains(&at.year()).then_some(at);
    }
    let day: NaiveDate = text.parse().ok()?;
    if !YEARS.contains(&day.year()) {
        return None;
    }
    let begins = if last { day.succ_opt()? } else { day };
    Some(instant(zone, begins.and_time(NaiveTime::MIN), Twice::Early))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str, zone: Tz) -> Result<(String, String), Flaw> {
        let text = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
        Span::read(Some(from), Some(to), zone).map(|span| (text(span.from), text(span.until)))
    }

    #[test]
    fn days_are_whole_and_of_their_zone() {
        let told = |from: &str, until: &str| Ok((from.to_owned(), until.to_owned()));
        assert_eq!(
            span("2026-05-31", "2026-05-31", Tz::Africa__Algiers),
            told("2026-05-30T23:00:00+00:00", "2026-05-31T23:00:00+00:00")
        );
        // A day of 23 hours, and one that begins when the clocks have been moved.
        assert_eq!(
            span("2026-03-29", "2026-03-29", Tz::Europe__Paris),
            told("2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00")
        );
        assert_eq!(
            span("2018-11-04", "", Tz::America__Sao_Paulo),
            told("2018-11-04T03:00:00+00:00", "")
        );
        assert_eq!(span("", " 2026-12-31 ", Tz::UTC), told("", "2027-01-01T00:00:00+00:00"));
        assert_eq!(Span::read(None, None, Tz::UTC), Ok(Span::default()));
    }

    #[test]
    fn moments_are_taken_as_they_are() {
        assert_eq!(
            span("2026-05-31T08:00:00+01:00", "2026-05-31T07:00:01Z", Tz::Asia__Tokyo),
            Ok((
                "2026-05-31T07:00:00+00:00".to_owned(),
                "2026-05-31T07:00:01+00:00".to_owned()
            ))
        );
        // A day and a moment of it.
        assert!(span("2026-05-31", "2026-05-31T12:00:00Z", Tz::UTC).is_ok());
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for bad in [
            "soon",
            "2026-02-30",
            "2026-13-01",
            "0026-05-31",
            "+12026-1-1",
            "2026-05-31 08:00",
            "2026-05-31T25:00:00Z",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(span(bad, "", Tz::UTC), Err(Flaw::From), "{bad}");
            assert_eq!(span("", bad, Tz::UTC), Err(Flaw::To), "{bad}");
        }
        assert_eq!(span("2026-06-01", "2026-05-31", Tz::UTC), Err(Flaw::Backwards));
        let same = "2026-06-01T08:00:00Z";
        assert_eq!(span(same, same, Tz::UTC), Err(Flaw::Backwards));
    }
}
