//! What a person without a session can do: sign in, open an account, get back into one.

mod links;
mod login;
mod oidc;
mod register;

use app::AppError;
use utoipa_axum::router::OpenApiRouter;

use crate::{problem::Problem, state::ApiState};

pub(super) use links::LinkToken;
pub use login::Session;

/// Longest password looked at, in bytes.
pub(super) const MAX_PASSWORD: usize = 1024;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(login::routes())
        .merge(register::routes())
        .merge(links::routes())
        .merge(oidc::routes())
}

/// Refuses what is too long to be worth hashing.
pub(super) fn bounded(pointer: &str, password: &str) -> Result<(), Problem> {
    if password.len() <= MAX_PASSWORD {
        return Ok(());
    }
    Err(AppError::invalid(pointer, "too_long", "The password is too long.").into())
}
