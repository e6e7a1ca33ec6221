//! The list of all kinds of jobs. A test in `workers` checks that each has a handler; the operator surface and the
//! runtime read limits from here, so a kind missing in this list cannot run.

use std::time::Duration;

use crate::{Job, Priority, Queue};

/// What is known about a kind without having one of its jobs in hand.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Stable name.
    pub kind: &'static str,
    /// Queue that runs it.
    pub queue: Queue,
    /// Failures after which a job is dead.
    pub max_attempts: u16,
    /// Longest time of one attempt.
    pub timeout: Duration,
    /// Default order within the queue.
    pub priority: Priority,
    /// Pause before the next attempt, given the failures so far.
    pub backoff: fn(u16) -> Duration,
}

impl Entry {
    /// The entry of kind `J`.
    #[must_use]
    pub const fn of<J: Job>() -> Self {
        Self {
            kind: J::KIND,
            queue: J::QUEUE,
            max_attempts: J::MAX_ATTEMPTS,
            timeout: J::TIMEOUT,
            priority: J::PRIORITY,
            backoff: J::backoff,
        }
    }
}

/// Every kind there is. A new job adds its line here.
pub const ALL: &[Entry] = &[
    Entry::of::<crate::Noop>(),
    Entry::of::<crate::AcknowledgeTicket>(),
    Entry::of::<crate::ChangeTickets>(),
    Entry::of::<crate::CheckCustomerImport>(),
    Entry::of::<crate::CheckFile>(),
    Entry::of::<crate::CheckSla>(),
    Entry::of::<crate::CleanHtml>(),
    Entry::of::<crate::CleanUp>(),
    Entry::of::<crate::DealTickets>(),
    Entry::of::<crate::EndHolds>(),
    Entry::of::<crate::ErasePerson>(),
    Entry::of::<crate::ExpireInvitations>(),
    Entry::of::<crate::ExpireKyc>(),
    Entry::of::<crate::ExportPerson>(),
    Entry::of::<crate::DueDigests>(),
    Entry::of::<crate::FetchPictures>(),
    Entry::of::<crate::FollowNews>(),
    Entry::of::<crate::FollowRules>(),
    Entry::of::<crate::GatherFacts>(),
    Entry::of::<crate::IndexTickets>(),
    Entry::of::<crate::LinkAudit>(),
    Entry::of::<crate::DueTicketExports>(),
    Entry::of::<crate::MakeTicketExport>(),
    Entry::of::<crate::MoveTag>(),
    Entry::of::<crate::ProcessMail>(),
    Entry::of::<crate::RebindTickets>(),
    Entry::of::<crate::ReconcileMailbox>(),
    Entry::of::<crate::ReconcileMailboxes>(),
    Entry::of::<crate::RenderTicketPdf>(),
    Entry::of::<crate::RotateSigningKeys>(),
    Entry::of::<crate::RunCustomerImport>(),
    Entry::of::<crate::RunRule>(),
    Entry::of::<crate::SendAccountMail>(),
    Entry::of::<crate::SendDigest>(),
    Entry::of::<crate::SendMail>(),
    Entry::of::<crate::SendSms>(),
    Entry::of::<crate::SendWebhook>(),
    Entry::of::<crate::SurveyTicket>(),
    Entry::of::<crate::SweepMail>(),
    Entry::of::<crate::TellReminders>(),
    Entry::of::<crate::TellWebhooks>(),
    Entry::of::<crate::TendWaiting>(),
    Entry::of::<crate::TestMailbox>(),
    Entry::of::<crate::WatchMailFlow>(),
    Entry::of::<crate::VerifyAudit>(),
    Entry::of::<crate::WatchMailbox>(),
    Entry::of::<crate::WatchMailboxes>(),
    Entry::of::<crate::WatchSystem>(),
];

/// Entry of `kind`, or `None` when this release does not know it.
#[must_use]
pub fn entry(kind: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_unique_and_snake_case() {
        for (n, entry) in ALL.iter().enumerate() {
            assert!(
                ALL[..n].iter().all(|other| other.kind != entry.kind),
                "{} listed twice",
                entry.kind
            );
            assert!(
                entry
                    .kind
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            );
            assert!(entry.max_attempts > 0);
        }
    }
}
