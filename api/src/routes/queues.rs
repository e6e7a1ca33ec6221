//! Queues, jobs and schedules for operators.

use std::collections::HashMap;

use app::{
    queues::{self as cases, JobAction, QueueAction},
    schedules::SCHEDULES,
};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use jobs::Queue;
use serde::{Deserialize, Serialize};
use store::ledger;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_queues))
        .routes(routes!(act_on_queue))
        .routes(routes!(list_jobs))
        .routes(routes!(get_job))
        .routes(routes!(act_on_job))
        .routes(routes!(schedules))
        .routes(routes!(run_schedule))
}

/// A worker process.
#[derive(Debug, Serialize, ToSchema)]
struct WorkerDto {
    /// Id.
    id: Uuid,
    /// Host.
    host: String,
    /// Process id there.
    pid: i32,
    /// Jobs it runs at once.
    concurrency: i64,
    /// Jobs it runs now, each with a lease.
    running: i64,
    /// Last sign of life.
    last_seen_at: DateTime<Utc>,
}

/// A queue.
#[derive(Debug, Serialize, ToSchema)]
struct QueueDto {
    /// Name.
    name: String,
    /// `running`, `paused` or `draining`.
    state: String,
    /// Due now; counted up to 100,000.
    queued: i64,
    /// Due later; counted up to 100,000.
    scheduled: i64,
    /// Held by workers.
    running: i64,
    /// Dead letters; counted up to 100,000.
    dead: i64,
    /// Age of the oldest due job.
    oldest_age_seconds: Option<f64>,
    /// Attempts a second over the last five minutes.
    rate_per_second: f64,
    /// Median time from due to started, as the upper end of its bucket.
    latency_p50_ms: Option<f64>,
    /// 99th percentile of it.
    latency_p99_ms: Option<f64>,
    /// Failed attempts of all, 0 to 1.
    failure_rate: f64,
    /// Who serves it.
    workers: Vec<WorkerDto>,
}

/// The latency below which `share` of the attempts started: the upper end of a bucket.
fn percentile(histogram: &[i64], share: f64) -> Option<f64> {
    let total: i64 = histogram.iter().sum();
    if total == 0 {
        return None;
    }
    let wanted = (total as f64 * share).ceil();
    let mut seen = 0;
    let bucket = histogram.iter().position(|n| {
        seen += n;
        seen as f64 >= wanted
    })?;
    Some(0.1 * 2_f64.powi(i32::try_from(bucket).unwrap_or(0)))
}

/// How long the figures look back, in minutes.
const MINUTES: i32 = 5;

/// Queues with depth, age, rate, latency, failures and workers
#[utoipa::path(get, path = "/api/v1/queues", operation_id = "listQueues", tag = "jobs", security(("bearer" = [])),
    responses(
        (status = 200, body = List<QueueDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list_queues(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<QueueDto>>> {
    caller.need(Permission::JobsView)?;
    let names: Vec<&str> = Queue::ALL.iter().map(|queue| queue.as_str()).collect();
    let mut conn = state.app.conn().await?;
    let depths = ledger::depths(&mut conn, &names).await.map_err(app::AppError::from)?;
    let switches = ledger::switches(&mut conn).await.map_err(app::AppError::from)?;
    let workers = ledger::workers(&mut conn).await.map_err(app::AppError::from)?;
    let figures: HashMap<String, ledger::Minute> = ledger::minutes(&mut conn, MINUTES)
        .await
        .map_err(app::AppError::from)?
        .into_iter()
        .map(|minute| (minute.queue.clone(), minute))
        .collect();
    let items = depths
        .into_iter()
        .map(|depth| {
            let figure = figures.get(&depth.queue);
            let (done, failed) = figure.map_or((0, 0), |f| (f.done, f.failed));
            let latency = figure.map_or(&[][..], |f| f.latency.as_slice());
            let serving = workers.iter().filter_map(|worker| {
                let facts = worker.queues.get(&depth.queue)?;
                Some(WorkerDto {
                    id: worker.id,
                    host: worker.host.clone(),
                    pid: worker.pid,
                    concurrency: facts["concurrency"].as_i64().unwrap_or(0),
                    running: facts["running"].as_i64().unwrap_or(0),
                    last_seen_at: worker.last_seen_at,
                })
            });
            let switch = switches.iter().find(|switch| switch.queue == depth.queue);
            QueueDto {
                state: switch.map_or("running", |switch| switch.state.as_str()).to_owned(),
                queued: depth.queued,
                scheduled: depth.scheduled,
                running: depth.running,
                dead: depth.dead,
                oldest_age_seconds: depth.oldest_age_seconds,
                rate_per_second: (done + failed) as f64 / f64::from(MINUTES * 60),
                latency_p50_ms: percentile(latency, 0.5),
                latency_p99_ms: percentile(latency, 0.99),
                failure_rate: if done + failed == 0 {
                    0.0
                } else {
                    failed as f64 / (done + failed) as f64
                },
                workers: serving.collect(),
                name: depth.queue,
            }
        })
        .collect();
    Ok(Json(List {
        items,
        next_cursor: None,
    }))
}

/// What an operation touched.
#[derive(Debug, Serialize, ToSchema)]
struct Touched {
    /// Jobs.
    jobs: usize,
}

/// Pause, resume or drain a queue; retry or discard its dead jobs
#[utoipa::path(post, path = "/api/v1/queues/{name}/{action}", operation_id = "actOnQueue", tag = "jobs", security(("bearer" = [])),
    params(
        ("name" = String, Path, description = "Name of the queue"),
        ("action" = String, Path, description = "`pause`, `resume`, `drain`, `retry-dead` or `discard-dead`")),
    responses(
        (status = 200, body = Touched),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn act_on_queue(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((name, action)): Path<(String, String)>,
) -> ApiResult<Json<Touched>> {
    let queue: Queue = name.parse().map_err(|_| Problem::not_found())?;
    let action = match action.as_str() {
        "pause" => QueueAction::Pause,
        "resume" => QueueAction::Resume,
        "drain" => QueueAction::Drain,
        "retry-dead" => QueueAction::RetryDead,
        "discard-dead" => QueueAction::DiscardDead,
        _ => return Err(Problem::not_found()),
    };
    Ok(Json(Touched {
        jobs: cases::act_on_queue(&state.app, caller.caller(), queue, action).await?,
    }))
}

/// The record a job is about.
#[derive(Debug, Serialize, ToSchema)]
struct SubjectDto {
    /// Entity.
    #[serde(rename = "type")]
    kind: String,
    /// Id.
    id: Uuid,
}

/// A job in a list.
#[derive(Debug, Serialize, ToSchema)]
struct JobDto {
    /// Id.
    id: Uuid,
    /// Kind.
    kind: String,
    /// Queue.
    queue: String,
    /// `queued`, `running`, `succeeded`, `dead` or `cancelled`.
    state: String,
    /// 0 (first) to 3.
    priority: i16,
    /// Attempts begun.
    attempt: i32,
    /// Failures so far.
    failures: i16,
    /// Failures after which it is dead.
    max_attempts: i16,
    /// When it is or was due.
    run_at: DateTime<Utc>,
    /// When it was enqueued.
    created_at: DateTime<Utc>,
    /// When the last attempt began.
    started_at: Option<DateTime<Utc>>,
    /// When it was over.
    finished_at: Option<DateTime<Utc>>,
    /// Percent done.
    progress: Option<i16>,
    /// What it does now.
    step: Option<String>,
    /// Record it is about.
    subject: Option<SubjectDto>,
    /// Last error.
    last_error: Option<String>,
}

impl From<ledger::Job> for JobDto {
    fn from(job: ledger::Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            queue: job.queue,
            state: job.state,
            priority: job.priority,
            attempt: job.attempt,
            failures: job.failures,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            progress: job.progress,
            step: job.step,
            subject: job
                .subject_type
                .zip(job.subject_id)
                .map(|(kind, id)| SubjectDto { kind, id }),
            last_error: job.last_error,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct JobParams {
    /// Queue.
    queue: Option<String>,
    /// State.
    state: Option<String>,
    /// Kind.
    kind: Option<String>,
}

/// List jobs, newest first
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "listJobs", tag = "jobs", security(("bearer" = [])),
    params(JobParams, PageParams),
    responses(
        (status = 200, body = List<JobDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list_jobs(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<JobParams>,
    page: Page,
) -> ApiResult<Json<List<JobDto>>> {
    caller.need(Permission::JobsView)?;
    let clean = |text: Option<String>| text.filter(|t| !t.is_empty());
    let (queue, job_state, kind) = (clean(params.queue), clean(params.state), clean(params.kind));
    let scope = format!("jobs {queue:?} {job_state:?} {kind:?}");
    let before: Option<Uuid> = page.after(&scope)?;
    let mut conn = state.app.conn().await?;
    let (q, s, k) = (queue.as_deref(), job_state.as_deref(), kind.as_deref());
    let rows = ledger::list(&mut conn, q, s, k, before, page.fetch())
        .await
        .map_err(app::AppError::from)?;
    Ok(Json(page.list(&scope, rows, |row| row.id, JobDto::from)))
}

/// A job with its arguments and history.
#[derive(Debug, Serialize, ToSchema)]
struct JobDetailDto {
    /// What lists show.
    #[serde(flatten)]
    job: JobDto,
    /// Arguments.
    payload: serde_json::Value,
    /// What it left.
    result: Option<serde_json::Value>,
    /// Every failure: `[{at, attempt, error}]`.
    errors: serde_json::Value,
}

/// Read a job; whoever started it may, too
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "getJob", tag = "jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the job")),
    responses(
        (status = 200, body = JobDetailDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get_job(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<JobDetailDto>> {
    let detail = ledger::find(&mut *state.app.conn().await?, id)
        .await
        .map_err(app::AppError::from)?;
    if !caller.may(Permission::JobsView) && detail.job.actor_id != Some(caller.user_id) {
        return Err(Problem::not_found());
    }
    Ok(Json(JobDetailDto {
        job: detail.job.into(),
        payload: detail.payload,
        result: detail.result,
        errors: detail.errors.unwrap_or(serde_json::Value::Array(Vec::new())),
    }))
}

/// Retry, cancel or discard a job
#[utoipa::path(post, path = "/api/v1/jobs/{id}/{action}", operation_id = "actOnJob", tag = "jobs", security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "Id of the job"),
        ("action" = String, Path, description = "`retry`, `cancel` or `discard`")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn act_on_job(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, action)): Path<(Uuid, String)>,
) -> ApiResult<StatusCode> {
    let action = match action.as_str() {
        "retry" => JobAction::Retry,
        "cancel" => JobAction::Cancel,
        "discard" => JobAction::Discard,
        _ => return Err(Problem::not_found()),
    };
    cases::act_on_job(&state.app, caller.caller(), id, action).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Something that runs by the clock.
#[derive(Debug, Serialize, ToSchema)]
struct ScheduleDto {
    /// Key.
    key: String,
    /// Seconds between two runs.
    every_seconds: i64,
    /// Last run.
    last_run_at: Option<DateTime<Utc>>,
    /// Next run.
    next_run_at: DateTime<Utc>,
    /// Job of the last run.
    last_job_id: Option<Uuid>,
}

/// List schedules
#[utoipa::path(get, path = "/api/v1/schedules", operation_id = "listSchedules", tag = "jobs", security(("bearer" = [])),
    responses(
        (status = 200, body = List<ScheduleDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn schedules(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<ScheduleDto>>> {
    caller.need(Permission::JobsView)?;
    let rows = ledger::schedules(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    let now = state.app.now();
    let items = SCHEDULES
        .iter()
        .map(|schedule| {
            let row = rows.iter().find(|row| row.key == schedule.key);
            ScheduleDto {
                key: schedule.key.to_owned(),
                every_seconds: schedule.every_seconds,
                last_run_at: row.and_then(|row| row.last_tick),
                next_run_at: schedule.next(now),
                last_job_id: row.and_then(|row| row.last_job_id),
            }
        })
        .collect();
    Ok(Json(List {
        items,
        next_cursor: None,
    }))
}

/// A job that was started.
#[derive(Debug, Serialize, ToSchema)]
struct Started {
    /// Job.
    job_id: Uuid,
}

/// Run a schedule now
#[utoipa::path(post, path = "/api/v1/schedules/{key}/run", operation_id = "runSchedule", tag = "jobs", security(("bearer" = [])),
    params(("key" = String, Path, description = "Key of the schedule")),
    responses(
        (status = 202, body = Started),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn run_schedule(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(key): Path<String>,
) -> ApiResult<(StatusCode, Json<Started>)> {
    let job_id = cases::run_schedule(&state.app, caller.caller(), &key).await?;
    Ok((StatusCode::ACCEPTED, Json(Started { job_id })))
}
