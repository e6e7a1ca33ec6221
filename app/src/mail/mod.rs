//! Incoming and outgoing mail.

mod bury;
mod deliver;
mod desk;
mod file;
pub(crate) mod flow;
mod html;
mod ingest;
mod lookups;
mod process;
pub mod provider;
mod report;
mod silence;
mod spam;
mod undelivered;
mod words;

use domain::mail::token::{TokenKey, TokenKeys};
use store::mailbox::Mailbox;
use uuid::Uuid;

pub use bury::{bury, sweep};
pub use deliver::{Attempt, Letter, Letterhead, give_up, letterhead, record_attempt};
pub(crate) use desk::open_ticket;
pub use desk::{drop_mail, release, reprocess};
pub use flow::{resume as resume_automation, watch_flow};
pub use html::{Source, file_url, html_source, outdated, renew};
pub use ingest::{Arrival, arrive, arrive_together, recognise};
pub use process::{Incoming, process};

use crate::{App, AppError};

/// The mailbox that mail about a ticket goes out from: the ticket's own, or the first one.
pub(crate) fn sender(all: &[Mailbox], own: Option<Uuid>) -> Option<&Mailbox> {
    let of_ticket = all.iter().find(|mailbox| Some(mailbox.id) == own);
    of_ticket.or_else(|| all.iter().find(|mailbox| mailbox.enabled))
}

/// Keys of the tokens in addresses, Message-IDs and subjects.
///
/// # Errors
/// Not in practice.
pub fn tokens(app: &App) -> Result<TokenKeys, AppError> {
    let keys: Result<Vec<TokenKey>, _> = app
        .keys
        .derive_all("mail-token")?
        .into_iter()
        .map(|key| TokenKey::new(1, key))
        .collect();
    let mut keys = keys.map_err(|error| AppError::Internal(error.to_string()))?;
    let present = keys.remove(0);
    Ok(TokenKeys::new(present, keys))
}
