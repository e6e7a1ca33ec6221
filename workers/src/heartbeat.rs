//! Signs of life: leases renewed, figures reported, pause switches read.

use std::{sync::Arc, time::Duration};

use store::{StoreError, ledger};
use tokio::sync::watch;

use crate::runtime::Shared;

/// A third of the lease.
const RENEW: Duration = Duration::from_secs(ledger::LEASE_SECONDS as u64 / 3);
/// How late a pause may be noticed.
const SWITCHES: Duration = Duration::from_secs(1);

/// Beats until `stop` turns true.
pub(crate) async fn beat(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut renewed = tokio::time::Instant::now() - RENEW;
    loop {
        if let Err(error) = read_switches(&shared).await {
            tracing::debug!(%error, "pause switches not read");
        }
        if renewed.elapsed() >= RENEW {
            renewed = tokio::time::Instant::now();
            if let Err(error) = renew(&shared).await {
                tracing::warn!(%error, "leases not renewed");
            }
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(SWITCHES) => {}
        }
    }
}

async fn read_switches(shared: &Shared) -> Result<(), StoreError> {
    let switches = ledger::switches(&mut *shared.pool.get().await?).await?;
    shared.set_paused(
        switches
            .into_iter()
            .filter(|s| s.state == "paused")
            .filter_map(|s| s.queue.parse().ok()),
    );
    Ok(())
}

/// Renews leases, stops handlers that lost theirs, and reports figures.
pub(crate) async fn renew(shared: &Shared) -> Result<(), StoreError> {
    let mut conn = shared.pool.get().await?;
    let held = shared.inflight.older_than(RENEW / 2);
    if !held.is_empty() {
        let owned: std::collections::HashSet<_> = ledger::renew(&mut conn, &held).await?.into_iter().collect();
        for (id, attempt) in held.into_iter().filter(|(id, _)| !owned.contains(id)) {
            // Finished meanwhile, or taken away while this process was not looking.
            shared.inflight.abandon(id, attempt);
        }
    }
    let queues: serde_json::Map<String, serde_json::Value> = shared
        .queues
        .iter()
        .map(|stats| {
            let running = stats.running.load(std::sync::atomic::Ordering::Relaxed);
            let value = serde_json::json!({ "concurrency": stats.concurrency, "running": running });
            (stats.queue.as_str().to_owned(), value)
        })
        .collect();
    let pid = i32::try_from(std::process::id()).unwrap_or(0);
    ledger::seen(
        &mut conn,
        shared.id,
        &shared.host,
        pid,
        &serde_json::Value::Object(queues),
    )
    .await?;
    for minute in shared.queues.iter().filter_map(|stats| stats.take()) {
        ledger::record_minute(&mut conn, &minute).await?;
    }
    Ok(())
}
