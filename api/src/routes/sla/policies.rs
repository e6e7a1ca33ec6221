//! Policies.

use app::sla as cases;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::sla;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{PolicyInput, SlaPolicy};
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::tickets::Named,
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(order))
        .routes(routes!(options))
}

async fn shown(state: &ApiState, row: sla::Policy) -> ApiResult<Versioned<SlaPolicy>> {
    let taken_by = cases::takers(&state.app).await?.remove(&row.id).unwrap_or_default();
    let body = SlaPolicy::of(row, taken_by)?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}

async fn listed(state: &ApiState, rows: Vec<sla::Policy>) -> ApiResult<Json<List<SlaPolicy>>> {
    let mut takers = cases::takers(&state.app).await?;
    let mut taken_by = |id: Uuid| takers.remove(&id).unwrap_or_default();
    let items = rows
        .into_iter()
        .map(|row| {
            let taken_by = taken_by(row.id);
            SlaPolicy::of(row, taken_by)
        })
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(Json(List {
        items,
        next_cursor: None,
    }))
}

/// List policies in the order in which they are asked
#[utoipa::path(get, path = "/api/v1/sla/policies", operation_id = "listSlaPolicies", tag = "sla", security(("bearer" = [])),
    responses(
        (status = 200, body = List<SlaPolicy>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<SlaPolicy>>> {
    caller.need(Permission::SlaView)?;
    let rows = sla::policies(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    listed(&state, rows).await
}

/// Read a policy
#[utoipa::path(get, path = "/api/v1/sla/policies/{id}", operation_id = "getSlaPolicy", tag = "sla", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the policy")),
    responses(
        (status = 200, body = SlaPolicy, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<SlaPolicy>> {
    caller.need(Permission::SlaView)?;
    let row = sla::policy(&mut *state.app.conn().await?, id)
        .await
        .map_err(app::AppError::from)?;
    shown(&state, row).await
}

/// Create a policy
///
/// It is asked before all others.
#[utoipa::path(post, path = "/api/v1/sla/policies", operation_id = "createSlaPolicy", tag = "sla", security(("bearer" = [])),
    request_body = PolicyInput,
    responses(
        (status = 201, body = SlaPolicy, headers(
            ("ETag" = String, description = "Version, for If-Match"), ("Location" = String, description = "Where it is"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<PolicyInput>,
) -> ApiResult<Response> {
    let row = cases::create_policy(&state.app, caller.caller(), &input.into()).await?;
    let location = format!("/api/v1/sla/policies/{}", row.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        shown(&state, row).await?,
    )
        .into_response())
}

/// Change a policy
///
/// Other promises are a new version, for new tickets; open ones keep theirs until they are bound anew.
#[utoipa::path(put, path = "/api/v1/sla/policies/{id}", operation_id = "changeSlaPolicy", tag = "sla", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the policy"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = PolicyInput,
    responses(
        (status = 200, body = SlaPolicy, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<PolicyInput>,
) -> ApiResult<Versioned<SlaPolicy>> {
    let row = cases::change_policy(&state.app, caller.caller(), id, version, &input.into()).await?;
    shown(&state, row).await
}

/// Delete a policy
///
/// Tickets keep the version they are bound to. The policy that takes what is left cannot be deleted.
#[utoipa::path(delete, path = "/api/v1/sla/policies/{id}", operation_id = "deleteSlaPolicy", tag = "sla", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the policy"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
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
    cases::delete_policy(&state.app, caller.caller(), id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An order of policies.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyOrder {
    /// Every policy but the one that takes what is left, the first to be asked first.
    ids: Vec<Uuid>,
}

/// Put the policies into an order
#[utoipa::path(post, path = "/api/v1/sla/policies/order", operation_id = "orderSlaPolicies", tag = "sla", security(("bearer" = [])),
    request_body = PolicyOrder,
    responses(
        (status = 200, body = List<SlaPolicy>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn order(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<PolicyOrder>,
) -> ApiResult<Json<List<SlaPolicy>>> {
    let rows = cases::order_policies(&state.app, caller.caller(), &input.ids).await?;
    listed(&state, rows).await
}

/// What a policy or a calendar can be made of.
#[derive(Debug, Serialize, ToSchema)]
struct SlaOptions {
    /// Time zones.
    zones: Vec<String>,
    /// Support groups.
    groups: Vec<Named>,
}

/// What a policy or a calendar can be made of
#[utoipa::path(get, path = "/api/v1/sla/options", operation_id = "slaOptions", tag = "sla", security(("bearer" = [])),
    responses(
        (status = 200, body = SlaOptions),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn options(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<SlaOptions>> {
    caller.need(Permission::SlaView)?;
    let groups = store::user::groups(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    let named = |group: store::user::Group| Named {
        id: group.id,
        name: group.name,
    };
    Ok(Json(SlaOptions {
        zones: domain::sla::zones().map(str::to_owned).collect(),
        groups: groups.into_iter().map(named).collect(),
    }))
}
