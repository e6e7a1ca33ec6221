//! Incoming mail: every message that was fetched or posted, and what became of it.

mod read;
mod write;

pub use read::{
    Fact, Mail, Summary, find, find_for_update, find_twin, known_uids, list, recent_from, stuck, unprocessed,
};
pub use write::{Analysis, NewMail, insert, record_failure, reset, settle};
