//! How often codes are sent. Each costs money, and fraudsters who own numbers earn on each (SMS pumping).

use chrono::{DateTime, TimeDelta, Utc};

/// At most so many within this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub u32, pub TimeDelta);

/// To one number.
pub const NUMBER: &[Limit] = &[
    Limit(1, RESEND),
    Limit(5, TimeDelta::hours(1)),
    Limit(10, TimeDelta::days(1)),
];
/// For one account, whatever the number.
pub const ACCOUNT: &[Limit] = NUMBER;
/// Asked for from one network.
pub const NETWORK: &[Limit] = &[Limit(20, TimeDelta::hours(1)), Limit(60, TimeDelta::days(1))];
/// Before the same code is asked for again.
pub const RESEND: TimeDelta = TimeDelta::minutes(1);

impl Limit {
    /// How long the next one has to wait, given when the oldest of the last ones that fill the limit was sent; nothing when it may
    /// go now.
    #[must_use]
    pub fn wait(self, oldest: DateTime<Utc>, now: DateTime<Utc>) -> Option<TimeDelta> {
        Some(oldest + self.1 - now).filter(|wait| *wait > TimeDelta::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_holds_until_the_oldest_that_fills_it_is_out_of_its_time() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let hourly = Limit(5, TimeDelta::hours(1));
        let ago = |minutes| now - TimeDelta::minutes(minutes);
        assert_eq!(hourly.wait(ago(40), now), Some(TimeDelta::minutes(20)));
        assert_eq!(hourly.wait(ago(60), now), None);
        assert_eq!(hourly.wait(ago(90), now), None);
        assert_eq!(
            NUMBER[0].wait(now - TimeDelta::seconds(30), now),
            Some(TimeDelta::seconds(30))
        );
    }
}
