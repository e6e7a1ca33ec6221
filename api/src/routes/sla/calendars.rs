//! Calendars.

use app::sla as cases;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::permission::Permission;
use store::sla;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{CalendarInput, SlaCalendar};
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
}

fn shown(row: sla::Calendar) -> ApiResult<Versioned<SlaCalendar>> {
    let body = SlaCalendar::of(row)?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}

fn listed(rows: Vec<sla::Calendar>) -> ApiResult<Json<List<SlaCalendar>>> {
    let items = rows.into_iter().map(SlaCalendar::of).collect::<ApiResult<Vec<_>>>()?;
    Ok(Json(List {
        items,
        next_cursor: None,
    }))
}

/// List calendars
#[utoipa::path(get, path = "/api/v1/sla/calendars", operation_id = "listSlaCalendars", tag = "sla", security(("bearer" = [])),
    responses(
        (status = 200, body = List<SlaCalendar>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<SlaCalendar>>> {
    caller.need(Permission::SlaView)?;
    let rows = sla::calendars(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    listed(rows)
}

/// Read a calendar
#[utoipa::path(get, path = "/api/v1/sla/calendars/{id}", operation_id = "getSlaCalendar", tag = "sla", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the calendar")),
    responses(
        (status = 200, body = SlaCalendar, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<SlaCalendar>> {
    caller.need(Permission::SlaView)?;
    let row = sla::calendar(&mut *state.app.conn().await?, id)
        .await
        .map_err(app::AppError::from)?;
    shown(row)
}

/// Create a calendar
#[utoipa::path(post, path = "/api/v1/sla/calendars", operation_id = "createSlaCalendar", tag = "sla", security(("bearer" = [])),
    request_body = CalendarInput,
    responses(
        (status = 201, body = SlaCalendar, headers(
            ("ETag" = String, description = "Version, for If-Match"), ("Location" = String, description = "Where it is"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<CalendarInput>,
) -> ApiResult<Response> {
    let row = cases::create_calendar(&state.app, caller.caller(), &input.draft()?).await?;
    let location = format!("/api/v1/sla/calendars/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], shown(row)?).into_response())
}

/// Change a calendar
///
/// Other hours are a new version. Every policy that uses it gets a version with them; open tickets keep theirs.
#[utoipa::path(put, path = "/api/v1/sla/calendars/{id}", operation_id = "changeSlaCalendar", tag = "sla", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the calendar"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = CalendarInput,
    responses(
        (status = 200, body = SlaCalendar, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<CalendarInput>,
) -> ApiResult<Versioned<SlaCalendar>> {
    let row = cases::change_calendar(&state.app, caller.caller(), id, version, &input.draft()?).await?;
    shown(row)
}

/// Delete a calendar
///
/// Not while a policy uses it.
#[utoipa::path(delete, path = "/api/v1/sla/calendars/{id}", operation_id = "deleteSlaCalendar", tag = "sla", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the calendar"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    responses(
        (status = 204, description = "It is gone"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    cases::delete_calendar(&state.app, caller.caller(), id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
