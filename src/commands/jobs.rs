//! `cloudmanager jobs` and `cloudmanager queues`: the ledger on the command line.

use anyhow::{Context, Result, bail};
use app::{
    App, AppError,
    queues::{JobAction, QueueAction, act_on_job, act_on_queue},
};
use jobs::Queue;
use store::ledger;
use uuid::Uuid;

use crate::{config, wiring};

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
        /// How many, 1 to 1000.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
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

/// States of a job.
const STATES: [&str; 5] = ["queued", "running", "succeeded", "dead", "cancelled"];

/// Lists, shows or changes jobs.
///
/// # Errors
/// When a name is wrong, the database is away or the job's state does not allow it.
pub async fn run(command: Jobs) -> Result<()> {
    let config = config::load()?;
    wiring::need_schema(&config).await?;
    let (app, _) = wiring::app(&config)?;
    match command {
        Jobs::List {
            queue,
            state,
            kind,
            limit,
        } => {
            one_of("--queue", queue.as_deref(), &queue_names())?;
            one_of("--state", state.as_deref(), &STATES)?;
            let kinds: Vec<&str> = jobs::catalog::ALL.iter().map(|entry| entry.kind).collect();
            one_of("--kind", kind.as_deref(), &kinds)?;
            let mut conn = app.conn().await?;
            let found = ledger::list(
                &mut conn,
                queue.as_deref(),
                state.as_deref(),
                kind.as_deref(),
                None,
                limit,
            );
            list(found.await?);
        }
        Jobs::Show { id } => {
            let found = ledger::find(&mut *app.conn().await?, id).await;
            show(&found.map_err(|error| explain(error.into(), id))?);
        }
        Jobs::Retry { id } => {
            act(&app, id, JobAction::Retry).await?;
            println!("{id} is due again");
        }
        Jobs::Cancel { id } => {
            act(&app, id, JobAction::Cancel).await?;
            println!("{id} is cancelled");
        }
    }
    Ok(())
}

async fn act(app: &App, id: Uuid, action: JobAction) -> Result<()> {
    let done = act_on_job(app, &wiring::operator(), id, action).await;
    done.map_err(|error| explain(error, id))
}

fn list(found: Vec<ledger::Job>) {
    println!(
        "{:<36}  {:<20} {:<13} {:<10} {:>8}  last error",
        "id", "kind", "queue", "state", "failures"
    );
    for job in found {
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

fn show(detail: &ledger::JobDetail) {
    let job = &detail.job;
    println!("{} {} on {}: {}", job.id, job.kind, job.queue, job.state);
    println!(
        "attempt {}, failures {} of {}",
        job.attempt, job.failures, job.max_attempts
    );
    println!("enqueued {}, due {}", job.created_at, job.run_at);
    println!("arguments {}", detail.payload);
    let failures = detail.errors.as_ref().and_then(|errors| errors.as_array());
    for failure in failures.into_iter().flatten() {
        println!(
            "  {} attempt {}: {}",
            failure["at"], failure["attempt"], failure["error"]
        );
    }
}

fn queue_names() -> Vec<&'static str> {
    Queue::ALL.iter().map(|queue| queue.as_str()).collect()
}

fn one_of(option: &str, given: Option<&str>, known: &[&str]) -> Result<()> {
    let wrong = given.filter(|given| !known.contains(given));
    wrong.map_or(Ok(()), |wrong| {
        bail!("{option} {wrong}: use one of {}", known.join(", "))
    })
}

fn explain(error: AppError, id: Uuid) -> anyhow::Error {
    match error {
        AppError::NotFound => anyhow::anyhow!("there is no job {id}; `cloudmanager jobs list` shows those there are"),
        AppError::Refused { message, .. } => {
            anyhow::anyhow!("{message}; look at `cloudmanager jobs show {id}`")
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
    wiring::need_schema(&config).await?;
    let (app, _) = wiring::app(&config)?;
    if let Some(action) = args.action {
        let name = args
            .queue
            .with_context(|| format!("name the queue: cloudmanager queues {action} mail_out"))?;
        let (wanted, now) = match action.as_str() {
            "pause" => (QueueAction::Pause, "paused"),
            "drain" => (QueueAction::Drain, "draining"),
            "resume" => (QueueAction::Resume, "running"),
            other => bail!("`{other}`: use pause, resume or drain"),
        };
        one_of("queue", Some(&name), &queue_names())?;
        let queue: Queue = name.parse()?;
        act_on_queue(&app, &wiring::operator(), queue, wanted).await?;
        println!("{queue} {now}");
        return Ok(());
    }
    let mut conn = app.conn().await?;
    let switches = ledger::switches(&mut conn).await?;
    println!(
        "{:<14} {:<9} {:>8} {:>10} {:>8} {:>6}  oldest",
        "queue", "state", "due", "scheduled", "running", "dead"
    );
    for depth in ledger::depths(&mut conn, &queue_names()).await? {
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
