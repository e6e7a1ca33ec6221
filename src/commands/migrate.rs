//! `cloudmanager migrate`.

use anyhow::Result;

use crate::config;

/// Runs pending migrations and names them.
///
/// # Errors
/// When the database is away or a migration fails.
pub async fn run() -> Result<()> {
    let config = config::load()?;
    let ran = store::migrate(config.database_url.expose()).await?;
    for name in &ran {
        println!("{name}");
    }
    println!("{} migration(s) run", ran.len());
    Ok(())
}
