//! Tickets.

mod act;
mod bulk;
mod categories;
mod drafts;
mod dto;
mod escalations;
mod export;
mod look;
mod people;
mod pictures;
mod presence;
mod print;
mod read;
mod relate;
mod scheduled;
mod sla;
mod survey;
mod timeline;
mod words;
mod write;

pub(super) use dto::{AttachmentDto, Named};
use utoipa_axum::router::OpenApiRouter;
pub(super) use words::{PriorityDto, StateDto};

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    read::routes()
        .merge(write::routes())
        .merge(act::routes())
        .merge(bulk::routes())
        .merge(drafts::routes())
        .merge(categories::routes())
        .merge(escalations::routes())
        .merge(export::routes())
        .merge(look::routes())
        .merge(relate::routes())
        .merge(people::routes())
        .merge(pictures::routes())
        .merge(presence::routes())
        .merge(print::routes())
        .merge(scheduled::routes())
        .merge(sla::routes())
        .merge(survey::routes())
}
