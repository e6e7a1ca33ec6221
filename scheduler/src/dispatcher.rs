//! Offers due jobs to workers. It only reads: a job leaves the queue when a worker claims it. So a dispatcher may die, run
//! twice or offer twice, and Redis may lose every offer; the next look offers again.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use app::App;
use jobs::Queue;
use queue::{Chunk, Transport, TransportError};
use store::{StoreError, ledger};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::offers::Offers;

/// Look at everything at least this often; wake-ups come in between.
const POLL: Duration = Duration::from_millis(500);
/// Most open offers of one queue: apalis-redis fails for good with some 8,000 in its set.
const WINDOW_MAX: usize = 2000;
/// Most jobs of one message.
const CHUNK_MAX: usize = 100;
/// Pauses between two looks while there is a backlog.
const BUSY_PAUSE: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(40));

/// What serves a queue at present.
#[derive(Debug, Clone, Copy, Default)]
struct Capacity {
    workers: usize,
    concurrency: usize,
}

impl Capacity {
    /// How many offers may be open: enough to keep the workers busy until the next look, few enough that a job of higher
    /// priority does not wait behind many others. Nothing without workers.
    fn window(self) -> usize {
        if self.workers == 0 {
            0
        } else {
            (self.concurrency * 4).clamp(16, WINDOW_MAX)
        }
    }

    /// How many jobs travel in one message: few when there are few, so that all workers get some.
    fn chunk(self, offered: usize) -> usize {
        let each = self.concurrency / self.workers.max(1) / 4;
        each.min(offered / (self.workers.max(1) * 4)).clamp(1, CHUNK_MAX)
    }
}

struct Dispatcher<'a> {
    app: &'a App,
    transport: &'a Transport,
    offers: HashMap<Queue, Offers>,
    capacity: HashMap<Queue, Capacity>,
    paused: BTreeSet<Queue>,
    draining: BTreeSet<Queue>,
    mark: Option<String>,
    surveyed: Option<Instant>,
}

/// Dispatches until dropped.
pub(crate) async fn run(app: &App, transport: &Transport, due: &mut mpsc::Receiver<Queue>) {
    let mut dispatcher = Dispatcher {
        app,
        transport,
        offers: HashMap::new(),
        capacity: HashMap::new(),
        paused: BTreeSet::new(),
        draining: BTreeSet::new(),
        mark: None,
        surveyed: None,
    };
    let mut busy: Option<Duration> = None;
    let mut full_look = Instant::now() - POLL;
    loop {
        let mut queues = BTreeSet::new();
        let pause = busy.unwrap_or(POLL).min(POLL.saturating_sub(full_look.elapsed()));
        if let Ok(Some(queue)) = tokio::time::timeout(pause, due.recv()).await {
            queues.insert(queue);
            while let Ok(queue) = due.try_recv() {
                queues.insert(queue);
            }
        }
        if full_look.elapsed() >= POLL || busy.is_some() {
            queues = Queue::ALL.into_iter().collect();
            full_look = Instant::now();
        }
        busy = match dispatcher.look(&queues).await {
            Ok(Some((fresh, open))) => {
                // Aim at finding the window about half empty: reading it costs the same however few are new.
                let pause = busy.unwrap_or(BUSY_PAUSE.0);
                let next = if fresh * 2 < open { pause * 3 / 2 } else { pause * 2 / 3 };
                Some(next.clamp(BUSY_PAUSE.0, BUSY_PAUSE.1))
            }
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, "dispatch failed; trying again");
                tokio::time::sleep(Duration::from_millis(250)).await;
                None
            }
        };
    }
}

#[derive(Debug, thiserror::Error)]
enum DispatchError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl Dispatcher<'_> {
    /// Offers what is due in these queues. Returns (new offers, open offers) when a window is full, so that more may wait.
    async fn look(&mut self, queues: &BTreeSet<Queue>) -> Result<Option<(usize, usize)>, DispatchError> {
        if self.surveyed.is_none_or(|at| at.elapsed() >= Duration::from_secs(1)) {
            self.survey().await?;
        }
        let windows: Vec<(&str, i32)> = queues
            .iter()
            .filter(|queue| !self.paused.contains(queue))
            .map(|queue| (queue.as_str(), self.window(*queue)))
            .filter(|(_, window)| *window > 0)
            .map(|(name, window)| (name, i32::try_from(window).unwrap_or(i32::MAX)))
            .collect();
        if windows.is_empty() {
            return Ok(None);
        }
        let rows = ledger::due(&mut *self.app.pool.get().await?, &windows).await?;
        let mut due: HashMap<&str, Vec<(Uuid, i32)>> = windows.iter().map(|(name, _)| (*name, Vec::new())).collect();
        for row in &rows {
            due.entry(row.queue.as_str()).or_default().push((row.id, row.attempt));
        }
        let mut full = None;
        for queue in queues {
            let Some(refs) = due.get(queue.as_str()) else { continue };
            let fresh = self.offer(*queue, refs).await?;
            if refs.len() >= self.window(*queue) {
                let (new, open) = full.unwrap_or((0, 0));
                full = Some((new + fresh, open + refs.len()));
            }
        }
        Ok(full)
    }

    fn window(&self, queue: Queue) -> usize {
        self.capacity.get(&queue).copied().unwrap_or_default().window()
    }

    async fn offer(&mut self, queue: Queue, due: &[(Uuid, i32)]) -> Result<usize, DispatchError> {
        let capacity = self.capacity.get(&queue).copied().unwrap_or_default();
        let offers = self.offers.entry(queue).or_default();
        let fresh = offers.select(due, Instant::now());
        if fresh.is_empty() {
            return Ok(0);
        }
        let size = capacity.chunk(fresh.len());
        let chunks: Vec<Chunk> = fresh.chunks(size).map(|refs| Chunk(refs.to_vec())).collect();
        if let Err(error) = self.transport.push(queue, &chunks).await {
            offers.withdraw(&fresh);
            return Err(error.into());
        }
        Ok(fresh.len())
    }

    /// Once a second: who works, what is paused, and whether Redis still has what it was told.
    async fn survey(&mut self) -> Result<(), DispatchError> {
        let mut conn = self.app.pool.get().await?;
        self.capacity.clear();
        for worker in ledger::workers(&mut conn).await? {
            let Some(queues) = worker.queues.as_object() else {
                continue;
            };
            for (name, facts) in queues {
                let Ok(queue) = name.parse::<Queue>() else { continue };
                let capacity = self.capacity.entry(queue).or_default();
                capacity.workers += 1;
                capacity.concurrency += facts["concurrency"]
                    .as_u64()
                    .and_then(|n| usize::try_from(n).ok())
                    .unwrap_or(1);
            }
        }
        let switches = ledger::switches(&mut conn).await?;
        let of = |state: &str| {
            switches
                .iter()
                .filter(|s| s.state == state)
                .filter_map(|s| s.queue.parse().ok())
                .collect::<BTreeSet<_>>()
        };
        self.paused = of("paused");
        self.draining = of("draining");
        self.pause_drained(&mut conn).await?;
        drop(conn);
        let mark = self.transport.mark(Uuid::now_v7()).await?;
        if self.mark.as_ref().is_some_and(|known| *known != mark) {
            tracing::warn!("redis lost its data; everything due is offered again");
            self.offers.values_mut().for_each(Offers::clear);
        }
        self.mark = Some(mark);
        self.surveyed = Some(Instant::now());
        Ok(())
    }

    /// A draining queue with nothing due and nothing running is paused.
    async fn pause_drained(&self, conn: &mut store::PgConn) -> Result<(), StoreError> {
        if self.draining.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = self.draining.iter().map(|queue| queue.as_str()).collect();
        for depth in ledger::depths(conn, &names).await? {
            if depth.queued == 0 && depth.running == 0 {
                ledger::end_drain(conn, &depth.queue).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_bounded_and_chunks_leave_something_for_everybody() {
        assert_eq!(Capacity::default().window(), 0, "no workers, no offers");
        assert_eq!(
            Capacity {
                workers: 1,
                concurrency: 2
            }
            .window(),
            16
        );
        assert_eq!(
            Capacity {
                workers: 2,
                concurrency: 4000
            }
            .window(),
            WINDOW_MAX
        );
        assert_eq!(
            Capacity {
                workers: 1,
                concurrency: 2
            }
            .chunk(100),
            1,
            "slow queues get jobs one by one"
        );
        assert_eq!(
            Capacity {
                workers: 2,
                concurrency: 1024
            }
            .chunk(2),
            1
        );
        assert_eq!(
            Capacity {
                workers: 2,
                concurrency: 1024
            }
            .chunk(2000),
            CHUNK_MAX
        );
    }
}
