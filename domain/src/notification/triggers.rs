//! All triggers of an installation together, as people are told by them.

use std::collections::BTreeMap;

use super::{Channel, Delivery, Occasion, Topic, Trigger};

/// The triggers of an installation: those that it set, over those of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Triggers {
    set: BTreeMap<Topic, Trigger>,
    /// Those of events of one name, of what programs outside raise.
    named: BTreeMap<String, Trigger>,
}

impl Triggers {
    /// Those that it set.
    #[must_use]
    pub const fn new(set: BTreeMap<Topic, Trigger>) -> Self {
        Self {
            set,
            named: BTreeMap::new(),
        }
    }

    /// With the one of events of this name, of what programs outside raise.
    #[must_use]
    pub fn naming(mut self, name: &str, trigger: Trigger) -> Self {
        self.named.insert(name.to_owned(), trigger);
        self
    }

    /// With the one of a topic, beside those of names.
    #[must_use]
    pub fn set(mut self, topic: Topic, trigger: Trigger) -> Self {
        self.set.insert(topic, trigger);
        self
    }

    /// With this one for all events of a topic, whatever their names.
    #[must_use]
    pub fn with(mut self, topic: Topic, trigger: Trigger) -> Self {
        self.set.insert(topic, trigger);
        if topic == Topic::CustomEvent {
            self.named.clear();
        }
        self
    }

    /// The one that an occasion has for itself, where it is one among others of its topic; none, and it is told by the topic's.
    #[must_use]
    pub fn own(&self, on: &Occasion) -> Option<&Trigger> {
        self.named.get(on.event()?)
    }

    /// The one of a topic.
    #[must_use]
    pub fn of(&self, topic: Topic) -> Trigger {
        self.set
            .get(&topic)
            .cloned()
            .unwrap_or_else(|| Trigger::usual_of(topic))
    }

    /// Events of this topic are told.
    #[must_use]
    pub fn is_on(&self, topic: Topic) -> bool {
        self.set.get(&topic).is_none_or(|trigger| trigger.on)
    }

    /// All by which events of this topic are told: the topic's, where one was set, and those of names.
    pub(super) fn each(&self, topic: Topic) -> impl Iterator<Item = Option<&Trigger>> {
        let named = self.named.values().filter(move |_| topic == Topic::CustomEvent);
        std::iter::once(self.set.get(&topic)).chain(named.map(Some))
    }

    /// What a person may choose, as of [`Trigger::choices`], about any of them.
    #[must_use]
    pub fn choices(&self, topic: Topic, channel: Channel) -> &'static [Delivery] {
        self.each(topic)
            .map(|trigger| choices(trigger, topic, channel))
            .max_by_key(|choices| choices.len())
            .unwrap_or_default()
    }

    /// Whether this is what holds for whoever chose nothing, as of [`Trigger::usual`], about all of them.
    #[must_use]
    pub fn is_usual(&self, topic: Topic, channel: Channel, delivery: Delivery) -> bool {
        self.each(topic)
            .all(|trigger| usual(trigger, topic, channel) == delivery)
    }

    /// What holds for whoever chose nothing, as of [`Trigger::usual`], by the topic's.
    #[must_use]
    pub fn usual(&self, topic: Topic, channel: Channel) -> Delivery {
        usual(self.set.get(&topic), topic, channel)
    }
}

/// What a person may choose about what a trigger tells, or the catalogue's without one.
pub(super) fn choices(trigger: Option<&Trigger>, topic: Topic, channel: Channel) -> &'static [Delivery] {
    trigger.map_or_else(|| topic.choices(channel), |trigger| trigger.choices(topic, channel))
}

/// What holds for whoever chose nothing, by a trigger, or by the catalogue's without one.
pub(super) fn usual(trigger: Option<&Trigger>, topic: Topic, channel: Channel) -> Delivery {
    trigger.map_or_else(|| topic.usual(channel), |trigger| trigger.usual(topic, channel))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::notification::{Preferences, Way};

    #[test]
    fn whoever_is_told_by_a_name_alone_may_end_it() {
        let topic = Topic::CustomEvent;
        let off = Trigger {
            on: false,
            ..Trigger::usual_of(topic)
        };
        let mut named = Trigger::usual_of(topic);
        named.ways.insert(
            Channel::Mail,
            Way {
                delivery: Delivery::Digest,
                mandatory: false,
            },
        );
        let set = Triggers::new(BTreeMap::from([(topic, off)])).naming("backup.failed", named.clone());
        let on = Occasion::of_event("backup.failed").unwrap();
        assert_eq!(set.own(&on), Some(&named));
        assert_eq!(set.own(&Occasion::of_event("backup.done").unwrap()), None);
        let mut person = Preferences {
            triggers: Arc::new(set.clone()),
            ..Preferences::default()
        };
        assert!(person.may_end(topic) && person.is_ever(topic, Channel::Mail, Delivery::Digest));
        assert_eq!(person.of(topic, Channel::Mail), Delivery::Off);
        assert!(!set.is_usual(topic, Channel::Mail, Delivery::Off));
        person.chosen.insert((topic, Channel::Mail), Delivery::Off);
        assert!(person.is_never(topic, Channel::Mail));
        // Told by the one of its name alone, as an event is.
        person.triggers = Arc::new(set.with(topic, named));
        assert_eq!(person.of(topic, Channel::Mail), Delivery::Off);
    }
}
