//! `cloudmanager networks`: the way back in for an administrator whose list of networks shuts him out.

use anyhow::Result;

use crate::{config, wiring};

/// What to do with the list.
#[derive(Debug, clap::Subcommand)]
pub enum Networks {
    /// Print it.
    List,
    /// Empty it: staff may work from anywhere until networks are listed again.
    Clear,
}

/// Does it.
///
/// # Errors
/// When the database is away.
pub async fn run(command: Networks) -> Result<()> {
    let config = config::load()?;
    let (app, _) = wiring::app(&config)?;
    match command {
        Networks::List => {
            let rules = app::network::rules(&app).await?;
            if rules.is_empty() {
                println!("none: staff may work from anywhere");
            }
            for rule in rules {
                println!("{:<10} {}", rule.surface.as_str(), rule.network);
            }
        }
        Networks::Clear => println!(
            "{} networks removed: staff may work from anywhere",
            app::network::clear(&app).await?
        ),
    }
    Ok(())
}
