//! What a person does about his own account: sessions, password, address, history of logins.

mod credentials;
mod factors;
mod identities;
mod phone;
pub(super) mod sessions;

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(credentials::routes())
        .merge(factors::routes())
        .merge(phone::routes())
        .merge(identities::routes())
}
