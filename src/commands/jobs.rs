//! `cloudmanager jobs` and `cloudmanager queues`: the ledger on the command line.

use anyhow::{Context, Result, bail};
use jobs::Queue;
use store::{StoreError, ledger};
use uuid::Uuid;

use crate::config;

/// What to do with jobs.
#[derive(Debug, clap::Subcommand)]
pub enum Jobs {
    /// List jobs, newest first.
    List {
        /// Only this queue.
        #[arg(long)]
        queue: Option<String>,
        /// Only this state: queued, running, succeeded, dead or cancelled.
        #[arg(long)]
        state: Option<String>,
        /// Only this kind.
        #[arg(long)]
        kind: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Show one job with its arguments and every failure.
    Show {
        /// Id of the job.
        id: Uuid,
    },
    /// Give a dead or cancelled job all its attempts again.
    Retry {
        /// Id of the job.
        id: Uuid,
    },
    /// Cancel a job that waits.
    Cancel {
        /// Id of the job.
        id: Uuid,
    },
}

/// Lists, shows or changes jobs.
///
/// # Errors
/// When the database is away or the job's state does not allow it.
pub async fn run(command: Jobs) -> Result<()> {
    let config = config::load()?;
    let pool = store::connect(config.database_url.expose(), 2)?;
    let mut conn = pool.get().await?;
    match command {
        Jobs::List {
            queue,
            state,
            kind,
            limit,
        } => {
            let (queue, state, kind) = (queue.as_deref(), state.as_deref(), kind.as_deref());
            println!(
                "{:<36}  {:<20} {:<13} {:<10} {:>8}  last error",
                "id", "kind", "queue", "state", "failures"
            );
            for job in ledger::list(&mut conn, queue, state, kind, None, limit.clamp(1, 1000)).await? {
                println!(
                    "{}  {:<20} {:<13} {:<10} {:>4}/{:<3}  {}",
                    job.id,
                    job.kind,
                    job.queue,
                    job.state,
                    job.failures,
                    job.max_attempts,
                    job.last_error.unwrap_or_default().lines().next().unwrap_or_default()
                );
            }
        }
        Jobs::Show { id } => {
            let detail = ledger::find(&mut conn, id).await.map_err(|error| explain(error, id))?;
            let job = &detail.job;
            println!("{} {} on {}: {}", job.id, job.kind, job.queue, job.state);
            println!(
                "attempt {}, failures {} of {}",
                job.attempt, job.failures, job.max_attempts
            );
            println!("enqueued {}, due {}", job.created_at, job.run_at);
            println!("arguments {}", detail.payload);
            for failure in detail
                .errors
                .as_ref()
                .and_then(|errors| errors.as_array())
                .into_iter()
                .flatten()
            {
                println!(
                    "  {} attempt {}: {}",
                    failure["at"], failure["attempt"], failure["error"]
                );
            }
        }
        Jobs::Retry { id } => {
            ledger::retry(&mut conn, id).await.map_err(|error| explain(error, id))?;
            println!("{id} is due again");
        }
        Jobs::Cancel { id } => {
            ledger::cancel(&mut conn, id)
                .await
                .map_err(|error| explain(error, id))?;
            println!("{id} is cancelled");
        }
    }
    Ok(())
}

fn explain(error: StoreError, id: Uuid) -> anyhow::Error {
    match error {
        StoreError::NotFound => anyhow::anyhow!("there is no job {id}"),
        StoreError::Stale => {
            anyhow::anyhow!("the state of {id} does not allow this; look at `cloudmanager jobs show {id}`")
        }
        other => other.into(),
    }
}

/// What to do with queues.
#[derive(Debug, clap::Args)]
pub struct Queues {
    /// `pause`, `resume` or `drain`; without it, the queues are listed.
    action: Option<String>,
    /// The queue to act on.
    queue: Option<String>,
}

/// Lists queues, or pauses, resumes or drains one.
///
/// # Errors
/// When the database is away or a name is wrong.
pub async fn queues(args: Queues) -> Result<()> {
    let config = config::load()?;
    let pool = store::connect(config.database_url.expose(), 2)?;
    let mut conn = pool.get().await?;
    if let Some(action) = args.action {
        let name = args
            .queue
            .context("name the queue: cloudmanager queues pause mail_out")?;
        let queue: Queue = name.parse()?;
        let state = match action.as_str() {
            "pause" => Some("paused"),
            "drain" => Some("draining"),
            "resume" => None,
            other => bail!("`{other}`: use pause, resume or drain"),
        };
        ledger::set_switch(&mut conn, queue.as_str(), state, None).await?;
        println!("{queue} {}", state.unwrap_or("running"));
        return Ok(());
    }
    let names: Vec<&str> = Queue::ALL.iter().map(|queue| queue.as_str()).collect();
    let switches = ledger::switches(&mut conn).await?;
    println!(
        "{:<14} {:<9} {:>8} {:>10} {:>8} {:>6}  oldest",
        "queue", "state", "due", "scheduled", "running", "dead"
    );
    for depth in ledger::depths(&mut conn, &names).await? {
        let state = switches
            .iter()
            .find(|s| s.queue == depth.queue)
            .map_or("running", |s| s.state.as_str());
        println!(
            "{:<14} {:<9} {:>8} {:>10} {:>8} {:>6}  {}",
            depth.queue,
            state,
            depth.queued,
            depth.scheduled,
            depth.running,
            depth.dead,
            depth
                .oldest_age_seconds
                .map_or_else(String::new, |age| format!("{age:.1} s"))
        );
    }
    Ok(())
}
