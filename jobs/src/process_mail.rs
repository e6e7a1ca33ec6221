//! Parses one incoming mail and gives it a place: ticket, duplicate, quarantine or bounce.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Parses one incoming mail and gives it a place: ticket, duplicate, quarantine or bounce. At most one such job lives for each record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProcessMail {
    /// Mail to process.
    pub mail_id: Uuid,
    /// Set when staff let the mail in whatever the rules say.
    #[serde(default)]
    pub release: Option<Release>,
}

/// Where staff want a quarantined mail to go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Release {
    /// Ticket it joins; `None` = one of its own.
    pub ticket_id: Option<Uuid>,
    /// Who decided.
    pub by: String,
}

impl Job for ProcessMail {
    const KIND: &'static str = "process_mail";
    const QUEUE: Queue = Queue::MailIn;
    const MAX_ATTEMPTS: u16 = 5;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::High;

    fn unique_key(&self) -> Option<String> {
        Some(self.mail_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("mail", self.mail_id))
    }
}
