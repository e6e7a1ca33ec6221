//! What people are told besides their work, over which channel, and when.

mod quiet;
mod rhythm;
mod topic;
mod trigger;
mod triggers;

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub use quiet::{QuietError, QuietHours};
pub use rhythm::Rhythm;
pub use topic::{Audience, Channel, Delivery, Topic};
pub use trigger::{Occasion, Party, TRIGGER_NAMES_MAX, Trigger, TriggerFault, Way};
pub use triggers::Triggers;

/// Longest name of a notification group, in characters.
pub const GROUP_NAME_MAX: usize = 80;
/// Most members of a notification group.
pub const MEMBERS_MAX: usize = 50;
/// Most notification groups.
pub const GROUPS_MAX: i64 = 100;
/// Zone of who chose none.
pub const ZONE: Tz = Tz::Africa__Algiers;

/// What a person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// Where his days begin.
    pub zone: Tz,
    /// When he is left in peace.
    pub quiet: Option<QuietHours>,
    /// When digests come.
    pub rhythm: Rhythm,
    /// What differs from the defaults.
    pub chosen: BTreeMap<(Topic, Channel), Delivery>,
    /// What the installation set for everybody.
    pub triggers: Arc<Triggers>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            zone: ZONE,
            quiet: None,
            rhythm: Rhythm::default(),
            chosen: BTreeMap::new(),
            triggers: Arc::default(),
        }
    }
}

/// What becomes of one piece of news on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It goes out, not before this moment.
    At(DateTime<Utc>),
    /// It waits for the digest.
    Digest,
    /// It is not told.
    Silent,
}

impl Preferences {
    /// What holds for a topic on a channel; what may not be chosen is as it always is.
    #[must_use]
    pub fn of(&self, topic: Topic, channel: Channel) -> Delivery {
        // The topic's is the first of them.
        self.each(topic, channel).next().unwrap_or(Delivery::Off)
    }

    /// The same by each trigger that tells events of the topic.
    fn each(&self, topic: Topic, channel: Channel) -> impl Iterator<Item = Delivery> {
        let chosen = self.chosen.get(&(topic, channel)).copied();
        self.triggers.each(topic).map(move |trigger| {
            chosen
                .filter(|delivery| triggers::choices(trigger, topic, channel).contains(delivery))
                .unwrap_or_else(|| triggers::usual(trigger, topic, channel))
        })
    }

    /// Some events of a topic are told so: those that have triggers by their name may be told otherwise than the rest.
    #[must_use]
    pub fn is_ever(&self, topic: Topic, channel: Channel, delivery: Delivery) -> bool {
        self.each(topic, channel).any(|each| each == delivery)
    }

    /// No event of a topic is told on this channel.
    #[must_use]
    pub fn is_never(&self, topic: Topic, channel: Channel) -> bool {
        self.each(topic, channel).all(|each| each == Delivery::Off)
    }

    /// Mails about a topic can be switched off by whoever gets them.
    #[must_use]
    pub fn may_end(&self, topic: Topic) -> bool {
        self.triggers.choices(topic, Channel::Mail).contains(&Delivery::Off)
    }

    /// What becomes of news of this moment. Quiet hours hold back whatever rings; what is urgent by nature they do not, and the
    /// centre makes no sound.
    #[must_use]
    pub fn course(&self, topic: Topic, channel: Channel, now: DateTime<Utc>) -> Course {
        match self.of(topic, channel) {
            Delivery::Off => Course::Silent,
            Delivery::Digest => Course::Digest,
            Delivery::Immediate if channel == Channel::InApp || topic.is_urgent() => Course::At(now),
            Delivery::Immediate => Course::At(self.quiet.map_or(now, |quiet| quiet.over(self.zone, now))),
        }
    }

    /// When the next digest comes after this moment.
    #[must_use]
    pub fn next_digest(&self, after: DateTime<Utc>) -> DateTime<Utc> {
        self.rhythm.next(self.zone, after)
    }
}

#[cfg(test)]
mod tests;
