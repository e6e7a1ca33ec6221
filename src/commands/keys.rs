//! `cloudmanager keys`.

use anyhow::{Result, bail};

use crate::{config, wiring};

/// What to do with keys.
#[derive(Debug, clap::Subcommand)]
pub enum Keys {
    /// Seal every stored secret under CM_MASTER_KEY, and have the first key of CM_FILE_KEYS wrap the data key of every stored
    /// document and every signing key. `doctor` says what still hangs on former keys.
    Rotate,
    /// Make the next key that signs access tokens, out of turn. It signs ten minutes later; nobody is signed out.
    RotateSigning {
        /// Somebody else may have the present key: the new one signs now, and what others signed is refused. Whoever is signed
        /// in goes on with his refresh token.
        #[arg(long)]
        at_once: bool,
    },
}

/// Runs the command. Interrupted, it goes on where it was when it is run again.
///
/// # Errors
/// When a key that sealed a secret or wraps a document is missing, the next signing key waits already, or the database is away.
pub async fn run(command: Keys) -> Result<()> {
    let config = config::load()?;
    let (app, _) = wiring::app(&config)?;
    match command {
        Keys::Rotate => {
            let done = app::master_key::rotate(&app).await?;
            println!(
                "{} secrets are sealed under the master key {} now",
                done.secrets,
                app.keys.id()
            );
            println!(
                "{} documents and {} signing keys are under the key `{}` now",
                done.documents,
                done.signing_keys,
                app.keys.file_key_id()
            );
            if !done.unopened.is_empty() {
                bail!(
                    "no configured key opens these: {}. Name the key that sealed them in CM_MASTER_KEYS_OLD and run this again",
                    done.unopened.join(", ")
                );
            }
        }
        Keys::RotateSigning { at_once } => {
            let made = app::signing_key::rotate(&app, &wiring::operator().actor, at_once).await?;
            println!(
                "key {} signs from {}; what other keys signed is accepted until {}",
                made.kid,
                made.active_from.format("%FT%TZ"),
                made.others_until.format("%FT%TZ")
            );
        }
    }
    Ok(())
}
