//! Who acts for a customer.

use app::customer as cases;
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::customer::Member;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::RoleDto;
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(change, remove))
}

/// Somebody who acts for a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerMember)]
struct MemberDto {
    /// Account.
    user_id: Uuid,
    /// Name.
    name: String,
    /// Address.
    email: String,
    /// `owner`, `admin`, `technical`, `billing` or `viewer`.
    role: String,
    /// Since when.
    added_at: DateTime<Utc>,
}

impl From<Member> for MemberDto {
    fn from(row: Member) -> Self {
        Self {
            user_id: row.user_id,
            name: row.name,
            email: row.email,
            role: row.role,
            added_at: row.added_at,
        }
    }
}

/// An account to act for a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMemberDto {
    /// Address of the account.
    #[schema(max_length = 254)]
    email: String,
    /// Role.
    role: RoleDto,
}

/// Another role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberRoleDto {
    /// Role.
    role: RoleDto,
}

/// List who acts for a customer
///
/// Owners first, then by role and name.
#[utoipa::path(get, path = "/api/v1/customers/{id}/members", operation_id = "customerMembers", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), PageParams),
    responses(
        (status = 200, body = List<MemberDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
) -> ApiResult<Json<List<MemberDto>>> {
    let scope = format!("members of {id}");
    let part = (page.after(&scope)?, page.fetch());
    let rows = cases::members(&state.app, caller.caller(), id, part).await?;
    Ok(Json(page.list(&scope, rows, Member::place, MemberDto::from)))
}

/// Make an account act for a customer
///
/// For staff: nobody else is to learn which addresses have accounts. Owners and administrators are made after a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/customers/{id}/members", operation_id = "addCustomerMember", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = NewMemberDto,
    responses(
        (status = 200, body = MemberDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewMemberDto>,
) -> ApiResult<Json<MemberDto>> {
    let added = cases::add_member(&state.app, caller.caller(), id, &new.email, new.role.into()).await?;
    Ok(Json(added.into()))
}

/// Give a member another role
///
/// Owners and administrators are made after a fresh proof of identity.
#[utoipa::path(put, path = "/api/v1/customers/{id}/members/{user_id}", operation_id = "changeCustomerMember",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("user_id" = Uuid, Path, description = "Account of the member")),
    request_body = MemberRoleDto,
    responses(
        (status = 200, body = MemberDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "He is the last owner, or the role is above the caller's own"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, user)): Path<(Uuid, Uuid)>,
    Json(wanted): Json<MemberRoleDto>,
) -> ApiResult<Json<MemberDto>> {
    let changed = cases::change_member(&state.app, caller.caller(), id, user, wanted.role.into()).await?;
    Ok(Json(changed.into()))
}

/// Take a member out
///
/// Everybody may leave by himself.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/members/{user_id}", operation_id = "removeCustomerMember",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("user_id" = Uuid, Path, description = "Account of the member")),
    responses(
        (status = 204),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "He is the last owner, or his role is above the caller's own"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn remove(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, user)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    cases::remove_member(&state.app, caller.caller(), id, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
