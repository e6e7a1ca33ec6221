//! Wake-ups after a commit.

use crate::Queue;

/// Tells others that something was committed. Fire and forget: never blocks, never fails; a lost signal only costs
/// the poll interval.
pub trait Signals: Send + Sync + std::fmt::Debug {
    /// Jobs of these queues became due.
    fn jobs_ready(&self, queues: &[Queue]);
    /// Rows were appended to the event log.
    fn events_ready(&self);
}

/// Signals that reach nobody: for tests and one-off commands where the poll interval is good enough.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSignals;

impl Signals for NoSignals {
    fn jobs_ready(&self, _queues: &[Queue]) {}
    fn events_ready(&self) {}
}
