//! How often codes are sent. Each costs money, and fraudsters who own numbers earn on each (SMS pumping).

use chrono::{DateTime, TimeDelta, Utc};

/// At most so many within this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub usize, pub TimeDelta);

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

/// How long the next one has to wait, given when the last ones were sent, newest first; nothing when it may go now.
#[must_use]
pub fn wait(sent: &[DateTime<Utc>], limits: &[Limit], now: DateTime<Utc>) -> Option<TimeDelta> {
    let waits = limits.iter().filter_map(|Limit(most, within)| {
        let oldest = sent.get(most.checked_sub(1)?)?;
        Some(*oldest + *within - now).filter(|wait| *wait > TimeDelta::zero())
    });
    waits.max()
}

/// The longest history that some limit looks at.
#[must_use]
pub fn history(limits: &[Limit]) -> usize {
    limits.iter().map(|Limit(most, _)| *most).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ago(now: DateTime<Utc>, minutes: &[i64]) -> Vec<DateTime<Utc>> {
        minutes.iter().map(|m| now - TimeDelta::minutes(*m)).collect()
    }

    #[test]
    fn the_strictest_limit_says_how_long() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!(wait(&[], NUMBER, now), None);
        assert_eq!(wait(&ago(now, &[1]), NUMBER, now), None);
        let half = [now - TimeDelta::seconds(30)];
        assert_eq!(wait(&half, NUMBER, now), Some(TimeDelta::seconds(30)));
        let five = ago(now, &[2, 10, 20, 30, 40]);
        assert_eq!(wait(&five, NUMBER, now), Some(TimeDelta::minutes(20)));
        assert_eq!(wait(&five[..4], NUMBER, now), None);
        let ten: Vec<i64> = (1..=10).map(|n| n * 120).collect();
        assert_eq!(wait(&ago(now, &ten), NUMBER, now), Some(TimeDelta::hours(4)));
        assert_eq!(wait(&ago(now, &ten), NETWORK, now), None);
    }

    #[test]
    fn a_limit_of_none_at_all_lets_everything_pass_and_history_covers_the_largest() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(wait(&[now], &[Limit(0, TimeDelta::hours(1))], now), None);
        assert_eq!((history(NUMBER), history(NETWORK), history(&[])), (10, 60, 0));
    }
}
