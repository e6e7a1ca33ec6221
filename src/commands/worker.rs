//! `cloudmanager worker`.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use integrations::http::Outbound;
use jobs::Queue;
use queue::Wakeups;
use workers::{
    Options,
    handlers::{self, Surroundings},
};

use crate::{config, wiring};

/// Concurrency of a queue when none is given.
const DEFAULT_CONCURRENCY: usize = 8;

/// Which queues to serve.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A queue, or a queue with its concurrency: `mail_out=16`. May be repeated; without it, all queues.
    #[arg(long = "queue")]
    queues: Vec<String>,
    /// Seconds that running jobs may go on after a request to stop.
    #[arg(long, default_value_t = 20)]
    grace: u64,
}

/// Runs until told to stop.
///
/// # Errors
/// When the configuration or a queue's name is wrong.
pub async fn run(args: Args) -> Result<()> {
    let queues = queues(&args.queues)?;
    let config = config::load()?;
    wiring::logging(&config, "worker")?;
    wiring::await_schema(&config).await?;
    let (app, transport) = wiring::app(&config)?;
    let transport_out = wiring::mail_transport(&config)?;
    let surroundings = Surroundings {
        app: app.clone(),
        transport: transport_out,
        sms: crate::sms::gateway(&config)?,
        antivirus: config.antivirus.clone(),
        outbound: Outbound::new(config.outbound).context("outgoing calls")?,
        imap_ca: config.imap_ca.clone(),
    };
    let registry = handlers::registry(&surroundings);
    let options = Options {
        queues,
        host: std::fs::read_to_string("/etc/hostname").map_or_else(|_| "localhost".to_owned(), |h| h.trim().to_owned()),
        grace: Duration::from_secs(args.grace),
    };
    let wakeups = Wakeups::start(&transport, None);
    workers::run(
        wiring::ledger(&config)?,
        transport,
        wakeups,
        Arc::new(registry),
        options,
        wiring::stop_signal(),
    )
    .await;
    Ok(())
}

fn queues(given: &[String]) -> Result<Vec<(Queue, usize)>> {
    if given.is_empty() {
        return Ok(Queue::ALL
            .into_iter()
            .map(|queue| (queue, DEFAULT_CONCURRENCY))
            .collect());
    }
    given
        .iter()
        .map(|text| {
            let (name, concurrency) = text
                .split_once('=')
                .map_or((text.as_str(), None), |(n, c)| (n, Some(c)));
            let queue = name.parse().with_context(|| {
                let names: Vec<_> = Queue::ALL.iter().map(|queue| queue.as_str()).collect();
                format!("--queue {text}: use one of {}", names.join(", "))
            })?;
            let concurrency = match concurrency.map(str::parse) {
                None => DEFAULT_CONCURRENCY,
                Some(Ok(n)) if (1..=4096).contains(&n) => n,
                Some(_) => bail!("--queue {text}: the concurrency is a number from 1 to 4096"),
            };
            Ok((queue, concurrency))
        })
        .collect()
}
