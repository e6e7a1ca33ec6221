//! Copies of all that is kept about a person: one's own, and those that staff ask for.

use app::privacy::export::{self as cases, Whose};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::privacy::export::Export;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::uploads::download;
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(own_list, ask_own))
        .routes(routes!(open_own))
        .routes(routes!(list, ask))
        .routes(routes!(open))
}

/// A copy of all that is kept about a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalExport)]
struct ExportDto {
    /// Id.
    id: Uuid,
    /// `queued`, `running`, `ready`, `failed` or `expired`.
    state: String,
    /// How far it is, in percent.
    progress: i16,
    /// Who asked for it.
    requested_by: String,
    /// Size of the archive in bytes.
    size: i64,
    /// Files in it.
    files: i32,
    /// How often it was opened.
    downloads: i32,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// Until when it can be opened.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
}

impl From<Export> for ExportDto {
    fn from(row: Export) -> Self {
        Self {
            id: row.id,
            state: row.state,
            progress: row.progress,
            requested_by: row.requested_by_name,
            size: row.size,
            files: row.files,
            downloads: row.downloads,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

async fn listed(caller: &CurrentUser, state: &ApiState, page: &Page, whose: Whose) -> ApiResult<Json<List<ExportDto>>> {
    let after = page.after::<(DateTime<Utc>, Uuid)>("exports")?;
    let rows = cases::list(&state.app, caller.caller(), whose, after, page.fetch()).await?;
    Ok(Json(page.list(
        "exports",
        rows,
        |row| (row.created_at, row.id),
        Into::into,
    )))
}

async fn asked(caller: &CurrentUser, state: &ApiState, whose: Whose) -> ApiResult<Response> {
    let export = cases::ask(&state.app, caller.caller(), whose).await?;
    Ok((StatusCode::ACCEPTED, Json(ExportDto::from(export))).into_response())
}

async fn opened(caller: &CurrentUser, state: &ApiState, whose: Whose, id: Uuid) -> ApiResult<Response> {
    let (export, bytes) = cases::open(&state.app, caller.caller(), whose, id).await?;
    let name = format!("personal-data-{}.zip", export.created_at.format("%Y-%m-%d"));
    let mut response = download(&name, "application/zip", bytes::Bytes::new());
    *response.body_mut() = Body::from_stream(bytes);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(export.size));
    Ok(response)
}

/// List the copies of one's data
#[utoipa::path(get, path = "/api/v1/me/exports", operation_id = "myExports", tag = "personal-data", security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<ExportDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own_list(caller: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<ExportDto>>> {
    listed(&caller, &state, &page, Whose::Own).await
}

/// Ask for a copy of all that is kept about oneself
///
/// Needs a fresh proof of identity. One is made at a time, three a day. It can be opened for seven days.
#[utoipa::path(post, path = "/api/v1/me/exports", operation_id = "askMyExport", tag = "personal-data", security(("bearer" = [])),
    responses(
        (status = 202, body = ExportDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask_own(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Response> {
    asked(&caller, &state, Whose::Own).await
}

/// Open a copy of one's data
///
/// A ZIP archive. Needs a fresh proof of identity; every opening is logged.
#[utoipa::path(get, path = "/api/v1/me/exports/{id}/archive", operation_id = "openMyExport", tag = "personal-data",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the copy")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn open_own(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    opened(&caller, &state, Whose::Own, id).await
}

/// List the copies of a person's data
#[utoipa::path(get, path = "/api/v1/users/{id}/exports", operation_id = "userExports", tag = "personal-data",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), PageParams),
    responses(
        (status = 200, body = List<ExportDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
) -> ApiResult<Json<List<ExportDto>>> {
    listed(&caller, &state, &page, Whose::Of(id)).await
}

/// Ask for a copy of all that is kept about a person
///
/// Needs a fresh proof of identity. One is made at a time, three a day. It can be opened for seven days.
#[utoipa::path(post, path = "/api/v1/users/{id}/exports", operation_id = "askUserExport", tag = "personal-data",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    responses(
        (status = 202, body = ExportDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    asked(&caller, &state, Whose::Of(id)).await
}

/// Open a copy of a person's data
///
/// A ZIP archive. Needs a fresh proof of identity; every opening is logged.
#[utoipa::path(get, path = "/api/v1/users/{id}/exports/{export_id}/archive", operation_id = "openUserExport",
    tag = "personal-data", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("export_id" = Uuid, Path, description = "Id of the copy")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn open(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, export)): Path<(Uuid, Uuid)>,
) -> ApiResult<Response> {
    opened(&caller, &state, Whose::Of(id), export).await
}
