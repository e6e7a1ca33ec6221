//! Notification groups.

use app::notification::group::{self as cases, Draft};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use store::notification::group::NotificationGroup;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, delete))
}

/// A member.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NotificationGroupMember {
    /// Person.
    id: Uuid,
    /// Name.
    name: String,
}

/// A named set of staff that rules and escalations tell.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationGroup)]
struct GroupDto {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Members by name.
    members: Vec<NotificationGroupMember>,
    /// The ETag.
    version: i32,
}

impl TryFrom<NotificationGroup> for GroupDto {
    type Error = Problem;

    fn try_from(row: NotificationGroup) -> Result<Self, Problem> {
        let members = serde_json::from_value(row.members);
        Ok(Self {
            id: row.id,
            name: row.name,
            members: members.map_err(|error| app::AppError::Internal(error.to_string()))?,
            version: row.version,
        })
    }
}

/// A group as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationGroupInput {
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// People who can be given tickets.
    #[schema(max_items = 50)]
    members: Vec<Uuid>,
}

impl From<NotificationGroupInput> for Draft {
    fn from(dto: NotificationGroupInput) -> Self {
        Self {
            name: dto.name,
            members: dto.members,
        }
    }
}

fn shown(group: NotificationGroup) -> ApiResult<Versioned<GroupDto>> {
    Ok(Versioned {
        version: group.version,
        body: group.try_into()?,
    })
}

/// List notification groups
#[utoipa::path(get, path = "/api/v1/notification-groups", operation_id = "listNotificationGroups", tag = "notifications", security(("bearer" = [])),
    responses(
        (status = 200, body = List<GroupDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<GroupDto>>> {
    let rows = cases::list(&state.app, caller.caller()).await?;
    Ok(Json(List {
        items: rows.into_iter().map(GroupDto::try_from).collect::<Result<_, _>>()?,
        next_cursor: None,
    }))
}

/// Add a notification group
#[utoipa::path(post, path = "/api/v1/notification-groups", operation_id = "createNotificationGroup", tag = "notifications", security(("bearer" = [])),
    request_body = NotificationGroupInput,
    responses(
        (status = 201, body = GroupDto, headers(
            ("ETag" = String, description = "Version, for If-Match"), ("Location" = String, description = "Where it is"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<NotificationGroupInput>,
) -> ApiResult<Response> {
    let made = cases::create(&state.app, caller.caller(), &input.into()).await?;
    let location = format!("/api/v1/notification-groups/{}", made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], shown(made)?).into_response())
}

/// Change a notification group
#[utoipa::path(put, path = "/api/v1/notification-groups/{id}", operation_id = "changeNotificationGroup", tag = "notifications", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the group"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = NotificationGroupInput,
    responses(
        (status = 200, body = GroupDto, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<NotificationGroupInput>,
) -> ApiResult<Versioned<GroupDto>> {
    shown(cases::change(&state.app, caller.caller(), id, version, &input.into()).await?)
}

/// Delete a notification group that nothing tells
#[utoipa::path(delete, path = "/api/v1/notification-groups/{id}", operation_id = "deleteNotificationGroup", tag = "notifications", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the group"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    responses(
        (status = 204, description = "Deleted"),
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
