//! What a policy promises, to which tickets, and what follows when it is not kept.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Alert, Calendar, Kind, SECOND};
use crate::{
    customer::Tier,
    ticket::{Priority, State},
};

/// Shortest and longest promise: a minute, a year.
const TARGET_SECONDS: std::ops::RangeInclusive<i64> = 60..=366 * 86_400;
/// Most warnings of a policy.
const WARNINGS_MAX: usize = 5;
/// Most links of an escalation chain.
const ESCALATIONS_MAX: usize = 10;

/// Seconds of business time until each clock is due; `None` = nothing is promised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Until somebody answers first.
    pub first_response: Option<i64>,
    /// Until each later message is answered.
    pub next_response: Option<i64>,
    /// Until it is resolved.
    pub resolution: Option<i64>,
}

impl Targets {
    /// That of one clock.
    #[must_use]
    pub const fn of(&self, kind: Kind) -> Option<i64> {
        match kind {
            Kind::FirstResponse => self.first_response,
            Kind::NextResponse => self.next_response,
            Kind::Resolution => self.resolution,
        }
    }
}

/// In which states the clock of the resolution stands still, besides `waiting_for_response`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// On hold.
    pub on_hold: bool,
    /// Answered.
    pub answered: bool,
}

impl Default for Pause {
    fn default() -> Self {
        Self {
            on_hold: true,
            answered: true,
        }
    }
}

impl Pause {
    /// The resolution stands still in this state.
    #[must_use]
    pub const fn pauses(self, state: State) -> bool {
        match state {
            State::WaitingForResponse => true,
            State::OnHold => self.on_hold,
            State::Answered => self.answered,
            State::Open | State::InProgress | State::Resolved | State::Closed => false,
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to", content = "id")]
pub enum Recipient {
    /// Whoever the ticket is assigned to.
    Assignee,
    /// This member of staff.
    User(Uuid),
    /// This notification group.
    NotificationGroup(Uuid),
}

/// A link of the chain: what is done so long after a promise was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Which promise.
    pub clock: Kind,
    /// Seconds of business time after it was due.
    pub after: i64,
    /// Who is told.
    #[serde(default)]
    pub notify: Vec<Recipient>,
    /// Raises the priority to this one; a higher one stays.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Hands the ticket to this group.
    #[serde(default)]
    pub group_id: Option<Uuid>,
}

/// A policy as entered; one version of it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySpec {
    /// Only tickets of these priorities; none = all.
    #[serde(default)]
    pub priorities: Vec<Priority>,
    /// Only tickets of these groups; none = all.
    #[serde(default)]
    pub groups: Vec<Uuid>,
    /// Only tickets of these categories and those below them; none = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Uuid>,
    /// Only tickets of such customers (`individual`, `corporate`); none = all.
    #[serde(default)]
    pub customer_kinds: Vec<String>,
    /// Only tickets of customers of these tiers; none = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customer_tiers: Vec<Tier>,
    /// Promises, from low to urgent.
    pub targets: [Targets; 4],
    /// When the resolution stands still.
    #[serde(default)]
    pub pause: Pause,
    /// Percent of a target at which is warned.
    pub warnings: Vec<u8>,
    /// What follows a broken promise.
    #[serde(default)]
    pub escalations: Vec<Escalation>,
}

/// What decides which policy a ticket falls under.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Priority.
    pub priority: Priority,
    /// Group.
    pub group: Uuid,
    /// Category and those above it.
    pub categories: &'a [Uuid],
    /// Kind of the customer, if there is one.
    pub customer_kind: Option<&'a str>,
    /// Tier of the customer, if there is one.
    pub customer_tier: Option<&'a str>,
}

/// What is wrong with a policy, and where (a JSON pointer into the specification).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A target is too short or too long.
    #[error("a target is between a minute and a year")]
    Target(String),
    /// Nothing is promised at all.
    #[error("promise something for one priority at least")]
    Nothing,
    /// Warnings must be 1 to 99 percent, ascending.
    #[error("warnings are ascending percentages between 1 and 99")]
    Warnings,
    /// Too many warnings or escalations.
    #[error("these are too many")]
    TooMany(String),
    /// An escalation that does nothing.
    #[error("an escalation tells somebody, raises the priority or changes the group")]
    Idle(String),
    /// An escalation before the promise is broken, or after more than a year.
    #[error("an escalation comes with the breach or at most a year later")]
    After(String),
    /// No such kind of customer.
    #[error("customers are individual or corporate")]
    CustomerKind,
}

impl PolicyError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Target(_) => "bad_target",
            Self::Nothing => "no_target",
            Self::Warnings => "bad_warnings",
            Self::TooMany(_) => "too_many",
            Self::Idle(_) => "idle_escalation",
            Self::After(_) => "bad_delay",
            Self::CustomerKind => "unknown_customer_kind",
        }
    }

    /// Where, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::Nothing => "/targets",
            Self::Warnings => "/warnings",
            Self::CustomerKind => "/customer_kinds",
            Self::Target(at) | Self::TooMany(at) | Self::Idle(at) | Self::After(at) => at,
        }
    }
}

impl PolicySpec {
    /// Checks everything that needs no other record.
    ///
    /// # Errors
    /// The first [`PolicyError`].
    pub fn check(&self) -> Result<(), PolicyError> {
        for (n, targets) in self.targets.iter().enumerate() {
            for kind in Kind::ALL {
                if targets.of(kind).is_some_and(|target| !TARGET_SECONDS.contains(&target)) {
                    return Err(PolicyError::Target(format!("/targets/{n}/{}", kind.as_str())));
                }
            }
        }
        if self.targets.iter().all(|targets| *targets == Targets::default()) {
            return Err(PolicyError::Nothing);
        }
        if self.warnings.len() > WARNINGS_MAX {
            return Err(PolicyError::TooMany("/warnings".to_owned()));
        }
        let ascending = self.warnings.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || self.warnings.iter().any(|percent| !(1..100).contains(percent)) {
            return Err(PolicyError::Warnings);
        }
        if self.escalations.len() > ESCALATIONS_MAX {
            return Err(PolicyError::TooMany("/escalations".to_owned()));
        }
        for (n, link) in self.escalations.iter().enumerate() {
            if link.notify.is_empty() && link.priority.is_none() && link.group_id.is_none() {
                return Err(PolicyError::Idle(format!("/escalations/{n}")));
            }
            if link.after < 0 || link.after > *TARGET_SECONDS.end() {
                return Err(PolicyError::After(format!("/escalations/{n}/after")));
            }
        }
        if self
            .customer_kinds
            .iter()
            .any(|kind| !matches!(kind.as_str(), "individual" | "corporate"))
        {
            return Err(PolicyError::CustomerKind);
        }
        Ok(())
    }

    /// The ticket falls under this policy, if no policy before it took it.
    #[must_use]
    pub fn takes(&self, facts: Facts<'_>) -> bool {
        let (kind, tier) = (facts.customer_kind, facts.customer_tier);
        (self.priorities.is_empty() || self.priorities.contains(&facts.priority))
            && (self.groups.is_empty() || self.groups.contains(&facts.group))
            && self.takes_category(facts.categories)
            && (self.customer_kinds.is_empty() || self.customer_kinds.iter().any(|own| Some(own.as_str()) == kind))
            && (self.customer_tiers.is_empty() || self.customer_tiers.iter().any(|own| Some(own.as_str()) == tier))
    }

    /// It takes tickets of a category, given with those above it.
    #[must_use]
    pub fn takes_category(&self, path: &[Uuid]) -> bool {
        self.categories.is_empty() || path.iter().any(|one| self.categories.contains(one))
    }

    /// It takes every ticket.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        self.priorities.is_empty()
            && self.groups.is_empty()
            && self.categories.is_empty()
            && self.customer_kinds.is_empty()
            && self.customer_tiers.is_empty()
    }

    /// What holds for tickets of a priority.
    #[must_use]
    pub fn terms(&self, priority: Priority, calendar: Arc<Calendar>) -> Terms {
        Terms {
            calendar,
            targets: self.targets[priority as usize],
            pause: self.pause,
            warnings: self.warnings.clone(),
            escalations: self.escalations.iter().map(|link| (link.clock, link.after)).collect(),
        }
    }
}

/// What the clocks of one ticket run under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Business hours.
    pub calendar: Arc<Calendar>,
    /// Promises.
    pub targets: Targets,
    /// When the resolution stands still.
    pub pause: Pause,
    /// Percent of a target at which is warned.
    pub warnings: Vec<u8>,
    /// Clock and seconds after the breach of each link of the chain.
    pub escalations: Vec<(Kind, i64)>,
}

impl Terms {
    /// What is raised at which business time of a clock, in microseconds.
    pub(super) fn steps(&self, kind: Kind, target: i64) -> Vec<(Alert, i64)> {
        let target = target * SECOND;
        let warnings = self
            .warnings
            .iter()
            .map(|percent| (Alert::Warning(*percent), target / 100 * i64::from(*percent)));
        let chain = (1_u8..).zip(&self.escalations).filter(|(_, link)| link.0 == kind);
        let chain = chain.map(|(n, (_, after))| (Alert::Escalation(n), target + after * SECOND));
        let mut steps: Vec<(Alert, i64)> = warnings.chain([(Alert::Breach, target)]).chain(chain).collect();
        steps.sort_by_key(|(alert, at)| (*at, *alert));
        steps
    }
}
