//! Counters of one queue in this process, emptied into the database with each heartbeat.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use jobs::Queue;
use store::ledger::{BUCKETS, Minute, bucket};

/// What happened since the last report.
#[derive(Debug)]
pub(crate) struct QueueStats {
    pub(crate) queue: Queue,
    pub(crate) concurrency: usize,
    pub(crate) running: AtomicUsize,
    done: AtomicI64,
    failed: AtomicI64,
    latency: [AtomicI64; BUCKETS],
}

impl QueueStats {
    pub(crate) fn new(queue: Queue, concurrency: usize) -> Self {
        Self {
            queue,
            concurrency,
            running: AtomicUsize::new(0),
            done: AtomicI64::new(0),
            failed: AtomicI64::new(0),
            latency: std::array::from_fn(|_| AtomicI64::new(0)),
        }
    }

    pub(crate) fn started(&self, latency_ms: f64) {
        self.latency[bucket(latency_ms)].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn ended(&self, success: bool) {
        let counter = if success { &self.done } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// What happened since the last call; `None` when nothing did.
    pub(crate) fn take(&self) -> Option<Minute> {
        let done = self.done.swap(0, Ordering::Relaxed);
        let failed = self.failed.swap(0, Ordering::Relaxed);
        let latency: Vec<i64> = self
            .latency
            .iter()
            .map(|bucket| bucket.swap(0, Ordering::Relaxed))
            .collect();
        let idle = done == 0 && failed == 0 && latency.iter().all(|n| *n == 0);
        (!idle).then(|| Minute {
            queue: self.queue.as_str().to_owned(),
            done,
            failed,
            latency,
        })
    }
}
