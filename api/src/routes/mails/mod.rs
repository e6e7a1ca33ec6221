//! Mail: what comes is taken in, looked at, released; what goes out is looked at.

mod desk;
mod dto;
mod inbound;
mod intake;
mod outgoing;
mod reports;
mod signature;

pub(crate) use dto::confusable;
pub(crate) use intake::CEILING;
use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    inbound::routes()
        .merge(desk::routes())
        .merge(outgoing::routes())
        .merge(reports::routes())
}
