//! `cloudmanager openapi`.

use std::io::Write;

use anyhow::{Context, Result};

/// Where the document goes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file; without one, standard output.
    #[arg(long)]
    out: Option<std::path::PathBuf>,
}

/// Writes the description of the API.
///
/// # Errors
/// When the file cannot be written.
pub fn run(args: &Args) -> Result<()> {
    let mut text = api::openapi()
        .to_pretty_json()
        .context("the description has no JSON form")?;
    text.push('\n');
    match &args.out {
        Some(path) => std::fs::write(path, text).with_context(|| path.display().to_string()),
        // A reader that has seen enough, such as `head`, is no failure worth a stack trace.
        None => std::io::stdout().write_all(text.as_bytes()).context("standard output"),
    }
}
