//! Incoming mail: taken in, looked at, released.

mod desk;
mod dto;
mod inbound;
mod intake;
mod signature;

pub(crate) use dto::confusable;
pub(crate) use intake::CEILING;
use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    inbound::routes().merge(desk::routes())
}
