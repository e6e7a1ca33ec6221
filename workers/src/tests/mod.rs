//! Mail through the handlers, over a real database and, where a mailbox matters, a real IMAP server.

mod abandoned;
mod anomaly;
mod automation;
mod batches;
mod check_mailbox;
mod desk;
mod feed;
mod groups;
mod language;
mod lost_commit;
mod merged;
mod notifications;
mod organisation;
mod reconcile;
mod release;
mod resend;
mod resync;
mod retired_group;
mod sla;
mod sms;
mod statistics;
mod survey;
mod too_large;
mod unverified;
mod watch;
mod webhooks;
