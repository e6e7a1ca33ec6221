//! Notifications: the centre, what each chose, groups, triggers, and links that switch mails off.

mod groups;
mod inbox;
mod settings;
mod triggers;
mod unsubscribe;

use utoipa_axum::router::OpenApiRouter;

use crate::state::ApiState;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(inbox::routes())
        .merge(settings::routes())
        .merge(groups::routes())
        .merge(triggers::routes())
        .merge(unsubscribe::routes())
}
