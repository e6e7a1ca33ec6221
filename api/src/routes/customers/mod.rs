//! Customers.

mod dto;
mod members;
mod people;
mod read;
mod write;

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    read::routes()
        .merge(write::routes())
        .merge(people::routes())
        .merge(members::routes())
}
