//! Whether the parts of an installation work: what figures mean, and with which word operators are told what to do.

use chrono::{DateTime, TimeDelta, Utc};

/// An answer that takes longer than this, in milliseconds, is slow.
const SLOW_MS: f64 = 500.0;
/// A due job that waits longer than this many seconds is late.
const LATE_SECONDS: f64 = 60.0;
/// A due job that waits longer than this many seconds is stuck.
const STUCK_SECONDS: f64 = 300.0;
/// Without a tick for so long the clock of jobs stands still; ticks come every few seconds.
const STILL: TimeDelta = TimeDelta::minutes(1);
/// A mailbox is looked at every minute; longer than this without a look is silence.
const SILENCE: TimeDelta = TimeDelta::minutes(10);
/// Bounced mails, or mails to blocked addresses, of a day that are more than the usual loss.
const MANY_LOST: i64 = 20;
/// Mails of a day that no attempt could send: from so many on it is no accident.
const MANY_FAILED: i64 = 20;
/// Share of a disk below which its room gets scarce.
const SCARCE: f64 = 0.15;
/// Share of a disk below which it is as good as full.
const FULL: f64 = 0.05;

/// How well something works; the last is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is to be done.
    Ok,
    /// It works, and somebody should look.
    Warn,
    /// It does not work.
    Fail,
}

/// What was found; people read a sentence for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// As it should be.
    Fine,
    /// Not set up, or switched off, on purpose.
    Off,
    /// Answers late.
    Slow,
    /// Does not answer, or refuses.
    Away,
    /// Every database connection of the process is lent.
    Crowded,
    /// The database lacks migrations of this release.
    Outdated,
    /// An operator stopped the queue.
    Paused,
    /// Jobs gave up.
    Dead,
    /// Due jobs wait.
    Late,
    /// Due jobs wait for minutes.
    Stuck,
    /// No worker serves the queue.
    Unserved,
    /// There is no worker at all.
    NoWorkers,
    /// Nobody leads the scheduling.
    NoLeader,
    /// Somebody leads, and nothing ticks.
    Still,
    /// The last look at a mailbox failed.
    Refused,
    /// A mailbox was not looked at for minutes.
    Silent,
    /// Automatic mail of a mailbox waits.
    Held,
    /// Mails could not be sent.
    Failed,
    /// Many mails bounced or went to blocked addresses.
    Lost,
    /// Mail is written into files, as there is no server.
    NoServer,
    /// Room gets scarce.
    Scarce,
    /// There is hardly any room.
    Full,
}

impl Finding {
    /// How bad it is.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Fine | Self::Off => Level::Ok,
            Self::Slow
            | Self::Crowded
            | Self::Paused
            | Self::Dead
            | Self::Late
            | Self::Refused
            | Self::Held
            | Self::Failed
            | Self::Lost
            | Self::NoServer
            | Self::Scarce => Level::Warn,
            Self::Away
            | Self::Outdated
            | Self::Stuck
            | Self::Unserved
            | Self::NoWorkers
            | Self::NoLeader
            | Self::Still
            | Self::Silent
            | Self::Full => Level::Fail,
        }
    }
}

/// Something that is asked and answers after so many milliseconds, or not at all.
#[must_use]
pub fn answer(millis: Option<f64>) -> Finding {
    match millis {
        None => Finding::Away,
        Some(millis) if millis > SLOW_MS => Finding::Slow,
        Some(_) => Finding::Fine,
    }
}

/// The database: how fast it answers, and how many of the connections of the process are lent.
#[must_use]
pub fn database(millis: Option<f64>, lent: usize, most: usize) -> Finding {
    match answer(millis) {
        Finding::Fine if most > 0 && lent >= most => Finding::Crowded,
        found => found,
    }
}

/// A queue as it stands.
#[derive(Debug, Clone, Copy)]
pub struct QueueFacts {
    /// Somebody paused or drains it.
    pub stopped: bool,
    /// Jobs that gave up.
    pub dead: i64,
    /// How long the oldest due job waits, in seconds.
    pub oldest_seconds: Option<f64>,
    /// Workers that serve it.
    pub workers: usize,
}

/// A queue; what an operator stopped is not late, and what nobody serves not stuck.
#[must_use]
pub fn queue(facts: QueueFacts) -> Finding {
    let waits = facts.oldest_seconds.unwrap_or_default();
    if facts.stopped {
        Finding::Paused
    } else if facts.workers == 0 {
        Finding::Unserved
    } else if waits > STUCK_SECONDS {
        Finding::Stuck
    } else if waits > LATE_SECONDS {
        Finding::Late
    } else if facts.dead > 0 {
        Finding::Dead
    } else {
        Finding::Fine
    }
}

/// Whether anybody works.
#[must_use]
pub fn workers(alive: usize) -> Finding {
    if alive == 0 { Finding::NoWorkers } else { Finding::Fine }
}

/// The scheduling: whether somebody leads, and when the clock ticked last.
#[must_use]
pub fn scheduler(led: bool, last_tick: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Finding {
    if !led {
        Finding::NoLeader
    } else if last_tick.is_none_or(|at| now - at > STILL) {
        Finding::Still
    } else {
        Finding::Fine
    }
}

/// A mailbox as it stands.
#[derive(Debug, Clone, Copy)]
pub struct MailboxFacts {
    /// Mail is taken from it.
    pub enabled: bool,
    /// It is looked at; mail of others is brought.
    pub polled: bool,
    /// The last look failed.
    pub refused: bool,
    /// Its automatic mail waits because of far more mail than usual.
    pub held: bool,
    /// The last look that succeeded, or when it was set up if there was none.
    pub last: DateTime<Utc>,
}

/// A mailbox: one that was not read for minutes is worse than a single failure.
#[must_use]
pub fn mailbox(facts: MailboxFacts, now: DateTime<Utc>) -> Finding {
    if !facts.enabled {
        Finding::Off
    } else if facts.polled && now - facts.last > SILENCE {
        Finding::Silent
    } else if facts.polled && facts.refused {
        Finding::Refused
    } else if facts.held {
        Finding::Held
    } else {
        Finding::Fine
    }
}

/// Mail of the last day: how many no attempt could send, how many came back or were not sent because their address is blocked.
#[must_use]
pub fn outgoing(failed: i64, bounced: i64, suppressed: i64) -> Finding {
    if failed >= MANY_FAILED {
        Finding::Away
    } else if failed > 0 {
        Finding::Failed
    } else if bounced + suppressed >= MANY_LOST {
        Finding::Lost
    } else {
        Finding::Fine
    }
}

/// A disk by its free and its whole room, in bytes.
#[must_use]
pub fn disk(free: u64, whole: u64) -> Finding {
    let share = if whole == 0 { 0.0 } else { free as f64 / whole as f64 };
    if share < FULL {
        Finding::Full
    } else if share < SCARCE {
        Finding::Scarce
    } else {
        Finding::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_there_late_or_missing() {
        assert_eq!(answer(Some(3.0)), Finding::Fine);
        assert_eq!(answer(Some(501.0)), Finding::Slow);
        assert_eq!(answer(None), Finding::Away);
        assert_eq!(database(Some(3.0), 15, 16), Finding::Fine);
        assert_eq!(database(Some(3.0), 16, 16), Finding::Crowded);
        assert_eq!(database(None, 16, 16), Finding::Away);
    }

    #[test]
    fn the_worst_of_a_queue_is_named() {
        let fine = QueueFacts {
            stopped: false,
            dead: 0,
            oldest_seconds: Some(59.0),
            workers: 1,
        };
        assert_eq!(queue(fine), Finding::Fine);
        assert_eq!(queue(QueueFacts { dead: 1, ..fine }), Finding::Dead);
        let late = QueueFacts {
            dead: 1,
            oldest_seconds: Some(61.0),
            ..fine
        };
        assert_eq!(queue(late), Finding::Late);
        let stuck = QueueFacts {
            oldest_seconds: Some(301.0),
            ..late
        };
        assert_eq!(queue(stuck), Finding::Stuck);
        assert_eq!(queue(QueueFacts { workers: 0, ..stuck }), Finding::Unserved);
        let stopped = QueueFacts {
            stopped: true,
            workers: 0,
            ..stuck
        };
        assert_eq!(queue(stopped), Finding::Paused, "who stopped it knows that things wait");
    }

    #[test]
    fn a_clock_that_stands_still_is_noticed() {
        let now = Utc::now();
        assert_eq!(scheduler(false, Some(now), now), Finding::NoLeader);
        assert_eq!(scheduler(true, None, now), Finding::Still);
        assert_eq!(scheduler(true, Some(now - TimeDelta::seconds(61)), now), Finding::Still);
        assert_eq!(scheduler(true, Some(now - TimeDelta::seconds(5)), now), Finding::Fine);
        assert_eq!((workers(0), workers(1)), (Finding::NoWorkers, Finding::Fine));
    }

    #[test]
    fn a_mailbox_that_nobody_reads_fails_and_one_that_is_off_does_not() {
        let now = Utc::now();
        let fine = MailboxFacts {
            enabled: true,
            polled: true,
            refused: false,
            held: false,
            last: now - TimeDelta::minutes(9),
        };
        let silent = MailboxFacts {
            last: now - TimeDelta::minutes(11),
            ..fine
        };
        assert_eq!(mailbox(fine, now), Finding::Fine);
        assert_eq!(mailbox(MailboxFacts { refused: true, ..fine }, now), Finding::Refused);
        assert_eq!(mailbox(MailboxFacts { held: true, ..fine }, now), Finding::Held);
        assert_eq!(mailbox(silent, now), Finding::Silent);
        assert_eq!(
            mailbox(
                MailboxFacts {
                    polled: false,
                    ..silent
                },
                now
            ),
            Finding::Fine
        );
        assert_eq!(
            mailbox(
                MailboxFacts {
                    enabled: false,
                    ..silent
                },
                now
            ),
            Finding::Off
        );
    }

    #[test]
    fn lost_mail_and_scarce_room() {
        assert_eq!(outgoing(0, 10, 9), Finding::Fine);
        assert_eq!(outgoing(0, 10, 10), Finding::Lost);
        assert_eq!(outgoing(1, 0, 0), Finding::Failed);
        assert_eq!(outgoing(20, 0, 0), Finding::Away);
        assert_eq!(disk(50, 100), Finding::Fine);
        assert_eq!(disk(14, 100), Finding::Scarce);
        assert_eq!(disk(4, 100), Finding::Full);
        assert_eq!(disk(0, 0), Finding::Full);
        assert!(Level::Ok < Level::Warn && Level::Warn < Level::Fail);
        assert_eq!(Finding::Full.level(), Level::Fail);
    }
}
