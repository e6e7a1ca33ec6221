//! The clocks of a ticket, moved on by what happens to it. Each move costs the same however long the ticket lives.

use std::{collections::BTreeSet, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{SECOND, Terms};
use crate::ticket::State;

/// A word of the database that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word `{0}`")]
pub struct UnknownWord(pub String);

/// Which promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// From the opening to the first answer of a person.
    FirstResponse,
    /// From the oldest unanswered message to its answer; a new cycle each time.
    NextResponse,
    /// From the opening to the resolution.
    Resolution,
}

impl Kind {
    /// All three.
    pub const ALL: [Self; 3] = [Self::FirstResponse, Self::NextResponse, Self::Resolution];

    /// Name in database and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or_else(|| UnknownWord(word.to_owned()))
    }
}

/// What a clock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It runs, within business hours.
    Running,
    /// It stands still for the state of the ticket.
    Paused,
    /// What was promised was done.
    Met,
    /// It no longer matters.
    Cancelled,
}

impl Status {
    /// Name in database and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Met => "met",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        [Self::Running, Self::Paused, Self::Met, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| UnknownWord(word.to_owned()))
    }
}

/// What is raised once on a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alert {
    /// So many percent of the time are used.
    Warning(u8),
    /// It is due.
    Breach,
    /// A link of the chain, counted from 1.
    Escalation(u8),
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Warning(percent) => write!(f, "warning_{percent}"),
            Self::Breach => f.write_str("breach"),
            Self::Escalation(n) => write!(f, "escalation_{n}"),
        }
    }
}

impl FromStr for Alert {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let number = |text: &str| text.parse().map_err(|_| UnknownWord(word.to_owned()));
        match word.split_once('_') {
            None if word == "breach" => Ok(Self::Breach),
            Some(("warning", percent)) => Ok(Self::Warning(number(percent)?)),
            Some(("escalation", n)) => Ok(Self::Escalation(number(n)?)),
            _ => Err(UnknownWord(word.to_owned())),
        }
    }
}

/// One clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Which promise.
    pub kind: Kind,
    /// Counts the clocks of a kind from 1.
    pub cycle: i32,
    /// What it does.
    pub status: Status,
    /// Promised business seconds; `None` = nothing is promised, it only counts.
    pub target: Option<i64>,
    /// Business microseconds until `running_since`.
    pub consumed: i64,
    /// Since when it runs; an answer keeps it, so that one that did not arrive can be taken back while the same terms hold.
    pub running_since: Option<DateTime<Utc>>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it is, or was, due; `None` while it stands still and when nothing is promised.
    pub due_at: Option<DateTime<Utc>>,
    /// When the next alert is to be raised.
    pub next_check_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the promise was broken.
    pub breached_at: Option<DateTime<Utc>>,
    /// How often a resolution did not last.
    pub reopened: i32,
    /// What was raised already.
    pub raised: BTreeSet<Alert>,
}

/// An alert with its true time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// On which clock.
    pub kind: Kind,
    /// Of which cycle.
    pub cycle: i32,
    /// What.
    pub alert: Alert,
    /// When it happened, whoever noticed it when.
    pub at: DateTime<Utc>,
}

/// What moves clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// The ticket has another state.
    State(State),
    /// A person who takes part wrote.
    CustomerMessage,
    /// An agent answered in public.
    AgentReply,
    /// Somebody said that no reply is needed.
    NoReplyNeeded,
    /// The reply sent at this instant reached nobody.
    ReplyFailed(DateTime<Utc>),
    /// Other terms hold from now on.
    Bound(Terms),
}

impl Clock {
    fn begin(kind: Kind, cycle: i32, at: DateTime<Utc>) -> Self {
        Self {
            kind,
            cycle,
            status: Status::Running,
            target: None,
            consumed: 0,
            running_since: Some(at),
            started_at: at,
            due_at: None,
            next_check_at: None,
            ended_at: None,
            breached_at: None,
            reopened: 0,
            raised: BTreeSet::new(),
        }
    }

    /// It may still run.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.status, Status::Running | Status::Paused)
    }

    /// Business microseconds used up at `now`.
    #[must_use]
    pub fn elapsed(&self, terms: &Terms, now: DateTime<Utc>) -> i64 {
        let until = self.ended_at.unwrap_or(now);
        let running = self
            .running_since
            .map_or(0, |since| terms.calendar.elapsed(since, until));
        self.consumed + running
    }

    /// When so much business time is used up, as it runs now.
    fn instant(&self, terms: &Terms, amount: i64) -> Option<DateTime<Utc>> {
        let since = self.running_since?;
        terms.calendar.add(since, amount - self.consumed)
    }

    /// Counts up to `at` and stands still.
    fn stop(&mut self, terms: &Terms, at: DateTime<Utc>) {
        self.consumed = self.elapsed(terms, at);
        self.running_since = None;
    }

    /// Raises what is due until `now`, and looks up what comes next.
    fn advance(&mut self, terms: &Terms, now: DateTime<Utc>) -> Vec<Raised> {
        let mut news = Vec::new();
        self.next_check_at = None;
        let (Status::Running, Some(target)) = (self.status, self.target) else {
            if self.status != Status::Met {
                self.due_at = None;
            }
            return news;
        };
        self.due_at = self.instant(terms, target * SECOND);
        for (alert, amount) in terms.steps(self.kind, target) {
            if self.raised.contains(&alert) {
                continue;
            }
            // Nothing is warned of that happened already.
            if self.breached_at.is_some() && matches!(alert, Alert::Warning(_)) {
                continue;
            }
            let Some(at) = self.instant(terms, amount) else {
                break;
            };
            if at > now {
                self.next_check_at = Some(at);
                break;
            }
            self.raised.insert(alert);
            if alert == Alert::Breach {
                self.breached_at = Some(at);
            }
            news.push(Raised {
                kind: self.kind,
                cycle: self.cycle,
                alert,
                at,
            });
        }
        news
    }

    fn meet(&mut self, at: DateTime<Utc>) {
        self.status = Status::Met;
        self.ended_at = Some(at);
    }

    fn cancel(&mut self, terms: &Terms, at: DateTime<Utc>) {
        self.stop(terms, at);
        self.status = Status::Cancelled;
        self.ended_at = Some(at);
    }
}

/// All clocks of a ticket that may still move, with what they run under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocks {
    /// State of the ticket.
    pub state: State,
    /// Terms.
    pub terms: Terms,
    /// Clocks; of the answers to later messages the last one at least.
    pub clocks: Vec<Clock>,
}

impl Clocks {
    /// The clocks of a ticket opened at `at`. There is no first answer to wait for when staff wrote the first message.
    #[must_use]
    pub fn open(terms: Terms, at: DateTime<Utc>, by_staff: bool) -> Self {
        let mut clocks = Vec::with_capacity(2);
        if !by_staff {
            clocks.push(Clock::begin(Kind::FirstResponse, 1, at));
        }
        clocks.push(Clock::begin(Kind::Resolution, 1, at));
        let mut all = Self {
            state: State::Open,
            terms,
            clocks,
        };
        for clock in &mut all.clocks {
            clock.target = all.terms.targets.of(clock.kind);
            clock.advance(&all.terms, at);
        }
        all
    }

    /// Raises what is due until `now`.
    pub fn advance(&mut self, now: DateTime<Utc>) -> Vec<Raised> {
        let terms = &self.terms;
        self.clocks
            .iter_mut()
            .flat_map(|clock| clock.advance(terms, now))
            .collect()
    }

    /// Moves the clocks by one happening. What became due before is raised with its true time.
    pub fn apply(&mut self, happening: &Happening, at: DateTime<Utc>) -> Vec<Raised> {
        let mut news = self.advance(at);
        match happening {
            Happening::State(state) => self.enter(*state, at),
            Happening::CustomerMessage => self.asked(at),
            Happening::AgentReply => {
                for clock in self.awaiting() {
                    clock.meet(at);
                }
            }
            Happening::NoReplyNeeded => {
                let terms = self.terms.clone();
                for clock in self.awaiting() {
                    clock.cancel(&terms, at);
                }
            }
            Happening::ReplyFailed(sent) => {
                let met = |clock: &&mut Clock| clock.status == Status::Met && clock.ended_at == Some(*sent);
                let answers = self.clocks.iter_mut().filter(|clock| clock.kind != Kind::Resolution);
                for clock in answers.filter(met).filter(|clock| clock.running_since.is_some()) {
                    clock.status = Status::Running;
                    clock.ended_at = None;
                }
            }
            Happening::Bound(terms) => self.bind(terms, at),
        }
        news.extend(self.advance(at));
        news
    }

    /// Earliest instant at which a running clock is due.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        let running = self.clocks.iter().filter(|clock| clock.status == Status::Running);
        running.filter_map(|clock| clock.due_at).min()
    }

    /// Running clocks of answers.
    fn awaiting(&mut self) -> impl Iterator<Item = &mut Clock> {
        let answers = self.clocks.iter_mut().filter(|clock| clock.kind != Kind::Resolution);
        answers.filter(|clock| clock.status == Status::Running)
    }

    fn asked(&mut self, at: DateTime<Utc>) {
        if self.awaiting().next().is_some() {
            return;
        }
        let cycles = self.clocks.iter().filter(|clock| clock.kind == Kind::NextResponse);
        let cycle = cycles.map(|clock| clock.cycle).max().unwrap_or(0) + 1;
        let mut clock = Clock::begin(Kind::NextResponse, cycle, at);
        clock.target = self.terms.targets.next_response;
        self.clocks.push(clock);
    }

    fn enter(&mut self, state: State, at: DateTime<Utc>) {
        self.state = state;
        let terms = self.terms.clone();
        if matches!(state, State::Resolved | State::Closed) {
            for clock in self.awaiting() {
                clock.cancel(&terms, at);
            }
        }
        let Some(clock) = self.clocks.iter_mut().find(|clock| clock.kind == Kind::Resolution) else {
            return;
        };
        match state {
            State::Resolved | State::Closed if !clock.is_live() => {}
            State::Resolved => {
                clock.stop(&terms, at);
                clock.meet(at);
            }
            State::Closed => clock.cancel(&terms, at),
            _ => {
                if !clock.is_live() {
                    clock.reopened += 1;
                    clock.ended_at = None;
                    clock.due_at = None;
                    clock.target = terms.targets.resolution;
                }
                let paused = terms.pause.pauses(state);
                if paused && clock.running_since.is_some() {
                    clock.stop(&terms, at);
                } else if !paused && clock.running_since.is_none() {
                    clock.running_since = Some(at);
                }
                clock.status = if paused { Status::Paused } else { Status::Running };
            }
        }
    }

    /// Keeps the time that was used up; only what is still open gets the new target.
    fn bind(&mut self, terms: &Terms, at: DateTime<Utc>) {
        for clock in &mut self.clocks {
            clock.stop(&self.terms, at);
            if !clock.is_live() {
                continue;
            }
            clock.target = terms.targets.of(clock.kind);
            let paused = clock.kind == Kind::Resolution && terms.pause.pauses(self.state);
            clock.running_since = (!paused).then_some(at);
            clock.status = if paused { Status::Paused } else { Status::Running };
        }
        self.terms = terms.clone();
    }
}
