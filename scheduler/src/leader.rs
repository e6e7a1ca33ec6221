//! Leadership and the loops of the one who has it.

use std::time::Duration;

use app::App;
use queue::Transport;
use store::ledger;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::{cron, dispatcher, housekeeping};

/// How long the lease holds; a leader that dies is followed after this at the latest.
const LEASE_SECONDS: i32 = 3;
const RENEW: Duration = Duration::from_secs(1);

/// Leads whenever nobody else does, until `stop` turns true.
pub async fn run(
    app: App,
    transport: Transport,
    mut due: mpsc::Receiver<jobs::Queue>,
    mut stop: watch::Receiver<bool>,
) {
    let holder = Uuid::now_v7();
    while !*stop.borrow() {
        if acquire(&app, holder).await {
            tracing::info!(%holder, "leading");
            lead(&app, &transport, &mut due, holder, stop.clone()).await;
            tracing::info!(%holder, "no longer leading");
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            () = tokio::time::sleep(RENEW) => {}
        }
    }
    if let Ok(mut conn) = app.pool.get().await {
        let _ = ledger::resign(&mut conn, ledger::SCHEDULING, holder).await;
    }
}

async fn acquire(app: &App, holder: Uuid) -> bool {
    let mut conn = match app.pool.get().await {
        Ok(conn) => conn,
        Err(error) => {
            tracing::warn!(%error, "no leadership without the database");
            return false;
        }
    };
    ledger::acquire(&mut conn, ledger::SCHEDULING, holder, LEASE_SECONDS)
        .await
        .unwrap_or(false)
}

/// Runs the loops until the lease is lost or the process is to stop.
async fn lead(
    app: &App,
    transport: &Transport,
    due: &mut mpsc::Receiver<jobs::Queue>,
    holder: Uuid,
    mut stop: watch::Receiver<bool>,
) {
    let keep = async {
        let mut misses = 0;
        // Two misses in a row: somebody else may lead by now.
        while misses < 2 {
            tokio::time::sleep(RENEW).await;
            misses = if acquire(app, holder).await { 0 } else { misses + 1 };
        }
    };
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => {}
        () = keep => {}
        () = dispatcher::run(app, transport, due) => {}
        () = housekeeping::reap(app) => {}
        () = housekeeping::prune(app, transport) => {}
        () = cron::run(app) => {}
    }
}
