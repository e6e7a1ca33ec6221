//! Sends one mail to one recipient.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Sends one mail to one recipient. At most one such job lives for each record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendMail {
    /// Mail to send.
    pub outgoing_mail_id: Uuid,
}

impl Job for SendMail {
    const KIND: &'static str = "send_mail";
    const QUEUE: Queue = Queue::MailOut;
    const MAX_ATTEMPTS: u16 = 12;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const PRIORITY: Priority = Priority::Normal;

    fn unique_key(&self) -> Option<String> {
        Some(self.outgoing_mail_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("outgoing_mail", self.outgoing_mail_id))
    }
}
