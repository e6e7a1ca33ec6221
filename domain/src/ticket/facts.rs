//! What statistics count of a ticket, read off its history: when it entered and left what is under way, who answered, how long it took.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::State;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Opened (the first), or under way again.
    Entered,
    /// Resolved or closed, also by being merged into another.
    Left,
    /// A public answer of a person of staff.
    Replied,
    /// The first of them.
    FirstResponse,
    /// The resolution that stands. One that did not last is none.
    Resolution,
    /// The customer's rating of a resolution.
    Rated,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Entered,
        Self::Left,
        Self::Replied,
        Self::FirstResponse,
        Self::Resolution,
        Self::Rated,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Left => "left",
            Self::Replied => "replied",
            Self::FirstResponse => "first_response",
            Self::Resolution => "resolution",
            Self::Rated => "rated",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A clock of a promise, when it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Seconds of business hours it ran.
    pub business: i64,
    /// In time; `None` when nothing was promised.
    pub kept: Option<bool>,
}

/// A rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    /// Which resolution.
    pub cycle: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// 1 to 5.
    pub rating: i16,
    /// Whose work it was.
    pub agent: Option<Uuid>,
    /// The group then.
    pub group: Uuid,
}

/// What a ticket went through.
#[derive(Debug, Clone)]
pub struct History {
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When the wish reached us: times are counted from here.
    pub received_at: DateTime<Utc>,
    /// When it changed last, for tickets whose steps were not kept.
    pub changed_at: DateTime<Utc>,
    /// Its state now.
    pub state: State,
    /// Its group now.
    pub group: Uuid,
    /// Whoever has it now.
    pub assignee: Option<Uuid>,
    /// It is a part of another ticket.
    pub merged: bool,
    /// States it went to, oldest first.
    pub moves: Vec<(DateTime<Utc>, State)>,
    /// Public answers of people of staff, oldest first.
    pub replies: Vec<(DateTime<Utc>, Uuid)>,
    /// The clock of the first answer.
    pub first_response: Option<Ended>,
    /// The clock of the resolution.
    pub resolution: Option<Ended>,
    /// What its customer said.
    pub ratings: Vec<Rated>,
}

/// Something that statistics count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub kind: Kind,
    /// Counts those of its kind from 1.
    pub n: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// Entered, and under way ever since.
    pub standing: bool,
    /// Seconds on the clock on the wall.
    pub seconds: Option<i64>,
    /// Seconds of business hours.
    pub business: Option<i64>,
    /// The promise was kept.
    pub kept: Option<bool>,
    /// 1 to 5.
    pub rating: Option<i16>,
    /// Group.
    pub group: Uuid,
    /// Agent.
    pub agent: Option<Uuid>,
}

const fn is_over(state: State) -> bool {
    matches!(state, State::Resolved | State::Closed)
}

/// What statistics count of a ticket.
#[must_use]
pub fn of(history: &History) -> Vec<Fact> {
    let fact = |kind, n: usize, at| Fact {
        kind,
        n: i32::try_from(n).unwrap_or(i32::MAX),
        at,
        standing: false,
        seconds: None,
        business: None,
        kept: None,
        rating: None,
        group: history.group,
        agent: history.assignee,
    };
    let mut facts = vec![fact(Kind::Entered, 1, history.opened_at)];
    let (mut entered, mut left, mut over) = (1, 0, false);
    let mut resolved_at = None;
    let mut moves = history.moves.clone();
    // Steps of old tickets were not kept; where they lead to is known.
    if moves.last().map_or(State::Open, |last| last.1) != history.state {
        moves.push((history.changed_at, history.state));
    }
    for (at, state) in moves {
        if is_over(state) && !over {
            left += 1;
            facts.push(fact(Kind::Left, left, at));
        } else if !is_over(state) && over {
            entered += 1;
            facts.push(fact(Kind::Entered, entered, at));
        }
        over = is_over(state);
        match state {
            State::Resolved => resolved_at = Some(at),
            // Closed is what was resolved, or was given up; under way, it is not resolved.
            State::Closed => {}
            _ => resolved_at = None,
        }
    }
    if !over && let Some(last) = facts.iter_mut().rev().find(|fact| fact.kind == Kind::Entered) {
        last.standing = true;
    }
    let since = |at: DateTime<Utc>| Some((at - history.received_at).num_seconds().max(0));
    for (n, (at, agent)) in history.replies.iter().enumerate() {
        let reply = Fact {
            agent: Some(*agent),
            ..fact(Kind::Replied, n + 1, *at)
        };
        if n == 0 {
            facts.push(Fact {
                kind: Kind::FirstResponse,
                seconds: since(*at),
                business: history.first_response.map(|clock| clock.business),
                kept: history.first_response.and_then(|clock| clock.kept),
                ..reply
            });
        }
        facts.push(reply);
    }
    if let Some(at) = resolved_at.filter(|_| !history.merged) {
        facts.push(Fact {
            seconds: since(at),
            business: history.resolution.map(|clock| clock.business),
            kept: history.resolution.and_then(|clock| clock.kept),
            ..fact(Kind::Resolution, 1, at)
        });
    }
    facts.extend(history.ratings.iter().map(|rated| Fact {
        n: rated.cycle,
        rating: Some(rated.rating),
        group: rated.group,
        agent: rated.agent,
        ..fact(Kind::Rated, 1, rated.at)
    }));
    facts
}

/// What a day saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flow {
    /// Opened.
    pub opened: i64,
    /// Under way again.
    pub reopened: i64,
    /// Resolved or closed.
    pub left: i64,
}

/// What was under way at the end of each day: what is now, taken back day by day. `grown` is by how much it grew since the last of `days`.
#[must_use]
pub fn backlog(now: i64, grown: i64, days: &[Flow]) -> Vec<i64> {
    let change = |flow: &Flow| flow.opened + flow.reopened - flow.left;
    let mut open = now - grown;
    let mut ends: Vec<i64> = days
        .iter()
        .rev()
        .map(|day| {
            let end = open;
            open -= change(day);
            end
        })
        .collect();
    ends.reverse();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + hours * 3600, 0).unwrap_or_default()
    }

    fn history(state: State, moves: &[(i64, State)]) -> History {
        History {
            opened_at: at(1),
            received_at: at(0),
            changed_at: at(90),
            state,
            group: Uuid::from_u128(1),
            assignee: Some(Uuid::from_u128(2)),
            merged: false,
            moves: moves.iter().map(|(hours, state)| (at(*hours), *state)).collect(),
            replies: Vec::new(),
            first_response: None,
            resolution: None,
            ratings: Vec::new(),
        }
    }

    fn shape(facts: &[Fact]) -> Vec<(Kind, i32, i64)> {
        facts
            .iter()
            .map(|fact| (fact.kind, fact.n, (fact.at - at(0)).num_hours()))
            .collect()
    }

    #[test]
    fn a_ticket_enters_and_leaves_and_only_the_resolution_that_stands_counts() {
        let moves = [
            (2, State::Resolved),
            (5, State::Open),
            (9, State::Resolved),
            (20, State::Closed),
        ];
        let facts = of(&history(State::Closed, &moves));
        assert_eq!(
            shape(&facts),
            [
                (Kind::Entered, 1, 1),
                (Kind::Left, 1, 2),
                (Kind::Entered, 2, 5),
                (Kind::Left, 2, 9),
                (Kind::Resolution, 1, 9)
            ]
        );
        assert_eq!(facts.last().and_then(|fact| fact.seconds), Some(9 * 3600));
        assert!(facts.iter().all(|fact| !fact.standing));
    }

    #[test]
    fn under_way_again_it_stands_and_is_not_resolved() {
        let facts = of(&history(State::Open, &[(2, State::Resolved), (5, State::Open)]));
        assert_eq!(
            shape(&facts),
            [(Kind::Entered, 1, 1), (Kind::Left, 1, 2), (Kind::Entered, 2, 5)]
        );
        assert_eq!(
            facts.iter().map(|fact| fact.standing).collect::<Vec<_>>(),
            [false, false, true]
        );
        // Given up or merged, it left without a resolution.
        for moves in [vec![(3, State::Closed)], vec![]] {
            let facts = of(&history(State::Closed, &moves));
            assert_eq!(facts.len(), 2, "{facts:?}");
        }
        let merged = History {
            merged: true,
            ..history(State::Closed, &[(2, State::Resolved), (3, State::Closed)])
        };
        assert!(of(&merged).iter().all(|fact| fact.kind != Kind::Resolution));
    }

    #[test]
    fn the_first_answer_is_one_of_the_answers_with_the_time_it_took() {
        let agent = Uuid::from_u128(7);
        let mut answered = history(State::Answered, &[(4, State::Answered)]);
        answered.replies = vec![(at(4), agent), (at(6), Uuid::from_u128(8))];
        answered.first_response = Some(Ended {
            business: 1800,
            kept: Some(true),
        });
        let facts = of(&answered);
        assert_eq!(facts.iter().filter(|fact| fact.kind == Kind::Replied).count(), 2);
        let first = facts.iter().find(|fact| fact.kind == Kind::FirstResponse);
        assert_eq!(
            first.map(|f| (f.seconds, f.business, f.kept, f.agent)),
            Some((Some(14_400), Some(1800), Some(true), Some(agent)))
        );
    }

    #[test]
    fn the_backlog_is_what_is_now_taken_back() {
        let day = |opened, reopened, left| Flow { opened, reopened, left };
        let days = [day(3, 0, 1), day(0, 1, 2), day(5, 0, 0)];
        // Before: 4. Ends: 6, 5, 10. Since then 2 more came and 1 left.
        assert_eq!(backlog(11, 1, &days), [6, 5, 10]);
        assert!(backlog(3, 0, &[]).is_empty());
    }
}
