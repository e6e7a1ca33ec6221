//! What may be a reminder.

use chrono::{DateTime, TimeDelta, Utc};

/// Longest note, in characters.
pub const NOTE_MAX: usize = 500;
/// Most reminders that one person has at a time.
pub const MOST: i64 = 500;
/// How far ahead one may be, in days.
pub const FARTHEST: i64 = 1830;

/// A reminder that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Its moment is over.
    #[error("lies in the past")]
    Past,
    /// Its moment is too far away.
    #[error("is more than five years away")]
    TooFar,
    /// Its note is too long.
    #[error("has 500 characters at most")]
    TooLong,
}

impl Flaw {
    /// JSON pointer to what is wrong.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Past | Self::TooFar => "/at",
            Self::TooLong => "/note",
        }
    }

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Past => "in_the_past",
            Self::TooFar => "too_far",
            Self::TooLong => "too_long",
        }
    }
}

/// The note without white space around it, when moment and note will do.
///
/// # Errors
/// A [`Flaw`].
pub fn check(at: DateTime<Utc>, note: &str, now: DateTime<Utc>) -> Result<String, Flaw> {
    if at <= now {
        return Err(Flaw::Past);
    }
    if at > now + TimeDelta::days(FARTHEST) {
        return Err(Flaw::TooFar);
    }
    let note = note.trim();
    if note.chars().count() > NOTE_MAX {
        return Err(Flaw::TooLong);
    }
    Ok(note.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reminder_lies_ahead_and_is_short() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let in_days = |days| now + TimeDelta::days(days);
        assert_eq!(check(in_days(1), "  call back ", now), Ok("call back".to_owned()));
        assert_eq!(check(now, "", now), Err(Flaw::Past));
        assert_eq!(check(in_days(FARTHEST + 1), "", now), Err(Flaw::TooFar));
        assert_eq!(
            check(in_days(1), &"ن".repeat(NOTE_MAX), now).map(|note| note.chars().count()),
            Ok(NOTE_MAX)
        );
        assert_eq!(check(in_days(1), &"n".repeat(NOTE_MAX + 1), now), Err(Flaw::TooLong));
    }
}
