//! Opening an account.

use app::account::{Origin, Registration};
use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{super::me::Language, bounded};
use crate::{
    extract::Json,
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    /// Address; a link is mailed to it.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// Name, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Password, 15 to 256 characters.
    #[schema(format = "password", min_length = 15, max_length = 256)]
    pub password: String,
    /// Language of the mails and of the account.
    pub locale: Language,
}

impl std::fmt::Debug for RegisterRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterRequest")
            .field("email", &self.email)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A mailed link with the password that the account was asked for with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// What follows `#token=` in the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// The password chosen when the account was asked for.
    #[schema(format = "password", max_length = 256)]
    pub password: String,
}

impl std::fmt::Debug for ConfirmRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmRequest").finish_non_exhaustive()
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(register)).routes(routes!(activate))
}

/// Ask for an account
///
/// What becomes of it is told by mail only: a link that opens the account, or word that there is one already.
#[utoipa::path(post, path = "/api/v1/auth/register", operation_id = "register", tag = "auth", request_body = RegisterRequest,
    responses(
        (status = 202, description = "A mail is on its way"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn register(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<RegisterRequest>,
) -> ApiResult<StatusCode> {
    bounded("/password", &request.password)?;
    let wanted = Registration {
        email: request.email,
        name: request.name,
        password: request.password,
        locale: request.locale.into(),
    };
    state.accounts.register(&state.app, wanted, &origin).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Open the account that a mailed link is for
///
/// Wants the password chosen as well, so that nobody opens an account that a stranger asked for with his address.
#[utoipa::path(post, path = "/api/v1/auth/register/confirm", operation_id = "confirmRegistration", tag = "auth",
    request_body = ConfirmRequest,
    responses(
        (status = 204, description = "The account is open; its owner can sign in"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn activate(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<ConfirmRequest>,
) -> ApiResult<StatusCode> {
    bounded("/password", &request.password)?;
    let (token, password) = (request.token, request.password);
    state.accounts.activate(&state.app, &token, password, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
