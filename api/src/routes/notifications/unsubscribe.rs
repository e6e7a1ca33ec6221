//! Links in notices that switch exactly them off. Whoever has the mail has the link: no session is asked for.

use app::notification::{self as cases, Link};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::NotificationTopicWord,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get, switch_off))
}

/// What a link is about.
#[derive(Debug, Serialize, ToSchema)]
struct UnsubscribeLink {
    /// What the mails are about; nothing where they are digests of many things, or of a scheduled export.
    topic: Option<NotificationTopicWord>,
    /// What the scheduled export is called that is mailed.
    export: Option<String>,
    /// The address they go to, in part.
    address: String,
    /// They are sent.
    on: bool,
}

impl From<Link> for UnsubscribeLink {
    fn from(link: Link) -> Self {
        Self {
            topic: link.topic.map(Into::into),
            export: link.export,
            address: link.address,
            on: link.on,
        }
    }
}

/// Read what a link of a notice is about
#[utoipa::path(get, path = "/api/v1/unsubscribe/{token}", operation_id = "unsubscribeLink", tag = "notifications",
    params(("token" = String, Path, max_length = 200, description = "Of the link")),
    responses(
        (status = 200, body = UnsubscribeLink),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(State(state): State<ApiState>, Path(token): Path<String>) -> ApiResult<Json<UnsubscribeLink>> {
    Ok(Json(cases::link(&state.app, &token).await?.into()))
}

/// Switch off mails about the topic of a link, and nothing else
///
/// Of a scheduled export its reader is taken out of those who get it.
/// Mail programs post here by themselves (RFC 8058); what they send is not looked at.
#[utoipa::path(post, path = "/api/v1/unsubscribe/{token}", operation_id = "unsubscribe", tag = "notifications",
    params(("token" = String, Path, max_length = 200, description = "Of the link")),
    responses(
        (status = 200, body = UnsubscribeLink),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn switch_off(State(state): State<ApiState>, Path(token): Path<String>) -> ApiResult<Json<UnsubscribeLink>> {
    Ok(Json(cases::switch_off(&state.app, &token).await?.into()))
}
