//! Keys that sign access tokens: when one is made, from when it signs, and until when what it signed is accepted.

use chrono::{DateTime, TimeDelta, Utc};

use crate::account::times::ACCESS;

/// A new key is published this long before it signs, so that whoever keeps the published list for a while knows it in time.
pub const LEAD: TimeDelta = TimeDelta::minutes(10);
/// A key verifies this long after its successor began to sign: longer than any token lives, and than clocks differ.
pub const HOLD: TimeDelta = TimeDelta::hours(1);
/// A key signs this long before the next one is made (OWASP: one to three months).
pub const PERIOD: TimeDelta = TimeDelta::days(30);

const _: () = assert!(HOLD.num_seconds() >= 2 * ACCESS.num_seconds());

/// The times of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Signs from then on.
    pub active_from: DateTime<Utc>,
    /// Verifies until then; `None` while it has no successor.
    pub retire_at: Option<DateTime<Utc>>,
}

impl Life {
    /// Whether what it signed is accepted.
    #[must_use]
    pub fn verifies(&self, now: DateTime<Utc>) -> bool {
        self.retire_at.is_none_or(|end| now < end)
    }
}

/// The key that signs: of those that verify, the last whose time to sign has come.
pub fn signer<K: Ord>(keys: impl IntoIterator<Item = (K, Life)>, now: DateTime<Utc>) -> Option<K> {
    let signing = keys
        .into_iter()
        .filter(|(_, life)| life.active_from <= now && life.verifies(now));
    signing
        .max_by(|(a, one), (b, other)| (one.active_from, a).cmp(&(other.active_from, b)))
        .map(|(key, _)| key)
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// The first key, which signs at once: nothing waits for it to be known, and nothing works without it.
    First,
    /// A successor.
    Next,
}

/// What is due, given the keys that are not retired.
#[must_use]
pub fn due(lives: &[Life], now: DateTime<Utc>) -> Due {
    let newest = lives
        .iter()
        .filter(|life| life.verifies(now))
        .map(|life| life.active_from)
        .max();
    match newest {
        None => Due::First,
        Some(from) if from + PERIOD <= now => Due::Next,
        Some(_) => Due::Nothing,
    }
}

/// Whether a successor is published that does not sign yet: then a further one would only pile up.
#[must_use]
pub fn pending(lives: &[Life], now: DateTime<Utc>) -> bool {
    lives.iter().any(|life| life.verifies(now) && now < life.active_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(from: i64, end: Option<i64>) -> Life {
        Life {
            active_from: at(from),
            retire_at: end.map(at),
        }
    }

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn a_successor_signs_when_its_time_comes_and_the_old_key_verifies_on() {
        let keys = [(1, life(0, Some(70))), (2, life(10, None))];
        assert_eq!(signer(keys, at(-1)), None);
        assert_eq!(signer(keys, at(9)), Some(1));
        assert_eq!(signer(keys, at(10)), Some(2));
        assert!(keys[0].1.verifies(at(69)) && !keys[0].1.verifies(at(70)));
        assert!(pending(&[keys[0].1, keys[1].1], at(9)));
        assert!(!pending(&[keys[0].1, keys[1].1], at(10)));
    }

    #[test]
    fn a_key_that_was_taken_back_never_signs() {
        assert_eq!(signer([(1, life(0, None)), (2, life(5, Some(6)))], at(7)), Some(1));
        assert!(!pending(&[life(10, Some(5))], at(7)));
    }

    #[test]
    fn a_month_passes_between_two_keys() {
        let month = PERIOD.num_minutes();
        assert_eq!(due(&[], at(0)), Due::First);
        assert_eq!(due(&[life(0, Some(5))], at(5)), Due::First);
        assert_eq!(due(&[life(0, None)], at(month - 1)), Due::Nothing);
        assert_eq!(due(&[life(0, None)], at(month)), Due::Next);
        assert_eq!(
            due(&[life(0, Some(month + 70)), life(month + 10, None)], at(month)),
            Due::Nothing
        );
    }
}
