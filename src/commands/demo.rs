//! `cloudmanager demo`: playing with the demonstration of a running `up`.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use app::mail::{Arrival, arrive};
use domain::mail::limits::MailLimits;
use store::mailbox;

use crate::{commands::up, wiring};

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Demo {
    /// Put a mail into the demonstration's mailbox, as if somebody had sent it.
    Mail {
        /// File with the raw message (.eml); `-` reads standard input.
        file: PathBuf,
        /// Data directory of the running `cloudmanager up`.
        #[arg(long, default_value = "data")]
        data_dir: PathBuf,
        /// Address of another mailbox.
        #[arg(long, default_value = app::seed::DEMO_MAILBOX)]
        mailbox: String,
    },
}

/// Runs one of them.
///
/// # Errors
/// When nothing runs over the data directory, or the mail cannot be read; the message says what to do.
pub async fn run(demo: Demo) -> Result<()> {
    let Demo::Mail {
        file,
        data_dir,
        mailbox,
    } = demo;
    let raw = read(&file)?;
    let (config, url) = up::running(&data_dir)?;
    let (app, _) = wiring::app(&config)?;
    let address = mailbox.trim().to_lowercase();
    let found = mailbox::by_address(&mut *app.conn().await?, &address)
        .await
        .with_context(|| format!("mailbox {address}"))?;
    let arrival = Arrival {
        mailbox_id: found.id,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: raw.into(),
        full_size: None,
    };
    let (id, _) = arrive(&app, arrival).await?;
    println!("taken in: {url}/desk/mails/{id}");
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let limit = MailLimits::default().message;
    let most = u64::try_from(limit)?.saturating_add(1);
    let mut raw = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut raw)?;
    } else {
        let open = std::fs::File::open(file).with_context(|| file.display().to_string())?;
        open.take(most).read_to_end(&mut raw)?;
    }
    ensure!(!raw.is_empty(), "{} is empty", file.display());
    ensure!(raw.len() <= limit, "{} is larger than a mail may be", file.display());
    Ok(raw)
}
