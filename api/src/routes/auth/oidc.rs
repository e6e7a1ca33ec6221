//! Signing in with a provider (OpenID Connect). The provider sends people back to a page of the web application, which hands over
//! what came along: so the answer comes like that to a password, and nothing changes by opening an address.

use app::{
    account::Origin,
    oidc::{self as cases, Arrived, Begun, Callback, Start, Waiting, providers},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{super::me::Language, login};
use crate::{
    auth::TokenCookie,
    extract::{CurrentUser, Json, List, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// A provider that one can sign in with.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignOnProvider {
    /// Short name.
    pub slug: String,
    /// Name.
    pub name: String,
}

/// How to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartSignOn {
    /// Language of an account that may come of it.
    pub locale: Language,
    /// The provider is to have the person prove anew who he is.
    #[serde(default)]
    pub fresh: bool,
}

/// Where to go.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignOnBegun {
    /// Address at the provider.
    pub url: String,
}

/// What the provider sent along.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOnCallback {
    /// Names the try.
    #[schema(max_length = 200)]
    pub state: String,
    /// The code; absent when the provider refused.
    #[schema(max_length = 4096)]
    pub code: Option<String>,
    /// Who says so (RFC 9207).
    #[schema(max_length = 500)]
    pub iss: Option<String>,
}

impl std::fmt::Debug for SignOnCallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOnCallback").finish_non_exhaustive()
    }
}

/// What becomes of somebody who comes back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the answers, of which login makes the first two")]
pub enum SignOnAnswer {
    /// Signed in.
    Session(Box<login::Session>),
    /// A second factor is owed.
    Owed(login::Owed),
    /// An account has the address: its owner signs in by other means first.
    ProveFirst(ProveFirst),
    /// The account of the provider is linked with one's own.
    Linked(Linked),
}

/// An account has the address: its owner signs in by other means, then confirms.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProveFirst {
    /// What is to be confirmed.
    pub link_needed: WaitingLink,
}

/// An account of a provider that waits to be linked.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingLink {
    /// Name of the provider.
    pub provider: String,
    /// Address, of the account here too.
    pub email: String,
}

/// An account of a provider was linked with one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Linked {
    /// Name of the provider.
    pub linked: String,
}

impl From<Waiting> for WaitingLink {
    fn from(waiting: Waiting) -> Self {
        Self {
            provider: waiting.provider,
            email: waiting.email,
        }
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(offered))
        .routes(routes!(start))
        .routes(routes!(start_link))
        .routes(routes!(callback))
        .routes(routes!(waiting))
        .routes(routes!(confirm))
}

/// Providers that one can sign in with
#[utoipa::path(get, path = "/api/v1/auth/oidc/providers", operation_id = "listSignOnProviders", tag = "auth",
    responses(
        (status = 200, body = List<SignOnProvider>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn offered(State(state): State<ApiState>) -> ApiResult<Json<List<SignOnProvider>>> {
    let all = providers::offered(&state.app).await?;
    let items = all
        .into_iter()
        .map(|(slug, name)| SignOnProvider { slug, name })
        .collect();
    Ok(Json(List {
        items,
        next_cursor: None,
    }))
}

/// Begin to sign in with a provider
///
/// Sets a cookie: only this browser can end it, once, within ten minutes.
#[utoipa::path(post, path = "/api/v1/auth/oidc/{slug}/start", operation_id = "startSignOn", tag = "auth",
    params(("slug" = String, Path, description = "Short name of the provider")), request_body = StartSignOn,
    responses(
        (status = 200, body = SignOnBegun, headers(("Set-Cookie" = String, description = "Names the browser"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn start(
    State(state): State<ApiState>,
    Path(slug): Path<String>,
    Json(request): Json<StartSignOn>,
) -> ApiResult<Response> {
    let start = Start {
        slug: &slug,
        locale: request.locale.into(),
        fresh: request.fresh,
        link: None,
    };
    begun(&state, cases::begin(&state.app, &*state.config.issuers, start).await?)
}

/// Begin to link one's account with one of a provider
#[utoipa::path(post, path = "/api/v1/auth/oidc/{slug}/link", operation_id = "startLink", tag = "auth", security(("bearer" = [])),
    params(("slug" = String, Path, description = "Short name of the provider")),
    responses(
        (status = 200, body = SignOnBegun, headers(("Set-Cookie" = String, description = "Names the browser"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn start_link(user: CurrentUser, State(state): State<ApiState>, Path(slug): Path<String>) -> ApiResult<Response> {
    user.in_person()?;
    let start = Start {
        slug: &slug,
        locale: Language::of(&user.session().user.locale).into(),
        fresh: false,
        link: Some((&user, user.session().session_id)),
    };
    begun(&state, cases::begin(&state.app, &*state.config.issuers, start).await?)
}

fn begun(state: &ApiState, begun: Begun) -> ApiResult<Response> {
    let cookie = state.cookies.set_sign_on(&begun.browser)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(SignOnBegun { url: begun.url })).into_response())
}

/// Hand over what a provider sent back
///
/// For the page that providers send people back to. The answer is that to a login, or says that the account has to be proven first, or
/// that it was linked.
#[utoipa::path(post, path = "/api/v1/auth/oidc/callback", operation_id = "endSignOn", tag = "auth", request_body = SignOnCallback,
    responses(
        (status = 200, body = SignOnAnswer, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn callback(
    State(state): State<ApiState>,
    origin: Origin,
    headers: HeaderMap,
    Json(request): Json<SignOnCallback>,
) -> ApiResult<Response> {
    let callback = Callback {
        state: request.state,
        code: request.code,
        issuer: request.iss,
    };
    let browser = state.cookies.read(TokenCookie::SignOn, &headers);
    let arrived = state
        .accounts
        .arrive(&state.app, &*state.config.issuers, callback, browser, &origin)
        .await?;
    let mut response = match arrived {
        Arrived::ProveFirst(waiting) => {
            let link_needed = waiting.into();
            return Ok(Json(ProveFirst { link_needed }).into_response());
        }
        Arrived::Entered(entered) => login::enter(&state, &headers, &origin, &entered).await?,
        Arrived::Linked { provider } => Json(Linked { linked: provider }).into_response(),
    };
    let done = state.cookies.set_sign_on("")?;
    response.headers_mut().append(header::SET_COOKIE, done);
    Ok(response)
}

/// The account of a provider that waits, in this browser, to be linked
#[utoipa::path(get, path = "/api/v1/auth/oidc/waiting", operation_id = "waitingLink", tag = "auth",
    responses(
        (status = 200, body = WaitingLink),
        (status = 204, description = "None waits"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn waiting(State(state): State<ApiState>, headers: HeaderMap) -> ApiResult<Response> {
    let found = match state.cookies.read(TokenCookie::SignOn, &headers) {
        Some(browser) => cases::waiting(&state.app, browser).await?,
        None => None,
    };
    Ok(match found {
        Some(waiting) => Json(WaitingLink::from(waiting)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Link one's account with the one that waits in this browser
///
/// Only the account that has the same address.
#[utoipa::path(post, path = "/api/v1/auth/oidc/confirm", operation_id = "confirmLink", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = Linked),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn confirm(user: CurrentUser, State(state): State<ApiState>, headers: HeaderMap) -> ApiResult<Response> {
    user.in_person()?;
    let browser = state.cookies.read(TokenCookie::SignOn, &headers).unwrap_or_default();
    let linked = cases::confirm(&state.app, &user, browser).await?;
    let done = state.cookies.set_sign_on("")?;
    Ok(([(header::SET_COOKIE, done)], Json(Linked { linked })).into_response())
}
