//! Who else is at a ticket.

use app::ticket::presence as cases;
use axum::{extract::State, http::StatusCode};
use domain::ticket::presence::Doing;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::DoingWord,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(attend, leave))
}

/// What one does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Attendance {
    /// Which of one's pages says it: an id that the page makes up when it is opened.
    page: Uuid,
    /// What.
    doing: DoingWord,
}

/// Somebody else who is there.
#[derive(Debug, Serialize, ToSchema)]
struct Attendant {
    /// Account.
    id: Uuid,
    /// Name.
    name: String,
    /// What he does; of several pages that he has open, what counts most.
    doing: DoingWord,
}

impl From<cases::Attendant> for Attendant {
    fn from(one: cases::Attendant) -> Self {
        Self {
            id: one.id,
            name: one.name,
            doing: one.doing.into(),
        }
    }
}

/// Who else is there.
#[derive(Debug, Serialize, ToSchema)]
struct Attendants {
    /// By name.
    people: Vec<Attendant>,
}

/// Say that one is at a ticket, and see who else is
///
/// Holds for 30 seconds; whoever stays says it again every ten. Each page that one has open speaks for itself; one is shown once, with
/// what counts most. Others hear by the live event `presence.changed`, which has no place in the log, when that is something else than
/// before. Nothing is stored in the database; while the place where it is kept is away, nobody is shown.
#[utoipa::path(put, path = "/api/v1/tickets/{id}/presence", operation_id = "attendTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = Attendance,
    responses(
        (status = 200, body = Attendants),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn attend(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(own): Json<Attendance>,
) -> ApiResult<Json<Attendants>> {
    caller.in_person()?;
    let doing = own.doing.known().unwrap_or(Doing::Viewing);
    let presence = state.config.presence.as_deref();
    let people = cases::attend(&state.app, presence, caller.caller(), (id, own.page), doing).await?;
    Ok(Json(Attendants {
        people: people.into_iter().map(Into::into).collect(),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LeaveParams {
    /// Which of one's pages is closed.
    page: Uuid,
}

/// Say that one has left a ticket
#[utoipa::path(delete, path = "/api/v1/tickets/{id}/presence", operation_id = "leaveTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), LeaveParams),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn leave(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<LeaveParams>,
) -> ApiResult<StatusCode> {
    caller.in_person()?;
    let presence = state.config.presence.as_deref();
    cases::leave(presence, caller.caller(), (id, params.page)).await?;
    Ok(StatusCode::NO_CONTENT)
}
