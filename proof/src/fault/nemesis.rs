//! The faults, and how long it takes until work goes on.

use std::time::{Duration, Instant};

use anyhow::ensure;
use jobs::NewJob;
use uuid::Uuid;

use super::{PATIENCE, Random, load::enqueue, stage::Stage};
use crate::{fleet::Process, kinds::Effect};

/// Longer than the grace period of a worker that is told to stop.
const LONG_JOB_MS: u64 = 4000;

/// What can go wrong.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// SIGKILL of a worker in the middle of its jobs.
    KillWorker,
    /// SIGSTOP of a worker for twice its lease, then SIGCONT: it wakes up believing that it still owns its jobs.
    StopWorker,
    /// SIGTERM of a worker whose jobs outlast the grace period of two seconds.
    TerminateWorker,
    /// SIGKILL of both schedulers' leader, found by killing each in turn.
    KillScheduler,
    /// FLUSHALL.
    FlushRedis,
    /// SIGKILL of Redis, two seconds without it.
    RestartRedis,
    /// PostgreSQL stopped without a checkpoint, a second without it.
    CrashPostgres,
    /// Every database connection cut at once.
    CutConnections,
}

impl Fault {
    pub const ALL: [Self; 8] = [
        Self::KillWorker,
        Self::StopWorker,
        Self::TerminateWorker,
        Self::KillScheduler,
        Self::FlushRedis,
        Self::RestartRedis,
        Self::CrashPostgres,
        Self::CutConnections,
    ];

    /// The fault with this name, hyphens for spaces.
    pub fn parse(name: &str) -> Result<Self, String> {
        let named = |fault: &Self| fault.name().replace(' ', "-");
        Self::ALL
            .into_iter()
            .find(|fault| named(fault) == name)
            .ok_or_else(|| format!("one of: {}", Self::ALL.iter().map(named).collect::<Vec<_>>().join(", ")))
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::KillWorker => "kill worker",
            Self::StopWorker => "stop worker",
            Self::TerminateWorker => "terminate worker",
            Self::KillScheduler => "kill scheduler",
            Self::FlushRedis => "flush redis",
            Self::RestartRedis => "restart redis",
            Self::CrashPostgres => "crash postgres",
            Self::CutConnections => "cut connections",
        }
    }
}

/// Strikes, heals, and returns how long after the fault (or its end, for a server that was away) everything that was due or
/// running at that moment was done, and a job enqueued afterwards too.
pub async fn strike(stage: &mut Stage, fault: Fault, random: &mut Random) -> anyhow::Result<Duration> {
    tokio::time::sleep(Duration::from_millis(random.below(1500) as u64)).await;
    let victim = random.below(stage.workers.len());
    match fault {
        Fault::KillWorker => kill(stage, victim).await,
        Fault::StopWorker => freeze(stage, victim).await,
        Fault::TerminateWorker => terminate(stage, victim).await,
        Fault::KillScheduler => {
            // One of the two leads; killing each in turn kills a leader at least once.
            let mut slowest = Duration::ZERO;
            for n in 0..2 {
                let at = Instant::now();
                let successor = Process::scheduler(&stage.servers)?;
                std::mem::replace(&mut stage.schedulers[n], successor).kill()?;
                slowest = slowest.max(goes_on(stage, at).await?);
            }
            Ok(slowest)
        }
        Fault::FlushRedis => {
            let at = Instant::now();
            stage.servers.flush_redis()?;
            goes_on(stage, at).await
        }
        Fault::RestartRedis => {
            stage.servers.kill_redis().await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            stage.servers.start_redis()?;
            goes_on(stage, Instant::now()).await
        }
        Fault::CrashPostgres => {
            stage.servers.crash_postgres().await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            stage.servers.start_postgres().await?;
            goes_on(stage, Instant::now()).await
        }
        Fault::CutConnections => {
            let at = Instant::now();
            let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
            stage.retry(async |stage| stage.watch.count(cut).await).await?;
            goes_on(stage, at).await
        }
    }
}

/// A worker that dies in the middle of its jobs. One that happened to hold nothing proves nothing: then its successor dies too.
async fn kill(stage: &mut Stage, victim: usize) -> anyhow::Result<Duration> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let jobs: Vec<NewJob> = (0..8)
            .map(|_| {
                NewJob::of(&Effect {
                    sleep_ms: 1500,
                    hold_ms: 0,
                })
            })
            .collect();
        enqueue(&stage.app, &jobs).await?;
        let pid = stage.workers[victim].pid();
        busy(stage, pid).await?;
        let at = Instant::now();
        stage.workers.swap_remove(victim).kill()?;
        let held = held_by(stage, pid).await?;
        stage.workers.insert(victim, stage.worker()?);
        if !held.is_empty() {
            until_done(stage, &held, PATIENCE).await?;
            return Ok(at.elapsed());
        }
        ensure!(
            Instant::now() < deadline,
            "the workers hold nothing when they are killed"
        );
    }
}

/// A worker that stands still for twice its lease and then goes on where it was: its jobs were done by others meanwhile, and
/// what it still writes must be refused.
async fn freeze(stage: &mut Stage, victim: usize) -> anyhow::Result<Duration> {
    let stands_still = Duration::from_secs(13);
    let pid = stage.workers[victim].pid();
    // Some of its jobs are inside the transaction of their effect, with rows locked, when it stops.
    let jobs: Vec<NewJob> = (0..8)
        .map(|_| {
            NewJob::of(&Effect {
                sleep_ms: 0,
                hold_ms: 1500,
            })
        })
        .collect();
    enqueue(&stage.app, &jobs).await?;
    busy(stage, pid).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let at = Instant::now();
    stage.workers[victim].signal("STOP")?;
    let held = held_by(stage, pid).await?;
    let done = until_done(stage, &held, PATIENCE).await;
    let recovery = at.elapsed();
    tokio::time::sleep(stands_still.saturating_sub(recovery)).await;
    stage.workers[victim].signal("CONT")?;
    done?;
    ensure!(!held.is_empty(), "the worker held nothing when it was stopped");
    Ok(recovery)
}

/// Long jobs are given back by a worker that stops, without a failure counted, and run elsewhere at once.
async fn terminate(stage: &mut Stage, victim: usize) -> anyhow::Result<Duration> {
    let pid = stage.workers[victim].pid();
    let deadline = Instant::now() + PATIENCE;
    let mut ids = Vec::new();
    // A few at a time, until the victim has some: the other worker may be quicker, and must have room for what comes back.
    let held = loop {
        let jobs: Vec<NewJob> = (0..4)
            .map(|_| {
                NewJob::of(&Effect {
                    sleep_ms: LONG_JOB_MS,
                    hold_ms: 0,
                })
            })
            .collect();
        ids.extend(enqueue(&stage.app, &jobs).await?);
        tokio::time::sleep(Duration::from_millis(700)).await;
        let mut held = held_by(stage, pid).await?;
        held.retain(|id| ids.contains(id));
        if !held.is_empty() {
            break held;
        }
        ensure!(
            Instant::now() < deadline,
            "the worker took none of {} long jobs",
            ids.len()
        );
    };
    let at = Instant::now();
    let worker = stage.workers.swap_remove(victim);
    worker.signal("TERM")?;
    worker.wait().await?;
    let stopped = at.elapsed();
    // Its grace period is two seconds; what it holds is given back then.
    ensure!(stopped < PATIENCE, "the worker took {stopped:?} to stop");
    let again = format!(
        "SELECT count(*) FROM jobs WHERE id IN ({}) AND attempt < 2",
        literal(&held)
    );
    ensure!(
        stage.watch.until_zero(&again, PATIENCE).await,
        "jobs that were given back are not taken again"
    );
    let recovery = at.elapsed();
    stage.workers.push(stage.worker()?);
    until_done(stage, &ids, PATIENCE).await?;
    let list = literal(&ids);
    let blamed = stage
        .watch
        .count(&format!(
            "SELECT coalesce(sum(failures), 0) FROM jobs WHERE id IN ({list})"
        ))
        .await?;
    ensure!(blamed == 0, "jobs that were given back count {blamed} failures");
    Ok(recovery)
}

/// Waits until the worker process holds jobs: killing an idle one proves nothing.
async fn busy(stage: &mut Stage, pid: u32) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while held_by(stage, pid).await?.is_empty() {
        ensure!(Instant::now() < deadline, "the worker gets no jobs");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

fn literal(ids: &[Uuid]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    if quoted.is_empty() {
        "NULL".to_owned()
    } else {
        quoted.join(",")
    }
}

/// Jobs that the worker process `pid` holds.
async fn held_by(stage: &mut Stage, pid: u32) -> anyhow::Result<Vec<Uuid>> {
    let pid = i32::try_from(pid)?;
    let rows = stage
        .watch
        .client()
        .await?
        .query(
            "SELECT j.id FROM jobs j JOIN job_workers w ON w.id = j.worker WHERE w.pid = $1 AND j.state = 'running'",
            &[&pid],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn until_done(stage: &mut Stage, ids: &[Uuid], limit: Duration) -> anyhow::Result<()> {
    let open = format!(
        "SELECT count(*) FROM jobs WHERE state <> 'succeeded' AND id IN ({})",
        literal(ids)
    );
    ensure!(
        stage.watch.until_zero(&open, limit).await,
        "jobs were not done within {limit:?}"
    );
    Ok(())
}

/// Waits for everything that is due or running now and for a new job; returns the time since `at`.
async fn goes_on(stage: &mut Stage, at: Instant) -> anyhow::Result<Duration> {
    let open = "SELECT id FROM jobs WHERE kind = 'proof_effect' AND state IN ('queued', 'running')";
    let mut ids: Vec<Uuid> = stage
        .retry(async |stage| {
            let rows = stage.watch.client().await?.query(open, &[]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        })
        .await?;
    ids.extend(
        stage
            .retry(async |stage| {
                enqueue(
                    &stage.app,
                    &[NewJob::of(&Effect {
                        sleep_ms: 0,
                        hold_ms: 0,
                    })],
                )
                .await
            })
            .await?,
    );
    until_done(stage, &ids, PATIENCE).await?;
    Ok(at.elapsed())
}
