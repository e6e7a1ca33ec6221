//! The job ledger. Each function is one statement, guarded by id, attempt and state, so that it may be repeated, raced or
//! interrupted without losing or doubling a job.

mod claim;
mod control;
mod dispatch;
mod enqueue;
mod finish;
mod leader;
mod list;
mod reap;
mod stats;

pub use claim::{Claimed, claim, release, renew};
pub use control::{Switch, cancel, discard, discard_dead, retry, retry_dead, set_switch, switches};
pub use dispatch::{Due, due};
pub use enqueue::enqueue;
pub use finish::{Failure, cancel_running, fail, finish_in, progress, snooze, succeed};
pub use leader::{ScheduleRow, acquire, record_tick, resign, schedules};
pub use list::{Job, JobDetail, find, list};
pub use reap::{prune, prune_minutes, reap};
pub use stats::{
    BUCKETS, Minute, QueueDepth, WorkerRow, bucket, depths, forget_worker, minutes, record_minute, seen, workers,
};

/// How long a claim holds without renewal. Renewals come every third of it; a dead worker's jobs return after it.
pub const LEASE_SECONDS: i32 = 6;
