//! One change of many tickets.

use app::ticket::{self as cases, Selection};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::ticket::bulk::{BulkOutcome, Change};
use serde::{Deserialize, Serialize};
use store::ticket::bulk::{Bulk, Row};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    PriorityDto, StateDto,
    read::{ListParams, filter},
};
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
    words::{BulkOutcomeWord, BulkStateWord},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(start, list))
        .routes(routes!(show))
        .routes(routes!(rows))
        .routes(routes!(stop))
}

/// What is done to each ticket; what is absent stays as it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkChangeDto {
    /// Agent who gets it.
    assignee_id: Option<Uuid>,
    /// Nobody has it any more.
    #[serde(default)]
    unassign: bool,
    /// Support group that gets it.
    group_id: Option<Uuid>,
    /// Category; what it decides gives way to what else is said here.
    category_id: Option<Uuid>,
    /// Priority.
    priority: Option<PriorityDto>,
    /// State; `answered` and `waiting_for_response` go with a reply only.
    state: Option<StateDto>,
    /// Why; needed for `on_hold` and `closed`.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Until when they are on hold; they open again then. Without it they stay until somebody opens them.
    on_hold_until: Option<DateTime<Utc>>,
    /// Why unanswered messages need no reply.
    #[schema(max_length = 500)]
    no_reply_needed: Option<String>,
    /// Tags that are added.
    #[serde(default)]
    add_tags: Vec<String>,
    /// Tags that are taken away.
    #[serde(default)]
    remove_tags: Vec<String>,
}

impl From<BulkChangeDto> for Change {
    fn from(dto: BulkChangeDto) -> Self {
        Self {
            assignee_id: dto.assignee_id,
            unassign: dto.unassign,
            group_id: dto.group_id,
            category_id: dto.category_id,
            priority: dto.priority.map(Into::into),
            state: dto.state.map(Into::into),
            reason: dto.reason,
            on_hold_until: dto.on_hold_until,
            no_reply_needed: dto.no_reply_needed,
            add_tags: dto.add_tags,
            remove_tags: dto.remove_tags,
        }
    }
}

impl From<Change> for BulkChangeDto {
    fn from(change: Change) -> Self {
        Self {
            assignee_id: change.assignee_id,
            unassign: change.unassign,
            group_id: change.group_id,
            category_id: change.category_id,
            priority: change.priority.map(Into::into),
            state: change.state.map(Into::into),
            reason: change.reason,
            on_hold_until: change.on_hold_until,
            no_reply_needed: change.no_reply_needed,
            add_tags: change.add_tags,
            remove_tags: change.remove_tags,
        }
    }
}

/// A change of many tickets: those that are named, or all that a filter lets through, 10,000 at most.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBulkDto {
    /// These tickets.
    ticket_ids: Option<Vec<Uuid>>,
    /// All tickets that a list with these parameters shows.
    filter: Option<ListParams>,
    /// What is done.
    change: BulkChangeDto,
}

/// A change of many tickets.
#[derive(Debug, Serialize, ToSchema)]
struct BulkDto {
    /// Id.
    id: Uuid,
    /// What is done to each.
    change: BulkChangeDto,
    /// How far it is.
    state: BulkStateWord,
    /// Tickets.
    total: i32,
    /// Changed so far.
    done: i32,
    /// Those that were so already.
    unchanged: i32,
    /// Refused.
    refused: i32,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// When it came to its end.
    finished_at: Option<DateTime<Utc>>,
}

/// What became of one ticket.
#[derive(Debug, Serialize, ToSchema)]
struct BulkRowDto {
    /// Ticket.
    ticket_id: Uuid,
    /// Its number.
    number: i64,
    /// Its subject.
    subject: String,
    /// What became of it.
    outcome: BulkOutcomeWord,
    /// Why it was refused: a stable code.
    code: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BulkRowParams {
    /// Only these.
    #[param(inline)]
    outcome: Option<BulkOutcomeWord>,
}

impl From<Bulk> for BulkDto {
    fn from(bulk: Bulk) -> Self {
        let change: Change = serde_json::from_value(bulk.change).unwrap_or_default();
        Self {
            id: bulk.id,
            change: change.into(),
            state: BulkStateWord::stored(bulk.state),
            total: bulk.total,
            done: bulk.done,
            unchanged: bulk.unchanged,
            refused: bulk.refused,
            created_at: bulk.created_at,
            finished_at: bulk.finished_at,
        }
    }
}

impl From<Row> for BulkRowDto {
    fn from(row: Row) -> Self {
        Self {
            ticket_id: row.ticket_id,
            number: row.number,
            subject: row.subject,
            outcome: BulkOutcomeWord::stored(row.outcome),
            code: row.code,
        }
    }
}

/// Change many tickets
///
/// Which ones is settled with the answer; a job changes them in small steps, each ticket as a whole or not at all. What became of each is
/// read from the rows; live events `ticket_bulk.updated` tell that there is something new.
#[utoipa::path(post, path = "/api/v1/ticket-bulks", operation_id = "startTicketBulk", tag = "tickets", security(("bearer" = [])),
    request_body = NewBulkDto,
    responses(
        (status = 201, body = BulkDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn start(caller: CurrentUser, State(state): State<ApiState>, Json(new): Json<NewBulkDto>) -> ApiResult<Response> {
    let which = match (new.ticket_ids, new.filter) {
        (Some(tickets), None) => Selection::Tickets(tickets),
        (None, Some(params)) => Selection::Matching(Box::new(filter(&state, &caller, &params).await?.0)),
        // Whoever may not do this at all is told so first.
        (None, None) => Selection::Tickets(Vec::new()),
        (Some(_), Some(_)) => {
            return Err(Problem::invalid(
                "/filter",
                "contradiction",
                "Name tickets or a filter, not both.",
            ));
        }
    };
    let bulk = cases::start_bulk(&state.app, caller.caller(), which, new.change.into()).await?;
    let place = format!("/api/v1/ticket-bulks/{}", bulk.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(BulkDto::from(bulk)),
    )
        .into_response())
}

/// List one's own changes of many tickets, newest first
///
/// They are kept for 30 days.
#[utoipa::path(get, path = "/api/v1/ticket-bulks", operation_id = "listTicketBulks", tag = "tickets", security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<BulkDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<BulkDto>>> {
    let before: Option<(DateTime<Utc>, Uuid)> = page.after("bulks")?;
    let found = cases::bulks(&state.app, caller.caller(), before, page.fetch()).await?;
    Ok(Json(page.list(
        "bulks",
        found,
        |bulk| (bulk.created_at, bulk.id),
        BulkDto::from,
    )))
}

/// Read a change of many tickets
#[utoipa::path(get, path = "/api/v1/ticket-bulks/{id}", operation_id = "ticketBulk", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the change")),
    responses(
        (status = 200, body = BulkDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn show(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<BulkDto>> {
    Ok(Json(cases::bulk(&state.app, caller.caller(), id).await?.into()))
}

/// What became of each ticket
#[utoipa::path(get, path = "/api/v1/ticket-bulks/{id}/rows", operation_id = "ticketBulkRows", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the change"), PageParams, BulkRowParams),
    responses(
        (status = 200, body = List<BulkRowDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn rows(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
    Query(params): Query<BulkRowParams>,
) -> ApiResult<Json<List<BulkRowDto>>> {
    let outcome = params
        .outcome
        .as_ref()
        .and_then(BulkOutcomeWord::known)
        .map(BulkOutcome::as_str);
    let scope = format!("bulk {id} {outcome:?}");
    let after: i32 = page.after(&scope)?.unwrap_or(0);
    let found = cases::bulk_rows(&state.app, caller.caller(), id, outcome, after, page.fetch()).await?;
    Ok(Json(page.list(&scope, found, |row| row.position, BulkRowDto::from)))
}

/// Stop a change of many tickets
///
/// What is changed stays so; the rest is left alone.
#[utoipa::path(post, path = "/api/v1/ticket-bulks/{id}/stop", operation_id = "stopTicketBulk", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the change")),
    responses(
        (status = 200, body = BulkDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is at its end already"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn stop(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<BulkDto>> {
    Ok(Json(cases::stop_bulk(&state.app, caller.caller(), id).await?.into()))
}
