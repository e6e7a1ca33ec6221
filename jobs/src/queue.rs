//! The queues there are, and the order of jobs within one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A queue: jobs that share workers, concurrency and a pause switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Creating and changing servers at providers.
    Provisioning,
    /// Incoming mail: fetch, parse, thread.
    MailIn,
    /// Outgoing mail, one job a message.
    MailOut,
    /// Documents that are rendered.
    Pdf,
    /// Files that are shown to the virus scanner. A queue of its own: a scanner that takes files and says nothing holds all its places.
    Files,
    /// Service level clocks.
    Sla,
    /// In-app, SMS and other notices to people.
    Notifications,
    /// Deliveries to customers' endpoints.
    Webhooks,
    /// Exports asked for by a person.
    Exports,
    /// Reconciliation with outside systems.
    Sync,
    /// Housekeeping.
    Maintenance,
}

/// A name that is no queue.
#[derive(Debug, thiserror::Error)]
#[error("unknown queue `{0}`")]
pub struct UnknownQueue(pub String);

impl Queue {
    /// All queues, in the order operators see them.
    pub const ALL: [Self; 11] = [
        Self::Provisioning,
        Self::MailIn,
        Self::MailOut,
        Self::Pdf,
        Self::Files,
        Self::Sla,
        Self::Notifications,
        Self::Webhooks,
        Self::Exports,
        Self::Sync,
        Self::Maintenance,
    ];

    /// Name used in the database, in Redis keys, on the command line and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::MailIn => "mail_in",
            Self::MailOut => "mail_out",
            Self::Pdf => "pdf",
            Self::Files => "files",
            Self::Sla => "sla",
            Self::Notifications => "notifications",
            Self::Webhooks => "webhooks",
            Self::Exports => "exports",
            Self::Sync => "sync",
            Self::Maintenance => "maintenance",
        }
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Queue {
    type Err = UnknownQueue;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|queue| queue.as_str() == name)
            .ok_or_else(|| UnknownQueue(name.to_owned()))
    }
}

/// Order within a queue; a lower number goes first. Jobs of equal priority go by due time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// A person waits for it right now.
    Critical = 0,
    /// Before ordinary work.
    High = 1,
    /// Ordinary work.
    #[default]
    Normal = 2,
    /// Whenever nothing else is due.
    Low = 3,
}

impl Priority {
    /// All priorities, first to last.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Normal, Self::Low];

    /// Number stored in the ledger.
    #[must_use]
    pub const fn as_i16(self) -> i16 {
        self as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_match_serde() {
        for queue in Queue::ALL {
            assert_eq!(queue.as_str().parse::<Queue>().unwrap(), queue);
            assert_eq!(serde_json::to_value(queue).unwrap(), queue.as_str());
        }
        assert!("nope".parse::<Queue>().is_err());
    }
}
