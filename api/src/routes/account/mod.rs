//! What a person does about his own account: sessions, password, address, history of logins.

mod credentials;
mod factors;
mod identities;
mod passkeys;
mod phone;
pub(super) mod sessions;

use app::account::Renewed;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{extract::CurrentUser, problem::ApiResult, state::ApiState};

/// An answer after a proof: the browser keeps the refresh token by which its session goes on.
pub(super) fn with_renewed(
    state: &ApiState,
    renewed: Option<&Renewed>,
    answer: impl IntoResponse,
) -> ApiResult<Response> {
    let mut response = answer.into_response();
    if let Some(renewed) = renewed {
        let left = (renewed.expires_at - state.app.now()).num_seconds().max(0);
        let cookie = state.cookies.set_refresh(&renewed.token, left)?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whether the role of this person needs a second factor.
pub(super) fn required(state: &ApiState, user: &CurrentUser) -> bool {
    state.config.needs_second_factor(&user.session().user)
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(credentials::routes())
        .merge(factors::routes())
        .merge(phone::routes())
        .merge(identities::routes())
        .merge(passkeys::routes())
}
