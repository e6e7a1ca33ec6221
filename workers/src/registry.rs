//! Which handler runs which kind of job.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jobs::{Job, Outcome};

use crate::JobContext;

type Handler = Arc<dyn Fn(JobContext, &str) -> BoxFuture<'static, Outcome> + Send + Sync>;

pub(crate) struct Entry {
    pub(crate) handler: Handler,
    pub(crate) timeout: Duration,
    pub(crate) backoff: fn(u16) -> Duration,
}

/// All handlers.
pub struct Registry {
    entries: HashMap<&'static str, Entry>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.entries.keys()).finish()
    }
}

/// Collects handlers.
#[derive(Debug)]
pub struct RegistryBuilder(Registry);

impl Registry {
    /// An empty registry to fill.
    #[must_use]
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder(Self {
            entries: HashMap::new(),
        })
    }

    pub(crate) fn get(&self, kind: &str) -> Option<&Entry> {
        self.entries.get(kind)
    }

    /// Kinds of the catalogue that nothing handles; empty in a correct build.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        jobs::catalog::ALL
            .iter()
            .map(|entry| entry.kind)
            .filter(|kind| !self.entries.contains_key(kind))
            .collect()
    }
}

impl RegistryBuilder {
    /// Registers the handler of kind `J`. Arguments that cannot be read make the job dead at once: no retry mends them.
    #[must_use]
    pub fn handle<J, F, Fut>(mut self, handler: F) -> Self
    where
        J: Job,
        F: Fn(JobContext, J) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let run: Handler = Arc::new(move |context, payload| match serde_json::from_str::<J>(payload) {
            Ok(job) => Box::pin(handler(context, job)),
            Err(error) => {
                let reason = format!("the arguments cannot be read: {error}");
                Box::pin(async move { Outcome::Dead(reason) })
            }
        });
        self.0.entries.insert(
            J::KIND,
            Entry {
                handler: run,
                timeout: J::TIMEOUT,
                backoff: J::backoff,
            },
        );
        self
    }

    /// The finished registry.
    #[must_use]
    pub fn build(self) -> Registry {
        self.0
    }
}
