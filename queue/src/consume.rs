//! Taking messages: an apalis worker for each queue, started again whenever it dies.

use std::time::Duration;

use apalis_core::{
    backend::ext::poll_strategy::{PollWith, Strategy},
    worker::builder::WorkerBuilder,
};
use apalis_redis::RedisStorage;
use futures::stream;
use jobs::Queue;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tower::limit::ConcurrencyLimitLayer;
use uuid::Uuid;

use crate::{Transport, Wakeups};

/// One message: due jobs of one queue by id and attempt.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Chunk(pub Vec<(Uuid, i32)>);

/// How often a queue is looked at when no wake-up comes.
const POLL: Duration = Duration::from_millis(500);

/// Takes messages of `queue` and hands them to `sender` until `stop` turns true. The sender's capacity is the back-pressure:
/// what this process cannot start soon is left to others.
///
/// apalis ends a worker's stream for good at the first error, so each failure builds a new one, under a new name: the old
/// name counts as alive until its heartbeats are missed.
pub async fn consume(
    transport: Transport,
    wakeups: Wakeups,
    queue: Queue,
    batch: usize,
    sender: mpsc::Sender<Chunk>,
    mut stop: watch::Receiver<bool>,
) {
    let mut failures = 0_u32;
    while !*stop.borrow() {
        let name = format!("{queue}-{}", Uuid::now_v7());
        let storage = RedisStorage::<Chunk>::new(transport.connection()).with_config(transport.config(queue, batch));
        let wake = wakeups.queue(queue);
        let woken = Box::pin(stream::unfold(wake, |wake| async move {
            wake.notified().await;
            Some(((), wake))
        }));
        let strategy = Strategy::new().stream(woken).interval(POLL);
        let out = sender.clone();
        let worker = WorkerBuilder::new(name.as_str())
            .backend(PollWith::new(storage, strategy))
            .layer(ConcurrencyLimitLayer::new(1))
            .build(move |chunk: Chunk| {
                let out = out.clone();
                async move {
                    // A closed channel means that the process ends; the jobs are still due in the ledger.
                    let _ = out.send(chunk).await;
                    Ok::<(), std::io::Error>(())
                }
            });
        let started = std::time::Instant::now();
        let mut stopped = stop.clone();
        let signal = async move {
            // A closed channel means that the process ends.
            let _ = stopped.wait_for(|stop| *stop).await;
            Ok::<(), std::io::Error>(())
        };
        if let Err(error) = worker.run_until(signal).await {
            tracing::warn!(%queue, %error, "the queue's consumer ended; starting another");
        }
        failures = if started.elapsed() > Duration::from_secs(30) {
            0
        } else {
            failures.saturating_add(1)
        };
        let pause = Duration::from_millis(200).saturating_mul(1 << failures.min(4));
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
