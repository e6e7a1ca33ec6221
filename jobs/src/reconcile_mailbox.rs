//! Compares one IMAP mailbox with what was taken from it.

use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Fetches what is in an IMAP mailbox since seven days and has no record. At most one such job lives for each mailbox and
/// quarter of an hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReconcileMailbox {
    /// Mailbox to compare.
    pub mailbox_id: Uuid,
    /// Start of the quarter of an hour it is for.
    pub slot: DateTime<Utc>,
}

impl ReconcileMailbox {
    /// Seconds between two runs.
    pub const EVERY_SECONDS: i64 = 900;

    /// The job of the quarter of an hour that `now` lies in.
    #[must_use]
    pub fn of(mailbox_id: Uuid, now: DateTime<Utc>) -> Self {
        let slot = now
            .duration_trunc(TimeDelta::seconds(Self::EVERY_SECONDS))
            .unwrap_or(now);
        Self { mailbox_id, slot }
    }
}

impl Job for ReconcileMailbox {
    const KIND: &'static str = "reconcile_mailbox";
    const QUEUE: Queue = Queue::MailIn;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(600);
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(format!("{}@{}", self.mailbox_id, self.slot.format("%Y-%m-%dT%H:%M")))
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("mailbox", self.mailbox_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_an_hour_has_one_key_for_each_mailbox() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let key = |id: Uuid, text: &str| ReconcileMailbox::of(id, at(text)).unique_key().unwrap();
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(key(one, "2026-11-21T07:29:59Z"), format!("{one}@2026-11-21T07:15"));
        assert_eq!(key(one, "2026-11-21T07:15:00Z"), key(one, "2026-11-21T07:29:59Z"));
        assert_ne!(key(one, "2026-11-21T07:30:00Z"), key(one, "2026-11-21T07:29:59Z"));
        assert_ne!(key(one, "2026-11-21T07:15:00Z"), key(two, "2026-11-21T07:15:00Z"));
    }
}
