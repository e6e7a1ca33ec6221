//! When a mail counts as received.

use chrono::{DateTime, TimeDelta, Utc};

/// A mail server's date further back is not believed: it was moved there from elsewhere, or the server's clock is wrong.
const OLDEST: TimeDelta = TimeDelta::hours(24);

/// When a mail reached us: what its server says (`INTERNALDATE`, RFC 9051 section 2.3.3) within the 24 hours before it was taken, so
/// that a worker that stood still does not make a late answer look early. The mail's own `Date` is its sender's word and counts for
/// nothing.
#[must_use]
pub fn receipt(internal_date: Option<DateTime<Utc>>, taken: DateTime<Utc>) -> DateTime<Utc> {
    internal_date.map_or(taken, |at| at.clamp(taken - OLDEST, taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_date_counts_within_a_day_before_the_mail_was_taken() {
        let taken = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let told = |hours: i64| receipt(Some(taken + TimeDelta::hours(hours)), taken);
        assert_eq!(receipt(None, taken), taken);
        assert_eq!(told(-3), taken - TimeDelta::hours(3));
        assert_eq!(told(-30), taken - TimeDelta::hours(24));
        assert_eq!(told(1), taken, "no mail comes from the future");
    }
}
