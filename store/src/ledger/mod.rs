//! The job ledger. Each function is one statement, guarded by id, attempt and state, so that it may be repeated, raced or
//! interrupted without losing or doubling a job.

/// Adds the jobs of a row source, `unnest` of the arrays that `bind_jobs` binds. One whose unique key is taken is left out.
macro_rules! insert_jobs {
    ($source:literal) => {
        concat!(
            "INSERT INTO jobs (id, kind, queue, payload, priority, run_at, max_attempts, unique_key, subject_type, subject_id,
                actor_id, trace)
             SELECT n.id, n.kind, n.queue, n.payload::json, n.priority, coalesce(n.run_at, now()), n.max_attempts, n.unique_key,
                n.subject_type, n.subject_id, n.actor_id, n.trace
             FROM ",
            $source,
            " AS n(id, kind, queue, payload, priority, run_at, max_attempts, unique_key, subject_type, subject_id, actor_id, trace)
             ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL AND state IN ('queued', 'running') DO NOTHING"
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
pub use control::{Switch, cancel, discard, discard_dead, end_drain, retry, retry_dead, set_switch, switches};
pub use dispatch::{Due, due};
pub(crate) use enqueue::bind_jobs;
pub use enqueue::enqueue;
pub use finish::{Failure, cancel_running, fail, finish_in, progress, snooze, succeed};
pub use leader::{SCHEDULING, ScheduleRow, acquire, led, record_tick, resign, schedules};
pub use list::{Job, JobDetail, find, list};
pub use reap::{prune, prune_minutes, reap};
pub use stats::{
    BUCKETS, Died, Minute, QueueDepth, WorkerRow, bucket, depths, died, forget_worker, minutes, record_minute, seen,
    workers,
};

/// How long a claim holds without renewal. Renewals come every third of it; a dead worker's jobs return after it.
pub const LEASE_SECONDS: i32 = 6;
