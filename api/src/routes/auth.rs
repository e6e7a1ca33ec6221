//! Signing in, staying signed in, signing out.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use store::{session, user};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::me::Me;
use crate::{
    auth::{Renewed, same_origin},
    extract::{Json, Source},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// Longest password looked at, in bytes.
const MAX_PASSWORD: usize = 1024;

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

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
}

/// Sign in with address and password
///
/// Also sets the refresh token as an HttpOnly cookie.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "login", tag = "auth", request_body = LoginRequest,
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn login(
    State(state): State<ApiState>,
    source: Source,
    headers: HeaderMap,
    Json(request): Json<LoginRequest>,
) -> ApiResult<Response> {
    same_origin(&headers, &state.config.public_url)?;
    let email = request.email.trim().to_lowercase();
    if email.is_empty() || email.len() > 320 || email.contains('\0') || request.password.len() > MAX_PASSWORD {
        return Err(wrong_login());
    }
    let network = source.network();
    let found = {
        let mut conn = state.app.conn().await?;
        let wait = session::login_try(&mut conn, &email, &network, state.app.now()).await?;
        if wait > 0 {
            return Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_logins",
                "Too many failed logins. Wait before the next one.",
            )
            .retry_after(wait.unsigned_abs()));
        }
        user::by_email(&mut conn, &email).await?
    };
    let hash = found
        .as_ref()
        .filter(|user| !user.disabled)
        .and_then(|user| user.password_hash.clone());
    let good = state.passwords.verify(request.password, hash).await?;
    let (true, Some(user)) = (good, found) else {
        return Err(wrong_login());
    };
    session::login_succeeded(&mut *state.app.conn().await?, &email, &network).await?;
    let renewed = state.refresh.begin(&state.app, user, &source.into()).await?;
    answer(&state, &renewed)
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
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn refresh(State(state): State<ApiState>, source: Source, headers: HeaderMap) -> ApiResult<Response> {
    same_origin(&headers, &state.config.public_url)?;
    let token = state.cookie.read(&headers).ok_or_else(Problem::unauthenticated)?;
    match state.refresh.renew(&state.app, token, &source.into()).await {
        Ok(renewed) => answer(&state, &renewed),
        Err(app::AppError::Unauthenticated) => without_cookie(&state, Problem::unauthenticated()),
        Err(error) => Err(error.into()),
    }
}

/// End the session
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "logout", tag = "auth",
    responses(
        (status = 204, description = "The session is over; without one nothing happens"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn logout(State(state): State<ApiState>, source: Source, headers: HeaderMap) -> ApiResult<Response> {
    same_origin(&headers, &state.config.public_url)?;
    if let Some(token) = state.cookie.read(&headers)
        && let Some(session) = state.refresh.end(&state.app, token, &source.into()).await?
    {
        state.sessions.forget(session);
        state.hub.close_session(session);
    }
    without_cookie(&state, StatusCode::NO_CONTENT)
}

fn answer(state: &ApiState, renewed: &Renewed) -> ApiResult<Response> {
    let user = &renewed.user;
    let now = state.app.now();
    let session = Session {
        access_token: state
            .tokens
            .issue(user.id, renewed.session_id, user.session_version, now)?,
        token_type: "Bearer",
        expires_in: state.tokens.lifetime_seconds(),
        user: Me::from(user),
    };
    let cookie = state
        .cookie
        .set(&renewed.token, (renewed.expires_at - now).num_seconds().max(0))?;
    let headers = [
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Json(session)).into_response())
}

fn without_cookie(state: &ApiState, response: impl IntoResponse) -> ApiResult<Response> {
    Ok(([(header::SET_COOKIE, state.cookie.set("", 0)?)], response).into_response())
}
