//! A steady load that remembers which jobs were acknowledged: for those a commit was answered, so they must happen.

use std::{sync::Arc, time::Duration};

use app::App;
use jobs::NewJob;
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;

use super::{Random, stage::Stage};
use crate::kinds::Effect;

/// Jobs of one transaction.
const SET: u64 = 5;

/// Enqueues until stopped.
pub struct Load {
    stop: Arc<watch::Sender<bool>>,
    task: JoinHandle<Vec<Uuid>>,
}

impl Load {
    /// Starts a load of `rate` jobs a second.
    pub fn start(stage: &Stage, rate: u64) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(push(stage.app.clone(), rate, stopped));
        Self {
            stop: Arc::new(stop),
            task,
        }
    }

    /// Stops and tells which jobs were acknowledged.
    pub async fn stop(self) -> Vec<Uuid> {
        self.stop.send_replace(true);
        self.task.await.unwrap_or_default()
    }
}

async fn push(app: App, rate: u64, stopped: watch::Receiver<bool>) -> Vec<Uuid> {
    let mut acknowledged = Vec::new();
    let mut random = Random::new(1);
    let mut ticks = tokio::time::interval(Duration::from_millis(1000 * SET / rate));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !*stopped.borrow() {
        ticks.tick().await;
        let sets: Vec<NewJob> = (0..SET)
            .map(|_| {
                NewJob::of(&Effect {
                    sleep_ms: random.below(300) as u64,
                    hold_ms: 0,
                })
            })
            .collect();
        // Not acknowledged: the server was away. It may still have happened, then at most once.
        if let Ok(ids) = enqueue(&app, &sets).await {
            acknowledged.extend(ids);
        }
    }
    acknowledged
}

/// One transaction.
pub async fn enqueue(app: &App, jobs: &[NewJob]) -> anyhow::Result<Vec<Uuid>> {
    let mut tx = app.begin().await?;
    let ids = tx.enqueue(jobs).await?;
    tx.commit().await?;
    Ok(ids)
}
