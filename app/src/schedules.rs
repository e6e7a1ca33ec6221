//! What runs by the clock, as a table.

use chrono::{DateTime, TimeZone, Utc};
use jobs::{
    CheckSla, CleanHtml, CleanUp, DealTickets, DueDigests, DueTicketExports, EndHolds, ExpireInvitations, ExpireKyc,
    FollowNews, FollowRules, GatherFacts, IndexTickets, LinkAudit, NewJob, ReconcileMailbox, ReconcileMailboxes,
    RotateSigningKeys, SweepMail, TellReminders, TellWebhooks, TendWaiting, VerifyAudit, WatchMailFlow, WatchMailboxes, WatchSystem,
};

/// A job that runs by the clock.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Stable key.
    pub key: &'static str,
    /// Seconds between two ticks; ticks are multiples of it since 1970.
    pub every_seconds: i64,
    /// Makes the job.
    pub job: fn() -> NewJob,
}

/// Everything that runs by the clock.
pub const SCHEDULES: &[Schedule] = &[
    Schedule {
        key: "sweep_mail",
        every_seconds: 15,
        job: || NewJob::of(&SweepMail {}),
    },
    Schedule {
        key: "clean_html",
        every_seconds: 3600,
        job: || NewJob::of(&CleanHtml {}),
    },
    Schedule {
        key: "check_sla",
        every_seconds: 5,
        job: || NewJob::of(&CheckSla {}),
    },
    Schedule {
        key: "deal_tickets",
        every_seconds: 2,
        job: || NewJob::of(&DealTickets {}),
    },
    Schedule {
        key: "end_holds",
        every_seconds: 5,
        job: || NewJob::of(&EndHolds {}),
    },
    Schedule {
        key: "tell_reminders",
        every_seconds: 5,
        job: || NewJob::of(&TellReminders {}),
    },
    Schedule {
        key: "tend_waiting",
        every_seconds: 60,
        job: || NewJob::of(&TendWaiting {}),
    },
    Schedule {
        key: "follow_rules",
        every_seconds: 2,
        job: || NewJob::of(&FollowRules {}),
    },
    Schedule {
        key: "tell_webhooks",
        every_seconds: 2,
        job: || NewJob::of(&TellWebhooks {}),
    },
    Schedule {
        key: "index_tickets",
        every_seconds: 2,
        job: || NewJob::of(&IndexTickets {}),
    },
    Schedule {
        key: "follow_news",
        every_seconds: 2,
        job: || NewJob::of(&FollowNews {}),
    },
    Schedule {
        key: "due_digests",
        every_seconds: 60,
        job: || NewJob::of(&DueDigests {}),
    },
    Schedule {
        key: "due_ticket_exports",
        every_seconds: 30,
        job: || NewJob::of(&DueTicketExports {}),
    },
    Schedule {
        key: "gather_facts",
        every_seconds: 10,
        job: || NewJob::of(&GatherFacts {}),
    },
    Schedule {
        key: "watch_mailboxes",
        every_seconds: 30,
        job: || NewJob::of(&WatchMailboxes {}),
    },
    Schedule {
        key: "watch_mail_flow",
        every_seconds: 60,
        job: || NewJob::of(&WatchMailFlow {}),
    },
    Schedule {
        key: "watch_system",
        every_seconds: 60,
        job: || NewJob::of(&WatchSystem {}),
    },
    Schedule {
        key: "reconcile_mailboxes",
        every_seconds: ReconcileMailbox::EVERY_SECONDS,
        job: || NewJob::of(&ReconcileMailboxes {}),
    },
    Schedule {
        key: "link_audit",
        every_seconds: 15,
        job: || NewJob::of(&LinkAudit {}),
    },
    Schedule {
        key: "verify_audit",
        every_seconds: 86_400,
        job: || NewJob::of(&VerifyAudit {}),
    },
    Schedule {
        key: "expire_invitations",
        every_seconds: 600,
        job: || NewJob::of(&ExpireInvitations {}),
    },
    Schedule {
        key: "expire_kyc",
        every_seconds: 3600,
        job: || NewJob::of(&ExpireKyc {}),
    },
    Schedule {
        key: "rotate_signing_keys",
        every_seconds: 3600,
        job: || NewJob::of(&RotateSigningKeys {}),
    },
    Schedule {
        key: "clean_up",
        every_seconds: 3600,
        job: || NewJob::of(&CleanUp {}),
    },
];

impl Schedule {
    /// The tick at or before `now`.
    #[must_use]
    pub fn tick(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let seconds = now.timestamp().div_euclid(self.every_seconds) * self.every_seconds;
        Utc.timestamp_opt(seconds, 0).single().unwrap_or(now)
    }

    /// The tick after `now`.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.tick(now) + chrono::Duration::seconds(self.every_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_do_not_depend_on_when_one_looks() {
        let schedule = SCHEDULES[0];
        let at = Utc.timestamp_opt(1_000_007, 5).unwrap();
        assert_eq!(schedule.tick(at).timestamp(), 1_000_005);
        assert_eq!(schedule.tick(schedule.tick(at)), schedule.tick(at));
        assert_eq!(schedule.next(at).timestamp(), 1_000_020);
    }
}
