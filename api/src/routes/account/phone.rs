//! One's phone that gets codes by text message, and the codes themselves.

use app::account::{
    Origin,
    text_codes::{self, OnItsWay},
};
use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::factors::{BackupCodes, TotpCode};
use crate::{
    extract::{CurrentUser, Json},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// A phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhoneRequest {
    /// Its number; without a country code it is an Algerian one.
    #[schema(max_length = 40)]
    phone: String,
}

/// A code on its way to a phone.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeOnItsWay {
    /// The number, most of it hidden.
    phone: String,
    /// Seconds the code is good.
    expires_in: i64,
    /// Seconds before another one may be asked for.
    resend_in: i64,
}

impl From<OnItsWay> for CodeOnItsWay {
    fn from(code: OnItsWay) -> Self {
        Self {
            phone: code.phone,
            expires_in: code.expires_in,
            resend_in: code.resend_in,
        }
    }
}

/// The challenge of a login.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChallengeRequest {
    /// The challenge.
    #[schema(max_length = 200)]
    challenge: String,
}

/// The routes.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(begin_phone, remove_phone))
        .routes(routes!(confirm_phone))
        .routes(routes!(send_step_up_code))
        .routes(routes!(send_login_code))
}

/// Begin to set up codes by text message
///
/// Sends a code to the phone; it counts once the code came back.
#[utoipa::path(post, path = "/api/v1/me/factors/phone", operation_id = "beginPhone", tag = "account", security(("bearer" = [])),
    request_body = PhoneRequest,
    responses(
        (status = 200, body = CodeOnItsWay),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn begin_phone(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<PhoneRequest>,
) -> ApiResult<Json<CodeOnItsWay>> {
    user.in_person()?;
    let session = user.session().session_id;
    let code = text_codes::begin_phone(&state.app, user.caller(), session, &request.phone, &origin).await?;
    Ok(Json(code.into()))
}

/// Put a phone to use with the code that was sent there
///
/// Codes are sent there from now on, and nowhere else. As the first second factor it comes with backup codes.
#[utoipa::path(post, path = "/api/v1/me/factors/phone/confirm", operation_id = "confirmPhone", tag = "account",
    security(("bearer" = [])), request_body = TotpCode,
    responses(
        (status = 200, body = BackupCodes, headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn confirm_phone(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<TotpCode>,
) -> ApiResult<Response> {
    user.in_person()?;
    let session = user.session().session_id;
    let confirmed = text_codes::confirm_phone(&state.app, user.caller(), session, &request.code, &origin).await?;
    state.sessions.forget(session);
    let codes = confirmed.backup_codes;
    super::with_renewed(&state, confirmed.renewed.as_ref(), Json(BackupCodes { codes }))
}

/// Get no more codes by text message
///
/// Whoever's role needs a second factor keeps the last one: 409 `last_factor`.
#[utoipa::path(delete, path = "/api/v1/me/factors/phone", operation_id = "removePhone", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "None are sent any more"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn remove_phone(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<StatusCode> {
    user.in_person()?;
    text_codes::remove_phone(&state.app, user.caller(), super::required(&state, &user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have a code sent for a fresh proof
///
/// One a minute; the code is for `/api/v1/auth/step-up`.
#[utoipa::path(post, path = "/api/v1/auth/step-up/sms", operation_id = "sendStepUpCode", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = CodeOnItsWay),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn send_step_up_code(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
) -> ApiResult<Json<CodeOnItsWay>> {
    user.in_person()?;
    let session = user.session().session_id;
    let code = text_codes::for_step_up(&state.app, user.caller(), session, &origin).await?;
    Ok(Json(code.into()))
}

/// Have a code sent for the second factor of a login
///
/// One a minute; the code is for `/api/v1/auth/second-factor`, with this very challenge.
#[utoipa::path(post, path = "/api/v1/auth/second-factor/sms", operation_id = "sendLoginCode", tag = "auth",
    request_body = ChallengeRequest,
    responses(
        (status = 200, body = CodeOnItsWay),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn send_login_code(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<ChallengeRequest>,
) -> ApiResult<Json<CodeOnItsWay>> {
    let code = text_codes::for_login(&state.app, &request.challenge, &origin).await?;
    Ok(Json(code.into()))
}
