//! Adding up what several processes counted.

use std::time::Duration;

use app::App;
use async_trait::async_trait;
use tokio::sync::watch;

use super::{Key, Limits, WINDOW, lock};

/// How often counts are added up; oftener when somebody is quick.
const EVERY: Duration = Duration::from_millis(250);
/// Shortest time between two times.
const PAUSE: Duration = Duration::from_millis(25);
/// Counts of one exchange.
const BATCH: usize = 1000;
/// How long a minute's sum is of use.
const KEPT: Duration = Duration::from_secs(WINDOW as u64 * 3);

/// Where counts are added up. It may be away, or forget everything, at any time.
#[async_trait]
pub trait Shared: Send + Sync + std::fmt::Debug {
    /// Adds to these sums, which may be forgotten after `kept`, and returns them.
    ///
    /// # Errors
    /// With the reason, when it is away.
    async fn add(&self, counts: &[(String, u32)], kept: Duration) -> Result<Vec<u64>, String>;
}

impl Limits {
    /// Adds up counts until told to stop.
    pub async fn run(&self, app: &App, shared: &dyn Shared, mut stop: watch::Receiver<bool>) {
        let mut away = false;
        let go_on = async {
            loop {
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = self.quick.notified() => {}
                }
                match self.exchange(app, shared).await {
                    Ok(()) if away => {
                        away = false;
                        tracing::info!("rate limits hold over all processes again");
                    }
                    Err(error) if !away => {
                        away = true;
                        tracing::warn!(%error, "rate limits are counted by each process alone");
                    }
                    _ => {}
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            () = go_on => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Tells what was counted, and learns what others counted for the same callers.
    ///
    /// # Errors
    /// When the place is away; what was counted is told later.
    pub async fn exchange(&self, app: &App, shared: &dyn Shared) -> Result<(), String> {
        let told = self.untold(app);
        let mut failed = None;
        for part in told.chunks(BATCH) {
            let counts: Vec<(String, u32)> = part
                .iter()
                .map(|((class, who), window, n)| (format!("{}:{who}:{window}", class.name()), *n))
                .collect();
            let sums = match failed {
                None => shared.add(&counts, KEPT).await,
                Some(_) => Err(String::new()),
            };
            let sums = sums.unwrap_or_else(|error| {
                failed.get_or_insert(error);
                Vec::new()
            });
            for (n, (key, window, requests)) in part.iter().enumerate() {
                if let Some(count) = self.shard(key).get_mut(key) {
                    match sums.get(n) {
                        Some(sum) => count.learn(*window, *sum),
                        None => count.keep(*window, *requests),
                    }
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// What others do not know yet. Counts that say nothing any more are dropped on the way.
    fn untold(&self, app: &App) -> Vec<(Key, i64, u32)> {
        let now = app.now();
        let mut untold = Vec::new();
        for shard in &self.shards {
            lock(shard).retain(|key, count| {
                let recent = count.is_recent(now);
                if recent && let Some((window, requests)) = count.share() {
                    untold.push((*key, window, requests));
                }
                recent
            });
        }
        untold
    }
}
