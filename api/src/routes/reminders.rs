//! One's own reminders of tickets.

use app::ticket::reminder::{self as cases, Draft};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::ticket::reminder::Reminder;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(due))
        .routes(routes!(set))
        .routes(routes!(change, end))
}

/// What one wants to be reminded of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reminder)]
struct ReminderDto {
    /// Id.
    id: Uuid,
    /// Ticket.
    ticket_id: Uuid,
    /// Its number.
    ticket_number: i64,
    /// Its subject.
    ticket_subject: String,
    /// Its state.
    ticket_state: String,
    /// When it is due.
    at: DateTime<Utc>,
    /// What of.
    note: String,
    /// Also by mail.
    by_mail: bool,
    /// When one was told; `null` before.
    #[schema(required = true)]
    told_at: Option<DateTime<Utc>>,
    /// Its ticket is aside until then, or came back with it.
    aside: bool,
    /// Version.
    version: i32,
}

impl From<Reminder> for ReminderDto {
    fn from(row: Reminder) -> Self {
        Self {
            id: row.id,
            ticket_id: row.ticket_id,
            ticket_number: row.number,
            ticket_subject: row.subject,
            ticket_state: row.state,
            at: row.at,
            note: row.note,
            by_mail: row.by_mail,
            told_at: row.told_at,
            aside: row.aside_since.is_some(),
            version: row.version,
        }
    }
}

fn versioned(row: Reminder) -> Versioned<ReminderDto> {
    Versioned {
        version: row.version,
        body: row.into(),
    }
}

/// When to be reminded, and what of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReminderInput {
    /// When; ahead, and within five years.
    at: DateTime<Utc>,
    /// What of.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: String,
    /// Also by mail.
    #[serde(default)]
    by_mail: bool,
    /// Put the ticket aside until then, or until its customer writes: it is not in one's own lists with `aside=hide`. Its clocks run on.
    #[serde(default)]
    aside: bool,
}

impl From<ReminderInput> for Draft {
    fn from(input: ReminderInput) -> Self {
        Self {
            at: input.at,
            note: input.note,
            by_mail: input.by_mail,
            aside: input.aside,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReminderFilter {
    /// Of this ticket alone.
    ticket_id: Option<Uuid>,
}

/// List one's own reminders
///
/// The next first; those that are due stay until they are ended or moved.
#[utoipa::path(get, path = "/api/v1/reminders", operation_id = "listReminders", tag = "reminders", security(("bearer" = [])),
    params(ReminderFilter, PageParams),
    responses(
        (status = 200, body = List<ReminderDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(filter): Query<ReminderFilter>,
    page: Page,
) -> ApiResult<Json<List<ReminderDto>>> {
    let scope = format!("reminders {} {:?}", caller.user_id, filter.ticket_id);
    let after = page.after::<(DateTime<Utc>, Uuid)>(&scope)?;
    let rows = cases::own(&state.app, caller.caller(), filter.ticket_id, after, page.fetch()).await?;
    Ok(Json(page.list(&scope, rows, |row| (row.at, row.id), Into::into)))
}

/// How many of one's reminders are due.
#[derive(Debug, Serialize, ToSchema)]
struct DueReminders {
    /// How many.
    due: i64,
}

/// Count one's reminders that are due
#[utoipa::path(get, path = "/api/v1/reminders/due", operation_id = "countDueReminders", tag = "reminders", security(("bearer" = [])),
    responses(
        (status = 200, body = DueReminders),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn due(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<DueReminders>> {
    let due = cases::count_due(&state.app, caller.caller()).await?;
    Ok(Json(DueReminders { due }))
}

/// Set a reminder of a ticket
///
/// Only whoever sets it sees it. He is told once when it is due: by the live event `reminder.due`, and by mail if he wants.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/reminders", operation_id = "setReminder", tag = "reminders", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = ReminderInput,
    responses(
        (status = 201, body = ReminderDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn set(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(input): Json<ReminderInput>,
) -> ApiResult<Response> {
    let row = cases::set(&state.app, caller.caller(), id, input.into()).await?;
    let url = format!("/api/v1/reminders/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, url)], versioned(row)).into_response())
}

/// Move or change a reminder
///
/// One that was told is told again at its new moment.
#[utoipa::path(put, path = "/api/v1/reminders/{id}", operation_id = "changeReminder", tag = "reminders", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the reminder"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ReminderInput,
    responses(
        (status = 200, body = ReminderDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<ReminderInput>,
) -> ApiResult<Versioned<ReminderDto>> {
    let row = cases::change(&state.app, caller.caller(), id, version, input.into()).await?;
    Ok(versioned(row))
}

/// End a reminder
#[utoipa::path(delete, path = "/api/v1/reminders/{id}", operation_id = "endReminder", tag = "reminders", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the reminder"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn end(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    cases::end(&state.app, caller.caller(), id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
