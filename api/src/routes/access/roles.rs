//! Roles: those of the system, and those that administrators make.

use app::role::{self as cases, Settings};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::role;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
struct RoleDto {
    /// Id.
    id: Uuid,
    /// Stable key.
    key: String,
    /// Name given by its maker; `null` for system roles, whose names are translated.
    #[schema(required = true)]
    name: Option<String>,
    /// What it is for.
    description: String,
    /// Born with the product; it cannot be changed.
    system: bool,
    /// What it allows by itself.
    permissions: Vec<String>,
    /// What it allows with all it inherits.
    effective: Vec<String>,
    /// Roles it inherits directly.
    parents: Vec<Uuid>,
    /// Number of accounts that hold it.
    users: i64,
    /// Last change.
    updated_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

impl From<role::Role> for RoleDto {
    fn from(row: role::Role) -> Self {
        let known = |names: &[String]| cases::known(names).iter().map(|p| p.as_str().to_owned()).collect();
        Self {
            permissions: known(&row.permissions),
            effective: known(&row.effective),
            id: row.id,
            key: row.key,
            name: row.name,
            description: row.description,
            system: row.system,
            parents: row.parents,
            users: row.users,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// A role to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    /// Stable key: small letters, digits and dashes.
    #[schema(min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9-]*$")]
    key: String,
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it is for.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// What it allows by itself.
    #[serde(default)]
    permissions: Vec<String>,
    /// Roles it inherits directly.
    #[serde(default)]
    #[schema(max_items = 16)]
    parents: Vec<Uuid>,
}

/// What is to change of a role; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleChange {
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// What it is for.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// What it allows by itself.
    permissions: Option<Vec<String>>,
    /// Roles it inherits directly.
    #[schema(max_items = 16)]
    parents: Option<Vec<Uuid>>,
}

fn versioned(row: role::Role) -> Versioned<RoleDto> {
    Versioned {
        version: row.version,
        body: row.into(),
    }
}

/// Whoever gives people roles must be able to see them.
fn may_see(caller: &CurrentUser) -> ApiResult<()> {
    if caller.may(Permission::UsersAssignRoles) || caller.may(Permission::UsersView) {
        return Ok(());
    }
    caller.need(Permission::RolesView)
}

/// List roles
#[utoipa::path(get, path = "/api/v1/roles", operation_id = "listRoles", tag = "access", security(("bearer" = [])),
    responses(
        (status = 200, body = List<RoleDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<RoleDto>>> {
    may_see(&caller)?;
    let rows = role::all(&mut *state.app.conn().await?).await?;
    Ok(Json(List {
        items: rows.into_iter().map(RoleDto::from).collect(),
        next_cursor: None,
    }))
}

/// Make a role
///
/// Nobody hands out what he does not hold: such a role is refused with `privilege_escalation`.
#[utoipa::path(post, path = "/api/v1/roles", operation_id = "createRole", tag = "access", security(("bearer" = [])),
    request_body = NewRole,
    responses(
        (status = 201, body = RoleDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(caller: CurrentUser, State(state): State<ApiState>, Json(new): Json<NewRole>) -> ApiResult<Response> {
    let settings = Settings {
        name: Some(new.name),
        description: new.description,
        permissions: Some(new.permissions),
        parents: Some(new.parents),
    };
    let row = cases::create(&state.app, caller.caller(), &new.key, settings).await?;
    let place = format!("/api/v1/roles/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], versioned(row)).into_response())
}

/// Read a role
#[utoipa::path(get, path = "/api/v1/roles/{id}", operation_id = "getRole", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the role")),
    responses(
        (status = 200, body = RoleDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<RoleDto>> {
    may_see(&caller)?;
    Ok(versioned(role::find(&mut *state.app.conn().await?, id).await?))
}

/// Change a role; its holders have the new permissions within a second
#[utoipa::path(patch, path = "/api/v1/roles/{id}", operation_id = "changeRole", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the role"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = RoleChange,
    responses(
        (status = 200, body = RoleDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(change): Json<RoleChange>,
) -> ApiResult<Versioned<RoleDto>> {
    let settings = Settings {
        name: change.name,
        description: change.description,
        permissions: change.permissions,
        parents: change.parents,
    };
    Ok(versioned(
        cases::change(&state.app, caller.caller(), id, version, settings).await?,
    ))
}

/// Delete a role that nobody holds and none inherits
#[utoipa::path(delete, path = "/api/v1/roles/{id}", operation_id = "deleteRole", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the role"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    cases::delete(&state.app, caller.caller(), id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
