//! Changing one's password and address.

use app::account::Origin;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::auth::bounded;
use crate::{
    extract::{CurrentUser, Json},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// A new password with the present one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present password.
    #[schema(format = "password", max_length = 1024)]
    pub current_password: String,
    /// The new password, 15 to 256 characters.
    #[schema(format = "password", min_length = 15, max_length = 256)]
    pub new_password: String,
}

impl std::fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordChange").finish_non_exhaustive()
    }
}

/// A wanted address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailChange {
    /// The address; a link is mailed to it.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// The password.
    #[schema(format = "password", max_length = 1024)]
    pub password: String,
}

impl std::fmt::Debug for EmailChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmailChange")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(change_password))
        .routes(routes!(ask_email_change))
}

/// Change one's password
///
/// All other sessions end.
#[utoipa::path(post, path = "/api/v1/me/password", operation_id = "changePassword", tag = "account", security(("bearer" = [])),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "The password is changed", headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change_password(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
    Json(change): Json<PasswordChange>,
) -> ApiResult<Response> {
    user.in_person()?;
    bounded("/current_password", &change.current_password)?;
    bounded("/new_password", &change.new_password)?;
    let passwords = (change.current_password, change.new_password);
    let this = user.session().session_id;
    let (ended, renewed) = state
        .accounts
        .change_password(&state.app, user.caller(), this, passwords, &origin)
        .await?;
    super::sessions::close(&state, &ended);
    super::with_renewed(&state, renewed.as_ref(), StatusCode::NO_CONTENT)
}

/// Ask for another address
///
/// A link is mailed to it; the present address is told.
#[utoipa::path(post, path = "/api/v1/me/email", operation_id = "askEmailChange", tag = "account", security(("bearer" = [])),
    request_body = EmailChange,
    responses(
        (status = 202, description = "A mail is on its way"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask_email_change(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
    Json(change): Json<EmailChange>,
) -> ApiResult<StatusCode> {
    user.in_person()?;
    bounded("/password", &change.password)?;
    let wanted = (change.email.as_str(), change.password);
    state
        .accounts
        .ask_email_change(&state.app, user.caller(), wanted, &origin)
        .await?;
    Ok(StatusCode::ACCEPTED)
}
