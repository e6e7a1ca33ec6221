//! Mailed links: signing in without a password, setting a new one, proving a new address.

use app::account::{Origin, links};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::account::times::LinkPurpose;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{super::me::Language, bounded, login};
use crate::{
    extract::Json,
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// Where a link is to be mailed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailLinkRequest {
    /// Address of the account.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// Language of the mail.
    pub locale: Language,
}

/// The token of a mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkToken {
    /// What follows `#token=` in the link.
    #[schema(max_length = 200)]
    pub token: String,
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkToken").finish_non_exhaustive()
    }
}

/// A new password with the link that allows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    /// What follows `#token=` in the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// The new password, 15 to 256 characters.
    #[schema(format = "password", min_length = 15, max_length = 256)]
    pub password: String,
}

impl std::fmt::Debug for ResetRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResetRequest").finish_non_exhaustive()
    }
}

/// What a mailed link is for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MailedLinkPurpose {
    /// Opens an account.
    Verify,
    /// Signs in.
    Magic,
    /// Sets a new password.
    Reset,
    /// Opens an account that somebody was invited to.
    Invite,
    /// Gives an account another address.
    EmailChange,
}

impl From<MailedLinkPurpose> for LinkPurpose {
    fn from(purpose: MailedLinkPurpose) -> Self {
        match purpose {
            MailedLinkPurpose::Verify => Self::Verify,
            MailedLinkPurpose::Magic => Self::Magic,
            MailedLinkPurpose::Reset => Self::Reset,
            MailedLinkPurpose::Invite => Self::Invite,
            MailedLinkPurpose::EmailChange => Self::EmailChange,
        }
    }
}

/// A mailed link to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkLook {
    /// What follows `#token=` in the link.
    #[schema(max_length = 200)]
    token: String,
    /// What it should be for.
    purpose: MailedLinkPurpose,
}

impl std::fmt::Debug for LinkLook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkLook").finish_non_exhaustive()
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(look))
        .routes(routes!(ask_magic))
        .routes(routes!(redeem_magic))
        .routes(routes!(ask_reset))
        .routes(routes!(reset))
        .routes(routes!(accept))
        .routes(routes!(change_email))
}

/// Tell whether a mailed link is still good
///
/// It is not used by that. A page that the link opens says so before it asks for anything.
#[utoipa::path(post, path = "/api/v1/auth/link", operation_id = "lookAtLink", tag = "auth", request_body = LinkLook,
    responses(
        (status = 204, description = "It is good"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn look(State(state): State<ApiState>, Json(request): Json<LinkLook>) -> ApiResult<StatusCode> {
    links::look(&state.app, &request.token, request.purpose.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have a link mailed that signs in
///
/// The answer is the same whether the address has an account or not.
#[utoipa::path(post, path = "/api/v1/auth/magic-link", operation_id = "askMagicLink", tag = "auth", request_body = MailLinkRequest,
    responses(
        (status = 202, description = "If the address has an account, a mail is on its way"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask_magic(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<MailLinkRequest>,
) -> ApiResult<StatusCode> {
    ask(&state, LinkPurpose::Magic, &request, &origin).await
}

/// Have a link mailed that sets a new password
///
/// The answer is the same whether the address has an account or not.
#[utoipa::path(post, path = "/api/v1/auth/password-reset", operation_id = "askPasswordReset", tag = "auth",
    request_body = MailLinkRequest,
    responses(
        (status = 202, description = "If the address has an account, a mail is on its way"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask_reset(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<MailLinkRequest>,
) -> ApiResult<StatusCode> {
    ask(&state, LinkPurpose::Reset, &request, &origin).await
}

async fn ask(
    state: &ApiState,
    purpose: LinkPurpose,
    request: &MailLinkRequest,
    origin: &Origin,
) -> ApiResult<StatusCode> {
    let locale = request.locale.into();
    state
        .accounts
        .mail_link(&state.app, purpose, &request.email, locale, origin)
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sign in with a mailed link
#[utoipa::path(post, path = "/api/v1/auth/magic-link/redeem", operation_id = "redeemMagicLink", tag = "auth",
    request_body = LinkToken,
    responses(
        (status = 200, body = login::LoginAnswer, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn redeem_magic(
    State(state): State<ApiState>,
    origin: Origin,
    headers: HeaderMap,
    Json(request): Json<LinkToken>,
) -> ApiResult<Response> {
    let entered = state
        .accounts
        .sign_in_by_link(&state.app, &request.token, &origin)
        .await?;
    login::enter(&state, &headers, &origin, &entered).await
}

/// Set a new password with a mailed link
///
/// All sessions of the account end. Nobody is signed in by it, and a second factor stays needed.
#[utoipa::path(post, path = "/api/v1/auth/password-reset/confirm", operation_id = "resetPassword", tag = "auth",
    request_body = ResetRequest,
    responses(
        (status = 204, description = "The password is set"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn reset(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<ResetRequest>,
) -> ApiResult<StatusCode> {
    bounded("/password", &request.password)?;
    let user = state
        .accounts
        .reset(&state.app, &request.token, request.password, &origin)
        .await?;
    state.sessions.forget_user(user);
    Ok(StatusCode::NO_CONTENT)
}

/// Open an account that one was invited to
///
/// Nobody is signed in by it.
#[utoipa::path(post, path = "/api/v1/auth/invitation/accept", operation_id = "acceptInvitation", tag = "auth",
    request_body = ResetRequest,
    responses(
        (status = 204, description = "The account is open"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn accept(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<ResetRequest>,
) -> ApiResult<StatusCode> {
    bounded("/password", &request.password)?;
    state
        .accounts
        .accept_invitation(&state.app, &request.token, request.password, &origin)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give an account the address that a link was mailed to
#[utoipa::path(post, path = "/api/v1/auth/email-change/confirm", operation_id = "confirmEmailChange", tag = "auth",
    request_body = LinkToken,
    responses(
        (status = 204, description = "The account has the new address"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change_email(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<LinkToken>,
) -> ApiResult<StatusCode> {
    let user = state.accounts.change_email(&state.app, &request.token, &origin).await?;
    state.sessions.forget_user(user);
    Ok(StatusCode::NO_CONTENT)
}
