//! Wake-ups sent after a commit, over Redis pub/sub.

use std::{collections::BTreeSet, time::Duration};

use jobs::{Queue, Signals};
use tokio::sync::mpsc;

use crate::Transport;

enum Signal {
    Jobs(Queue),
    Events,
}

/// Sends wake-ups from a task of its own, so that no request waits for Redis. Signals that pile up meanwhile become one.
#[derive(Debug, Clone)]
pub struct RedisSignals {
    sender: mpsc::Sender<Signal>,
}

impl std::fmt::Debug for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jobs(queue) => queue.as_str(),
            Self::Events => "events",
        })
    }
}

impl RedisSignals {
    /// Starts the sending task. Needs a runtime.
    #[must_use]
    pub fn start(transport: Transport) -> Self {
        let (sender, receiver) = mpsc::channel(1024);
        tokio::spawn(send(transport, receiver));
        Self { sender }
    }

    /// A full channel drops the signal: whoever waits for it polls as well.
    fn offer(&self, signal: Signal) {
        if let Err(error) = self.sender.try_send(signal) {
            tracing::trace!(%error, "a wake-up was dropped");
        }
    }
}

impl Signals for RedisSignals {
    fn jobs_ready(&self, queues: &[Queue]) {
        for queue in queues {
            self.offer(Signal::Jobs(*queue));
        }
    }

    fn events_ready(&self) {
        self.offer(Signal::Events);
    }
}

async fn send(transport: Transport, mut receiver: mpsc::Receiver<Signal>) {
    let mut batch = Vec::with_capacity(1024);
    while receiver.recv_many(&mut batch, 1024).await > 0 {
        let mut queues = BTreeSet::new();
        let mut events = false;
        for signal in batch.drain(..) {
            match signal {
                Signal::Jobs(queue) => {
                    queues.insert(queue);
                }
                Signal::Events => events = true,
            }
        }
        let mut pipe = redis::pipe();
        for queue in queues {
            pipe.cmd("PUBLISH")
                .arg(transport.due_channel())
                .arg(queue.as_str())
                .ignore();
        }
        if events {
            pipe.cmd("PUBLISH").arg(transport.events_channel()).arg("").ignore();
        }
        let sent: Result<(), redis::RedisError> = pipe.query_async(&mut transport.connection()).await;
        if let Err(error) = sent {
            tracing::debug!(%error, "wake-ups could not be sent; polling finds the work");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
