//! The invariants, counted in the database.

use serde::Serialize;
use uuid::Uuid;

use super::stage::Stage;

/// What is left after the faults; all but the totals must be 0.
#[derive(Debug, Serialize)]
pub struct Verdict {
    pub jobs: i64,
    pub acknowledged: usize,
    /// Acknowledged jobs without their effect.
    pub lost: i64,
    /// Jobs whose effect happened more than once.
    pub doubled: i64,
    /// Effects without a finished job, or finished jobs without an effect.
    pub half_done: i64,
    /// Neither finished nor dead though the queues are quiet.
    pub stuck: i64,
    /// Ticks of a schedule that were enqueued twice.
    pub double_ticks: i64,
    /// Attempts beyond the first.
    pub repeated_attempts: i64,
}

impl Verdict {
    pub fn holds(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.half_done == 0 && self.stuck == 0 && self.double_ticks == 0
    }
}

/// Waits until the queues are quiet, then counts.
pub async fn verdict(stage: &mut Stage, acknowledged: &[Uuid]) -> anyhow::Result<Verdict> {
    let open = "SELECT count(*) FROM jobs WHERE kind = 'proof_effect' AND state IN ('queued', 'running')";
    stage.watch.until_zero(open, super::PATIENCE).await;
    let client = stage.watch.client().await?;
    let lost = client
        .query_one(
            "SELECT count(*) FROM unnest($1::uuid[]) AS a(id) WHERE NOT EXISTS (SELECT 1 FROM proof_effects e WHERE e.job_id = a.id)",
            &[&acknowledged],
        )
        .await?
        .get(0);
    let watch = &mut stage.watch;
    Ok(Verdict {
        jobs: watch
            .count("SELECT count(*) FROM jobs WHERE kind = 'proof_effect'")
            .await?,
        acknowledged: acknowledged.len(),
        lost,
        doubled: watch
            .count("SELECT count(*) FROM (SELECT 1 FROM proof_effects GROUP BY job_id HAVING count(*) > 1) x")
            .await?,
        half_done: watch
            .count(
                "SELECT count(*) FROM (SELECT id FROM jobs WHERE kind = 'proof_effect' AND state = 'succeeded') j
                 FULL JOIN proof_effects e ON e.job_id = j.id WHERE j.id IS NULL OR e.job_id IS NULL",
            )
            .await?,
        stuck: watch.count(open).await?,
        double_ticks: watch
            .count("SELECT count(*) - count(DISTINCT unique_key) FROM jobs WHERE unique_key LIKE '%@%'")
            .await?,
        repeated_attempts: watch
            .count("SELECT coalesce(sum(attempt - 1), 0) FROM jobs WHERE kind = 'proof_effect' AND state = 'succeeded'")
            .await?,
    })
}
