//! Erasing a person: asked for by himself, carried out by staff.

use app::privacy::erasure::{self as cases, Shown};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::privacy::REGISTER;
use serde::{Deserialize, Serialize};
use store::privacy::erasure::{Count, Erasure};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path},
    problem::{ApiResult, ProblemBody},
    routes::account::sessions::close,
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(own, ask, withdraw))
        .routes(routes!(show, carry_out))
        .routes(routes!(list))
}

/// What one asked for oneself.
#[derive(Debug, Serialize, ToSchema)]
struct OwnErasureDto {
    /// `none`, `asked`, `withdrawn` or `running`.
    state: String,
    /// When it was asked for.
    #[schema(required = true)]
    asked_at: Option<DateTime<Utc>>,
    /// From when on staff may carry it out; until they do, it can be taken back.
    #[schema(required = true)]
    due_at: Option<DateTime<Utc>>,
}

impl From<Option<Erasure>> for OwnErasureDto {
    fn from(row: Option<Erasure>) -> Self {
        row.map_or_else(
            || Self {
                state: "none".to_owned(),
                asked_at: None,
                due_at: None,
            },
            |row| Self {
                state: row.state,
                asked_at: row.asked_at,
                due_at: row.due_at,
            },
        )
    }
}

/// Something with a number.
#[derive(Debug, Serialize, ToSchema)]
struct ErasureCount {
    /// Of what.
    key: String,
    /// How many.
    count: i64,
}

impl From<Count> for ErasureCount {
    fn from(row: Count) -> Self {
        Self {
            key: row.key,
            count: row.count,
        }
    }
}

/// Something that is kept.
#[derive(Debug, Serialize, ToSchema)]
struct KeptDto {
    /// What: `papers`, `fiscal`, `messages`, `journal` or `audit`.
    key: String,
    /// How many.
    count: i64,
    /// Entry of the register that says why and how long.
    processing: &'static str,
    /// Where the law says so.
    law: &'static str,
}

/// A request or an erasure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalErasure)]
struct ErasureDto {
    /// Id.
    id: Uuid,
    /// Account.
    user_id: Uuid,
    /// Name; afterwards what is left of it.
    user_name: String,
    /// `asked`, `withdrawn`, `running` or `done`.
    state: String,
    /// When the person asked for it; `null` when staff did without.
    #[schema(required = true)]
    asked_at: Option<DateTime<Utc>>,
    /// From when on it may be carried out.
    #[schema(required = true)]
    due_at: Option<DateTime<Utc>>,
    /// Who carried it out.
    #[schema(required = true)]
    carried_by: Option<String>,
    /// Why.
    #[schema(required = true)]
    reason: Option<String>,
    /// When it was done.
    #[schema(required = true)]
    done_at: Option<DateTime<Utc>>,
    /// Steps that are done, of all.
    steps_done: usize,
    /// Steps there are.
    steps: usize,
    /// Rows by step.
    report: Vec<ErasureCount>,
    /// When the row was made.
    created_at: DateTime<Utc>,
}

impl From<Erasure> for ErasureDto {
    fn from(row: Erasure) -> Self {
        let report = row.erased.as_object().cloned().unwrap_or_default();
        let count = |(key, rows): (String, serde_json::Value)| ErasureCount {
            key,
            count: rows.as_i64().unwrap_or(0),
        };
        Self {
            id: row.id,
            user_id: row.user_id,
            user_name: row.user_name,
            state: row.state,
            asked_at: row.asked_at,
            due_at: row.due_at,
            carried_by: row.carried_by,
            reason: row.reason,
            done_at: row.done_at,
            steps_done: row.steps.len(),
            steps: domain::privacy::erasure::Step::ALL.len(),
            report: report.into_iter().map(count).collect(),
            created_at: row.created_at,
        }
    }
}

/// What erasing a person would do.
#[derive(Debug, Serialize, ToSchema)]
struct ErasurePreview {
    /// The newest request or erasure.
    #[schema(required = true)]
    erasure: Option<ErasureDto>,
    /// What must be settled first: `last_owner`, `customer_address`, `open_tickets`, `assigned_tickets`, `identity_under_review`,
    /// `last_admin` or `cooling_off`.
    obstacles: Vec<ErasureCount>,
    /// What goes: `sessions`, `factors`, `api_tokens`, `memberships`, `messages`, `files`, `mails`, `customers`, `papers`.
    erased: Vec<ErasureCount>,
    /// What stays, and by which law.
    kept: Vec<KeptDto>,
}

/// The entry of the register that speaks of what is kept.
const fn processing(kept: &str) -> &'static str {
    match kept.as_bytes() {
        b"papers" => "identity",
        b"fiscal" => "customers",
        b"messages" => "tickets",
        b"journal" => "sign_ins",
        _ => "audit",
    }
}

impl From<Shown> for ErasurePreview {
    fn from(shown: Shown) -> Self {
        let (kept, erased): (Vec<Count>, Vec<Count>) =
            shown.preview.into_iter().partition(|one| one.key.starts_with("kept_"));
        let keep = |one: Count| {
            let key = one.key.trim_start_matches("kept_").to_owned();
            let processing = processing(&key);
            KeptDto {
                law: REGISTER
                    .iter()
                    .find(|entry| entry.key == processing)
                    .map_or("", |entry| entry.law),
                processing,
                key,
                count: one.count,
            }
        };
        Self {
            erasure: shown.erasure.map(Into::into),
            obstacles: shown.obstacles.into_iter().map(Into::into).collect(),
            erased: erased.into_iter().map(Into::into).collect(),
            kept: kept.into_iter().map(keep).collect(),
        }
    }
}

/// Why somebody is erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ErasureOrder {
    /// Reason, 5 to 500 characters; it is kept.
    #[schema(min_length = 5, max_length = 500)]
    reason: String,
}

/// Whether one asked to be erased
#[utoipa::path(get, path = "/api/v1/me/erasure", operation_id = "myErasure", tag = "personal-data", security(("bearer" = [])),
    responses(
        (status = 200, body = OwnErasureDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<OwnErasureDto>> {
    Ok(Json(cases::own(&state.app, caller.caller()).await?.into()))
}

/// Ask to be erased
///
/// Needs a fresh proof of identity. It can be taken back for fourteen days, and afterwards until staff carry it out.
#[utoipa::path(post, path = "/api/v1/me/erasure", operation_id = "askMyErasure", tag = "personal-data", security(("bearer" = [])),
    responses(
        (status = 202, body = OwnErasureDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Response> {
    let erasure = cases::ask(&state.app, caller.caller()).await?;
    Ok((StatusCode::ACCEPTED, Json(OwnErasureDto::from(Some(erasure)))).into_response())
}

/// Take back that one asked to be erased
#[utoipa::path(delete, path = "/api/v1/me/erasure", operation_id = "withdrawMyErasure", tag = "personal-data",
    security(("bearer" = [])),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn withdraw(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<StatusCode> {
    cases::withdraw(&state.app, caller.caller()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What erasing a person would do, and what stands against it
#[utoipa::path(get, path = "/api/v1/users/{id}/erasure", operation_id = "userErasure", tag = "personal-data",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    responses(
        (status = 200, body = ErasurePreview),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn show(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ErasurePreview>> {
    Ok(Json(cases::show(&state.app, caller.caller(), id).await?.into()))
}

/// Erase a person
///
/// Cannot be undone. Needs a fresh proof of identity. The account is closed at once; a job does the rest.
#[utoipa::path(post, path = "/api/v1/users/{id}/erasure", operation_id = "eraseUser", tag = "personal-data",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    request_body = ErasureOrder,
    responses(
        (status = 202, body = ErasureDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn carry_out(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(order): Json<ErasureOrder>,
) -> ApiResult<Response> {
    let (erasure, ended) = cases::carry_out(&state.app, caller.caller(), id, &order.reason).await?;
    close(&state, &ended);
    Ok((StatusCode::ACCEPTED, Json(ErasureDto::from(erasure))).into_response())
}

/// List requests to be erased and erasures, newest first
#[utoipa::path(get, path = "/api/v1/personal-data/erasures", operation_id = "erasures", tag = "personal-data",
    security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<ErasureDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<ErasureDto>>> {
    let after = page.after::<(DateTime<Utc>, Uuid)>("erasures")?;
    let rows = cases::list(&state.app, caller.caller(), after, page.fetch()).await?;
    Ok(Json(page.list(
        "erasures",
        rows,
        |row| (row.created_at, row.id),
        Into::into,
    )))
}
