//! Checks of mailbox settings. A worker makes them; the result is read here, and every step is told live.

use app::mailbox_test as cases;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::mail::check::{Check, Checks};
use serde::Serialize;
use store::mailbox_test::MailboxTest;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::mailboxes::SettingsDto;
use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::{CheckFaultWord, CheckResultWord, CheckStateWord, CheckStepWord},
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(test_mailbox))
        .routes(routes!(test_settings))
        .routes(routes!(get))
}

/// One step of a check.
#[derive(Debug, Serialize, ToSchema)]
struct CheckDto {
    /// Which.
    step: CheckStepWord,
    /// How far it is.
    state: CheckStateWord,
    /// Why it failed.
    fault: Option<CheckFaultWord>,
    /// The server's own words.
    detail: Option<String>,
    /// Mails in the folder.
    mails: Option<u32>,
}

impl From<Check> for CheckDto {
    fn from(check: Check) -> Self {
        Self {
            step: check.step.into(),
            state: check.state.into(),
            fault: check.fault.map(CheckFaultWord::from),
            detail: check.detail,
            mails: check.mails,
        }
    }
}

/// A check of mailbox settings.
#[derive(Debug, Serialize, ToSchema)]
struct MailboxTestDto {
    /// Id; its result is at `/api/v1/mailbox-tests/{id}` and is kept for a day.
    id: Uuid,
    /// Mailbox, when it is one that is saved.
    mailbox_id: Option<Uuid>,
    /// How far it is.
    state: CheckResultWord,
    /// Its steps in their order.
    steps: Vec<CheckDto>,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
}

impl MailboxTestDto {
    fn new(test: MailboxTest) -> ApiResult<Self> {
        let checks: Checks = serde_json::from_value(test.steps)
            .map_err(|error| app::AppError::Internal(format!("steps of a check: {error}")))?;
        Ok(Self {
            id: test.id,
            mailbox_id: test.mailbox_id,
            state: CheckResultWord::stored(test.state),
            steps: checks.0.into_iter().map(CheckDto::from).collect(),
            created_at: test.created_at,
            finished_at: test.finished_at,
        })
    }
}

fn accepted(test: MailboxTest) -> ApiResult<Response> {
    let location = format!("/api/v1/mailbox-tests/{}", test.id);
    let body = Json(MailboxTestDto::new(test)?);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

/// Check a mailbox at its servers
///
/// With a body, the settings in it are checked in place of the saved ones; nothing is saved.
#[utoipa::path(post, path = "/api/v1/mailboxes/{id}/test", operation_id = "testMailbox", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mailbox")),
    request_body = Option<SettingsDto>,
    responses(
        (status = 202, body = MailboxTestDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn test_mailbox(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    settings: Option<Json<SettingsDto>>,
) -> ApiResult<Response> {
    let settings = settings.map(|Json(settings)| settings.into()).unwrap_or_default();
    accepted(cases::start(&state.app, caller.caller(), Some(id), settings).await?)
}

/// Check settings of a mailbox that is not saved yet
#[utoipa::path(post, path = "/api/v1/mailbox-tests", operation_id = "testMailboxSettings", tag = "mail",
    security(("bearer" = [])),
    request_body = SettingsDto,
    responses(
        (status = 202, body = MailboxTestDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn test_settings(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(settings): Json<SettingsDto>,
) -> ApiResult<Response> {
    accepted(cases::start(&state.app, caller.caller(), None, settings.into()).await?)
}

/// Read how far a check is, and what it found
#[utoipa::path(get, path = "/api/v1/mailbox-tests/{id}", operation_id = "getMailboxTest", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the check")),
    responses(
        (status = 200, body = MailboxTestDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<MailboxTestDto>> {
    Ok(Json(MailboxTestDto::new(
        cases::find(&state.app, caller.caller(), id).await?,
    )?))
}
