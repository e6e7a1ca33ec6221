//! What text messages cost: prices by the first digits of a number, and what a month may cost. Amounts are integers: millionths of the
//! currency's unit, for a segment costs parts of a cent.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use uuid::Uuid;

/// Highest price of a segment, in millionths.
pub const PRICE_MAX: i64 = 1_000_000_000;
/// Highest cap of a month, in millionths.
pub const CAP_MAX: i64 = 1_000_000_000_000_000;
/// Longest name of a price, in characters.
pub const LABEL_MAX: usize = 60;
/// Purposes of codes. Nobody is locked out to save money: no cap stops them, and what guards them is how many go out in an hour.
pub const SPARED: [&str; 3] = ["enrol", "login", "step_up"];
/// Country of a number of which nobody knows it (ISO 3166-1, user-assigned).
pub const NOWHERE: &str = "ZZ";
/// Most segments that a provider is believed to have charged for one text.
const SEGMENTS_MAX: i32 = 255;

/// A price as it was set: for numbers with these first digits, from this moment until the next one for the same digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Id.
    pub id: Uuid,
    /// First digits, without a plus.
    pub prefix: String,
    /// For each segment, in millionths; without one these digits have no price of their own any more.
    pub micros: Option<i64>,
    /// From when on.
    pub valid_from: DateTime<Utc>,
}

/// The price of a number at a moment: of those in force the one with the longest digits that fit. `digits` is the number without its plus.
#[must_use]
pub fn in_force<'a>(prices: &'a [Price], digits: &str, at: DateTime<Utc>) -> Option<(&'a Price, i64)> {
    let begun = || prices.iter().filter(|price| price.valid_from <= at);
    let latest =
        |price: &Price| !begun().any(|later| later.prefix == price.prefix && later.valid_from > price.valid_from);
    begun()
        .filter(|price| digits.starts_with(price.prefix.as_str()) && latest(price))
        .filter_map(|price| Some((price, price.micros?)))
        .max_by_key(|(price, _)| price.prefix.len())
}

/// First digits as somebody typed them; `None` when they are none that a number begins with.
#[must_use]
pub fn prefix(text: &str) -> Option<&str> {
    let digits = text.trim();
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let fits =
        (1..=7).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(digits)
}

/// Segments that a provider says it charged, when that can be.
#[must_use]
pub fn charged(segments: Option<i32>) -> Option<i32> {
    segments.filter(|segments| (1..=SEGMENTS_MAX).contains(segments))
}

/// First day of the month that a text is counted in (UTC).
#[must_use]
pub fn month_of(at: DateTime<Utc>) -> NaiveDate {
    let day = at.date_naive();
    day.with_day(1).unwrap_or(day)
}

/// Country of a number in the form of E.164 (ISO 3166-1): that of its code, where several share one the first of them.
#[must_use]
pub fn country(number: &str) -> String {
    let known = phonenumber::parse(None, number)
        .ok()
        .and_then(|number| number.country().id());
    known.map_or_else(|| NOWHERE.to_owned(), |id| id.as_ref().to_owned())
}

/// What a cap says of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may go out.
    Go,
    /// There is no room for it in this month.
    OverCap,
    /// Nobody knows what it costs, so nobody knows whether there is room.
    NoPrice,
}

/// Whether a text may go out that costs so much, in a month that came to `spent` so far.
#[must_use]
pub fn verdict(purpose: &str, cost: Option<i64>, spent: i64, cap: Option<i64>) -> Verdict {
    let Some(cap) = cap else { return Verdict::Go };
    if SPARED.contains(&purpose) {
        return Verdict::Go;
    }
    match cost {
        None => Verdict::NoPrice,
        Some(cost) if spent.saturating_add(cost) > cap => Verdict::OverCap,
        Some(_) => Verdict::Go,
    }
}

/// How near a month is to its cap, as far as somebody should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Four fifths are spent.
    Near,
    /// All of it is.
    Reached,
}

/// The level of a month that came to `spent`.
#[must_use]
pub fn level(spent: i64, cap: Option<i64>) -> Option<Level> {
    let (spent, cap) = (i128::from(spent), i128::from(cap?));
    if spent >= cap {
        Some(Level::Reached)
    } else if spent * 5 >= cap * 4 {
        Some(Level::Near)
    } else {
        None
    }
}

/// An amount in millionths as a decimal number: `0.052`, `12`.
#[must_use]
pub fn decimal(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (whole, part) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    let text = format!("{sign}{whole}.{part:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn price(prefix: &str, micros: Option<i64>, from: i64) -> Price {
        Price {
            id: Uuid::now_v7(),
            prefix: prefix.to_owned(),
            micros,
            valid_from: at(from),
        }
    }

    fn micros(prices: &[Price], digits: &str, day: i64) -> Option<i64> {
        in_force(prices, digits, at(day)).map(|(_, micros)| micros)
    }

    #[test]
    fn the_longest_digits_win_and_the_latest_that_has_begun() {
        let prices = [
            price("213", Some(50_000), 0),
            price("2136", Some(40_000), 0),
            price("213", Some(60_000), 10),
            price("2136", None, 20),
            price("33", Some(70_000), 30),
        ];
        for (digits, day, expected) in [
            ("213550123456", 0, Some(50_000)),
            ("213661123456", 0, Some(40_000)),
            ("213550123456", 9, Some(50_000)),
            ("213550123456", 10, Some(60_000)),
            ("213661123456", 19, Some(40_000)),
            // Its own price has ended: the country's holds again.
            ("213661123456", 20, Some(60_000)),
            ("33612345678", 29, None),
            ("33612345678", 30, Some(70_000)),
            ("21", 30, None),
            ("213661123456", -1, None),
        ] {
            assert_eq!(micros(&prices, digits, day), expected, "{digits} on day {day}");
        }
    }

    #[test]
    fn first_digits_are_digits_without_a_zero_before() {
        for (text, expected) in [
            ("213", Some("213")),
            (" +2136 ", Some("2136")),
            ("1", Some("1")),
            ("0213", None),
            ("", None),
            ("+", None),
            ("21x", None),
            ("12345678", None),
            ("٢١٣", None),
        ] {
            assert_eq!(prefix(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cap_stops_what_has_no_room_and_what_nobody_knows_the_price_of_but_no_code() {
        use Verdict::{Go, NoPrice, OverCap};
        for (purpose, cost, spent, cap, expected) in [
            ("notification", Some(10), 90, Some(100), Go),
            ("notification", Some(11), 90, Some(100), OverCap),
            ("notification", Some(0), 100, Some(100), Go),
            ("trial", Some(1), i64::MAX, Some(100), OverCap),
            ("notification", None, 0, Some(100), NoPrice),
            ("notification", None, 0, None, Go),
            ("notification", Some(1), 1_000, None, Go),
            ("notification", Some(1), 0, Some(0), OverCap),
            ("login", Some(11), 90, Some(100), Go),
            ("enrol", None, 90, Some(100), Go),
            ("step_up", Some(1), 90, Some(0), Go),
        ] {
            assert_eq!(
                verdict(purpose, cost, spent, cap),
                expected,
                "{purpose} {cost:?} {spent} {cap:?}"
            );
        }
    }

    #[test]
    fn four_fifths_and_the_whole_are_told() {
        for (spent, cap, expected) in [
            (79, Some(100), None),
            (80, Some(100), Some(Level::Near)),
            (99, Some(100), Some(Level::Near)),
            (100, Some(100), Some(Level::Reached)),
            (120, Some(100), Some(Level::Reached)),
            (0, Some(0), Some(Level::Reached)),
            (i64::MAX, None, None),
            (CAP_MAX - 1, Some(CAP_MAX), Some(Level::Near)),
        ] {
            assert_eq!(level(spent, cap), expected, "{spent} of {cap:?}");
        }
    }

    #[test]
    fn months_begin_at_midnight_utc() {
        let late: DateTime<Utc> = "2026-10-31T23:59:59.999Z".parse().unwrap();
        assert_eq!(month_of(late).to_string(), "2026-10-01");
        assert_eq!(month_of(late + TimeDelta::milliseconds(1)).to_string(), "2026-11-01");
    }

    #[test]
    fn numbers_know_their_country() {
        for (number, expected) in [
            ("+213550123456", "DZ"),
            ("+33612345678", "FR"),
            ("+00000000", "ZZ"),
            ("", "ZZ"),
        ] {
            assert_eq!(country(number), expected, "{number}");
        }
    }

    #[test]
    fn amounts_are_written_without_needless_zeros() {
        for (micros, expected) in [
            (0, "0"),
            (52_000, "0.052"),
            (1, "0.000001"),
            (12_000_000, "12"),
            (-1_500_000, "-1.5"),
            (10_000_000, "10"),
        ] {
            assert_eq!(decimal(micros), expected);
        }
    }

    #[test]
    fn what_a_provider_says_is_believed_within_reason() {
        assert_eq!(charged(Some(2)), Some(2));
        for odd in [None, Some(0), Some(-1), Some(i32::MAX)] {
            assert_eq!(charged(odd), None);
        }
    }
}
