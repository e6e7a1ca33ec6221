//! Text messages: reports of the provider, the log for those who watch over security, and what it all costs.

mod costs;
mod log;
mod reports;

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(costs::routes())
        .merge(log::routes())
        .merge(reports::routes())
}
