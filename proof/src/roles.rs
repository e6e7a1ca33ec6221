//! What a child process does.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use jobs::Queue;
use queue::{Transport, Wakeups};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{mpsc, watch},
};
use workers::Options;

use crate::{kinds, surroundings};

/// Prefix of all Redis keys.
pub const PREFIX: &str = "proof";

/// As the product has by default.
const LEDGER_CONNECTIONS: usize = 4;

fn environment(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}

fn stop_on_term() -> anyhow::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let mut term = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        term.recv().await;
        sender.send_replace(true);
    });
    Ok(receiver)
}

/// Serves the queues named as `queue=concurrency`.
pub async fn worker(args: &[String]) -> anyhow::Result<()> {
    let queues = args
        .iter()
        .map(|arg| {
            let (name, n) = arg.split_once('=').context("queue=concurrency")?;
            Ok((name.parse::<Queue>()?, n.parse::<usize>()?))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let transport = Transport::connect(&environment("REDIS_URL")?, PREFIX)?;
    let app = surroundings::app(&environment("DATABASE_URL")?, &transport, 8)?;
    let registry = Arc::new(kinds::registry(app.clone(), std::env::var("PROOF_JOURNAL").ok()));
    let wakeups = Wakeups::start(&transport, None);
    let options = Options {
        queues,
        host: "proof".to_owned(),
        grace: Duration::from_secs(2),
    };
    let ledger = store::connect(&environment("DATABASE_URL")?, LEDGER_CONNECTIONS)?;
    workers::run(ledger, transport, wakeups, registry, options, stop_on_term()?).await;
    Ok(())
}

/// Leads when nobody else does.
pub async fn scheduler() -> anyhow::Result<()> {
    let transport = Transport::connect(&environment("REDIS_URL")?, PREFIX)?;
    let app = surroundings::app(&environment("DATABASE_URL")?, &transport, 4)?;
    let (sender, due) = mpsc::channel(1024);
    let _wakeups = Wakeups::start(&transport, Some(sender));
    scheduler::run(app, transport, due, stop_on_term()?).await;
    Ok(())
}
