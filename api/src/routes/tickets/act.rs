//! Moving, assigning, judging.

use app::ticket::{self as cases, Judgement, Move};
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{StateDto, dto::TicketDto, read::show};
use crate::{
    extract::{CurrentUser, IfMatch, Json, Path, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(transition))
        .routes(routes!(assign))
        .routes(routes!(judge))
}

/// A transition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveDto {
    /// Wanted state.
    to: StateDto,
    /// Why; needed for `on_hold` and `closed`.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Until when it is on hold.
    on_hold_until: Option<DateTime<Utc>>,
    /// Why an unanswered message needs no reply.
    #[schema(max_length = 500)]
    no_reply_needed: Option<String>,
    /// Closed with the reason `spam`: what its requester writes is kept aside from now on, until it is opened again. Needs the permission
    /// `mail.manage`.
    #[serde(default)]
    block_sender: bool,
}

/// Move a ticket to another state
///
/// Closed with the reason `spam`, nothing is sent by itself for it any more; whoever may close it may open it again.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/state", operation_id = "moveTicket", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = MoveDto,
    responses(
        (status = 200, body = TicketDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Refused; `allowed` lists the states that would be accepted"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn transition(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<MoveDto>,
) -> ApiResult<Versioned<TicketDto>> {
    let block = wanted.block_sender;
    let wanted = Move {
        to: wanted.to.into(),
        reason: wanted.reason,
        on_hold_until: wanted.on_hold_until,
        no_reply_needed: wanted.no_reply_needed,
        version,
    };
    let ticket = if block {
        cases::close_as_spam(&state.app, caller.caller(), id, wanted).await?
    } else {
        cases::transition(&state.app, caller.caller(), id, wanted).await?
    };
    show(&caller, &state, ticket).await
}

/// An assignment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignDto {
    /// Agent, or `null` for nobody.
    #[schema(required = true)]
    assignee_id: Option<Uuid>,
}

/// Assign a ticket
///
/// Whoever leads its group gives it to a member of it without the permission to assign.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/assignee", operation_id = "assignTicket", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = AssignDto,
    responses(
        (status = 200, body = TicketDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn assign(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<AssignDto>,
) -> ApiResult<Versioned<TicketDto>> {
    let ticket = cases::assign(&state.app, caller.caller(), id, wanted.assignee_id, version).await?;
    show(&caller, &state, ticket).await
}

/// What becomes of a held reply.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum JudgementKind {
    /// The sender joins the ticket.
    Accept,
    /// It becomes a ticket of its own.
    Split,
    /// It goes to the ticket `ticket_id`, which its sender joins.
    Move,
    /// It stays hidden.
    Spam,
}

/// A judgement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JudgeDto {
    /// What becomes of it.
    decision: JudgementKind,
    /// Where it goes, with `move`.
    ticket_id: Option<Uuid>,
}

/// Judge a held reply of a third party
#[utoipa::path(post, path = "/api/v1/tickets/{id}/held/{message_id}", operation_id = "judgeHeld", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("message_id" = Uuid, Path, description = "Id of the message")),
    request_body = JudgeDto,
    responses(
        (status = 200, body = TicketDto, description = "The ticket that the message is in now"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn judge(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, message_id)): Path<(Uuid, Uuid)>,
    Json(wanted): Json<JudgeDto>,
) -> ApiResult<Versioned<TicketDto>> {
    let verdict = match wanted.decision {
        JudgementKind::Accept => Judgement::Accept,
        JudgementKind::Split => Judgement::Split,
        JudgementKind::Move => Judgement::MoveTo(
            wanted
                .ticket_id
                .ok_or_else(|| Problem::invalid("/ticket_id", "empty", "Say which ticket it goes to."))?,
        ),
        JudgementKind::Spam => Judgement::Spam,
    };
    let ticket = cases::judge(&state.app, caller.caller(), id, message_id, verdict).await?;
    show(&caller, &state, ticket).await
}
