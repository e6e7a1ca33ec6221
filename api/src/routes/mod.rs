//! The routes, one module for each part of the API.

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

pub mod auth;
pub mod events;
pub mod health;
pub mod me;

/// Every documented route.
pub fn all() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(health::routes())
        .merge(auth::routes())
        .merge(me::routes())
        .merge(events::routes())
}
