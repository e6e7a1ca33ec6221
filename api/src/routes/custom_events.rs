//! `POST /api/v1/events`: programs outside raise events of their own.

use app::custom_event::{self as cases, Draft};
use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(raise))
}

/// An event as it is raised.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomEventInput {
    /// Name, such as `backup.failed`: small letters, digits, dots, dashes and underscores, a letter first.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// A line for people.
    #[serde(default)]
    #[schema(max_length = 200)]
    title: String,
    /// Facts for programs: an object of 4096 bytes at most. Whoever follows events gets them.
    #[schema(value_type = Object)]
    data: serde_json::Value,
    /// The ticket that it is about; rules hear of no other. Takes `tickets.view`.
    #[serde(default)]
    ticket_id: Option<Uuid>,
}

/// An event that was raised.
#[derive(Debug, Serialize, ToSchema)]
struct CustomEvent {
    /// Id.
    id: Uuid,
}

/// Raise an event of one's own
///
/// Rules, notifications and webhooks that follow events of this name are told. With an Idempotency-Key a repeat raises it once.
#[utoipa::path(post, path = "/api/v1/events", operation_id = "raiseEvent", tag = "events", security(("bearer" = [])),
    request_body = CustomEventInput,
    responses(
        (status = 202, body = CustomEvent),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn raise(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<CustomEventInput>,
) -> ApiResult<(StatusCode, Json<CustomEvent>)> {
    let draft = Draft {
        name: input.name,
        title: input.title,
        data: input.data,
        ticket_id: input.ticket_id,
    };
    let id = cases::raise(&state.app, caller.caller(), &draft).await?;
    Ok((StatusCode::ACCEPTED, Json(CustomEvent { id })))
}
