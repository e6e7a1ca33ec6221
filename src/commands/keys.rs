//! `cloudmanager keys`.

use anyhow::Result;

use crate::{config, wiring};

/// What to do with keys.
#[derive(Debug, clap::Subcommand)]
pub enum Keys {
    /// Have the first key of CM_FILE_KEYS wrap the data key of every stored document. Afterwards the others can be removed.
    Rotate,
}

/// Runs the command. Interrupted, it goes on where it was when it is run again.
///
/// # Errors
/// When a key that still wraps a document is missing, or the database is away.
pub async fn run(command: Keys) -> Result<()> {
    let Keys::Rotate = command;
    let config = config::load()?;
    let (app, _) = wiring::app(&config)?;
    let rewrapped = app::vault::rotate(&app).await?;
    println!(
        "{rewrapped} documents are under the key `{}` now",
        app.keys.file_key_id()
    );
    Ok(())
}
