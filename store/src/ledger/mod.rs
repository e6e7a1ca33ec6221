//! The job ledger. Each function is one statement, guarded by id, attempt and state, so that it may be repeated, raced or
//! interrupted without losing or doubling a job.

/// A statement whose commit does not wait for the disk. Only for what a crash of the database server may take back without harm:
/// claims, renewals and signs of life. `docs/JOBS.md` says why it is none; whatever ends an attempt must not use it.
/// The setting holds for the transaction alone; the statement must read `unflushed`, or PostgreSQL leaves it out.
macro_rules! unflushed {
    ($statement:literal) => {
        concat!(
            "WITH unflushed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)) ",
            $statement
        )
    };
}

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
