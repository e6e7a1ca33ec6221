//! Asks a customer how satisfied he is, and tells the agent when he is not.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// One step of a satisfaction survey.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum SurveyTicket {
    /// Asks about a resolution, unless it did not last until then.
    Ask {
        /// Ticket.
        ticket_id: Uuid,
        /// Which of its resolutions.
        cycle: i32,
    },
    /// Tells whoever has the ticket of a bad rating.
    Alarm {
        /// Ticket.
        ticket_id: Uuid,
        /// The survey that was answered.
        survey_id: Uuid,
    },
}

impl Job for SurveyTicket {
    const KIND: &'static str = "survey_ticket";
    const QUEUE: Queue = Queue::Notifications;

    fn unique_key(&self) -> Option<String> {
        match self {
            Self::Ask { ticket_id, cycle } => Some(format!("ask.{ticket_id}.{cycle}")),
            Self::Alarm { survey_id, .. } => Some(format!("alarm.{survey_id}")),
        }
    }

    fn subject(&self) -> Option<Subject> {
        let (Self::Ask { ticket_id, .. } | Self::Alarm { ticket_id, .. }) = self;
        Some(Subject::new("ticket", *ticket_id))
    }
}
