//! What an answer means, and when a delivery is tried again.

use std::time::Duration;

use chrono::TimeDelta;

/// Pauses after the first, the second … try that failed, as the specification proposes: a minute's outage costs minutes, one of a day
/// is survived.
const PAUSES: [u64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Tries of a delivery before it is given up.
pub const TRIES: i32 = 10;

/// An endpoint that has answered nothing but failures for so long is switched off.
pub const PATIENCE: TimeDelta = TimeDelta::days(5);

/// Longest wait that a receiver may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(86_400);

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An answer with this status.
    Status(u16),
    /// None.
    Silence,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It arrived.
    Delivered,
    /// Try again after this pause.
    Again(Duration),
    /// Tried often enough.
    GiveUp,
    /// The receiver wants no more of it (410 Gone).
    SwitchOff,
}

/// What follows from the answer to try number `tries` (the first is 1). Only 2xx is an arrival: redirects are not followed, so they are
/// failures. `jitter` in 0..=1 spreads those that failed together.
#[must_use]
pub fn next(answer: Answer, tries: i32, retry_after: Option<Duration>, jitter: f64) -> Next {
    match answer {
        Answer::Status(200..=299) => return Next::Delivered,
        Answer::Status(410) => return Next::SwitchOff,
        _ => {}
    }
    let Some(pause) = usize::try_from(tries - 1).ok().and_then(|n| PAUSES.get(n)) else {
        return Next::GiveUp;
    };
    let asked = match answer {
        Answer::Status(429 | 503) => retry_after.unwrap_or_default().min(RETRY_AFTER_MAX),
        _ => Duration::ZERO,
    };
    let pause = Duration::from_secs(*pause).max(asked);
    Next::Again(pause.mul_f64(1.0 + 0.1 * jitter.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(seconds: u64) -> Next {
        Next::Again(Duration::from_secs(seconds))
    }

    #[test]
    fn only_2xx_is_an_arrival() {
        for status in [200, 201, 204, 299] {
            assert_eq!(next(Answer::Status(status), 1, None, 0.0), Next::Delivered);
        }
        for status in [100, 301, 302, 307, 400, 404, 500, 503] {
            assert_eq!(next(Answer::Status(status), 1, None, 0.0), again(5), "{status}");
        }
        assert_eq!(next(Answer::Status(410), 1, None, 0.0), Next::SwitchOff);
    }

    #[test]
    fn ten_tries_in_some_three_days_and_then_no_more() {
        let mut waited = Duration::ZERO;
        for tries in 1..TRIES {
            match next(Answer::Silence, tries, None, 0.0) {
                Next::Again(pause) => waited += pause,
                other => panic!("{tries}: {other:?}"),
            }
        }
        assert_eq!(waited.as_secs() / 3600, 75);
        assert_eq!(next(Answer::Silence, TRIES, None, 0.0), Next::GiveUp);
        assert_eq!(next(Answer::Silence, 0, None, 0.0), Next::GiveUp);
    }

    #[test]
    fn a_receiver_may_ask_for_time_and_failures_spread() {
        let minute = Some(Duration::from_secs(60));
        assert_eq!(next(Answer::Status(429), 1, minute, 0.0), again(60));
        assert_eq!(next(Answer::Status(503), 3, minute, 0.0), again(1800), "never sooner");
        assert_eq!(next(Answer::Status(500), 1, minute, 0.0), again(5));
        let year = Some(Duration::from_secs(31_536_000));
        assert_eq!(next(Answer::Status(503), 1, year, 0.0), again(86_400));
        assert_eq!(next(Answer::Silence, 2, None, 1.0), again(330));
    }
}
