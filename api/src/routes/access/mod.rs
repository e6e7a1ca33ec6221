//! Who may do what, and from where: permissions, roles, accounts, networks.

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

mod networks;
pub(super) mod permissions;
mod roles;
mod sessions;
mod sign_ins;
mod users;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(networks::routes())
        .merge(permissions::routes())
        .merge(roles::routes())
        .merge(sessions::routes())
        .merge(sign_ins::routes())
        .merge(users::routes())
}
