//! What a handler says about one attempt; `workers` turns it into ledger state in one place.

use std::time::Duration;

/// Result of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Work is done; the runtime marks the job succeeded.
    Done,
    /// The handler already finished the job inside its own transaction (`ledger::finish_in`).
    Finished,
    /// Not yet: run again after this pause. Does not count as a failure.
    Snooze(Duration),
    /// The work is no longer wanted; kept with the reason, never run again.
    Cancel(String),
    /// Failed for now: run again after the kind's backoff, or dead once attempts are used up.
    Retry(String),
    /// Failed for good: a dead letter at once.
    Dead(String),
}
