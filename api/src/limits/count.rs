//! One caller's count: this minute's requests, and as much of the last minute's as still lies within sixty seconds. Minutes are
//! those of the clock on the wall, so that processes agree on them.

use chrono::{DateTime, Utc};

/// Seconds over which requests are counted.
pub const WINDOW: u32 = 60;
const MILLIS: i64 = WINDOW as i64 * 1000;

/// What came of counting a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// It may go on.
    pub granted: bool,
    /// How many more may now.
    pub left: u32,
    /// Seconds until there is room again: for all when it was granted, for one when it was not.
    pub seconds: u32,
}

/// One caller's count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    window: i64,
    /// Of the last minute, in all processes.
    last: u32,
    /// Of this minute, in this process.
    own: u32,
    /// Of these, not told to others yet.
    unshared: u32,
    /// Of this minute, in other processes.
    others: u32,
}

impl Count {
    /// Counts a request, unless it is one too many: those refused do not count.
    pub fn take(&mut self, limit: u32, now: DateTime<Utc>) -> Taken {
        self.roll(now);
        let passed = now.timestamp_millis().rem_euclid(MILLIS);
        let current = self.own.saturating_add(self.others);
        let carried = (i64::from(self.last) * (MILLIS - passed) + MILLIS - 1) / MILLIS;
        let used = i64::from(current) + carried;
        let free = i64::from(limit) - used;
        if free < 1 {
            return Taken {
                granted: false,
                left: 0,
                seconds: self.wait(limit, current, passed),
            };
        }
        self.own = self.own.saturating_add(1);
        self.unshared = self.unshared.saturating_add(1);
        Taken {
            granted: true,
            left: u32::try_from(free - 1).unwrap_or(0),
            seconds: seconds(MILLIS - passed),
        }
    }

    /// Until enough of the last minute, or of this one when it is the last, is over.
    fn wait(&self, limit: u32, current: u32, passed: i64) -> u32 {
        // Of `counted`, at most `room` may be carried into the minute.
        let until = |counted: u32, room: i64| MILLIS - room * MILLIS / i64::from(counted.max(1));
        let room = i64::from(limit) - 1 - i64::from(current);
        let millis = if room >= 0 {
            until(self.last, room) - passed
        } else {
            MILLIS - passed + until(current, i64::from(limit) - 1).max(0)
        };
        seconds(millis)
    }

    fn roll(&mut self, now: DateTime<Utc>) {
        let window = now.timestamp_millis().div_euclid(MILLIS);
        if window == self.window {
            return;
        }
        let last = if window == self.window + 1 {
            self.own.saturating_add(self.others)
        } else {
            0
        };
        *self = Self {
            window,
            last,
            ..Self::default()
        };
    }

    /// Requests that others do not know of.
    pub const fn unshared(&self) -> u32 {
        self.unshared
    }

    /// Whether it still says something.
    pub fn is_recent(&self, now: DateTime<Utc>) -> bool {
        now.timestamp_millis().div_euclid(MILLIS) - self.window <= 1
    }

    /// Takes what is to be told: the minute, and the requests.
    pub fn share(&mut self) -> Option<(i64, u32)> {
        (self.unshared > 0).then(|| (self.window, std::mem::take(&mut self.unshared)))
    }

    /// It could not be told.
    pub fn keep(&mut self, window: i64, requests: u32) {
        if self.window == window {
            self.unshared = self.unshared.saturating_add(requests);
        }
    }

    /// The total over all processes. A smaller one than ours means that somebody emptied the place where it was kept.
    pub fn learn(&mut self, window: i64, total: u64) {
        if self.window == window {
            let told = u64::from(self.own.saturating_sub(self.unshared));
            self.others = u32::try_from(total.saturating_sub(told)).unwrap_or(u32::MAX);
        }
    }
}

fn seconds(millis: i64) -> u32 {
    u32::try_from((millis + 999) / 1000).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(6_000_000 + seconds)
    }

    fn granted(count: &mut Count, limit: u32, second: i64, tries: u32) -> u32 {
        (0..tries)
            .filter(|_| count.take(limit, at(second)).granted)
            .count()
            .try_into()
            .unwrap()
    }

    #[test]
    fn no_sixty_seconds_hold_more_than_the_limit() {
        let mut count = Count::default();
        assert_eq!(granted(&mut count, 60, 50, 100), 60);
        // A minute that begins does not open the gate again: the last one still weighs.
        assert_eq!(granted(&mut count, 60, 60, 10), 0);
        assert_eq!(granted(&mut count, 60, 90, 100), 30);
        assert_eq!(granted(&mut count, 60, 300, 100), 60);
    }

    #[test]
    fn whoever_waits_as_long_as_he_is_told_gets_in() {
        for (limit, first, second) in [
            (60, 0, 0),
            (60, 50, 55),
            (60, 50, 61),
            (1, 10, 10),
            (1, 59, 61),
            (7, 3, 59),
        ] {
            let mut count = Count::default();
            granted(&mut count, limit, first, 100);
            granted(&mut count, limit, second, 100);
            let mut before = count;
            let taken = count.take(limit, at(second));
            assert!(!taken.granted, "{limit} {first} {second}");
            let wait = i64::from(taken.seconds);
            assert!(wait <= 120);
            assert!(
                before.take(limit, at(second + wait)).granted,
                "{limit} {first} {second} {wait}"
            );
        }
    }

    #[test]
    fn what_is_left_is_told() {
        let mut count = Count::default();
        let taken = count.take(3, at(20));
        assert_eq!((taken.granted, taken.left, taken.seconds), (true, 2, 40));
    }

    #[test]
    fn processes_add_up_and_forgetting_the_sum_harms_nobody() {
        let mut one = Count::default();
        granted(&mut one, 10, 0, 4);
        let (window, told) = one.share().unwrap();
        assert_eq!((told, one.share()), (4, None));
        one.learn(window, 4 + 5);
        assert_eq!(granted(&mut one, 10, 1, 10), 1);
        // The sum is lost: only what this process did is known.
        let (window, _) = one.share().unwrap();
        one.learn(window, 1);
        assert_eq!(granted(&mut one, 10, 1, 10), 5);
        // It could not be told, and is told later.
        let (window, told) = one.share().unwrap();
        one.keep(window, told);
        assert_eq!(one.share(), Some((window, 5)));
        one.learn(window - 1, 1000);
        assert_eq!(granted(&mut one, 10, 1, 10), 0);
    }
}
