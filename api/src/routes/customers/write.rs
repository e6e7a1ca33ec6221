//! Creating, changing, moving and deleting customers.

use app::customer::{self as cases, HandlingEdit, NewCustomer, ProfileEdit, StatusMove};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    dto::{CustomerDto, ProfileDto, StatusDto, TierDto},
    read::show,
};
use crate::{
    extract::{CurrentUser, IfMatch, Json, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(edit, delete))
        .routes(routes!(handle))
        .routes(routes!(transition))
        .routes(routes!(restore))
}

/// A customer to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCustomerDto {
    /// The fields of the form.
    profile: ProfileDto,
    /// Tags; staff only.
    #[serde(default)]
    tags: Vec<String>,
}

/// Create a customer
///
/// Staff create one for somebody else; anybody else becomes the owner of the customer he creates.
#[utoipa::path(post, path = "/api/v1/customers", operation_id = "createCustomer", tag = "customers", security(("bearer" = [])),
    request_body = NewCustomerDto,
    responses(
        (status = 201, body = CustomerDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(new): Json<NewCustomerDto>,
) -> ApiResult<Response> {
    let new = NewCustomer {
        draft: new.profile.into(),
        tags: new.tags,
    };
    let stored = cases::create(&state.app, caller.caller(), new).await?;
    let location = format!("/api/v1/customers/{}", stored.summary.id);
    let mut response = (StatusCode::CREATED, show(&caller, &state, stored.summary.id).await?).into_response();
    if let Ok(value) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

/// Replace the profile of a customer
#[utoipa::path(put, path = "/api/v1/customers/{id}", operation_id = "editCustomer", tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ProfileDto,
    responses(
        (status = 200, body = CustomerDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn edit(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(profile): Json<ProfileDto>,
) -> ApiResult<Versioned<CustomerDto>> {
    let wanted = ProfileEdit {
        draft: profile.into(),
        version,
    };
    cases::edit(&state.app, caller.caller(), id, wanted).await?;
    show(&caller, &state, id).await
}

/// Delete a customer who is not in use
///
/// Needs a fresh proof of identity.
#[utoipa::path(delete, path = "/api/v1/customers/{id}", operation_id = "deleteCustomer", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "He is in use; `allowed` lists the statuses to be in"),
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

/// What staff decide about a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandlingDto {
    /// Member of staff who looks after him, or `null` for nobody.
    #[schema(required = true)]
    account_manager_id: Option<Uuid>,
    /// Tags.
    tags: Vec<String>,
    /// What he has a right to expect; as it is when absent.
    tier: Option<TierDto>,
}

/// Set account manager, tags and tier of a customer
#[utoipa::path(put, path = "/api/v1/customers/{id}/handling", operation_id = "handleCustomer", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = HandlingDto,
    responses(
        (status = 200, body = CustomerDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn handle(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<HandlingDto>,
) -> ApiResult<Versioned<CustomerDto>> {
    let wanted = HandlingEdit {
        account_manager_id: wanted.account_manager_id,
        tags: wanted.tags,
        tier: wanted.tier.map(Into::into),
        version,
    };
    cases::handle(&state.app, caller.caller(), id, wanted).await?;
    show(&caller, &state, id).await
}

/// A move to another status.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusMoveDto {
    /// Wanted status.
    to: StatusDto,
    /// Why; needed for every move but the first activation.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Move a customer to another status
#[utoipa::path(post, path = "/api/v1/customers/{id}/status", operation_id = "moveCustomer", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = StatusMoveDto,
    responses(
        (status = 200, body = CustomerDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Refused; `allowed` lists the statuses that would be accepted"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn transition(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<StatusMoveDto>,
) -> ApiResult<Versioned<CustomerDto>> {
    let wanted = StatusMove {
        to: wanted.to.into(),
        reason: wanted.reason,
        version,
    };
    cases::transition(&state.app, caller.caller(), id, wanted).await?;
    show(&caller, &state, id).await
}

/// Bring a deleted customer back
#[utoipa::path(post, path = "/api/v1/customers/{id}/restore", operation_id = "restoreCustomer", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = CustomerDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn restore(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<CustomerDto>> {
    cases::restore(&state.app, caller.caller(), id, version).await?;
    show(&caller, &state, id).await
}
