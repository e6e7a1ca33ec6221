//! A rule as data.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::condition::{Condition, DEPTH_MAX, NODES_MAX};
use crate::{
    custom_event,
    message::{Channel, custom::Purpose},
    ticket::{Priority, State, tags},
};

/// Most actions of a rule.
pub const ACTIONS_MAX: usize = 10;
/// Longest wait, in minutes: 30 days.
pub const WAIT_MAX: u32 = 43_200;
/// Longest text of a note or reply, in characters.
const TEXT_MAX: usize = 10_000;

/// Something that happens to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// It was opened.
    Created,
    /// The customer wrote.
    CustomerMessage,
    /// An agent answered.
    AgentReply,
    /// Its state changed.
    StateChanged,
    /// Its priority changed.
    PriorityChanged,
    /// It was assigned, or to nobody.
    Assigned,
    /// A promise will soon be broken.
    SlaWarning,
    /// A promise was broken.
    SlaBreached,
    /// The customer rated how it was resolved, or changed his rating.
    Rated,
    /// A program outside raised an event of its own about it.
    Custom,
}

impl Happening {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::CustomerMessage,
        Self::AgentReply,
        Self::StateChanged,
        Self::PriorityChanged,
        Self::Assigned,
        Self::SlaWarning,
        Self::SlaBreached,
        Self::Rated,
        Self::Custom,
    ];

    /// What a line of a ticket's history says happened.
    #[must_use]
    pub fn of_history(kind: &str) -> Option<Self> {
        match kind {
            "created" => Some(Self::Created),
            "state_changed" => Some(Self::StateChanged),
            "priority_changed" => Some(Self::PriorityChanged),
            "assigned" => Some(Self::Assigned),
            "sla_warning" => Some(Self::SlaWarning),
            "sla_breached" => Some(Self::SlaBreached),
            "rated" => Some(Self::Rated),
            "custom_event" => Some(Self::Custom),
            _ => None,
        }
    }
}

/// When a rule looks at a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// When something happens to it.
    Event {
        /// What.
        on: Happening,
        /// Of events that programs outside raise, those of this name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// By the clock. It takes effect on a ticket once for each stay in a state, so what goes on holding is not done again and again.
    Schedule {
        /// Minutes between two looks.
        every_minutes: u32,
    },
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Gives it to an agent, or to nobody.
    Assign {
        /// Agent.
        user_id: Option<Uuid>,
    },
    /// Has its group give it to whose turn it is, unless somebody has it.
    Deal {},
    /// Hands it to another group.
    Group {
        /// Group.
        group_id: Uuid,
    },
    /// Gives it another category, whose routing it follows.
    Category {
        /// Category.
        category_id: Uuid,
    },
    /// Moves it to another state.
    State {
        /// State.
        to: State,
        /// Why; needed for on hold and closed.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Gives it another priority.
    Priority {
        /// Priority.
        to: Priority,
    },
    /// Adds a tag.
    AddTag {
        /// Tag.
        #[serde(deserialize_with = "tags::read")]
        tag: String,
    },
    /// Removes a tag.
    RemoveTag {
        /// Tag.
        #[serde(deserialize_with = "tags::read")]
        tag: String,
    },
    /// Writes a note that staff alone see.
    Note {
        /// Text.
        body: String,
    },
    /// Answers the requester, as an automatic mail with its brakes, with a text or with a template in his language. It changes no state
    /// and stops no clock.
    Reply {
        /// Text; empty with a template.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        body: String,
        /// Template for customers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template_id: Option<Uuid>,
    },
    /// Tells people of staff by mail.
    Notify {
        /// The assigned agent.
        assignee: bool,
        /// Others.
        #[serde(default)]
        user_ids: Vec<Uuid>,
        /// Notification groups.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        notification_group_ids: Vec<Uuid>,
        /// Template for staff that says it in the centre and by mail.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template_id: Option<Uuid>,
        /// Template for staff that says it by text message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sms_template_id: Option<Uuid>,
    },
    /// Tells endpoints of webhooks that chose `automation.triggered`.
    Webhook {},
    /// Raises the priority by one step, and tells those who answer for service levels.
    Escalate {},
    /// Does what comes next later, if it is still called for then.
    Wait {
        /// How long.
        minutes: u32,
        /// What has to hold then; without it, the rule's own condition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
    },
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// When it looks.
    pub trigger: Trigger,
    /// On which tickets it acts.
    pub condition: Condition,
    /// What it does, in this order.
    pub actions: Vec<Action>,
    /// Tickets that it may act on within an hour, or one look, before a person has to confirm.
    pub limit: u32,
}

/// Something that is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The rhythm.
    #[error("a rule looks every 5 minutes to every 24 hours")]
    Schedule,
    /// The name of the event that programs outside raise.
    #[error(
        "an event of programs has a name of small letters, digits, dots, dashes and underscores, and no other has one"
    )]
    EventName,
    /// The tree.
    #[error("conditions are at most {NODES_MAX} tests, {DEPTH_MAX} deep, and each says what it looks for")]
    Condition,
    /// The number of actions.
    #[error("a rule has 1 to {ACTIONS_MAX} actions")]
    Actions,
    /// One of them.
    #[error("an action lacks what it needs: a text, a tag, a reason, somebody to tell")]
    Action,
    /// A wait.
    #[error("a wait is 1 minute to 30 days, and something comes after it")]
    Wait,
    /// The limit.
    #[error("a limit is 1 to 1000 tickets")]
    Limit,
}

impl Invalid {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Schedule => "invalid_schedule",
            Self::EventName => "bad_event_name",
            Self::Condition => "invalid_condition",
            Self::Actions => "invalid_actions",
            Self::Action => "invalid_action",
            Self::Wait => "invalid_wait",
            Self::Limit => "invalid_limit",
        }
    }

    /// JSON pointer within the rule.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Schedule | Self::EventName => "/spec/trigger",
            Self::Condition => "/spec/condition",
            Self::Actions | Self::Action | Self::Wait => "/spec/actions",
            Self::Limit => "/spec/limit",
        }
    }
}

impl RuleSpec {
    /// Checks what can be checked without knowing people and groups.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn check(&self) -> Result<(), Vec<Invalid>> {
        let mut wrong = Vec::new();
        if let Trigger::Schedule { every_minutes } = self.trigger
            && !(5..=1440).contains(&every_minutes)
        {
            wrong.push(Invalid::Schedule);
        }
        if let Trigger::Event { on, name } = &self.trigger {
            let right = match (on, name.as_deref()) {
                (Happening::Custom, Some(name)) => custom_event::is_name(name),
                (Happening::Custom, None) => false,
                (_, name) => name.is_none(),
            };
            if !right {
                wrong.push(Invalid::EventName);
            }
        }
        if !sound(&self.condition) {
            wrong.push(Invalid::Condition);
        }
        if !(1..=ACTIONS_MAX).contains(&self.actions.len()) {
            wrong.push(Invalid::Actions);
        }
        if !self.actions.iter().all(Action::is_sound) {
            wrong.push(Invalid::Action);
        }
        let idle = matches!(self.actions.last(), Some(Action::Wait { .. }));
        if idle || !self.actions.iter().all(Action::waits_well) {
            wrong.push(Invalid::Wait);
        }
        if !(1..=1000).contains(&self.limit) {
            wrong.push(Invalid::Limit);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// What has to hold when its action number `n` is begun with: the condition of the wait before it, if that has one, else the rule's.
    #[must_use]
    pub fn condition_at(&self, n: usize) -> &Condition {
        match n.checked_sub(1).and_then(|before| self.actions.get(before)) {
            Some(Action::Wait {
                only_if: Some(condition),
                ..
            }) => condition,
            _ => &self.condition,
        }
    }

    /// The categories it gives to tickets, which have to be in use.
    #[must_use]
    pub fn categories(&self) -> Vec<Uuid> {
        let given = |action: &Action| match action {
            Action::Category { category_id } => Some(*category_id),
            _ => None,
        };
        self.actions.iter().filter_map(given).collect()
    }

    /// The tags it asks for, gives or takes away.
    #[must_use]
    pub fn tags(&self) -> Vec<&str> {
        let named = self.actions.iter().flat_map(|action| match action {
            Action::AddTag { tag } | Action::RemoveTag { tag } => vec![tag.as_str()],
            Action::Wait {
                only_if: Some(condition),
                ..
            } => condition.tags(),
            _ => Vec::new(),
        });
        self.condition.tags().into_iter().chain(named).collect()
    }

    /// The notification groups it names, which have to exist.
    #[must_use]
    pub fn notification_groups(&self) -> Vec<Uuid> {
        let told = |action: &Action| match action {
            Action::Notify {
                notification_group_ids, ..
            } => notification_group_ids.clone(),
            _ => Vec::new(),
        };
        self.actions.iter().flat_map(told).collect()
    }

    /// The templates it speaks in, with what each has to be for and how it goes out.
    #[must_use]
    pub fn templates(&self) -> Vec<(Uuid, Purpose, Channel)> {
        let mut named = Vec::new();
        for action in &self.actions {
            match action {
                Action::Reply {
                    template_id: Some(id), ..
                } => named.push((*id, Purpose::Customers, Channel::Mail)),
                Action::Notify {
                    template_id,
                    sms_template_id,
                    ..
                } => {
                    named.extend(template_id.map(|id| (id, Purpose::Staff, Channel::Mail)));
                    named.extend(sms_template_id.map(|id| (id, Purpose::Staff, Channel::Sms)));
                }
                _ => {}
            }
        }
        named
    }

    /// The people and groups it names, who have to exist.
    #[must_use]
    pub fn names(&self) -> (Vec<Uuid>, Vec<Uuid>) {
        let (mut people, mut groups) = (Vec::new(), Vec::new());
        for action in &self.actions {
            match action {
                Action::Assign { user_id } => people.extend(user_id),
                Action::Notify { user_ids, .. } => people.extend(user_ids),
                Action::Group { group_id } => groups.push(*group_id),
                _ => {}
            }
        }
        (people, groups)
    }
}

/// Small enough, and each test says what it looks for.
fn sound(condition: &Condition) -> bool {
    let (nodes, depth) = condition.size();
    nodes <= NODES_MAX && depth <= DEPTH_MAX && condition.is_sound()
}

impl Action {
    /// Name in the log.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign",
            Self::Deal {} => "deal",
            Self::Group { .. } => "group",
            Self::Category { .. } => "category",
            Self::State { .. } => "state",
            Self::Priority { .. } => "priority",
            Self::AddTag { .. } => "add_tag",
            Self::RemoveTag { .. } => "remove_tag",
            Self::Note { .. } => "note",
            Self::Reply { .. } => "reply",
            Self::Notify { .. } => "notify",
            Self::Webhook {} => "webhook",
            Self::Escalate {} => "escalate",
            Self::Wait { .. } => "wait",
        }
    }

    fn waits_well(&self) -> bool {
        match self {
            Self::Wait { minutes, .. } => (1..=WAIT_MAX).contains(minutes),
            _ => true,
        }
    }

    fn is_sound(&self) -> bool {
        let text = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
        match self {
            Self::State { to, reason } => {
                let needed = matches!(to, State::OnHold | State::Closed);
                reason.as_deref().map_or(!needed, |reason| text(reason, 500))
            }
            Self::AddTag { tag } | Self::RemoveTag { tag } => tags::is_kept(tag),
            Self::Note { body } => text(body, TEXT_MAX),
            // One of the two, so that nobody wonders which is sent.
            Self::Reply { body, template_id } => match template_id {
                Some(_) => body.is_empty(),
                None => text(body, TEXT_MAX),
            },
            Self::Notify {
                assignee,
                user_ids,
                notification_group_ids,
                ..
            } => {
                (*assignee || !user_ids.is_empty() || !notification_group_ids.is_empty())
                    && user_ids.len() <= 20
                    && notification_group_ids.len() <= 20
            }
            Self::Wait { only_if, .. } => only_if.as_ref().is_none_or(sound),
            Self::Assign { .. }
            | Self::Deal {}
            | Self::Group { .. }
            | Self::Category { .. }
            | Self::Priority { .. }
            | Self::Webhook {}
            | Self::Escalate {} => true,
        }
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
