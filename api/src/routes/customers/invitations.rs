//! Invitations to act for a customer.

use app::{
    account::{Joining, Origin},
    customer::invitations as cases,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::invitation::Invitation;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::RoleDto;
use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    routes::{
        auth::{LinkToken, bounded},
        me::Language,
    },
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(revoke))
        .routes(routes!(resend))
        .routes(routes!(look))
        .routes(routes!(join))
        .routes(routes!(accept))
}

/// An invitation to act for a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerInvitation)]
struct InvitationDto {
    /// Id.
    id: Uuid,
    /// Address that is invited.
    email: String,
    /// `owner`, `admin`, `technical`, `billing` or `viewer`.
    role: String,
    /// Who invites.
    invited_by: String,
    /// When.
    created_at: DateTime<Utc>,
    /// When it was mailed last.
    sent_at: DateTime<Utc>,
    /// Until when it is good.
    expires_at: DateTime<Utc>,
}

impl From<Invitation> for InvitationDto {
    fn from(row: Invitation) -> Self {
        Self {
            id: row.id,
            email: row.email,
            role: row.role,
            invited_by: row.invited_by_name,
            created_at: row.created_at,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
        }
    }
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCustomerInvitation)]
struct NewInvitationDto {
    /// Address; a link is mailed to it.
    #[schema(max_length = 254)]
    email: String,
    /// Role; none above one's own.
    role: RoleDto,
}

/// What the link of an invitation offers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfferedMembership)]
struct OfferDto {
    /// Name of the customer.
    customer: String,
    /// Address that is invited.
    email: String,
    /// `owner`, `admin`, `technical`, `billing` or `viewer`.
    role: String,
    /// Who invites.
    invited_by: String,
    /// Until when it is good.
    expires_at: DateTime<Utc>,
}

/// A new account for whoever was invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JoinRequest)]
struct JoinDto {
    /// What follows `#token=` in the link.
    #[schema(max_length = 200)]
    token: String,
    /// Name, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Password, 15 to 256 characters.
    #[schema(format = "password", min_length = 15, max_length = 256)]
    password: String,
    /// Language of the account.
    locale: Language,
}

/// The customer that somebody acts for now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinedCustomer)]
struct JoinedDto {
    /// Id of the customer.
    customer_id: Uuid,
}

/// List the open invitations of a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}/invitations", operation_id = "customerInvitations", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = Vec<InvitationDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<InvitationDto>>> {
    let rows = cases::list(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Invite somebody to act for a customer
///
/// A link is mailed that works once, for seven days. The answer is the same whether the address has an account or not. Owners and
/// administrators are invited after a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/customers/{id}/invitations", operation_id = "inviteCustomerMember", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = NewInvitationDto,
    responses(
        (status = 201, body = InvitationDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The address is invited already or its owner a member, or the role is above the caller's own"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn invite(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewInvitationDto>,
) -> ApiResult<Response> {
    let made = cases::invite(&state.app, caller.caller(), id, &new.email, new.role.into()).await?;
    Ok((StatusCode::CREATED, Json(InvitationDto::from(made))).into_response())
}

/// Mail an invitation again
///
/// With another link; the one before opens nothing any more.
#[utoipa::path(post, path = "/api/v1/customers/{id}/invitations/{invitation_id}/resend",
    operation_id = "resendCustomerInvitation", tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("invitation_id" = Uuid, Path, description = "Id of the invitation")),
    responses(
        (status = 200, body = InvitationDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn resend(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, one)): Path<(Uuid, Uuid)>,
) -> ApiResult<Json<InvitationDto>> {
    Ok(Json(cases::resend(&state.app, caller.caller(), id, one).await?.into()))
}

/// Take an invitation back
#[utoipa::path(delete, path = "/api/v1/customers/{id}/invitations/{invitation_id}",
    operation_id = "revokeCustomerInvitation", tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("invitation_id" = Uuid, Path, description = "Id of the invitation")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn revoke(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, one)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    cases::revoke(&state.app, caller.caller(), id, one).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show what a mailed invitation offers
#[utoipa::path(post, path = "/api/v1/auth/membership", operation_id = "offeredMembership", tag = "auth", request_body = LinkToken,
    responses(
        (status = 200, body = OfferDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn look(State(state): State<ApiState>, Json(link): Json<LinkToken>) -> ApiResult<Json<OfferDto>> {
    let found = cases::look(&state.app, &link.token).await?;
    Ok(Json(OfferDto {
        customer: found.customer_name,
        email: found.email,
        role: found.role,
        invited_by: found.invited_by_name,
        expires_at: found.expires_at,
    }))
}

/// Open an account by a mailed invitation and act for the customer
///
/// The link proves the address. Nobody is signed in by it.
#[utoipa::path(post, path = "/api/v1/auth/membership/join", operation_id = "joinCustomer", tag = "auth", request_body = JoinDto,
    responses(
        (status = 200, body = JoinedDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The invited address has an account: sign in and accept"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn join(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<JoinDto>,
) -> ApiResult<Json<JoinedDto>> {
    bounded("/password", &request.password)?;
    let wanted = Joining {
        name: request.name,
        password: request.password,
        locale: request.locale.into(),
    };
    let customer_id = state.accounts.join(&state.app, &request.token, wanted, &origin).await?;
    Ok(Json(JoinedDto { customer_id }))
}

/// Accept an invitation to act for a customer
///
/// For whoever is signed in with the address that was invited.
#[utoipa::path(post, path = "/api/v1/me/memberships", operation_id = "acceptMembership", tag = "auth",
    security(("bearer" = [])), request_body = LinkToken,
    responses(
        (status = 200, body = JoinedDto),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Another address was invited"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn accept(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(link): Json<LinkToken>,
) -> ApiResult<Json<JoinedDto>> {
    let customer_id = cases::accept(&state.app, caller.caller(), &link.token).await?;
    Ok(Json(JoinedDto { customer_id }))
}
