//! Tickets.

mod act;
mod dto;
mod read;
mod write;

pub(super) use dto::{AttachmentDto, Named};
use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    read::routes().merge(write::routes()).merge(act::routes())
}
