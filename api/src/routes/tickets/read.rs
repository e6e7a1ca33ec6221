//! Reading tickets.

use std::collections::BTreeMap;

use app::ticket::{Wanted, search};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::ticket::{self, After, Filter, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    dto::{Agent, Named, TicketDto, TicketSummary},
    timeline::TimelineDto,
};
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(counts))
        .routes(routes!(get))
        .routes(routes!(timeline))
        .routes(routes!(matching))
        .routes(routes!(understood))
        .routes(routes!(agents))
        .routes(routes!(groups))
}

/// More than this are not counted.
const COUNTED: i64 = 10_001;

/// What a list is narrowed to.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[schema(as = TicketFilter)]
pub(super) struct ListParams {
    /// States, separated by commas.
    state: Option<String>,
    /// Priorities, separated by commas.
    priority: Option<String>,
    /// `me`, `none` or the id of an agent.
    assignee: Option<String>,
    /// `none`, or ids of categories, separated by commas; each stands for all below it as well.
    category: Option<String>,
    /// A tag. Staff only.
    #[param(max_length = 40)]
    tag: Option<String>,
    /// `none`, or the id of a project.
    #[param(max_length = 40)]
    project: Option<String>,
    /// Words of subject, requester, number and messages, in any form and without accents; `"a phrase"`, `OR`, `-not`; the last word may
    /// be a beginning. What was written in the last seconds may be missing.
    #[param(max_length = 200)]
    q: Option<String>,
    /// How they stand to their promises: `overdue`, `soon` (within four hours) or `breached` (at some time). Staff only.
    due: Option<String>,
    /// `open`: escalated, not over, and nobody has taken note. Staff only.
    escalated: Option<String>,
    /// What one has put aside oneself: `hide` leaves it out, `only` shows nothing else (staff only).
    aside: Option<String>,
    /// The id of a support group. Staff only.
    #[param(max_length = 40)]
    group: Option<String>,
    /// The id of a customer. Staff only.
    #[param(max_length = 40)]
    customer: Option<String>,
    /// Who asked: `me`, the id of an account, or a mail address.
    #[param(max_length = 254)]
    requester: Option<String>,
    /// How they came: `mail`, `client` (on the web), `agent` or `api`. Staff only.
    source: Option<String>,
    /// `me`: a note mentions one. Staff only.
    mentioned: Option<String>,
    /// The id of an order that they are about, see `related` of a ticket. Staff only.
    #[param(max_length = 40)]
    order: Option<String>,
    /// The id of a service that they are about. Staff only.
    #[param(max_length = 40)]
    service: Option<String>,
    /// The id of an invoice that they are about. Staff only.
    #[param(max_length = 40)]
    invoice: Option<String>,
    /// What was closed as spam: `yes` shows nothing else (staff only), `no` leaves it out, `all` is the default.
    spam: Option<String>,
    /// Opened on this day or later, such as `2026-05-31`; or from this moment on, as of RFC 3339.
    #[param(max_length = 40)]
    created_from: Option<String>,
    /// Opened on this day, which is taken whole, or earlier; or before this moment.
    #[param(max_length = 40)]
    created_to: Option<String>,
    /// Changed last on this day or later; or from this moment on.
    #[param(max_length = 40)]
    updated_from: Option<String>,
    /// Changed last on this day, which is taken whole, or earlier; or before this moment.
    #[param(max_length = 40)]
    updated_to: Option<String>,
    /// Time zone whose days are meant, such as `Africa/Algiers`; UTC when absent. A file has its times in it, each with its distance from UTC.
    #[param(max_length = 64)]
    zone: Option<String>,
    /// `-updated_at` (default), `-created_at`, or `due_at`: what is due first comes first. The last is for staff only.
    sort: Option<String>,
}

impl From<&ListParams> for Wanted {
    fn from(params: &ListParams) -> Self {
        Self {
            state: params.state.clone(),
            priority: params.priority.clone(),
            assignee: params.assignee.clone(),
            category: params.category.clone(),
            tag: params.tag.clone(),
            project: params.project.clone(),
            q: params.q.clone(),
            due: params.due.clone(),
            escalated: params.escalated.clone(),
            aside: params.aside.clone(),
            group: params.group.clone(),
            customer: params.customer.clone(),
            requester: params.requester.clone(),
            source: params.source.clone(),
            mentioned: params.mentioned.clone(),
            order: params.order.clone(),
            service: params.service.clone(),
            invoice: params.invoice.clone(),
            spam: params.spam.clone(),
            created_from: params.created_from.clone(),
            created_to: params.created_to.clone(),
            updated_from: params.updated_from.clone(),
            updated_to: params.updated_to.clone(),
            zone: params.zone.clone(),
            sort: params.sort.clone(),
            unattended: false,
        }
    }
}

impl From<Wanted> for ListParams {
    fn from(wanted: Wanted) -> Self {
        Self {
            state: wanted.state,
            priority: wanted.priority,
            assignee: wanted.assignee,
            category: wanted.category,
            tag: wanted.tag,
            project: wanted.project,
            q: wanted.q,
            due: wanted.due,
            escalated: wanted.escalated,
            aside: wanted.aside,
            group: wanted.group,
            customer: wanted.customer,
            requester: wanted.requester,
            source: wanted.source,
            mentioned: wanted.mentioned,
            order: wanted.order,
            service: wanted.service,
            invoice: wanted.invoice,
            spam: wanted.spam,
            created_from: wanted.created_from,
            created_to: wanted.created_to,
            updated_from: wanted.updated_from,
            updated_to: wanted.updated_to,
            zone: wanted.zone,
            sort: wanted.sort,
        }
    }
}

pub(super) async fn filter(state: &ApiState, caller: &CurrentUser, params: &ListParams) -> ApiResult<(Filter, Sort)> {
    let wanted = Wanted::from(params);
    Ok(wanted
        .understand(&mut *state.app.conn().await?, caller.caller())
        .await?)
}

/// List tickets
#[utoipa::path(get, path = "/api/v1/tickets", operation_id = "listTickets", tag = "tickets", security(("bearer" = [])),
    params(ListParams, PageParams),
    responses(
        (status = 200, body = List<TicketSummary>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ListParams>,
    page: Page,
) -> ApiResult<Json<List<TicketSummary>>> {
    let (filter, sort) = filter(&state, &caller, &params).await?;
    // What was asked, not how it was understood: that may change while somebody turns pages.
    let scope = format!("tickets {} {params:?}", caller.user_id);
    let after: Option<After> = page.after(&scope)?;
    let mut conn = state.app.conn().await?;
    let rows = ticket::list(&mut conn, &filter, sort, after, page.fetch(), state.app.now())
        .await
        .map_err(app::AppError::from)?;
    let key = |row: &ticket::Summary| {
        (
            match sort {
                Sort::Updated => Some(row.updated_at),
                Sort::Created => Some(row.created_at),
                Sort::Due => row.sla_due_at,
            },
            row.id,
        )
    };
    let staff = caller.is_staff();
    let shown = |row: ticket::Summary| {
        let summary = TicketSummary::from(row);
        if staff { summary } else { summary.for_customer() }
    };
    Ok(Json(page.list(&scope, rows, key, shown)))
}

/// How many tickets there are; no number exceeds 10,000.
#[derive(Debug, Serialize, ToSchema)]
struct TicketCounts {
    /// By state.
    by_state: BTreeMap<String, i64>,
    /// Assigned to the asker and not over.
    mine: i64,
    /// Assigned to nobody and not over.
    unassigned: i64,
    /// Escalated, not over, and nobody has taken note; 0 for a customer.
    escalated: i64,
}

/// Count tickets
#[utoipa::path(get, path = "/api/v1/tickets/counts", operation_id = "countTickets", tag = "tickets", security(("bearer" = [])),
    responses(
        (status = 200, body = TicketCounts),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn counts(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<TicketCounts>> {
    let scope = caller.ticket_scope()?;
    let mut conn = state.app.conn().await?;
    let counts = ticket::counts(&mut conn, caller.user_id, scope)
        .await
        .map_err(app::AppError::from)?;
    Ok(Json(TicketCounts {
        by_state: counts.by_state.into_iter().collect(),
        mine: counts.mine,
        unassigned: counts.unassigned,
        escalated: counts.escalated,
    }))
}

/// How many tickets a filter lets through.
#[derive(Debug, Serialize, ToSchema)]
struct TicketMatches {
    /// How many, 10,001 at most.
    count: i64,
}

/// Count the tickets that a filter lets through
#[utoipa::path(get, path = "/api/v1/tickets/matching", operation_id = "countMatchingTickets", tag = "tickets", security(("bearer" = [])),
    params(ListParams),
    responses(
        (status = 200, body = TicketMatches),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn matching(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ListParams>,
) -> ApiResult<Json<TicketMatches>> {
    let (filter, _) = filter(&state, &caller, &params).await?;
    let mut conn = state.app.conn().await?;
    let count = ticket::count(&mut conn, &filter, COUNTED, state.app.now())
        .await
        .map_err(app::AppError::from)?;
    Ok(Json(TicketMatches { count }))
}

/// A word that is looked for instead of the one that was typed.
#[derive(Debug, Serialize, ToSchema)]
struct CorrectionDto {
    /// As typed, without accents.
    given: String,
    /// What is looked for.
    used: String,
}

/// How a search was understood.
#[derive(Debug, Serialize, ToSchema)]
struct TicketSearch {
    /// Words that no ticket holds, with those that are looked for instead.
    corrections: Vec<CorrectionDto>,
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchParams {
    /// As for the list.
    #[param(max_length = 200)]
    q: String,
}

/// Tell how a search of tickets is understood
#[utoipa::path(get, path = "/api/v1/tickets/search", operation_id = "ticketSearch", tag = "tickets", security(("bearer" = [])),
    params(SearchParams),
    responses(
        (status = 200, body = TicketSearch),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn understood(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<SearchParams>,
) -> ApiResult<Json<TicketSearch>> {
    let scope = caller.ticket_scope()?;
    let understood = search::understand(&mut *state.app.conn().await?, &params.q, scope).await?;
    let corrections = understood.corrections.into_iter().map(|one| CorrectionDto {
        given: one.given,
        used: one.used,
    });
    Ok(Json(TicketSearch {
        corrections: corrections.collect(),
    }))
}

/// The ticket as this caller sees it.
pub(super) async fn show(
    caller: &CurrentUser,
    state: &ApiState,
    ticket: ticket::Ticket,
) -> ApiResult<Versioned<TicketDto>> {
    let participants = if caller.is_staff() {
        ticket::participants(&mut *state.app.conn().await?, ticket.summary.id)
            .await
            .map_err(app::AppError::from)?
    } else {
        Vec::new()
    };
    present(caller, state, ticket, participants).await
}

/// A ticket as this person sees it.
pub(super) async fn present(
    caller: &CurrentUser,
    state: &ApiState,
    ticket: ticket::Ticket,
    participants: Vec<ticket::Participant>,
) -> ApiResult<Versioned<TicketDto>> {
    let standing = app::ticket::standing(&state.app, caller.caller(), &ticket).await?;
    let actions = app::ticket::actions(caller.caller(), &ticket, standing, state.app.now())?;
    Ok(Versioned {
        version: ticket.summary.version,
        body: TicketDto::new(ticket, actions, participants, caller.is_staff()),
    })
}

/// Read a ticket
#[utoipa::path(get, path = "/api/v1/tickets/{id}", operation_id = "getTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 200, body = TicketDto, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<TicketDto>> {
    let scope = caller.ticket_scope()?;
    let found = ticket::find(&mut *state.app.conn().await?, id, scope)
        .await
        .map_err(app::AppError::from)?;
    show(&caller, &state, found).await
}

/// From where on a conversation is told.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SinceParams {
    /// Only what happened after this moment; `cursor` goes before it.
    since: Option<DateTime<Utc>>,
}

/// Messages, notes and events of a ticket, oldest first
#[utoipa::path(get, path = "/api/v1/tickets/{id}/timeline", operation_id = "getTimeline", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), SinceParams, PageParams),
    responses(
        (status = 200, body = List<TimelineDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn timeline(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(from): Query<SinceParams>,
    page: Page,
) -> ApiResult<Json<List<TimelineDto>>> {
    let scope = format!("timeline {id}");
    let after: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    // What happened at that very moment is known; the database has no years before its calendar begins.
    let since = from.since.map(|at| (at.max(DateTime::UNIX_EPOCH), Uuid::max()));
    let after = after.or(since);
    let timeline = app::ticket::timeline(&state.app, caller.caller(), id, after, page.limit).await?;
    let staff = caller.is_staff();
    let items = timeline
        .items
        .into_iter()
        .map(|item| TimelineDto::new(item, staff))
        .collect();
    Ok(Json(List {
        items,
        next_cursor: timeline.next.and_then(|key| page.cursor_for(&scope, &key)),
    }))
}

/// People who can be given tickets and customers
#[utoipa::path(get, path = "/api/v1/agents", operation_id = "listAgents", tag = "tickets", security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<Agent>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn agents(caller: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<Agent>>> {
    if !caller.may(Permission::CustomersView) {
        caller.need(Permission::TicketsView)?;
    }
    let after: Option<(String, Uuid)> = page.after("agents")?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let rows = store::user::agents(&mut *state.app.conn().await?, after, page.fetch())
        .await
        .map_err(app::AppError::from)?;
    Ok(Json(page.list(
        "agents",
        rows,
        |agent| (agent.name.clone(), agent.id),
        Agent::from,
    )))
}

/// Support groups
#[utoipa::path(get, path = "/api/v1/groups", operation_id = "listGroups", tag = "tickets", security(("bearer" = [])),
    responses(
        (status = 200, body = List<Named>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn groups(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<Named>>> {
    caller.need(Permission::TicketsView)?;
    let rows = store::user::groups(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    let named = |group: store::user::Group| Named {
        id: group.id,
        name: group.name,
    };
    Ok(Json(List {
        items: rows.into_iter().map(named).collect(),
        next_cursor: None,
    }))
}
