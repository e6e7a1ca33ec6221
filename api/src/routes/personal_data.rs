//! Personal data: the register of processing, and what was deleted when its time was over.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    privacy::{Processing, REGISTER, Timer},
};
use serde::Serialize;
use store::retention::{self, Run};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::access::permissions::TextsDto;
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(register)).routes(routes!(runs))
}

/// Something that is deleted when its time is over.
#[derive(Debug, Serialize, ToSchema)]
struct TimerDto {
    /// What.
    key: &'static str,
    /// How long it is kept, in days.
    days: i64,
}

impl From<&Timer> for TimerDto {
    fn from(timer: &Timer) -> Self {
        Self {
            key: timer.as_str(),
            days: timer.days(),
        }
    }
}

/// One processing of personal data.
#[derive(Debug, Serialize, ToSchema)]
struct ProcessingDto {
    /// Stable key.
    key: &'static str,
    /// What it is called.
    name: TextsDto,
    /// What for.
    purpose: TextsDto,
    /// Which data.
    data: TextsDto,
    /// `contract`, `legal_obligation` or `legitimate_interest`.
    basis: &'static str,
    /// Where the law says so.
    law: &'static str,
    /// How long they are kept.
    kept: TextsDto,
    /// What deletes parts of it.
    timers: Vec<TimerDto>,
}

impl From<&Processing> for ProcessingDto {
    fn from(one: &Processing) -> Self {
        Self {
            key: one.key,
            name: one.name.into(),
            purpose: one.purpose.into(),
            data: one.data.into(),
            basis: one.basis.as_str(),
            law: one.law,
            kept: one.kept.into(),
            timers: one.timers.iter().map(TimerDto::from).collect(),
        }
    }
}

/// Rows that a timer deleted.
#[derive(Debug, Serialize, ToSchema)]
struct DeletedDto {
    /// What.
    key: String,
    /// How many rows.
    rows: u64,
}

/// A run of the timers.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionRunDto {
    /// Id.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// What was deleted; empty when nothing was due.
    deleted: Vec<DeletedDto>,
}

impl From<Run> for RetentionRunDto {
    fn from(run: Run) -> Self {
        let counts = run.deleted.as_object().cloned().unwrap_or_default();
        let deleted = counts.into_iter().map(|(key, rows)| DeletedDto {
            key,
            rows: rows.as_u64().unwrap_or(0),
        });
        Self {
            id: run.id,
            at: run.at,
            deleted: deleted.collect(),
        }
    }
}

/// The register of processing of personal data
#[utoipa::path(get, path = "/api/v1/personal-data/register", operation_id = "processingRegister", tag = "personal-data",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<ProcessingDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn register(caller: CurrentUser) -> ApiResult<Json<List<ProcessingDto>>> {
    caller.need(Permission::AuditView)?;
    Ok(Json(List {
        items: REGISTER.iter().map(ProcessingDto::from).collect(),
        next_cursor: None,
    }))
}

/// What was deleted when its time was over, newest run first
#[utoipa::path(get, path = "/api/v1/personal-data/retention-runs", operation_id = "retentionRuns", tag = "personal-data",
    security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<RetentionRunDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn runs(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
) -> ApiResult<Json<List<RetentionRunDto>>> {
    caller.need(Permission::AuditView)?;
    let after = page.after::<(DateTime<Utc>, Uuid)>("retention")?;
    let rows = retention::runs(&mut *state.app.conn().await?, after, page.fetch()).await?;
    Ok(Json(page.list(
        "retention",
        rows,
        |run| (run.at, run.id),
        RetentionRunDto::from,
    )))
}
