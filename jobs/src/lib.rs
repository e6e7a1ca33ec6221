//! Job arguments and the seam between those who enqueue work and those who run it.
//!
//! A job is a small serialisable struct, one file each, listed in [`catalog`]. It carries ids, never copies of rows.
//! This crate knows neither PostgreSQL nor Redis: the ledger that stores jobs lives in `store`, the transport in
//! `queue`, the handlers in `workers`.

pub mod catalog;
pub mod watch_mailboxes;
pub mod watch_mailbox;
pub mod sweep_mail;
pub mod send_mail;
pub mod process_mail;
pub mod clean_up;
pub mod acknowledge_ticket;
mod job;
mod new_job;
pub mod noop;
mod outcome;
mod queue;
mod signals;

pub use acknowledge_ticket::AcknowledgeTicket;
pub use clean_up::CleanUp;
pub use process_mail::ProcessMail;
pub use send_mail::SendMail;
pub use sweep_mail::SweepMail;
pub use watch_mailbox::WatchMailbox;
pub use watch_mailboxes::WatchMailboxes;
pub use catalog::{Entry, entry};
pub use job::{Job, default_backoff};
pub use new_job::{EncodeError, NewJob};
pub use noop::Noop;
pub use outcome::Outcome;
pub use queue::{Priority, Queue, UnknownQueue};
pub use signals::{NoSignals, Signals};

/// The record a job works on; shown to operators and used to route progress events to those who may see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Subject {
    /// Entity name in snake case, such as `ticket` or `mail`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of that entity.
    pub id: uuid::Uuid,
}

impl Subject {
    /// A subject of entity `kind` with id `id`.
    pub fn new(kind: impl Into<String>, id: uuid::Uuid) -> Self {
        Self { kind: kind.into(), id }
    }
}
