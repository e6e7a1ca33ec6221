//! The knowledge base as editors see it.

mod articles;
mod history;
mod sections;

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    articles::routes().merge(history::routes()).merge(sections::routes())
}
