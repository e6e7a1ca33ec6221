//! `cloudmanager verify`.

use anyhow::{Result, bail};

use crate::{config, wiring};

/// What to look at.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Read the whole audit trail and name every line that was edited, removed or inserted around the product.
    Audit {
        /// A seal that this command printed earlier: the trail must still hold it.
        #[arg(long)]
        seal: Option<String>,
    },
}

/// Prints what was found.
///
/// # Errors
/// When something is wrong, or the database is away.
pub async fn run(what: What) -> Result<()> {
    let What::Audit { seal } = what;
    let config = config::load()?;
    let (app, _) = wiring::app(&config)?;
    let report = app::audit::verify(&app, seal.as_deref()).await?;
    println!(
        "{} lines are as they were written, {} more wait for their link",
        report.good, report.waiting
    );
    if report.redacted > 0 {
        println!("a person who was erased was taken out of {} of them", report.redacted);
    }
    if let Some((day, seal)) = &report.seal {
        println!("seal of {day}: {seal}");
    }
    for finding in &report.findings {
        println!("WRONG  {finding}");
    }
    match report.findings.len() {
        0 => Ok(()),
        wrong => bail!("the audit trail was tampered with: {wrong} findings"),
    }
}
