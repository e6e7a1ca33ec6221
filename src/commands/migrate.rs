//! `cloudmanager migrate`.

use anyhow::Result;
use store::StoreError;

use crate::{config, wiring};

/// Runs pending migrations and names them.
///
/// # Errors
/// When the database is away or a migration fails.
pub async fn run() -> Result<()> {
    let config = config::load()?;
    let ran = store::migrate(config.database_url.expose()).await;
    let ran = ran.map_err(|error| match error {
        StoreError::Unavailable(_) => wiring::unreachable_database(&error),
        other => other.into(),
    })?;
    for name in &ran {
        println!("{name}");
    }
    println!("{} migration(s) run", ran.len());
    Ok(())
}
