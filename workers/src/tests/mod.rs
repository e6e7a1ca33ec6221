//! Mail through the handlers, over a real database and, where a mailbox matters, a real IMAP server.

mod abandoned;
mod anomaly;
mod automation;
mod batches;
mod check_mailbox;
mod desk;
mod feed;
mod language;
mod lost_commit;
mod merged;
mod organisation;
mod reconcile;
mod release;
mod resend;
mod resync;
mod sla;
mod sms;
mod too_large;
mod unverified;
mod watch;
mod webhooks;
