//! A worker process: its queues, its heartbeat, and how it stops without losing anything.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jobs::Queue;
use queue::{Transport, Wakeups, consume};
use store::{Pool, ledger};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::{Registry, finish, heartbeat, inflight::Inflight, serve::serve, stats::QueueStats};

/// What a worker process serves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Queues with their concurrency.
    pub queues: Vec<(Queue, usize)>,
    /// Name of this host, shown to operators.
    pub host: String,
    /// How long running handlers may go on after a request to stop; then their jobs are given back.
    pub grace: Duration,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) id: Uuid,
    pub(crate) host: String,
    pub(crate) pool: Pool,
    pub(crate) registry: Arc<Registry>,
    pub(crate) inflight: Arc<Inflight>,
    pub(crate) successes: mpsc::Sender<(Uuid, i32)>,
    pub(crate) queues: Vec<Arc<QueueStats>>,
    paused: RwLock<HashSet<Queue>>,
}

impl Shared {
    pub(crate) fn is_paused(&self, queue: Queue) -> bool {
        self.paused
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&queue)
    }

    pub(crate) fn set_paused(&self, queues: impl Iterator<Item = Queue>) {
        *self.paused.write().unwrap_or_else(PoisonError::into_inner) = queues.collect();
    }
}

/// Works until `stop` turns true, then finishes or gives back what it holds. `pool` is for the ledger alone: handlers that use up
/// their own connections must not keep leases from being renewed.
pub async fn run(
    pool: Pool,
    transport: Transport,
    wakeups: Wakeups,
    registry: Arc<Registry>,
    options: Options,
    stop: watch::Receiver<bool>,
) {
    let (successes, finished) = mpsc::channel(8192);
    let inflight = Arc::new(Inflight::default());
    let queues = options
        .queues
        .iter()
        .map(|(queue, n)| Arc::new(QueueStats::new(*queue, (*n).max(1))))
        .collect();
    let shared = Arc::new(Shared {
        id: Uuid::now_v7(),
        host: options.host,
        pool: pool.clone(),
        registry,
        inflight: inflight.clone(),
        successes,
        queues,
        paused: RwLock::default(),
    });
    let collector = tokio::spawn(finish::successes(pool.clone(), inflight.clone(), finished));
    let (beat_stop, beat_stopped) = watch::channel(false);
    let beat = tokio::spawn(heartbeat::beat(shared.clone(), beat_stopped));
    let mut tasks = tokio::task::JoinSet::new();
    for stats in shared.queues.clone() {
        // Fast queues take several messages at once; a slow one takes no more than it can start.
        let batch = (stats.concurrency / 128).clamp(1, 4);
        let (sender, receiver) = mpsc::channel(batch);
        tasks.spawn(consume(
            transport.clone(),
            wakeups.clone(),
            stats.queue,
            batch,
            sender,
            stop.clone(),
        ));
        tasks.spawn(serve(shared.clone(), stats, receiver, stop.clone()));
    }
    tracing::info!(worker = %shared.id, "worker started");
    while tasks.join_next().await.is_some() {}
    let deadline = tokio::time::Instant::now() + options.grace;
    while inflight.len() > 0 && tokio::time::Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _ = beat_stop.send(true);
    let _ = beat.await;
    give_back(&shared).await;
    drop(shared);
    collector.abort();
    tracing::info!("worker stopped");
}

/// Returns what is still held, reports the last figures and signs off.
async fn give_back(shared: &Shared) {
    let held = inflight_refs(shared);
    if let Err(error) = heartbeat::renew(shared).await {
        tracing::warn!(%error, "the last figures are lost");
    }
    let Ok(mut conn) = shared.pool.get().await else { return };
    if !held.is_empty() {
        match ledger::release(&mut conn, &held).await {
            Ok(released) => tracing::info!(released, "jobs given back"),
            Err(error) => tracing::warn!(%error, "jobs not given back; they return when their leases expire"),
        }
        for (id, attempt) in held {
            shared.inflight.abandon(id, attempt);
        }
    }
    if let Err(error) = ledger::forget_worker(&mut conn, shared.id).await {
        tracing::debug!(%error, "the worker's row stays until it is pruned");
    }
}

fn inflight_refs(shared: &Shared) -> Vec<(Uuid, i32)> {
    shared.inflight.older_than(Duration::ZERO)
}
