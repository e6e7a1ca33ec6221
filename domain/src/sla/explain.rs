//! What a ticket's history says about its clocks: moved on from the beginning, and explained second by second. The explanation does
//! not use the clocks' own arithmetic, so that the one checks the other.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Calendar, Clocks, Day, Happening, Kind, Raised, Terms, hours::micros};
use crate::ticket::State;

/// Something of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub happening: Happening,
}

/// Why a stretch of time counts or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Business hours, and it is our turn.
    Counted,
    /// Outside of business hours.
    Closed,
    /// Closed for this holiday.
    Holiday(String),
    /// The state of the ticket stops the clock.
    State(State),
}

/// A stretch of a clock's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Beginning.
    pub from: DateTime<Utc>,
    /// End.
    pub to: DateTime<Utc>,
    /// Why it counts or does not.
    pub reason: Reason,
}

/// What explains a clock: its time from beginning to end without holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Which clock.
    pub kind: Kind,
    /// Of which cycle.
    pub cycle: i32,
    /// Stretches in order; each begins where the one before ends.
    pub segments: Vec<Segment>,
}

impl Explanation {
    /// Microseconds that count.
    #[must_use]
    pub fn counted(&self) -> i64 {
        let counted = self.segments.iter().filter(|segment| segment.reason == Reason::Counted);
        counted.map(|segment| micros(segment.from, segment.to)).sum()
    }
}

/// The clocks as the history leaves them at `now`, and everything it raised.
#[must_use]
pub fn replay(
    terms: Terms,
    opened_at: DateTime<Utc>,
    by_staff: bool,
    history: &[Moment],
    now: DateTime<Utc>,
) -> (Clocks, Vec<Raised>) {
    let mut clocks = Clocks::open(terms, opened_at, by_staff);
    let mut raised = Vec::new();
    for moment in history {
        raised.extend(clocks.apply(&moment.happening, moment.at));
    }
    raised.extend(clocks.advance(now));
    (clocks, raised)
}

struct Phase {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    calendar: Arc<Calendar>,
    stopped_by: Option<State>,
}

struct Draft {
    kind: Kind,
    cycle: i32,
    phases: Vec<Phase>,
    /// Beginning of the present phase.
    from: DateTime<Utc>,
    stopped_by: Option<State>,
    ended_at: Option<DateTime<Utc>>,
    /// The answer that ended it can still be taken back.
    revocable: bool,
}

impl Draft {
    const fn begin(kind: Kind, cycle: i32, at: DateTime<Utc>) -> Self {
        Self {
            kind,
            cycle,
            phases: Vec::new(),
            from: at,
            stopped_by: None,
            ended_at: None,
            revocable: false,
        }
    }

    fn close_phase(&mut self, calendar: &Arc<Calendar>, at: DateTime<Utc>) {
        self.phases.push(Phase {
            from: self.from,
            to: at,
            calendar: calendar.clone(),
            stopped_by: self.stopped_by,
        });
        self.from = at;
    }

    /// Ends an answer's clock.
    fn end(&mut self, calendar: &Arc<Calendar>, at: DateTime<Utc>, revocable: bool) {
        self.close_phase(calendar, at);
        self.ended_at = Some(at);
        self.revocable = revocable;
    }

    /// Goes on as if it had not ended.
    fn revoke(&mut self) {
        self.ended_at = None;
        if let Some(last) = self.phases.pop() {
            self.from = last.from;
        }
    }

    fn is_open_answer(&self) -> bool {
        self.kind != Kind::Resolution && self.ended_at.is_none()
    }

    fn explain(mut self, calendar: &Arc<Calendar>, now: DateTime<Utc>) -> Explanation {
        let until = self.ended_at.unwrap_or(now);
        if self.ended_at.is_none() {
            self.close_phase(calendar, until);
        }
        let mut segments: Vec<Segment> = Vec::new();
        for phase in self.phases.into_iter().filter(|phase| phase.from < until) {
            let to = phase.to.min(until);
            if let Some(state) = phase.stopped_by {
                segments.push(Segment {
                    from: phase.from,
                    to,
                    reason: Reason::State(state),
                });
                continue;
            }
            segments.extend(phase.calendar.spans(phase.from, to).into_iter().map(|span| Segment {
                from: span.from,
                to: span.to,
                reason: match span.day {
                    Day::Open => Reason::Counted,
                    Day::Closed => Reason::Closed,
                    Day::Holiday(name) => Reason::Holiday(name),
                },
            }));
        }
        segments.retain(|segment| segment.from < segment.to);
        Explanation {
            kind: self.kind,
            cycle: self.cycle,
            segments,
        }
    }
}

/// Explains every clock of a ticket up to `now`, from its history alone.
#[must_use]
pub fn explain(
    terms: &Terms,
    opened_at: DateTime<Utc>,
    by_staff: bool,
    history: &[Moment],
    now: DateTime<Utc>,
) -> Vec<Explanation> {
    let (mut calendar, mut pause) = (terms.calendar.clone(), terms.pause);
    let mut state = State::Open;
    let mut resolution = Draft::begin(Kind::Resolution, 1, opened_at);
    let mut answers = Vec::new();
    if !by_staff {
        answers.push(Draft::begin(Kind::FirstResponse, 1, opened_at));
    }
    for Moment { at, happening } in history {
        let at = *at;
        match happening {
            Happening::State(to) => {
                resolution.close_phase(&calendar, at);
                let over = matches!(to, State::Resolved | State::Closed);
                if over {
                    if resolution.ended_at.is_none() {
                        resolution.ended_at = Some(at);
                    }
                    for answer in answers.iter_mut().filter(|answer| answer.is_open_answer()) {
                        answer.end(&calendar, at, false);
                    }
                } else {
                    resolution.ended_at = None;
                }
                resolution.stopped_by = (over || pause.pauses(*to)).then_some(*to);
                state = *to;
            }
            Happening::CustomerMessage => {
                if !answers.iter().any(Draft::is_open_answer) {
                    let later = answers.iter().filter(|answer| answer.kind == Kind::NextResponse);
                    let cycle = later.map(|answer| answer.cycle).max().unwrap_or(0) + 1;
                    answers.push(Draft::begin(Kind::NextResponse, cycle, at));
                }
            }
            Happening::AgentReply | Happening::NoReplyNeeded => {
                let revocable = *happening == Happening::AgentReply;
                for answer in answers.iter_mut().filter(|answer| answer.is_open_answer()) {
                    answer.end(&calendar, at, revocable);
                }
            }
            Happening::ReplyFailed(sent) => {
                let taken_back = |answer: &&mut Draft| answer.revocable && answer.ended_at == Some(*sent);
                answers.iter_mut().filter(taken_back).for_each(Draft::revoke);
            }
            Happening::Bound(terms) => {
                for answer in &mut answers {
                    answer.revocable = false;
                    if answer.ended_at.is_none() {
                        answer.close_phase(&calendar, at);
                    }
                }
                resolution.close_phase(&calendar, at);
                (calendar, pause) = (terms.calendar.clone(), terms.pause);
                let over = matches!(state, State::Resolved | State::Closed);
                resolution.stopped_by = (over || pause.pauses(state)).then_some(state);
            }
        }
    }
    answers.push(resolution);
    answers.into_iter().map(|draft| draft.explain(&calendar, now)).collect()
}
