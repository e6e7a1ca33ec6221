//! Conditions: a tree of tests over a ticket, and why each of them held or not.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ticket::{Priority, State, tags};

/// Deepest tree.
pub const DEPTH_MAX: usize = 5;
/// Most tests of a tree.
pub const NODES_MAX: usize = 40;

/// What an age is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The opening.
    Created,
    /// The last message.
    LastMessage,
    /// The last change of state.
    State,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "test", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Each of these holds; none always does.
    All {
        /// The conditions.
        of: Vec<Condition>,
    },
    /// One of these holds at least.
    Any {
        /// The conditions.
        of: Vec<Condition>,
    },
    /// This does not hold.
    Not {
        /// The condition.
        of: Box<Condition>,
    },
    /// The ticket is in one of these states.
    State {
        /// States.
        any: Vec<State>,
    },
    /// It has one of these priorities.
    Priority {
        /// Priorities.
        any: Vec<Priority>,
    },
    /// It belongs to one of these groups.
    Group {
        /// Groups.
        any: Vec<Uuid>,
    },
    /// It has one of these categories, or one below them.
    Category {
        /// Categories.
        any: Vec<Uuid>,
    },
    /// It is assigned, or not.
    Assigned {
        /// Which.
        is: bool,
    },
    /// The last public message is the customer's, or not.
    Unanswered {
        /// Which.
        is: bool,
    },
    /// A promise was broken, or none was.
    SlaBreached {
        /// Which.
        is: bool,
    },
    /// The customer rated it with one of these, 1 to 5.
    Rating {
        /// Ratings.
        any: Vec<i16>,
    },
    /// It has this tag.
    Tag {
        /// The tag.
        #[serde(deserialize_with = "tags::read")]
        tag: String,
    },
    /// Its subject contains this text, in small or capital letters.
    Subject {
        /// The text.
        text: String,
    },
    /// It came this way: `mail`, `client`, `agent` or `api`.
    Source {
        /// Ways.
        any: Vec<String>,
    },
    /// It is so old at least.
    Age {
        /// From when it is counted.
        since: Since,
        /// Minutes.
        minutes: u32,
    },
}

/// What conditions are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// State.
    pub state: State,
    /// Priority.
    pub priority: Priority,
    /// Support group.
    pub group: Uuid,
    /// Its category and those above it.
    pub categories: Vec<Uuid>,
    /// Assigned agent.
    pub assignee: Option<Uuid>,
    /// The last public message is the customer's.
    pub unanswered: bool,
    /// A promise was broken.
    pub sla_breached: bool,
    /// How the customer rated its resolution last.
    pub rating: Option<i16>,
    /// Tags.
    pub tags: Vec<String>,
    /// Subject.
    pub subject: String,
    /// How it came.
    pub source: String,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When the last message came.
    pub last_message_at: DateTime<Utc>,
    /// Since when it is in its state.
    pub state_since: DateTime<Utc>,
}

/// Whether a condition holds, what it found, and why, down the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which test.
    pub test: String,
    /// It holds.
    pub holds: bool,
    /// What the ticket had to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// Those within.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Finding>,
}

impl Condition {
    /// Looks at a ticket at a moment. Every test is made, also those whose answer decides nothing any more: the log explains each.
    #[must_use]
    pub fn look(&self, facts: &Facts, now: DateTime<Utc>) -> Finding {
        let (test, holds, found) = match self {
            Self::All { of } => {
                let of: Vec<Finding> = of.iter().map(|one| one.look(facts, now)).collect();
                return group("all", of.iter().all(|one| one.holds), of);
            }
            Self::Any { of } => {
                let of: Vec<Finding> = of.iter().map(|one| one.look(facts, now)).collect();
                return group("any", of.iter().any(|one| one.holds), of);
            }
            Self::Not { of } => {
                let within = of.look(facts, now);
                return group("not", !within.holds, vec![within]);
            }
            Self::State { any } => ("state", any.contains(&facts.state), facts.state.as_str().to_owned()),
            Self::Priority { any } => (
                "priority",
                any.contains(&facts.priority),
                facts.priority.as_str().to_owned(),
            ),
            Self::Group { any } => ("group", any.contains(&facts.group), facts.group.to_string()),
            Self::Category { any } => (
                "category",
                facts.categories.iter().any(|one| any.contains(one)),
                facts.categories.first().map_or_else(String::new, Uuid::to_string),
            ),
            Self::Assigned { is } => (
                "assigned",
                facts.assignee.is_some() == *is,
                yes(facts.assignee.is_some()),
            ),
            Self::Unanswered { is } => ("unanswered", facts.unanswered == *is, yes(facts.unanswered)),
            Self::SlaBreached { is } => ("sla_breached", facts.sla_breached == *is, yes(facts.sla_breached)),
            Self::Rating { any } => (
                "rating",
                facts.rating.is_some_and(|rating| any.contains(&rating)),
                facts.rating.map_or_else(String::new, |rating| rating.to_string()),
            ),
            Self::Tag { tag } => ("tag", facts.tags.contains(tag), facts.tags.join(", ")),
            Self::Subject { text } => {
                let holds = facts.subject.to_lowercase().contains(&text.to_lowercase());
                ("subject", holds, facts.subject.clone())
            }
            Self::Source { any } => ("source", any.contains(&facts.source), facts.source.clone()),
            Self::Age { since, minutes } => {
                let from = match since {
                    Since::Created => facts.created_at,
                    Since::LastMessage => facts.last_message_at,
                    Since::State => facts.state_since,
                };
                let age = (now - from).num_minutes();
                ("age", age >= i64::from(*minutes), age.to_string())
            }
        };
        Finding {
            test: test.to_owned(),
            holds,
            found: Some(found),
            of: Vec::new(),
        }
    }

    /// Tests in it, and how deep it is.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let within: &[Self] = match self {
            Self::All { of } | Self::Any { of } => of,
            Self::Not { of } => std::slice::from_ref(of),
            _ => return (1, 1),
        };
        within
            .iter()
            .map(Self::size)
            .fold((1, 1), |(nodes, depth), (n, d)| (nodes + n, depth.max(d + 1)))
    }

    /// The states a ticket may be in when this holds; `None` when it says nothing about them. For finding candidates by an index.
    #[must_use]
    pub fn states(&self) -> Option<Vec<State>> {
        match self {
            Self::State { any } => Some(any.clone()),
            Self::All { of } => of
                .iter()
                .filter_map(Self::states)
                .reduce(|a, b| a.into_iter().filter(|one| b.contains(one)).collect()),
            Self::Any { of } if !of.is_empty() => {
                let each: Option<Vec<Vec<State>>> = of.iter().map(Self::states).collect();
                each.map(Vec::into_iter).map(|each| each.flatten().collect())
            }
            _ => None,
        }
    }

    /// Words and lists that are wrong in it.
    /// The tags it asks for.
    pub(super) fn tags(&self) -> Vec<&str> {
        match self {
            Self::All { of } | Self::Any { of } => of.iter().flat_map(Self::tags).collect(),
            Self::Not { of } => of.tags(),
            Self::Tag { tag } => vec![tag],
            _ => Vec::new(),
        }
    }

    pub(super) fn is_sound(&self) -> bool {
        let word = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
        match self {
            Self::All { of } => of.iter().all(Self::is_sound),
            Self::Any { of } => !of.is_empty() && of.iter().all(Self::is_sound),
            Self::Not { of } => of.is_sound(),
            Self::State { any } => !any.is_empty(),
            Self::Priority { any } => !any.is_empty(),
            Self::Group { any } | Self::Category { any } => !any.is_empty() && any.len() <= 50,
            Self::Source { any } => {
                !any.is_empty()
                    && any
                        .iter()
                        .all(|one| ["mail", "client", "agent", "api"].contains(&one.as_str()))
            }
            Self::Rating { any } => !any.is_empty() && any.iter().all(|rating| (1..=5).contains(rating)),
            Self::Tag { tag } => tags::is_kept(tag),
            Self::Subject { text } => word(text, 200),
            // Two years.
            Self::Age { minutes, .. } => (1..=1_051_200).contains(minutes),
            Self::Assigned { .. } | Self::Unanswered { .. } | Self::SlaBreached { .. } => true,
        }
    }
}

fn group(test: &str, holds: bool, of: Vec<Finding>) -> Finding {
    Finding {
        test: test.to_owned(),
        holds,
        found: None,
        of,
    }
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
