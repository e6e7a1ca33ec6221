//! Incoming and outgoing mail.

mod bury;
mod deliver;
mod desk;
mod file;
pub(crate) mod flow;
mod ingest;
mod lookups;
mod process;
mod report;
mod words;

use domain::mail::token::{TokenKey, TokenKeys};

pub use bury::{bury, sweep};
pub use deliver::{Attempt, Letterhead, letterhead, record_attempt};
pub(crate) use desk::open_ticket;
pub use desk::{drop_mail, release, reprocess};
pub use flow::{resume as resume_automation, watch_flow};
pub use ingest::{Arrival, arrive, arrive_together, recognise};
pub use process::{Incoming, process};

use crate::{App, AppError};

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
