//! The attempts this process holds a lease on.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::task::AbortHandle;
use uuid::Uuid;

#[derive(Debug)]
struct Held {
    attempt: i32,
    since: Instant,
    task: Option<AbortHandle>,
}

/// Claimed and not yet finished.
#[derive(Debug, Default)]
pub(crate) struct Inflight(Mutex<HashMap<Uuid, Held>>);

impl Inflight {
    /// A panic while the lock was held cannot leave the map half changed, so poison is no reason to stop.
    fn map(&self) -> MutexGuard<'_, HashMap<Uuid, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, refs: impl Iterator<Item = (Uuid, i32)>) {
        let since = Instant::now();
        self.map().extend(refs.map(|(id, attempt)| {
            (
                id,
                Held {
                    attempt,
                    since,
                    task: None,
                },
            )
        }));
    }

    pub(crate) fn attach(&self, id: Uuid, task: AbortHandle) {
        if let Some(held) = self.map().get_mut(&id) {
            held.task = Some(task);
        }
    }

    pub(crate) fn remove(&self, ids: impl Iterator<Item = Uuid>) {
        let mut map = self.map();
        for id in ids {
            map.remove(&id);
        }
    }

    /// Attempts held for longer than `age`.
    pub(crate) fn older_than(&self, age: Duration) -> Vec<(Uuid, i32)> {
        let mut refs: Vec<_> = self
            .map()
            .iter()
            .filter(|(_, held)| held.since.elapsed() >= age)
            .map(|(id, h)| (*id, h.attempt))
            .collect();
        // One order for everybody who updates several rows, so that two of them cannot deadlock.
        refs.sort_unstable();
        refs
    }

    /// Stops the handler of an attempt whose lease was taken away.
    pub(crate) fn abandon(&self, id: Uuid, attempt: i32) {
        let mut map = self.map();
        if map.get(&id).is_some_and(|held| held.attempt == attempt)
            && let Some(task) = map.remove(&id).and_then(|held| held.task)
        {
            task.abort();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.map().len()
    }
}
