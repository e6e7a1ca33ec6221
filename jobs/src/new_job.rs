//! A job about to be enqueued.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Job, Priority, Queue, Subject};

/// The arguments could not be written as JSON.
#[derive(Debug, Clone, thiserror::Error)]
#[error("arguments of job `{kind}` cannot be encoded: {reason}")]
pub struct EncodeError {
    /// Kind of the job.
    pub kind: &'static str,
    /// What the encoder said.
    pub reason: String,
}

/// One row for the ledger, made by [`NewJob::of`] and refined by the builder methods.
#[derive(Debug, Clone)]
pub struct NewJob {
    id: Uuid,
    kind: &'static str,
    queue: Queue,
    payload: Result<String, EncodeError>,
    priority: Priority,
    run_at: Option<DateTime<Utc>>,
    max_attempts: u16,
    unique_key: Option<String>,
    subject: Option<Subject>,
    actor_id: Option<Uuid>,
    trace: Option<String>,
}

impl NewJob {
    /// Takes everything the kind declares. An encoding error is kept and reported by `ledger::enqueue`.
    pub fn of<J: Job>(job: &J) -> Self {
        Self {
            id: Uuid::now_v7(),
            kind: J::KIND,
            queue: J::QUEUE,
            payload: serde_json::to_string(job).map_err(|error| EncodeError {
                kind: J::KIND,
                reason: error.to_string(),
            }),
            priority: J::PRIORITY,
            run_at: None,
            max_attempts: J::MAX_ATTEMPTS,
            unique_key: job.unique_key(),
            subject: job.subject(),
            actor_id: None,
            trace: None,
        }
    }

    /// Not before this moment.
    #[must_use]
    pub fn run_at(mut self, at: DateTime<Utc>) -> Self {
        self.run_at = Some(at);
        self
    }

    /// The person who started it; progress and completion are shown to him.
    #[must_use]
    pub fn actor(mut self, id: Uuid) -> Self {
        self.actor_id = Some(id);
        self
    }

    /// Trace context (`traceparent`) of the request that started it.
    #[must_use]
    pub fn trace(mut self, traceparent: impl Into<String>) -> Self {
        self.trace = Some(traceparent.into());
        self
    }

    /// Another priority than the kind's own.
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Another unique key than the job's own, such as `kind@tick` for a scheduled run.
    #[must_use]
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }

    /// Id the job will have unless a live job with the same unique key exists.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Kind of the job.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Queue it goes to.
    #[must_use]
    pub fn queue(&self) -> Queue {
        self.queue
    }

    /// Arguments as JSON text.
    pub fn payload(&self) -> Result<&str, EncodeError> {
        self.payload.as_deref().map_err(Clone::clone)
    }

    /// Order within the queue.
    #[must_use]
    pub fn order(&self) -> Priority {
        self.priority
    }

    /// Earliest start; `None` = as soon as committed.
    #[must_use]
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.run_at
    }

    /// Failures after which it is dead.
    #[must_use]
    pub fn max_attempts(&self) -> u16 {
        self.max_attempts
    }

    /// Key under which at most one such job lives.
    #[must_use]
    pub fn unique_key(&self) -> Option<&str> {
        self.unique_key.as_deref()
    }

    /// Record it is about.
    #[must_use]
    pub fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }

    /// Person who started it.
    #[must_use]
    pub fn actor_id(&self) -> Option<Uuid> {
        self.actor_id
    }

    /// Trace context of the request that started it.
    #[must_use]
    pub fn trace_context(&self) -> Option<&str> {
        self.trace.as_deref()
    }
}
