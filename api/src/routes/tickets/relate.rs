//! Merging, splitting, linking.

use app::ticket as cases;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use store::ticket::link::Linked;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{dto::TicketDto, read::show};
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Query, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
    words::LinkKindWord,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(merge))
        .routes(routes!(split))
        .routes(routes!(links, add))
        .routes(routes!(remove))
}

/// A merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeDto {
    /// The ticket that stays.
    ticket_id: Uuid,
    /// Tickets of different customers, or of different projects of one, are meant: who sees the one will see the messages of the other.
    #[serde(default)]
    confirmed: bool,
}

/// Make a ticket a part of another one
///
/// Its messages move there, who takes part in it takes part there, and it is closed; replies to it land in the other one.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/merge", operation_id = "mergeTicket", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket that becomes a part"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = MergeDto,
    responses(
        (status = 200, body = TicketDto, description = "The ticket that stays"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Closed, merged, `other_customer` or `other_project`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn merge(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<MergeDto>,
) -> ApiResult<Versioned<TicketDto>> {
    let meant = wanted.confirmed;
    let ticket = cases::merge(&state.app, caller.caller(), id, wanted.ticket_id, meant, version).await?;
    show(&caller, &state, ticket).await
}

/// A split.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SplitDto {
    /// Subject of the new ticket.
    #[schema(min_length = 1, max_length = 250)]
    subject: String,
    /// Messages and notes that move there, 200 at most; a public message must be left.
    message_ids: Vec<Uuid>,
}

/// Make a ticket of some messages
#[utoipa::path(post, path = "/api/v1/tickets/{id}/split", operation_id = "splitTicket", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = SplitDto,
    responses(
        (status = 201, body = TicketDto, description = "The new ticket"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn split(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<SplitDto>,
) -> ApiResult<Response> {
    let ticket = cases::split(&state.app, caller.caller(), id, &wanted.subject, wanted.message_ids).await?;
    let location = format!("/api/v1/tickets/{}", ticket.summary.id);
    let mut response = show(&caller, &state, ticket).await?.into_response();
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// A ticket that belongs to another one.
#[derive(Debug, Serialize, ToSchema)]
struct TicketLinkDto {
    /// What it is to the other one.
    kind: LinkKindWord,
    /// Id.
    id: Uuid,
    /// Number.
    number: i64,
    /// Subject.
    subject: String,
    /// State.
    state: String,
}

impl From<Linked> for TicketLinkDto {
    fn from(linked: Linked) -> Self {
        Self {
            kind: LinkKindWord::stored(linked.kind),
            id: linked.id,
            number: linked.number,
            subject: linked.subject,
            state: linked.state,
        }
    }
}

fn list(links: Vec<Linked>) -> Json<List<TicketLinkDto>> {
    Json(List {
        items: links.into_iter().map(Into::into).collect(),
        next_cursor: None,
    })
}

/// Tickets that belong to this one
#[utoipa::path(get, path = "/api/v1/tickets/{id}/links", operation_id = "ticketLinks", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 200, body = List<TicketLinkDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn links(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<List<TicketLinkDto>>> {
    Ok(list(cases::links(&state.app, caller.caller(), id).await?))
}

/// A link to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLinkDto {
    /// The other ticket.
    ticket_id: Uuid,
    /// What it is to this one: `related`, `duplicate_of`, `duplicate`, `parent` or `child`.
    kind: LinkKindWord,
}

/// Link a ticket to another one
#[utoipa::path(post, path = "/api/v1/tickets/{id}/links", operation_id = "linkTicket", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = NewLinkDto,
    responses(
        (status = 200, body = List<TicketLinkDto>, description = "All its links"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<NewLinkDto>,
) -> ApiResult<Json<List<TicketLinkDto>>> {
    let kind = wanted
        .kind
        .known()
        .ok_or_else(|| Problem::invalid("/kind", "not_a_link", "Choose another kind."))?;
    Ok(list(
        cases::add_link(&state.app, caller.caller(), id, wanted.ticket_id, kind).await?,
    ))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LinkParams {
    /// What the other one is to this one.
    #[param(inline)]
    kind: LinkKindWord,
}

/// Take a link away
#[utoipa::path(delete, path = "/api/v1/tickets/{id}/links/{other_id}", operation_id = "unlinkTicket", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("other_id" = Uuid, Path, description = "Id of the other one"), LinkParams),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn remove(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, other_id)): Path<(Uuid, Uuid)>,
    Query(params): Query<LinkParams>,
) -> ApiResult<StatusCode> {
    let kind = params
        .kind
        .known()
        .ok_or_else(|| Problem::bad_request("invalid_filter", "`kind` is no kind of link."))?;
    cases::remove_link(&state.app, caller.caller(), id, other_id, kind).await?;
    Ok(StatusCode::NO_CONTENT)
}
