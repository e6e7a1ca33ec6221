//! The loops beside dispatching: taking back expired leases, forgetting what is long over.

use std::time::Duration;

use app::App;
use jobs::Queue;
use queue::Transport;
use store::{StoreError, ledger};
use uuid::{NoContext, Timestamp, Uuid};

/// Most rows of one statement.
const BATCH: i64 = 1000;
/// Succeeded and cancelled jobs are kept for a day, dead ones for ninety.
const KEEP_SECONDS: i32 = 86_400;
const KEEP_DEAD_SECONDS: i32 = 90 * 86_400;

/// Takes back jobs of dead workers, every second.
pub(crate) async fn reap(app: &App) {
    loop {
        match reap_once(app).await {
            Ok(queues) if !queues.is_empty() => {
                tracing::warn!(jobs = queues.len(), "leases expired; the jobs are due again or dead");
                let mut queues: Vec<Queue> = queues.iter().filter_map(|name| name.parse().ok()).collect();
                queues.sort_unstable();
                queues.dedup();
                app.signals.jobs_ready(&queues);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "expired leases not looked at"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn reap_once(app: &App) -> Result<Vec<String>, StoreError> {
    ledger::reap(&mut *app.pool.get().await?, BATCH).await
}

/// Forgets old jobs, figures and messages, in small steps.
pub(crate) async fn prune(app: &App, transport: &Transport) {
    let mut round = 0_u32;
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        round = round.wrapping_add(1);
        for queue in Queue::ALL {
            if let Err(error) = transport.vacuum(queue).await {
                tracing::debug!(%error, "handled messages not removed");
                break;
            }
        }
        if round % 15 == 1
            && let Err(error) = prune_jobs(app).await
        {
            tracing::warn!(%error, "old jobs not pruned");
        }
    }
}

async fn prune_jobs(app: &App) -> Result<(), StoreError> {
    let mut conn = app.pool.get().await?;
    let seconds = app.now().timestamp() - i64::from(KEEP_SECONDS);
    let before = Uuid::new_v7(Timestamp::from_unix(NoContext, u64::try_from(seconds).unwrap_or(0), 0));
    for _ in 0..50 {
        let n = ledger::prune(&mut conn, before, KEEP_SECONDS, KEEP_DEAD_SECONDS, BATCH).await?;
        if i64::try_from(n).unwrap_or(0) < BATCH {
            break;
        }
    }
    ledger::prune_minutes(&mut conn).await
}
