//! Hands a text message to the provider.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// Hands a text message to the provider. Number and text are in its row, the text sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendSms {
    /// Its row.
    pub sms_id: Uuid,
}

impl Job for SendSms {
    const KIND: &'static str = "send_sms";
    const QUEUE: Queue = Queue::Notifications;
    const MAX_ATTEMPTS: u16 = 8;
    const TIMEOUT: Duration = Duration::from_secs(60);
    const PRIORITY: Priority = Priority::Critical;

    fn unique_key(&self) -> Option<String> {
        Some(self.sms_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("sms_message", self.sms_id))
    }
}
