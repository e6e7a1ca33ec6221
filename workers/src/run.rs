//! Running one claimed job and turning its outcome into ledger state: the one place where that is decided.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use jobs::Outcome;
use store::ledger::Claimed;
use tracing::Instrument;

use crate::{
    JobContext,
    finish::{Ending, persist},
    runtime::Shared,
    stats::QueueStats,
};

/// Longest error text that is kept.
const ERROR_MAX: usize = 4000;

pub(crate) async fn run(shared: Arc<Shared>, stats: Arc<QueueStats>, job: Claimed) {
    let span = tracing::info_span!(
        "job",
        kind = %job.kind,
        id = %job.id,
        attempt = job.attempt,
        otel.kind = "consumer",
        trace = tracing::field::Empty,
    );
    // Jobs that this one enqueues belong to the same trace.
    if let Some(trace) = app::trace::begin(&span, job.trace.as_deref(), job.kind.clone()) {
        span.record("trace", tracing::field::display(trace));
    }
    async move {
        let outcome = attempt(&shared, &job).await;
        stats.ended(!matches!(outcome, Outcome::Retry(_) | Outcome::Dead(_)));
        record(&shared, &job, outcome).await;
    }
    .instrument(span)
    .await;
}

/// Calls the handler; a timeout or a panic is a failure like any other.
async fn attempt(shared: &Shared, job: &Claimed) -> Outcome {
    let Some(entry) = shared.registry.get(&job.kind) else {
        return Outcome::Retry(format!("this release has no handler for `{}`", job.kind));
    };
    let context = JobContext {
        job_id: job.id,
        attempt: job.attempt,
        failures: job.failures,
        max_attempts: job.max_attempts,
        actor_id: job.actor_id,
        pool: shared.pool.clone(),
    };
    let handler = AssertUnwindSafe((entry.handler)(context, &job.payload)).catch_unwind();
    match tokio::time::timeout(entry.timeout, handler).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => Outcome::Retry(format!("the handler panicked: {}", panic_text(&*panic))),
        Err(_) => Outcome::Retry(format!("timed out after {} s", entry.timeout.as_secs())),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

async fn record(shared: &Shared, job: &Claimed, outcome: Outcome) {
    let (id, attempt) = (job.id, job.attempt);
    let ending = match outcome {
        Outcome::Done => {
            // The collector removes it from the attempts in flight once it is written.
            if shared.successes.send((id, attempt)).await.is_ok() {
                return;
            }
            Some(Ending::Succeed(vec![(id, attempt)]))
        }
        Outcome::Finished => None,
        Outcome::Snooze(pause) => Some(Ending::Snooze {
            id,
            attempt,
            pause_ms: millis(pause),
        }),
        Outcome::Cancel(reason) => Some(Ending::Cancel { id, attempt, reason }),
        Outcome::Retry(error) => Some(failure(shared, job, &error, false)),
        Outcome::Dead(error) => Some(failure(shared, job, &error, true)),
    };
    if let Some(ending) = ending {
        persist(&shared.pool, &ending).await;
    }
    shared.inflight.remove(std::iter::once(id));
}

fn failure(shared: &Shared, job: &Claimed, error: &str, permanent: bool) -> Ending {
    let failures = u16::try_from(job.failures.saturating_add(1)).unwrap_or(1);
    let backoff = shared
        .registry
        .get(&job.kind)
        .map_or(Duration::from_secs(30), |entry| (entry.backoff)(failures));
    let error: String = error.chars().filter(|c| *c != '\0').take(ERROR_MAX).collect();
    tracing::warn!(%error, failures, permanent, "attempt failed");
    app::trace::failed(&tracing::Span::current());
    Ending::Fail {
        id: job.id,
        attempt: job.attempt,
        error,
        backoff_ms: millis(backoff),
        permanent,
    }
}

fn millis(pause: Duration) -> i32 {
    i32::try_from(pause.as_millis()).unwrap_or(i32::MAX)
}
