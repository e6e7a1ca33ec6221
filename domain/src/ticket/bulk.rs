//! One change of many tickets.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Priority, State,
    input::Invalid,
    tags,
    transition::{Needs, needs},
};
use crate::words::words;

words! {
    /// How far the work is.
    BulkState {
        /// It waits for its turn.
        Queued = "queued",
        /// Some tickets are settled.
        Running = "running",
        /// All are.
        Done = "done",
        /// The rest was left alone.
        Stopped = "stopped",
    }
}

words! {
    /// What became of a ticket.
    BulkOutcome {
        /// Its turn has not come, or never will when the work was stopped.
        Waiting = "waiting",
        /// Changed.
        Done = "done",
        /// It was so already.
        Unchanged = "unchanged",
        /// The rules are against it.
        Refused = "refused",
    }
}

/// Most tickets of one change.
pub const TICKETS_MAX: usize = 10_000;

/// What is done to each ticket; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// Agent who gets it.
    pub assignee_id: Option<Uuid>,
    /// Nobody has it any more.
    pub unassign: bool,
    /// Group that gets it.
    pub group_id: Option<Uuid>,
    /// Category; its routing gives way to what else is said here.
    pub category_id: Option<Uuid>,
    /// Priority.
    pub priority: Option<Priority>,
    /// State.
    pub state: Option<State>,
    /// Why; needed for on hold and closed.
    pub reason: Option<String>,
    /// Until when they are on hold; `None` = until somebody opens them.
    pub on_hold_until: Option<DateTime<Utc>>,
    /// Why unanswered messages need no reply.
    pub no_reply_needed: Option<String>,
    /// Tags that are added.
    pub add_tags: Vec<String>,
    /// Tags that are taken away.
    pub remove_tags: Vec<String>,
}

/// Why nothing of the kind can be done to any ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It changes nothing.
    #[error("say what is to be changed")]
    Nothing,
    /// Given to somebody and to nobody.
    #[error("a ticket is given to somebody or to nobody, not to both")]
    Contradiction,
    /// This state comes with a reply only, and many tickets are not answered at once.
    #[error("this state goes together with a reply")]
    ReplyNeeded,
    /// On hold and closed say why.
    #[error("give a reason")]
    ReasonNeeded,
    /// A tag is none.
    #[error("a tag {0}")]
    Tag(Invalid),
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing_to_change",
            Self::Contradiction => "contradiction",
            Self::ReplyNeeded => "reply_needed",
            Self::ReasonNeeded => "reason_needed",
            Self::Tag(error) => error.code(),
        }
    }

    /// Where it stands in the change.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Nothing => "/change",
            Self::Contradiction => "/change/unassign",
            Self::ReplyNeeded => "/change/state",
            Self::ReasonNeeded => "/change/reason",
            Self::Tag(_) => "/change/add_tags",
        }
    }
}

impl Change {
    /// The change in its one form: blanks gone, tags as they are kept.
    ///
    /// # Errors
    /// The [`Refusal`] that would meet every ticket.
    pub fn checked(mut self) -> Result<Self, Refusal> {
        let blank = |text: &String| text.trim().is_empty();
        self.reason = self.reason.filter(|text| !blank(text));
        self.no_reply_needed = self.no_reply_needed.filter(|text| !blank(text));
        self.add_tags = tags_of(&self.add_tags)?;
        self.remove_tags = tags_of(&self.remove_tags)?;
        if self.unassign && self.assignee_id.is_some() {
            return Err(Refusal::Contradiction);
        }
        // Whatever it is in now: the way into these states asks for the same from everywhere.
        match self
            .state
            .map(|to| (to, State::ALL.into_iter().find_map(|from| needs(from, to))))
        {
            Some((_, Some(Needs::PublicReply))) => return Err(Refusal::ReplyNeeded),
            Some((_, Some(Needs::HoldReason | Needs::CloseReason))) if self.reason.is_none() => {
                return Err(Refusal::ReasonNeeded);
            }
            _ => {}
        }
        let idle = !self.touches_fields() && !self.assigns() && self.state.is_none();
        if idle { Err(Refusal::Nothing) } else { Ok(self) }
    }

    /// Somebody gets the tickets or loses them.
    #[must_use]
    pub const fn assigns(&self) -> bool {
        self.unassign || self.assignee_id.is_some()
    }

    /// Group, category, priority or tags change.
    #[must_use]
    pub const fn touches_fields(&self) -> bool {
        self.group_id.is_some()
            || self.category_id.is_some()
            || self.priority.is_some()
            || !self.add_tags.is_empty()
            || !self.remove_tags.is_empty()
    }
}

fn tags_of(texts: &[String]) -> Result<Vec<String>, Refusal> {
    if texts.len() > tags::COUNT_MAX {
        return Err(Refusal::Tag(Invalid::TooMany));
    }
    let mut found: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        let tag = tags::tag(text).map_err(Refusal::Tag)?;
        if !found.contains(&tag) {
            found.push(tag);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_ticket_would_accept_is_refused_at_once() {
        let to = |state| Change {
            state: Some(state),
            ..Change::default()
        };
        assert_eq!(Change::default().checked(), Err(Refusal::Nothing));
        assert_eq!(to(State::Answered).checked(), Err(Refusal::ReplyNeeded));
        assert_eq!(to(State::WaitingForResponse).checked(), Err(Refusal::ReplyNeeded));
        assert_eq!(to(State::Closed).checked(), Err(Refusal::ReasonNeeded));
        let blank = Change {
            reason: Some("  ".to_owned()),
            ..to(State::OnHold)
        };
        assert_eq!(blank.checked(), Err(Refusal::ReasonNeeded));
        for state in [State::Open, State::InProgress, State::Resolved] {
            assert!(to(state).checked().is_ok(), "{state:?}");
        }
        let both = Change {
            unassign: true,
            assignee_id: Some(Uuid::nil()),
            ..Change::default()
        };
        assert_eq!(both.checked(), Err(Refusal::Contradiction));
    }

    #[test]
    fn tags_are_kept_in_one_form() {
        let change = Change {
            add_tags: vec!["VIP".to_owned(), " vip ".to_owned()],
            ..Change::default()
        };
        assert_eq!(change.checked().unwrap().add_tags, ["vip"]);
        let none = Change {
            remove_tags: vec![" ".to_owned()],
            ..Change::default()
        };
        assert_eq!(none.checked(), Err(Refusal::Tag(Invalid::Empty)));
    }
}
