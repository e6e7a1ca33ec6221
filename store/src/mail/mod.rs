//! Incoming mail: every message that was fetched or posted, and what became of it.

pub mod flow;
pub mod provider;
mod read;
mod source;
mod write;

pub use read::{Fact, Mail, Summary, find, find_for_update, find_twin, hold, list, recent_from, stuck, unprocessed};
pub use source::{Fingerprint, SourceUid, known_sizes, known_uids, move_known};
pub use write::{Analysis, NewMail, Outdated, insert, outdated_html, record_failure, renew_html, reset, settle};
