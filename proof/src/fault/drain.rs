//! A queue that an operator drains while everything runs.

use std::time::Duration;

use anyhow::ensure;
use chrono::{TimeDelta, Utc};
use jobs::NewJob;
use serde_json::{Value, json};
use store::ledger;

use super::{PATIENCE, load::enqueue, stage::Stage};
use crate::kinds::Effect;

fn effect() -> NewJob {
    NewJob::of(&Effect {
        sleep_ms: 0,
        hold_ms: 0,
    })
}

async fn switch(stage: &Stage, state: Option<&str>) -> anyhow::Result<()> {
    let mut conn = stage.app.pool.get().await?;
    Ok(ledger::set_switch(&mut conn, "webhooks", state, None).await?)
}

/// Draining runs what is due, then the queue pauses: what is due later, and what comes afterwards, waits until it is resumed.
pub async fn drained(stage: &mut Stage, count: usize) -> anyhow::Result<Value> {
    let later = enqueue(&stage.app, &[effect().run_at(Utc::now() + TimeDelta::hours(1))]).await?;
    let later = later.first().copied().unwrap_or_default();
    for _ in 0..count / 500 {
        let set: Vec<NewJob> = (0..500).map(|_| effect()).collect();
        enqueue(&stage.app, &set).await?;
    }
    stage.open(&["webhooks=32"]).await?;
    switch(stage, Some("draining")).await?;
    let pausing = "SELECT count(*) FROM queue_switches WHERE queue = 'webhooks' AND state <> 'paused'";
    ensure!(
        stage.watch.until_zero(pausing, PATIENCE).await,
        "the drained queue never paused"
    );
    let open =
        format!("SELECT count(*) FROM jobs WHERE kind = 'proof_effect' AND state <> 'succeeded' AND id <> '{later}'");
    let left = stage.watch.count(&open).await?;
    ensure!(left == 0, "{left} due jobs were left when the queue paused");

    enqueue(&stage.app, &[effect()]).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let waiting = stage.watch.count(&open).await?;
    ensure!(waiting == 1, "a job started in a queue that was drained");
    switch(stage, None).await?;
    ensure!(
        stage.watch.until_zero(&open, PATIENCE).await,
        "the queue does not run again"
    );
    let early = format!("SELECT count(*) FROM jobs WHERE id = '{later}' AND state <> 'queued'");
    ensure!(stage.watch.count(&early).await? == 0, "a job ran before its time");
    stage
        .watch
        .execute(&format!("DELETE FROM jobs WHERE id = '{later}'"))
        .await?;
    stage.close().await?;
    Ok(json!({ "jobs": count, "left_when_paused": left }))
}
