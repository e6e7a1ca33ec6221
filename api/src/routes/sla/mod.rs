//! Service levels: calendars, policies, and binding open tickets anew.

mod calendars;
mod dto;
mod policies;
mod rebind;

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

pub(super) use dto::ClockKind;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    calendars::routes().merge(policies::routes()).merge(rebind::routes())
}
