//! Triggers: whom an event tells, over which channels, and whether that is everybody's own choice. The catalogue has one for every topic;
//! what an installation set instead is kept as data and read by the same code.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Audience, Channel, Delivery, Topic};
use crate::{
    custom_event,
    message::Message,
    permission::Permission,
    words::{WordSet, words},
};

/// Most notification groups, and most roles, that one trigger tells.
pub const TRIGGER_NAMES_MAX: usize = 20;

words! {
    /// Whom an event tells.
    Party as "NotificationParty" {
        /// Whom the event itself names: who is mentioned, whom a rule or a chain of escalations lists, whose account it is.
        Named = "named",
        /// Whoever has the ticket.
        Assignee = "assignee",
        /// The members of the ticket's group.
        Group = "group",
        /// Staff who watch the ticket.
        Watchers = "watchers",
        /// Whoever asked.
        Requester = "requester",
        /// Customers who take part besides.
        Participants = "participants",
        /// Whoever looks after what it is about, when it concerns nobody in particular.
        Keepers = "keepers",
    }
}

/// What a trigger is for: the events of a topic or, of those that programs outside raise, the ones of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    topic: Topic,
    event: Option<String>,
}

impl From<Topic> for Occasion {
    fn from(topic: Topic) -> Self {
        Self { topic, event: None }
    }
}

impl Occasion {
    /// What programs raise under this name; `None` when it is no name.
    #[must_use]
    pub fn of_event(name: &str) -> Option<Self> {
        custom_event::is_name(name).then(|| Self {
            topic: Topic::CustomEvent,
            event: Some(name.to_owned()),
        })
    }

    /// Reads what [`Self::key`] writes.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        match key.split_once(':') {
            None => Topic::parse(key).map(Self::from),
            Some((topic, name)) if topic == Topic::CustomEvent.as_str() => Self::of_event(name),
            Some(_) => None,
        }
    }

    /// The word it is kept under: its topic and, behind a colon, the name of its events.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.event {
            None => self.topic.as_str().to_owned(),
            Some(name) => format!("{}:{name}", self.topic.as_str()),
        }
    }

    /// What its events are about.
    #[must_use]
    pub const fn topic(&self) -> Topic {
        self.topic
    }

    /// Name of its events, where it is not for all of its topic.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }
}

/// How an event uses a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// What holds for whoever chose nothing.
    pub delivery: Delivery,
    /// It holds for everybody, whatever he chose.
    pub mandatory: bool,
}

/// What follows from an event of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// It tells at all.
    pub on: bool,
    /// Whom.
    pub parties: BTreeSet<Party>,
    /// These notification groups besides.
    pub groups: BTreeSet<Uuid>,
    /// Holders of these roles besides.
    pub roles: BTreeSet<Uuid>,
    /// How; one for each channel that may be chosen.
    pub ways: BTreeMap<Channel, Way>,
}

/// Why a trigger may not be as it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TriggerFault {
    /// It protects accounts.
    #[error("this is told always and cannot be changed")]
    Fixed,
    /// Of the parties one that events of this topic have not.
    #[error("an event of this kind has no such party")]
    Party(Party),
    /// Events of this topic concern nobody besides.
    #[error("nobody besides can be told of this")]
    Others,
    /// Too many groups or roles.
    #[error("there are {TRIGGER_NAMES_MAX} groups and {TRIGGER_NAMES_MAX} roles at most")]
    TooMany,
    /// It is on and tells nobody.
    #[error("say who is told, or switch it off")]
    Nobody,
    /// A channel that it does not go, or not in this way.
    #[error("this is not told in this way on this channel")]
    Way(Channel),
}

impl TriggerFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fixed => "trigger_fixed",
            Self::Party(_) => "not_a_party",
            Self::Others => "nobody_besides",
            Self::TooMany => "too_many",
            Self::Nobody => "nobody_told",
            Self::Way(_) => "not_a_choice",
        }
    }

    /// Where in what was entered.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Fixed => "/on",
            Self::Party(_) | Self::Nobody => "/parties",
            Self::Others | Self::TooMany => "/notification_group_ids",
            Self::Way(Channel::InApp) => "/ways/in_app",
            Self::Way(Channel::Mail) => "/ways/mail",
            Self::Way(Channel::Sms) => "/ways/sms",
        }
    }
}

impl Delivery {
    /// This one alone.
    const fn alone(self) -> &'static [Self] {
        match self {
            Self::Immediate => &[Self::Immediate],
            Self::Digest => &[Self::Digest],
            Self::Off => &[Self::Off],
        }
    }
}

impl Topic {
    /// Whom its events can tell.
    #[must_use]
    pub const fn parties(self) -> &'static [Party] {
        use Party::{Assignee, Group, Keepers, Named, Participants, Requester, Watchers};
        match self {
            Self::Security | Self::Mention | Self::Rule => &[Named],
            Self::TicketReceived | Self::Survey => &[Requester],
            Self::TicketAnswered => &[Requester, Participants],
            Self::TicketAssigned | Self::CustomerMessage | Self::BadRating => &[Assignee, Group, Watchers],
            Self::SlaWarning => &[Assignee, Group, Watchers, Keepers],
            Self::SlaBreach => &[Named, Assignee, Group, Watchers, Keepers],
            Self::MailFlow | Self::MailboxFailing | Self::JobDead | Self::DiskLow | Self::SystemAlert => &[Keepers],
            Self::CustomEvent => &[Assignee, Group, Watchers],
        }
    }

    /// Whom they tell unless something else was set.
    #[must_use]
    const fn told(self) -> &'static [Party] {
        use Party::{Assignee, Keepers, Named};
        match self {
            Self::TicketAssigned | Self::CustomerMessage | Self::BadRating | Self::SlaWarning | Self::CustomEvent => {
                &[Assignee]
            }
            Self::SlaBreach => &[Named, Assignee, Keepers],
            other => other.parties(),
        }
    }

    /// Notification groups and roles can be told besides. What names its readers by itself is for them.
    #[must_use]
    pub const fn takes_others(self) -> bool {
        matches!(self.audience(), Audience::Staff) && !matches!(self, Self::Mention | Self::Rule)
    }

    /// Nothing about it can be set.
    #[must_use]
    pub const fn is_fixed(self) -> bool {
        matches!(self, Self::Security)
    }

    /// What whoever is told of it has to hold, of staff.
    #[must_use]
    pub const fn needs(self) -> Option<Permission> {
        match self {
            Self::TicketAssigned | Self::CustomerMessage | Self::SlaWarning | Self::SlaBreach | Self::BadRating => {
                Some(Permission::TicketsReply)
            }
            Self::MailFlow | Self::MailboxFailing => Some(Permission::MailboxesView),
            Self::JobDead | Self::DiskLow => Some(Permission::JobsView),
            Self::SystemAlert => Some(Permission::SecurityView),
            Self::CustomEvent => Some(Permission::TicketsView),
            Self::Security
            | Self::TicketAnswered
            | Self::TicketReceived
            | Self::Survey
            | Self::Mention
            | Self::Rule => None,
        }
    }

    /// What its keepers hold.
    #[must_use]
    pub const fn keepers(self) -> Option<Permission> {
        match self {
            Self::SlaWarning | Self::SlaBreach => Some(Permission::SlaEdit),
            Self::MailFlow | Self::MailboxFailing => Some(Permission::MailboxesEdit),
            Self::JobDead | Self::DiskLow => Some(Permission::JobsManage),
            Self::SystemAlert => Some(Permission::SecurityManage),
            _ => None,
        }
    }

    /// The words it is told in; none where a mail of its own kind is the news.
    #[must_use]
    pub const fn message(self) -> Option<Message> {
        match self {
            Self::Security | Self::TicketReceived | Self::Survey => None,
            Self::TicketAnswered => Some(Message::TicketAnswered),
            Self::TicketAssigned => Some(Message::TicketAssigned),
            Self::CustomerMessage => Some(Message::CustomerMessage),
            Self::SlaWarning => Some(Message::SlaWarning),
            Self::SlaBreach => Some(Message::SlaBreach),
            Self::BadRating => Some(Message::BadRating),
            Self::Mention => Some(Message::Mentioned),
            Self::Rule => Some(Message::Rule),
            Self::MailFlow => Some(Message::MailFlow),
            Self::MailboxFailing => Some(Message::MailboxFailing),
            Self::JobDead => Some(Message::JobDead),
            Self::DiskLow => Some(Message::DiskLow),
            Self::SystemAlert => Some(Message::SystemAlert),
            Self::CustomEvent => Some(Message::CustomEvent),
        }
    }
}

/// It can be set how this goes.
fn settable(topic: Topic, channel: Channel) -> bool {
    topic.choices(channel).len() > 1
}

impl Trigger {
    /// The one of the catalogue.
    #[must_use]
    pub fn usual_of(topic: Topic) -> Self {
        let ways = Channel::ALL.iter().filter(|channel| settable(topic, **channel));
        let way = |channel: &Channel| {
            let way = Way {
                delivery: topic.usual(*channel),
                mandatory: false,
            };
            (*channel, way)
        };
        Self {
            on: true,
            parties: topic.told().iter().copied().collect(),
            groups: BTreeSet::new(),
            roles: BTreeSet::new(),
            ways: ways.map(way).collect(),
        }
    }

    /// Checks it against what events of the topic can do. A way that is left out is the catalogue's.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(mut self, topic: Topic) -> Result<Self, TriggerFault> {
        if topic.is_fixed() {
            return Err(TriggerFault::Fixed);
        }
        let strange = self.parties.iter().find(|party| !topic.parties().contains(party));
        if let Some(party) = strange {
            return Err(TriggerFault::Party(*party));
        }
        let others = !self.groups.is_empty() || !self.roles.is_empty();
        if others && !topic.takes_others() {
            return Err(TriggerFault::Others);
        }
        if self.groups.len() > TRIGGER_NAMES_MAX || self.roles.len() > TRIGGER_NAMES_MAX {
            return Err(TriggerFault::TooMany);
        }
        if self.on && self.parties.is_empty() && self.groups.is_empty() && self.roles.is_empty() {
            return Err(TriggerFault::Nobody);
        }
        for (channel, way) in &self.ways {
            if !settable(topic, *channel) || !topic.choices(*channel).contains(&way.delivery) {
                return Err(TriggerFault::Way(*channel));
            }
        }
        for (channel, way) in Self::usual_of(topic).ways {
            self.ways.entry(channel).or_insert(way);
        }
        Ok(self)
    }

    /// What a person may choose; what has one choice is as it is, and what has none does not go that way.
    #[must_use]
    pub fn choices(&self, topic: Topic, channel: Channel) -> &'static [Delivery] {
        let all = topic.choices(channel);
        if all.len() <= 1 {
            return all;
        }
        match self.ways.get(&channel) {
            _ if !self.on => &[],
            Some(Way {
                delivery: Delivery::Off,
                mandatory: true,
            }) => &[],
            Some(Way {
                delivery,
                mandatory: true,
            }) => delivery.alone(),
            _ => all,
        }
    }

    /// What holds for whoever chose nothing.
    #[must_use]
    pub fn usual(&self, topic: Topic, channel: Channel) -> Delivery {
        if !settable(topic, channel) {
            return topic.usual(channel);
        }
        match self.ways.get(&channel) {
            _ if !self.on => Delivery::Off,
            Some(way) => way.delivery,
            None => topic.usual(channel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::{Preferences, Triggers};

    fn way(delivery: Delivery, mandatory: bool) -> Way {
        Way { delivery, mandatory }
    }

    #[test]
    fn the_catalogues_triggers_are_right_and_say_what_holds_without_one() {
        for topic in Topic::ALL {
            let usual = Trigger::usual_of(*topic);
            if !topic.is_fixed() {
                assert_eq!(usual.clone().check(*topic), Ok(usual.clone()), "{topic:?}");
            }
            for channel in Channel::ALL {
                assert_eq!(usual.choices(*topic, *channel), topic.choices(*channel));
                assert_eq!(usual.usual(*topic, *channel), topic.usual(*channel));
            }
            let text = serde_json::to_string(&usual).unwrap();
            assert_eq!(serde_json::from_str::<Trigger>(&text).unwrap(), usual);
        }
    }

    #[test]
    fn what_is_mandatory_holds_for_whoever_chose_something_else() {
        let mut preferences = Preferences::default();
        let at = (Topic::SlaBreach, Channel::Mail);
        preferences.chosen.insert(at, Delivery::Off);
        assert_eq!(preferences.of(at.0, at.1), Delivery::Off);
        let mut trigger = Trigger::usual_of(Topic::SlaBreach);
        trigger.ways.insert(Channel::Mail, way(Delivery::Immediate, true));
        trigger.ways.insert(Channel::Sms, way(Delivery::Off, true));
        preferences.triggers = std::sync::Arc::new(Triggers::default().with(at.0, trigger.clone()));
        assert_eq!(preferences.of(at.0, at.1), Delivery::Immediate);
        assert_eq!(trigger.choices(at.0, at.1), [Delivery::Immediate]);
        // What is off for everybody is offered to nobody.
        preferences.chosen.insert((at.0, Channel::Sms), Delivery::Immediate);
        assert_eq!(preferences.of(at.0, Channel::Sms), Delivery::Off);
        assert!(trigger.choices(at.0, Channel::Sms).is_empty());
    }

    #[test]
    fn switched_off_nothing_is_told_but_what_is_no_mere_news() {
        let mut trigger = Trigger::usual_of(Topic::TicketAnswered);
        trigger.on = false;
        assert_eq!(trigger.usual(Topic::TicketAnswered, Channel::InApp), Delivery::Off);
        assert!(trigger.choices(Topic::TicketAnswered, Channel::InApp).is_empty());
        // The answer itself goes on.
        assert_eq!(trigger.usual(Topic::TicketAnswered, Channel::Mail), Delivery::Immediate);
        let security = Trigger::usual_of(Topic::Security);
        assert_eq!(security.check(Topic::Security), Err(TriggerFault::Fixed));
    }

    #[test]
    fn what_programs_raise_has_occasions_by_its_name_and_nothing_else_has() {
        for (key, topic, event) in [
            ("sla_breach", Topic::SlaBreach, None),
            ("custom_event", Topic::CustomEvent, None),
            ("custom_event:backup.failed", Topic::CustomEvent, Some("backup.failed")),
        ] {
            let on = Occasion::parse(key).unwrap();
            assert_eq!((on.topic(), on.event(), on.key().as_str()), (topic, event, key));
        }
        for none in [
            "",
            "nothing",
            "custom_event:",
            "custom_event:Backup failed",
            "custom_event:a:b",
            "sla_breach:backup.failed",
        ] {
            assert_eq!(Occasion::parse(none), None, "{none}");
        }
        assert_eq!(Occasion::from(Topic::Rule).event(), None);
    }

    #[test]
    fn what_an_event_cannot_do_is_refused() {
        let of = Trigger::usual_of;
        let mut strange = of(Topic::TicketAssigned);
        strange.parties.insert(Party::Requester);
        assert_eq!(
            strange.check(Topic::TicketAssigned),
            Err(TriggerFault::Party(Party::Requester))
        );
        let mut open = of(Topic::Mention);
        open.roles.insert(Uuid::nil());
        assert_eq!(open.check(Topic::Mention), Err(TriggerFault::Others));
        let mut nobody = of(Topic::CustomerMessage);
        nobody.parties.clear();
        assert_eq!(nobody.clone().check(Topic::CustomerMessage), Err(TriggerFault::Nobody));
        nobody.on = false;
        assert!(nobody.check(Topic::CustomerMessage).is_ok());
        let mut digest = of(Topic::SlaBreach);
        digest.ways.insert(Channel::Sms, way(Delivery::Digest, false));
        assert_eq!(digest.check(Topic::SlaBreach), Err(TriggerFault::Way(Channel::Sms)));
        let mut answer = of(Topic::TicketAnswered);
        answer.ways.insert(Channel::Mail, way(Delivery::Immediate, true));
        assert_eq!(
            answer.check(Topic::TicketAnswered),
            Err(TriggerFault::Way(Channel::Mail))
        );
        // A way that a later release adds is the catalogue's.
        let mut older = of(Topic::SlaBreach);
        older.ways.remove(&Channel::InApp);
        assert_eq!(older.check(Topic::SlaBreach), Ok(of(Topic::SlaBreach)));
    }
}
