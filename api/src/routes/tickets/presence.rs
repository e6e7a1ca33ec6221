//! Who else is at a ticket.

use axum::{extract::State, http::StatusCode};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::{ticket, user};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path},
    presence::KEPT,
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(attend, leave))
}

/// What somebody does at a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Doing {
    /// He looks at it.
    Viewing,
    /// He types a reply.
    Replying,
    /// He types a note.
    Noting,
}

impl Doing {
    const ALL: [Self; 3] = [Self::Viewing, Self::Replying, Self::Noting];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Viewing => "viewing",
            Self::Replying => "replying",
            Self::Noting => "noting",
        }
    }
}

/// What one does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Attendance {
    /// What.
    doing: Doing,
}

/// Somebody else who is there.
#[derive(Debug, Serialize, ToSchema)]
struct Attendant {
    /// Account.
    id: Uuid,
    /// Name.
    name: String,
    /// What he does.
    doing: Doing,
}

/// Who else is there.
#[derive(Debug, Serialize, ToSchema)]
struct Attendants {
    /// By name.
    people: Vec<Attendant>,
}

/// Say that one is at a ticket, and see who else is
///
/// Holds for 30 seconds; whoever stays says it again every ten. Others hear of it by the live event `presence.changed`, which has no place
/// in the log. Nothing is stored in the database; while the place where it is kept is away, nobody is shown.
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
    caller.need(Permission::TicketsView)?;
    ticket::find(&mut *state.app.conn().await?, id, None)
        .await
        .map_err(app::AppError::from)?;
    let Some(presence) = &state.config.presence else {
        return Ok(Json(Attendants { people: Vec::new() }));
    };
    let there = async {
        presence.attend(id, caller.user_id, own.doing.as_str(), KEPT).await?;
        presence.present(id).await
    };
    let there = there.await.unwrap_or_else(|error| {
        tracing::debug!(%error, "nobody is shown at tickets");
        Vec::new()
    });
    let ids: Vec<Uuid> = there
        .iter()
        .map(|one| one.0)
        .filter(|who| *who != caller.user_id)
        .collect();
    if ids.is_empty() {
        return Ok(Json(Attendants { people: Vec::new() }));
    }
    // Whoever may see tickets no longer is not there.
    let known = user::holders_among(&mut *state.app.conn().await?, &ids, &[Permission::TicketsView.as_str()])
        .await
        .map_err(app::AppError::from)?;
    let people = known.into_iter().filter_map(|person| {
        let (_, what) = there.iter().find(|one| one.0 == person.id)?;
        Some(Attendant {
            id: person.id,
            name: person.name,
            doing: Doing::ALL.into_iter().find(|doing| doing.as_str() == what)?,
        })
    });
    Ok(Json(Attendants {
        people: people.collect(),
    }))
}

/// Say that one has left a ticket
#[utoipa::path(delete, path = "/api/v1/tickets/{id}/presence", operation_id = "leaveTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn leave(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    caller.in_person()?;
    caller.need(Permission::TicketsView)?;
    if let Some(presence) = &state.config.presence
        && let Err(error) = presence.leave(id, caller.user_id).await
    {
        tracing::debug!(%error, "he is forgotten in time");
    }
    Ok(StatusCode::NO_CONTENT)
}
