//! The satisfaction survey: when a customer is asked about a resolution, and until when he may answer.
//!
//! The scale is 1 to 5. It is what customers know from elsewhere and what the share of satisfied customers (CSAT: answers of 4 and 5
//! among all) is defined on; two faces lose the difference between "good enough" and "excellent", ten steps suggest a precision that
//! one answer does not have.

use chrono::{DateTime, TimeDelta, Utc};

use super::State;
use crate::mail::autoresponse::is_robot;

/// Best rating.
pub const BEST: i16 = 5;
/// Ratings from here on count as satisfied.
pub const GOOD: i16 = 4;
/// Ratings up to here are told to the agent.
pub const BAD: i16 = 2;
/// Longest comment, in characters.
pub const COMMENT_MAX: usize = 2000;
/// Longest time from a resolution to the mail, in hours: a resolved ticket is closed after four days.
pub const DELAY_MAX_HOURS: i32 = 72;
/// Nobody is asked again within this time, however many of his tickets are resolved.
pub const PAUSE: TimeDelta = TimeDelta::days(7);
/// How long a resolution may be rated.
pub const LIFE: TimeDelta = TimeDelta::days(14);
/// How long an answer may be changed.
pub const CHANGEABLE: TimeDelta = TimeDelta::hours(48);

/// What decides whether a customer is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The ticket's group asks.
    pub enabled: bool,
    /// State of the ticket.
    pub state: State,
    /// How often it was resolved.
    pub resolutions: i32,
    /// The resolution that is asked about.
    pub cycle: i32,
    /// It became a part of another one.
    pub merged: bool,
    /// The requester's address.
    pub email: &'a str,
    /// The address is one of our own.
    pub own: bool,
    /// A machine opened it: the class of its first mail is not `human`.
    pub machine: bool,
    /// The address gets no automatic mail.
    pub suppressed: bool,
    /// He wants no surveys.
    pub declined: bool,
    /// When this address was asked last.
    pub last_asked: Option<DateTime<Utc>>,
}

/// Why a customer is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// The ticket or its group is not what it was: nothing to be said.
    Over,
    /// No person would read it.
    Machine,
    /// It would come back to us.
    OwnAddress,
    /// The address bounces, or asked for no mail.
    Suppressed,
    /// He said that he does not want to be asked.
    Declined,
    /// He was asked about another ticket days ago.
    AskedLately,
    /// It was resolved because he said nothing more: whoever is silent is not asked how he liked that, see [`is_offered`].
    NoAnswer,
}

impl NotAsked {
    /// The word that is kept; `None` for what is not worth a line.
    #[must_use]
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Over => None,
            Self::Machine => Some("machine"),
            Self::OwnAddress => Some("own_address"),
            Self::Suppressed => Some("suppressed"),
            Self::Declined => Some("declined"),
            Self::AskedLately => Some("asked_lately"),
            Self::NoAnswer => Some("no_answer"),
        }
    }
}

/// Decides whether the customer is asked now.
///
/// # Errors
/// Why he is not.
pub fn ask(facts: Asking<'_>, now: DateTime<Utc>) -> Result<(), NotAsked> {
    let same = facts.state == State::Resolved && facts.resolutions == facts.cycle && !facts.merged;
    if !facts.enabled || !same {
        return Err(NotAsked::Over);
    }
    if facts.machine || is_robot(facts.email) {
        return Err(NotAsked::Machine);
    }
    if facts.own {
        return Err(NotAsked::OwnAddress);
    }
    if facts.suppressed {
        return Err(NotAsked::Suppressed);
    }
    if facts.declined {
        return Err(NotAsked::Declined);
    }
    match facts.last_asked {
        Some(at) if now - at < PAUSE => Err(NotAsked::AskedLately),
        _ => Ok(()),
    }
}

/// Whether a resolution that was not asked about for this reason can be rated in the portal all the same: but for what silence resolved,
/// all can.
#[must_use]
pub fn is_offered(not_asked: Option<&str>) -> bool {
    not_asked.is_none_or(|word| NotAsked::NoAnswer.as_str() != Some(word))
}

/// Until when a resolution may be rated, or its rating changed.
#[must_use]
pub fn open_until(expires_at: DateTime<Utc>, answered_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    answered_at.map_or(expires_at, |at| at + CHANGEABLE)
}

/// A rating of the scale.
#[must_use]
pub fn rating(number: i16) -> Option<i16> {
    (1..=BEST).contains(&number).then_some(number)
}

/// The agent is told: it is bad, and was not before.
#[must_use]
pub fn is_alarming(before: Option<i16>, now: i16) -> bool {
    now <= BAD && before.is_none_or(|before| before > BAD)
}

/// A comment as it is kept; `None` when it is too long.
#[must_use]
pub fn comment(text: &str) -> Option<String> {
    let kept: String = text.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    (kept.chars().count() <= COMMENT_MAX).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + hours * 3600, 0).unwrap_or_default()
    }

    const USUAL: Asking<'_> = Asking {
        enabled: true,
        state: State::Resolved,
        resolutions: 2,
        cycle: 2,
        merged: false,
        email: "ana@x.test",
        own: false,
        machine: false,
        suppressed: false,
        declined: false,
        last_asked: None,
    };

    #[test]
    fn a_resolution_that_did_not_last_is_not_asked_about() {
        assert_eq!(ask(USUAL, at(0)), Ok(()));
        for other in [
            Asking {
                enabled: false,
                ..USUAL
            },
            Asking {
                state: State::Open,
                ..USUAL
            },
            Asking {
                state: State::Closed,
                ..USUAL
            },
            Asking { cycle: 1, ..USUAL },
            Asking { merged: true, ..USUAL },
        ] {
            assert_eq!(ask(other, at(0)), Err(NotAsked::Over), "{other:?}");
        }
    }

    #[test]
    fn only_people_who_get_mail_are_asked_and_not_too_often() {
        for (other, why) in [
            (Asking { machine: true, ..USUAL }, NotAsked::Machine),
            (
                Asking {
                    email: "no-reply@x.test",
                    ..USUAL
                },
                NotAsked::Machine,
            ),
            (
                Asking {
                    email: "mailer-daemon@x.test",
                    ..USUAL
                },
                NotAsked::Machine,
            ),
            (Asking { own: true, ..USUAL }, NotAsked::OwnAddress),
            (
                Asking {
                    suppressed: true,
                    ..USUAL
                },
                NotAsked::Suppressed,
            ),
            (
                Asking {
                    declined: true,
                    ..USUAL
                },
                NotAsked::Declined,
            ),
            (
                Asking {
                    last_asked: Some(at(-167)),
                    ..USUAL
                },
                NotAsked::AskedLately,
            ),
        ] {
            assert_eq!(ask(other, at(0)), Err(why));
        }
        let long_ago = Asking {
            last_asked: Some(at(-168)),
            ..USUAL
        };
        assert_eq!(ask(long_ago, at(0)), Ok(()));
    }

    #[test]
    fn what_silence_resolved_is_not_rated_and_all_else_is() {
        assert!(!is_offered(NotAsked::NoAnswer.as_str()));
        for why in [
            None,
            NotAsked::Machine.as_str(),
            NotAsked::Declined.as_str(),
            NotAsked::AskedLately.as_str(),
            Some("brake_day"),
        ] {
            assert!(is_offered(why), "{why:?}");
        }
    }

    #[test]
    fn an_answer_may_be_changed_for_two_days() {
        assert_eq!(open_until(at(24), None), at(24));
        assert_eq!(open_until(at(24), Some(at(20))), at(68));
        assert_eq!(open_until(at(24), Some(at(-100))), at(-52));
    }

    #[test]
    fn ratings_have_a_scale_and_bad_news_is_told_once() {
        assert_eq!((1..=5).filter_map(rating).count(), 5);
        assert_eq!([0, 6, -1].map(rating), [None; 3]);
        assert!(is_alarming(None, 2) && is_alarming(Some(5), 1));
        assert!(!is_alarming(Some(1), 2) && !is_alarming(None, 3));
        assert_eq!(comment(" a\u{0}b\nc ").as_deref(), Some("ab\nc"));
        assert_eq!(comment(&"x".repeat(2001)), None);
    }
}
