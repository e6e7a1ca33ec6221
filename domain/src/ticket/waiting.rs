//! Tickets that wait for their customer: when he is reminded, and when nobody waits any longer.

use chrono::{DateTime, Utc};

use super::automatic::Conduct;
use crate::mail::autoresponse::is_robot;

/// Most reminders of one wait.
pub const REMINDERS_MAX: usize = 5;
/// Longest time from the question to a reminder or to the resolution, in days.
pub const DAYS_MAX: i32 = 365;
/// Longest time in which a reply opens a closed ticket again, in hours.
pub const REOPEN_MAX_HOURS: i32 = 720;

/// What a group does while its customers do not answer. Days are those of the calendar that goes with it, or of 24 hours each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Reminders go out.
    pub remind: bool,
    /// So many days after the question, in ascending order.
    pub remind_days: Vec<i32>,
    /// Days after which the ticket is resolved; `None` = it waits for ever.
    pub resolve_after_days: Option<i32>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            remind: true,
            remind_days: vec![3, 7],
            resolve_after_days: Some(14),
        }
    }
}

/// Rules that make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// More reminders than anybody reads.
    #[error("five reminders at most")]
    TooMany,
    /// Reminders are wanted, and none has a day.
    #[error("say after how many days somebody is reminded")]
    NoDays,
    /// A day that there is not, or the same one twice, or they go back.
    #[error("1 to 365 days, each later than the one before")]
    BadDays,
    /// The ticket would be resolved before its last reminder.
    #[error("1 to 365 days, and later than the last reminder")]
    TooEarly,
}

impl Flaw {
    /// JSON pointer to what is wrong, within the rules.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::TooMany | Self::NoDays | Self::BadDays => "/remind_days",
            Self::TooEarly => "/resolve_after_days",
        }
    }

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::NoDays => "no_days",
            Self::BadDays => "bad_days",
            Self::TooEarly => "before_reminders",
        }
    }
}

/// What is due of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The reminder of this many days.
    Remind(i32),
    /// Nobody waits any longer.
    Resolve,
}

/// What is to be done about a wait now, and when to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// What is due: of several that are, the last alone.
    pub due: Option<Step>,
    /// When the next one is; `None` = never.
    pub next: Option<DateTime<Utc>>,
    /// When the ticket is resolved: once the last day is over; `None` = never.
    pub resolve_at: Option<DateTime<Utc>>,
    /// A moment of the last day on which an answer is waited for, which is the day that customers are told.
    pub last_day: Option<DateTime<Utc>>,
}

impl Rules {
    /// Checks what somebody entered.
    ///
    /// # Errors
    /// The first [`Flaw`].
    pub fn check(&self) -> Result<(), Flaw> {
        let days = &self.remind_days;
        if days.len() > REMINDERS_MAX {
            return Err(Flaw::TooMany);
        }
        if self.remind && days.is_empty() {
            return Err(Flaw::NoDays);
        }
        if days.iter().any(|day| !(1..=DAYS_MAX).contains(day)) || days.windows(2).any(|two| two[0] >= two[1]) {
            return Err(Flaw::BadDays);
        }
        let last = days.last().copied().filter(|_| self.remind).unwrap_or(0);
        match self.resolve_after_days {
            Some(after) if !(1..=DAYS_MAX).contains(&after) || after <= last => Err(Flaw::TooEarly),
            _ => Ok(()),
        }
    }

    /// What is due at `now`. `done` is the day of the last reminder that was dealt with, 0 for none; `after` says when so many days are
    /// over, `None` for never; `day_over` when the day of a moment is. What was missed is not made up for: of several steps that are due the
    /// last counts.
    #[must_use]
    pub fn plan(
        &self,
        done: i32,
        now: DateTime<Utc>,
        after: impl Fn(i32) -> Option<DateTime<Utc>>,
        day_over: impl Fn(DateTime<Utc>) -> DateTime<Utc>,
    ) -> Plan {
        let last_day = self.resolve_after_days.and_then(&after);
        let resolve_at = last_day.map(day_over);
        let mut due = None;
        let mut next = resolve_at;
        for day in self
            .remind_days
            .iter()
            .copied()
            .filter(|day| self.remind && *day > done)
        {
            match after(day) {
                Some(at) if at <= now => due = Some(Step::Remind(day)),
                Some(at) => next = Some(next.map_or(at, |other| other.min(at))),
                None => {}
            }
        }
        if resolve_at.is_some_and(|at| at <= now) {
            due = Some(Step::Resolve);
            next = None;
        }
        Plan {
            due,
            next,
            resolve_at,
            last_day,
        }
    }
}

/// What decides whether a requester can be reminded at all.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// His address.
    pub email: &'a str,
    /// It is one of our own.
    pub own: bool,
    /// A machine opened the ticket: the class of its first mail is not `human`.
    pub machine: bool,
    /// The address gets no automatic mail.
    pub suppressed: bool,
}

/// Why somebody is not reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// No person would read it.
    Machine,
    /// It would come back to us.
    OwnAddress,
    /// The address bounces, or asked for no mail.
    Suppressed,
}

impl Unreachable {
    /// The word that the history keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::OwnAddress => "own_address",
            Self::Suppressed => "suppressed",
        }
    }
}

impl Reader<'_> {
    /// Decides whether he is reminded.
    ///
    /// # Errors
    /// Why he is not.
    pub fn reach(&self) -> Result<(), Unreachable> {
        if self.machine || is_robot(self.email) {
            return Err(Unreachable::Machine);
        }
        if self.own {
            return Err(Unreachable::OwnAddress);
        }
        if self.suppressed {
            return Err(Unreachable::Suppressed);
        }
        Ok(())
    }
}

/// What a message of the customer does to a ticket now: `reopen_until` is when his replies stop opening it again, `None` when they
/// never do.
#[must_use]
pub fn conduct(ends_hold: bool, reopen_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Conduct {
    Conduct {
        ends_hold,
        reopens: reopen_until.is_some_and(|until| now < until),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + days * 86_400, 0).unwrap()
    }

    fn after(days: i32) -> Option<DateTime<Utc>> {
        Some(at(i64::from(days)))
    }

    /// Days that are over as they begin.
    fn same(at: DateTime<Utc>) -> DateTime<Utc> {
        at
    }

    #[test]
    fn a_wait_goes_through_its_steps_one_after_the_other() {
        let rules = Rules::default();
        let look = |done, days| {
            let plan = rules.plan(done, at(days), after, same);
            (plan.due, plan.next)
        };
        assert_eq!(look(0, 0), (None, Some(at(3))));
        assert_eq!(look(0, 3), (Some(Step::Remind(3)), Some(at(7))));
        assert_eq!(look(3, 3), (None, Some(at(7))));
        assert_eq!(look(3, 7), (Some(Step::Remind(7)), Some(at(14))));
        assert_eq!(look(7, 13), (None, Some(at(14))));
        assert_eq!(look(7, 14), (Some(Step::Resolve), None));
        assert_eq!(rules.plan(0, at(3), after, same).resolve_at, Some(at(14)));
    }

    #[test]
    fn the_last_day_is_waited_for_to_its_end() {
        let ends = |at: DateTime<Utc>| at + TimeDelta::hours(9);
        let look = |now| Rules::default().plan(7, now, after, ends);
        let before = look(at(14) + TimeDelta::hours(8));
        assert_eq!((before.due, before.next), (None, Some(ends(at(14)))));
        assert_eq!((before.last_day, before.resolve_at), (Some(at(14)), Some(ends(at(14)))));
        assert_eq!(look(ends(at(14))).due, Some(Step::Resolve));
    }

    #[test]
    fn of_several_steps_that_were_missed_the_last_is_taken() {
        let rules = Rules::default();
        assert_eq!(rules.plan(0, at(9), after, same).due, Some(Step::Remind(7)));
        assert_eq!(rules.plan(0, at(40), after, same).due, Some(Step::Resolve));
    }

    #[test]
    fn what_is_switched_off_is_never_due() {
        let silent = Rules {
            remind: false,
            ..Rules::default()
        };
        let plan = silent.plan(0, at(9), after, same);
        assert_eq!((plan.due, plan.next), (None, Some(at(14))));
        let endless = Rules {
            resolve_after_days: None,
            ..Rules::default()
        };
        let plan = endless.plan(7, at(90), after, same);
        assert_eq!((plan.due, plan.next, plan.resolve_at), (None, None, None));
        let never = Rules::default().plan(0, at(90), |_| None, same);
        assert_eq!((never.due, never.next), (None, None), "a calendar without hours");
    }

    #[test]
    fn other_days_take_up_where_the_old_ones_were() {
        let other = Rules {
            remind_days: vec![2, 5, 10],
            ..Rules::default()
        };
        let plan = other.plan(3, at(4), after, same);
        assert_eq!((plan.due, plan.next), (None, Some(at(5))));
    }

    #[test]
    fn days_ascend_and_the_end_comes_last() {
        let rules = |days: &[i32], resolve| Rules {
            remind: true,
            remind_days: days.to_vec(),
            resolve_after_days: resolve,
        };
        assert_eq!(Rules::default().check(), Ok(()));
        assert_eq!(rules(&[1], None).check(), Ok(()));
        assert_eq!(rules(&[], Some(3)).check(), Err(Flaw::NoDays));
        assert_eq!(rules(&[1, 2, 3, 4, 5, 6], None).check(), Err(Flaw::TooMany));
        for bad in [&[0][..], &[3, 3], &[7, 3], &[DAYS_MAX + 1]] {
            assert_eq!(rules(bad, None).check(), Err(Flaw::BadDays), "{bad:?}");
        }
        for bad in [7, 3, 0, DAYS_MAX + 1] {
            assert_eq!(rules(&[3, 7], Some(bad)).check(), Err(Flaw::TooEarly), "{bad}");
        }
        let silent = Rules {
            remind: false,
            resolve_after_days: Some(5),
            ..Rules::default()
        };
        assert_eq!(silent.check(), Ok(()), "reminders that do not go out hinder nothing");
    }

    #[test]
    fn only_people_who_get_mail_are_reminded() {
        let usual = Reader {
            email: "ana@x.test",
            own: false,
            machine: false,
            suppressed: false,
        };
        assert_eq!(usual.reach(), Ok(()));
        let robot = Reader {
            email: "no-reply@x.test",
            ..usual
        };
        assert_eq!(robot.reach(), Err(Unreachable::Machine));
        assert_eq!(Reader { machine: true, ..usual }.reach(), Err(Unreachable::Machine));
        assert_eq!(Reader { own: true, ..usual }.reach(), Err(Unreachable::OwnAddress));
        let silent = Reader {
            suppressed: true,
            ..usual
        };
        assert_eq!(silent.reach(), Err(Unreachable::Suppressed));
    }

    #[test]
    fn a_ticket_is_opened_again_until_its_window_is_over() {
        let hour = TimeDelta::hours(1);
        assert!(conduct(true, Some(at(0) + hour), at(0)).reopens);
        assert!(!conduct(true, Some(at(0)), at(0)).reopens);
        assert!(!conduct(true, None, at(0)).reopens);
        assert!(!conduct(false, None, at(0)).ends_hold);
    }
}
