//! Text messages: reports of the provider, and the log for those who watch over security.

mod log;
mod reports;

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().merge(log::routes()).merge(reports::routes())
}
