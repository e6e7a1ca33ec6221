//! Answers that a customer looked at.

use app::ticket as cases;
use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(viewed))
}

/// What was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Viewed {
    /// The last message that was shown; those before it were looked at as well.
    message_id: Uuid,
}

/// Say that one has looked at the answers of one's ticket
///
/// The portal says it when the answers are on the screen. Staff read who of the customer's people looked at each, and when first. Mails
/// are not followed: they carry no pixel and ask for no receipt. Only in person, and only of a customer's own tickets.
#[utoipa::path(put, path = "/api/v1/tickets/{id}/viewed", operation_id = "viewTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = Viewed,
    responses(
        (status = 204, description = "Noted, or known before"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn viewed(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(seen): Json<Viewed>,
) -> ApiResult<StatusCode> {
    caller.in_person()?;
    cases::viewed(&state.app, caller.caller(), id, seen.message_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
