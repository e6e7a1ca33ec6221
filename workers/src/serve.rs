//! One queue of one process: messages in, claims in sets, handlers started within the queue's concurrency.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use queue::Chunk;
use store::ledger;
use tokio::sync::{Semaphore, mpsc, watch};
use uuid::Uuid;

use crate::{run::run, runtime::Shared, stats::QueueStats};

/// Most jobs of one claim.
const CLAIM_MAX: usize = 500;

/// Serves until `stop` turns true or the messages end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    stats: Arc<QueueStats>,
    mut messages: mpsc::Receiver<Chunk>,
    mut stop: watch::Receiver<bool>,
) {
    let free = Arc::new(Semaphore::new(stats.concurrency));
    let mut waiting: Vec<(Uuid, i32)> = Vec::new();
    loop {
        if waiting.is_empty() {
            let message = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                message = messages.recv() => message,
            };
            let Some(Chunk(refs)) = message else { return };
            waiting = refs;
        }
        while waiting.len() < free.available_permits().min(CLAIM_MAX) {
            let Ok(Chunk(refs)) = messages.try_recv() else { break };
            waiting.extend(refs);
        }
        let size = waiting.len().min(stats.concurrency).min(CLAIM_MAX);
        let permits = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            permits = free.clone().acquire_many_owned(u32::try_from(size).unwrap_or(1)) => permits,
        };
        let Ok(mut permits) = permits else { return };
        let mut refs: Vec<_> = waiting.drain(..size).collect();
        if shared.is_paused(stats.queue) {
            // Still queued in the ledger; offered again when the queue runs.
            continue;
        }
        // One order for everybody who updates several rows, so that two of them cannot deadlock.
        refs.sort_unstable();
        refs.dedup();
        let claimed = match shared.pool.get().await {
            Ok(mut conn) => ledger::claim(&mut conn, shared.id, stats.queue.as_str(), &refs).await,
            Err(error) => Err(error),
        };
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(queue = %stats.queue, %error, "claim failed; the jobs are offered again");
                tokio::time::sleep(Duration::from_millis(250)).await;
                continue;
            }
        };
        shared.inflight.add(claimed.iter().map(|job| (job.id, job.attempt)));
        let now = chrono::Utc::now();
        for job in claimed {
            stats.started((now - job.run_at).num_microseconds().unwrap_or(i64::MAX) as f64 / 1000.0);
            let Some(permit) = permits.split(1) else { break };
            let (shared, stats, id) = (shared.clone(), stats.clone(), job.id);
            let inflight = shared.inflight.clone();
            stats.running.fetch_add(1, Ordering::Relaxed);
            let task = tokio::spawn(async move {
                let _running = Running(stats.clone());
                run(shared, stats, job).await;
                drop(permit);
            });
            inflight.attach(id, task.abort_handle());
        }
    }
}

/// Counts a handler as running until it ends, also when it is aborted.
struct Running(Arc<QueueStats>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}
