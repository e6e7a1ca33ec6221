//! Who takes part in a ticket.

use app::ticket as cases;
use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{dto::TicketDto, read::show};
use crate::{
    extract::{CurrentUser, Json, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(watch)).routes(routes!(remove))
}

/// Somebody who gets the answers too.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WatcherDto {
    /// Address.
    #[schema(max_length = 254)]
    email: String,
    /// Name.
    #[serde(default)]
    name: String,
}

/// Add a watcher
///
/// He gets every public answer by mail. Somebody who takes part already keeps his part.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/watchers", operation_id = "addTicketWatcher", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = WatcherDto,
    responses(
        (status = 200, body = TicketDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn watch(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(new): Json<WatcherDto>,
) -> ApiResult<Versioned<TicketDto>> {
    let ticket = cases::add_watcher(&state.app, caller.caller(), id, &new.email, &new.name).await?;
    show(&caller, &state, ticket).await
}

/// Take somebody out of a ticket
///
/// He gets no more answers. The requester stays.
#[utoipa::path(delete, path = "/api/v1/tickets/{id}/participants/{address}", operation_id = "removeTicketParticipant", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("address" = String, Path, description = "His address")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn remove(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, address)): Path<(Uuid, String)>,
) -> ApiResult<StatusCode> {
    cases::remove_participant(&state.app, caller.caller(), id, &address).await?;
    Ok(StatusCode::NO_CONTENT)
}
