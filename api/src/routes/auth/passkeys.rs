//! Signing in with a passkey, and meeting a challenge with one.

use app::{
    AppError,
    account::{
        Entered, Origin,
        passkey::{Answer, Asked},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::account::with_renewed,
    login::{Session, answer, enter},
};
use crate::{
    extract::{CurrentUser, Json},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// What the browser is asked to sign.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyCeremony {
    /// Hand it back with the browser's answer.
    pub ceremony: String,
    /// For `navigator.credentials`: WebAuthn's `PublicKeyCredentialCreationOptionsJSON` to add a passkey,
    /// `PublicKeyCredentialRequestOptionsJSON` to use one.
    #[schema(value_type = Object)]
    pub public_key: Value,
    /// Seconds it waits.
    pub expires_in: i64,
}

impl PasskeyCeremony {
    /// From what is asked, and its part for the browser.
    ///
    /// # Errors
    /// Not in practice.
    pub fn of<T, P: Serialize>(asked: &Asked<T>, public_key: impl FnOnce(&T) -> &P) -> ApiResult<Self> {
        Ok(Self {
            ceremony: asked.ceremony.clone(),
            public_key: serde_json::to_value(public_key(&asked.options)).map_err(|_| Problem::internal())?,
            expires_in: asked.expires_in,
        })
    }
}

/// The browser's answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    /// What was asked.
    #[schema(max_length = 200)]
    pub ceremony: String,
    /// WebAuthn's `AuthenticationResponseJSON`.
    #[schema(value_type = Object)]
    pub credential: Value,
}

impl std::fmt::Debug for PasskeyAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasskeyAnswer").finish_non_exhaustive()
    }
}

impl PasskeyAnswer {
    fn answer(&mut self) -> Answer<'_> {
        Answer {
            credential: self.credential.take(),
            ceremony: &self.ceremony,
        }
    }
}

/// Which login owes the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyChallenge {
    /// The challenge of the login.
    #[schema(max_length = 200)]
    pub challenge: String,
}

impl std::fmt::Debug for PasskeyChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasskeyChallenge").finish_non_exhaustive()
    }
}

/// A passkey as the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeySecondFactor {
    /// The challenge of the login.
    #[schema(max_length = 200)]
    pub challenge: String,
    /// What was asked.
    #[schema(max_length = 200)]
    pub ceremony: String,
    /// WebAuthn's `AuthenticationResponseJSON`.
    #[schema(value_type = Object)]
    pub credential: Value,
}

impl std::fmt::Debug for PasskeySecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasskeySecondFactor").finish_non_exhaustive()
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(ask_login))
        .routes(routes!(login))
        .routes(routes!(ask_second_factor))
        .routes(routes!(second_factor))
        .routes(routes!(ask_step_up))
        .routes(routes!(step_up))
}

/// Begin to sign in with a passkey
///
/// No address is asked, so the answer tells nothing about anybody: the device knows whose passkeys it has.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/login/options", operation_id = "askPasskeyLogin", tag = "auth",
    responses(
        (status = 200, body = PasskeyCeremony),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask_login(State(state): State<ApiState>) -> ApiResult<Json<PasskeyCeremony>> {
    let asked = state.accounts.ask_passkey(&state.app).await?;
    Ok(Json(PasskeyCeremony::of(&asked, |options| &options.public_key)?))
}

/// Sign in with a passkey
///
/// It stands for both factors: the device has it, and has recognised its owner. Also sets the refresh token as an HttpOnly cookie.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/login", operation_id = "passkeyLogin", tag = "auth",
    request_body = PasskeyAnswer,
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn login(
    State(state): State<ApiState>,
    origin: Origin,
    headers: HeaderMap,
    Json(mut request): Json<PasskeyAnswer>,
) -> ApiResult<Response> {
    match state
        .accounts
        .sign_in_with_passkey(&state.app, request.answer(), &origin)
        .await
    {
        Ok(signed_in) => enter(&state, &headers, &origin, &Entered::SignedIn(Box::new(signed_in))).await,
        Err(AppError::Unauthenticated) => Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "passkey_unknown",
            "This passkey opens no account here.",
        )),
        Err(error) => Err(error.into()),
    }
}

/// Begin to give a passkey as the second factor that a login asked for
#[utoipa::path(post, path = "/api/v1/auth/passkeys/second-factor/options", operation_id = "askPasskeySecondFactor", tag = "auth",
    request_body = PasskeyChallenge,
    responses(
        (status = 200, body = PasskeyCeremony),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask_second_factor(
    State(state): State<ApiState>,
    Json(request): Json<PasskeyChallenge>,
) -> ApiResult<Json<PasskeyCeremony>> {
    let asked = state
        .accounts
        .ask_second_passkey(&state.app, &request.challenge)
        .await?;
    Ok(Json(PasskeyCeremony::of(&asked, |options| &options.public_key)?))
}

/// Give a passkey as the second factor that a login asked for
///
/// A challenge takes five tries. Only now a session begins.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/second-factor", operation_id = "passkeySecondFactor", tag = "auth",
    request_body = PasskeySecondFactor,
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn second_factor(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<PasskeySecondFactor>,
) -> ApiResult<Response> {
    let given = Answer {
        ceremony: &request.ceremony,
        credential: request.credential,
    };
    let signed_in = state
        .accounts
        .meet_with_passkey(&state.app, &request.challenge, given, &origin)
        .await?;
    answer(&state, &signed_in).await
}

/// Begin to prove anew who one is with a passkey
#[utoipa::path(post, path = "/api/v1/auth/passkeys/step-up/options", operation_id = "askPasskeyStepUp", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = PasskeyCeremony),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask_step_up(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<PasskeyCeremony>> {
    user.in_person()?;
    let session = user.session().session_id;
    let asked = state
        .accounts
        .ask_own_passkey(&state.app, user.caller(), session)
        .await?;
    Ok(Json(PasskeyCeremony::of(&asked, |options| &options.public_key)?))
}

/// Prove anew who one is with a passkey
///
/// Dangerous actions answer 403 `step_up_required` without a proof of the last five minutes.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/step-up", operation_id = "passkeyStepUp", tag = "account",
    security(("bearer" = [])), request_body = PasskeyAnswer,
    responses(
        (status = 204, description = "Good for five minutes", headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn step_up(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
    Json(mut request): Json<PasskeyAnswer>,
) -> ApiResult<Response> {
    user.in_person()?;
    let session = user.session().session_id;
    let renewed = state
        .accounts
        .step_up_with_passkey(&state.app, user.caller(), session, request.answer(), &origin)
        .await?;
    state.sessions.forget(session);
    with_renewed(&state, renewed.as_ref(), StatusCode::NO_CONTENT)
}
