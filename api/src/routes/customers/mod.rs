//! Customers.

mod documents;
mod dto;
mod export;
mod import_dto;
mod imports;
mod invitations;
mod members;
mod notes;
mod people;
mod read;
mod timeline;
mod write;

use utoipa_axum::router::OpenApiRouter;

pub(crate) use self::dto::{KindDto, TierDto};
use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    read::routes()
        .merge(imports::routes())
        .merge(write::routes())
        .merge(people::routes())
        .merge(members::routes())
        .merge(invitations::routes())
        .merge(notes::routes())
        .merge(documents::routes())
        .merge(timeline::routes())
        .merge(export::routes())
}
