//! Who may do what: permissions and roles.

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

mod permissions;
mod roles;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().merge(permissions::routes()).merge(roles::routes())
}
