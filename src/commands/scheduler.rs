//! `cloudmanager scheduler`.

use anyhow::Result;
use queue::Wakeups;
use tokio::sync::mpsc;

use crate::{config, wiring};

/// Runs until told to stop.
///
/// # Errors
/// When the configuration is wrong.
pub async fn run() -> Result<()> {
    let config = config::load()?;
    wiring::logging(&config, "scheduler")?;
    wiring::await_schema(&config).await?;
    let (app, transport) = wiring::app(&config)?;
    let (sender, receiver) = mpsc::channel(1024);
    let _wakeups = Wakeups::start(&transport, Some(sender));
    scheduler::run(app, transport, receiver, wiring::stop_signal()).await;
    Ok(())
}
