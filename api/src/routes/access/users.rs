//! Accounts managed by others than their owners.

use app::people::{self as cases, Change, Invitation};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::person::{self, Filter, Person};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::me::Language,
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(get, change, delete))
        .routes(routes!(invite_again))
        .routes(routes!(suspend))
        .routes(routes!(deactivate))
        .routes(routes!(reactivate))
        .routes(routes!(assign_role))
}

/// Which accounts are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UserFilter {
    /// Part of name or address.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Role.
    role_id: Option<Uuid>,
    /// `pending`, `active`, `suspended` or `deactivated`.
    status: Option<String>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
struct UserDto {
    /// Id.
    id: Uuid,
    /// Address.
    email: String,
    /// Name.
    name: String,
    /// Telephone, E.164.
    #[schema(required = true)]
    phone: Option<String>,
    /// Language.
    locale: Language,
    /// `pending` (invited, not opened yet), `active`, `suspended` or `deactivated`.
    status: String,
    /// Role.
    role: UserRole,
    /// Since when.
    created_at: DateTime<Utc>,
    /// Last login.
    #[schema(required = true)]
    last_login_at: Option<DateTime<Utc>>,
    /// The ETag.
    version: i32,
}

/// The role of an account.
#[derive(Debug, Serialize, ToSchema)]
struct UserRole {
    /// Id.
    id: Uuid,
    /// Key.
    key: String,
    /// Name; `null` for system roles, whose names are translated.
    #[schema(required = true)]
    name: Option<String>,
}

impl From<Person> for UserDto {
    fn from(row: Person) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            phone: row.phone,
            locale: Language::of(&row.locale),
            status: row.status,
            role: UserRole {
                id: row.role_id,
                key: row.role_key,
                name: row.role_name,
            },
            created_at: row.created_at,
            last_login_at: row.last_login_at,
            version: row.version,
        }
    }
}

fn versioned(row: Person) -> Versioned<UserDto> {
    Versioned {
        version: row.version,
        body: row.into(),
    }
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// Address; the invitation goes there.
    #[schema(max_length = 254)]
    email: String,
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Role.
    role_id: Uuid,
    /// Language of the invitation; French when absent.
    locale: Option<Language>,
}

/// What is to change of an account; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Telephone with its country, such as `+213 550 00 00 00`; empty takes it away.
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// Language.
    locale: Option<Language>,
}

/// The role to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleAssignment {
    /// Role.
    role_id: Uuid,
}

/// List accounts, newest first
#[utoipa::path(get, path = "/api/v1/users", operation_id = "listUsers", tag = "access", security(("bearer" = [])),
    params(PageParams, UserFilter),
    responses(
        (status = 200, body = List<UserDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<UserFilter>,
) -> ApiResult<Json<List<UserDto>>> {
    caller.need(Permission::UsersView)?;
    let scope = serde_json::to_string(&filter).unwrap_or_default();
    let text = |given: Option<String>| given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let wanted = Filter {
        text: text(filter.q),
        role_id: filter.role_id,
        status: text(filter.status),
    };
    let before: Option<Uuid> = page.after(&scope)?;
    let rows = person::list(&mut *state.app.conn().await?, &wanted, before, page.fetch()).await?;
    Ok(Json(page.list(&scope, rows, |row| row.id, UserDto::from)))
}

/// Invite somebody
///
/// The account waits until its owner opens it with the mailed link. Nobody gives a role that allows more than he holds.
#[utoipa::path(post, path = "/api/v1/users", operation_id = "inviteUser", tag = "access", security(("bearer" = [])),
    request_body = NewUser,
    responses(
        (status = 201, body = UserDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn invite(caller: CurrentUser, State(state): State<ApiState>, Json(new): Json<NewUser>) -> ApiResult<Response> {
    let invitation = Invitation {
        email: new.email,
        name: new.name,
        role_id: new.role_id,
        locale: new.locale.map(Into::into).unwrap_or_default(),
    };
    let row = cases::invite(&state.app, caller.caller(), invitation).await?;
    let place = format!("/api/v1/users/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], versioned(row)).into_response())
}

/// Read an account
#[utoipa::path(get, path = "/api/v1/users/{id}", operation_id = "getUser", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    responses(
        (status = 200, body = UserDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<UserDto>> {
    caller.need(Permission::UsersView)?;
    Ok(versioned(person::find(&mut *state.app.conn().await?, id).await?))
}

/// Change an account's name, telephone or language
#[utoipa::path(patch, path = "/api/v1/users/{id}", operation_id = "changeUser", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = UserChange,
    responses(
        (status = 200, body = UserDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(change): Json<UserChange>,
) -> ApiResult<Versioned<UserDto>> {
    let change = Change {
        name: change.name,
        phone: change.phone,
        locale: change.locale.map(Into::into),
    };
    Ok(versioned(
        cases::change(&state.app, caller.caller(), id, version, change).await?,
    ))
}

/// Delete an account; what it did stays attributed to it
#[utoipa::path(delete, path = "/api/v1/users/{id}", operation_id = "deleteUser", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("If-Match" = String, Header, description = "ETag as read")),
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

/// Mail an invitation again
#[utoipa::path(post, path = "/api/v1/users/{id}/invitation", operation_id = "inviteUserAgain", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    responses(
        (status = 202, description = "The mail is on its way"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn invite_again(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    cases::invite_again(&state.app, caller.caller(), id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Suspend an account: its sessions end, and it cannot sign in
///
/// Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/users/{id}/suspend", operation_id = "suspendUser", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = UserDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn suspend(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<UserDto>> {
    Ok(versioned(
        cases::suspend(&state.app, caller.caller(), id, version).await?,
    ))
}

/// Deactivate an account: as suspended, and its API tokens and mailed links are dead for good
///
/// An account that somebody brings back begins without them. Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/users/{id}/deactivate", operation_id = "deactivateUser", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = UserDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn deactivate(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<UserDto>> {
    Ok(versioned(
        cases::deactivate(&state.app, caller.caller(), id, version).await?,
    ))
}

/// Put a suspended or deactivated account back to use
///
/// Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/users/{id}/reactivate", operation_id = "reactivateUser", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = UserDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn reactivate(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<UserDto>> {
    Ok(versioned(
        cases::reactivate(&state.app, caller.caller(), id, version).await?,
    ))
}

/// Give an account another role; its sessions follow within a second
#[utoipa::path(put, path = "/api/v1/users/{id}/role", operation_id = "assignRole", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = RoleAssignment,
    responses(
        (status = 200, body = UserDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn assign_role(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<RoleAssignment>,
) -> ApiResult<Versioned<UserDto>> {
    Ok(versioned(
        cases::assign_role(&state.app, caller.caller(), id, version, wanted.role_id).await?,
    ))
}
