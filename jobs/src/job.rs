//! What every kind of job declares about itself.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::{Priority, Queue, Subject};

/// The longest pause between two attempts under [`default_backoff`].
const LONGEST_BACKOFF: Duration = Duration::from_secs(3600);

/// Arguments of one kind of durable job.
///
/// The struct is the payload: keep it to ids, versions and small scalars. Changing its fields must keep old payloads
/// readable (`#[serde(default)]`), because jobs enqueued by the previous release are run by the next one.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Stable name, unique in the catalogue, `snake_case`.
    const KIND: &'static str;
    /// Queue that runs this kind.
    const QUEUE: Queue;
    /// Failures after which the job becomes a dead letter. Snoozes and hand-overs do not count.
    const MAX_ATTEMPTS: u16 = 10;
    /// Longest time one attempt may take; then it counts as failed.
    const TIMEOUT: Duration = Duration::from_secs(60);
    /// Order within the queue.
    const PRIORITY: Priority = Priority::Normal;

    /// Pause before the next attempt, given the number of failures so far (at least 1).
    #[must_use]
    fn backoff(failures: u16) -> Duration {
        default_backoff(failures)
    }

    /// While a job with the same kind and key is queued or running, enqueuing this one returns that job's id instead.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// The record this job is about.
    fn subject(&self) -> Option<Subject> {
        None
    }
}

/// Doubling pauses: 1 s, 2 s, 4 s … at most an hour.
#[must_use]
pub fn default_backoff(failures: u16) -> Duration {
    let doublings = u32::from(failures.saturating_sub(1).min(12));
    Duration::from_secs(1 << doublings).min(LONGEST_BACKOFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_and_is_capped() {
        let seconds: Vec<u64> = [1, 2, 3, 12, 13, 500]
            .iter()
            .map(|n| default_backoff(*n).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 2048, 3600, 3600]);
    }
}
