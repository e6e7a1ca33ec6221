//! Signing in, staying signed in, signing out.

use app::{
    AppError,
    account::{Challenge, Entered, Origin, SignedIn, factors::Method},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{super::me::Me, MAX_PASSWORD};
use crate::{
    auth::TokenCookie,
    extract::Json,
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// Address of the account.
    #[schema(format = "email", max_length = 320)]
    pub email: String,
    /// Password.
    #[schema(format = "password", max_length = 1024)]
    pub password: String,
}

impl std::fmt::Debug for LoginRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginRequest")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Token for the `Authorization` header.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Life of the access token in seconds.
    pub expires_in: u64,
    /// Who signed in.
    pub user: Me,
}

/// The answer to a first proof: a session, or the word that a second factor is owed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LoginAnswer {
    /// Signed in.
    Session(Box<Session>),
    /// A second factor is owed.
    Owed(Owed),
}

/// A second factor is owed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Owed {
    /// What is owed.
    pub second_factor: SecondFactorOwed,
}

/// What is owed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecondFactorOwed {
    /// Hand it back with the code.
    pub challenge: String,
    /// What the person has: `passkey`, `totp`, `backup_code`, `sms`.
    pub methods: Vec<String>,
    /// Seconds it waits.
    pub expires_in: i64,
}

impl From<&Challenge> for SecondFactorOwed {
    fn from(challenge: &Challenge) -> Self {
        Self {
            challenge: challenge.token.clone(),
            methods: challenge.methods.iter().map(|method| (*method).to_owned()).collect(),
            expires_in: challenge.expires_in,
        }
    }
}

/// A kind of second factor.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorMethod {
    /// Code of an authenticator app.
    Totp,
    /// Backup code.
    BackupCode,
    /// Code by text message.
    Sms,
}

impl From<FactorMethod> for Method {
    fn from(method: FactorMethod) -> Self {
        match method {
            FactorMethod::Totp => Self::Totp,
            FactorMethod::BackupCode => Self::BackupCode,
            FactorMethod::Sms => Self::Sms,
        }
    }
}

/// A second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorRequest {
    /// The challenge of the login.
    #[schema(max_length = 200)]
    pub challenge: String,
    /// Which factor it is.
    pub method: FactorMethod,
    /// The code.
    #[schema(max_length = 64)]
    pub code: String,
}

impl std::fmt::Debug for SecondFactorRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactorRequest")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(second_factor))
        .routes(routes!(refresh))
        .routes(routes!(logout))
}

/// Sign in with address and password
///
/// Also sets the refresh token as an HttpOnly cookie.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "login", tag = "auth", request_body = LoginRequest,
    responses(
        (status = 200, body = LoginAnswer, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn login(
    State(state): State<ApiState>,
    origin: Origin,
    headers: HeaderMap,
    Json(request): Json<LoginRequest>,
) -> ApiResult<Response> {
    let email = request.email.trim().to_lowercase();
    if email.is_empty() || email.len() > 320 || request.password.len() > MAX_PASSWORD {
        return Err(wrong_login());
    }
    match state
        .accounts
        .sign_in(&state.app, &email, request.password, &origin)
        .await
    {
        Ok(entered) => enter(&state, &headers, &origin, &entered).await,
        Err(AppError::Unauthenticated) => Err(wrong_login()),
        Err(AppError::TooMany { retry_after }) => Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_logins",
            "Too many tries to sign in failed. Wait as many seconds as `Retry-After` says, or ask for a new password.",
        )
        .retry_after(retry_after)),
        Err(error) => Err(error.into()),
    }
}

/// Give the second factor that a login asked for
///
/// A challenge takes five tries. Only now a session begins.
#[utoipa::path(post, path = "/api/v1/auth/second-factor", operation_id = "secondFactor", tag = "auth",
    request_body = SecondFactorRequest,
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn second_factor(
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<SecondFactorRequest>,
) -> ApiResult<Response> {
    let proof = (Method::from(request.method), request.code.as_str());
    let signed_in = state
        .accounts
        .meet(&state.app, &request.challenge, proof, &origin)
        .await?;
    answer(&state, &signed_in).await
}

/// One answer for an unknown address, a wrong password and a disabled account.
fn wrong_login() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "The address or the password is wrong.",
    )
}

/// Exchange the refresh cookie for a new access token and a new cookie
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refresh", tag = "auth",
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = 204, description = "There is no cookie: nobody is signed in"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn refresh(State(state): State<ApiState>, origin: Origin, headers: HeaderMap) -> ApiResult<Response> {
    // A first visit is no failed one: browsers write a 401 into their console as an error.
    let Some(token) = state.cookies.read(TokenCookie::Refresh, &headers) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    match state.accounts.renew(&state.app, token, &origin).await {
        Ok(signed_in) => answer(&state, &signed_in).await,
        Err(AppError::Unauthenticated) => without_cookie(&state, Problem::unauthenticated()),
        Err(error) => Err(error.into()),
    }
}

/// End the session
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "logout", tag = "auth",
    responses(
        (status = 204, description = "The session is over; without one nothing happens"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn logout(State(state): State<ApiState>, origin: Origin, headers: HeaderMap) -> ApiResult<Response> {
    leave(&state, &headers, &origin).await?;
    without_cookie(&state, StatusCode::NO_CONTENT)
}

/// Ends the session that the browser brings along, if any.
async fn leave(state: &ApiState, headers: &HeaderMap, origin: &Origin) -> ApiResult<()> {
    if let Some(token) = state.cookies.read(TokenCookie::Refresh, headers)
        && let Some(session) = state.accounts.leave(&state.app, token, origin).await?
    {
        state.sessions.forget(session);
        state.hub.close_session(session);
    }
    Ok(())
}

/// The answer to somebody who has just proven who he is. A session that the browser brought along ends: nothing that was there
/// before a login is worth anything after it.
pub async fn enter(state: &ApiState, headers: &HeaderMap, origin: &Origin, entered: &Entered) -> ApiResult<Response> {
    leave(state, headers, origin).await?;
    match entered {
        Entered::SignedIn(signed_in) => answer(state, signed_in).await,
        Entered::Challenge(challenge) => {
            let owed = Owed {
                second_factor: challenge.into(),
            };
            let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(([no_store], Json(LoginAnswer::Owed(owed))).into_response())
        }
    }
}

pub(super) async fn answer(state: &ApiState, signed_in: &SignedIn) -> ApiResult<Response> {
    let user = &signed_in.user;
    let now = state.app.now();
    let session = Session {
        access_token: state.tokens.issue(&state.app, signed_in).await?,
        token_type: "Bearer",
        expires_in: state.tokens.lifetime_seconds(),
        user: Me::from(user),
    };
    let left = (signed_in.expires_at - now).num_seconds().max(0);
    let mut response = Json(LoginAnswer::Session(Box::new(session))).into_response();
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, state.cookies.set_refresh(&signed_in.token, left)?);
    if let Some(device) = &signed_in.device {
        headers.append(header::SET_COOKIE, state.cookies.set_device(device)?);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn without_cookie(state: &ApiState, response: impl IntoResponse) -> ApiResult<Response> {
    Ok(([(header::SET_COOKIE, state.cookies.set_refresh("", 0)?)], response).into_response())
}
