//! `cloudmanager bench`: figures about the product, printed and written to `target/bench/`.

mod jobs;

use anyhow::{Context, Result};

/// What to measure.
#[derive(Debug, clap::Subcommand)]
pub enum Bench {
    /// Jobs a second, latency and memory of the job core.
    Jobs(jobs::Args),
}

/// Measures.
///
/// # Errors
/// When the servers are away or a process cannot be started.
pub async fn run(bench: Bench) -> Result<()> {
    match bench {
        Bench::Jobs(args) => jobs::run(args).await,
    }
}

/// Writes figures to `target/bench/<name>.json`.
fn report(name: &str, figures: &serde_json::Value) -> Result<()> {
    std::fs::create_dir_all("target/bench").context("target/bench")?;
    let path = format!("target/bench/{name}.json");
    std::fs::write(&path, serde_json::to_vec_pretty(figures)?).with_context(|| path.clone())?;
    println!("{}\nwritten to {path}", serde_json::to_string_pretty(figures)?);
    Ok(())
}
