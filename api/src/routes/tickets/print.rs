//! A ticket as PDF.

use app::ticket::{export::Form, print as cases};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::locale::Locale;
use serde::{Deserialize, Serialize};
use store::ticket::print::Print;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    routes::{me::Language, uploads::download},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(get))
        .routes(routes!(open))
}

/// A ticket as PDF, made or being made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketPrint)]
struct PrintDto {
    /// Id.
    id: Uuid,
    /// Ticket.
    ticket_id: Uuid,
    /// `queued`, `running`, `ready`, `failed` or `expired`.
    state: String,
    /// With what is among staff.
    notes: bool,
    /// Pages, once it is ready.
    pages: i32,
    /// Messages that found no room in it.
    left_out: i64,
    /// Size in bytes, once it is ready.
    size: i64,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// Until when it can be opened.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
}

impl From<Print> for PrintDto {
    fn from(row: Print) -> Self {
        Self {
            id: row.id,
            ticket_id: row.ticket_id,
            state: row.state,
            notes: row.notes,
            pages: row.pages,
            left_out: row.left_out,
            size: row.size,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// How a ticket is printed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrintInput {
    /// Language of its words; the account's when absent.
    #[serde(default)]
    locale: Option<Language>,
    /// Time zone of its times, such as `Africa/Algiers`; UTC when absent. Each time says its distance from UTC.
    #[serde(default)]
    #[schema(max_length = 64)]
    zone: Option<String>,
    /// With private notes and held messages, marked as such; for staff.
    #[serde(default)]
    notes: bool,
}

/// Print a ticket as PDF
///
/// A job makes the file from what the caller may see; the live event `ticket_print.updated` says when it is ready. The same ticket asked
/// for again in the same way is the same file until the ticket changes, or a day is over. Three are made for one person at a time.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/prints", operation_id = "printTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = PrintInput,
    responses(
        (status = 202, body = PrintDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(input): Json<PrintInput>,
) -> ApiResult<Response> {
    let account = || Locale::from_tag(&caller.session().user.locale).unwrap_or_default();
    let form = Form::new(input.locale.map_or_else(account, Into::into), input.zone.as_deref())?;
    let print = cases::ask(&state.app, caller.caller(), id, form, input.notes).await?;
    Ok((StatusCode::ACCEPTED, Json(PrintDto::from(print))).into_response())
}

/// Look at a ticket that is being printed
#[utoipa::path(get, path = "/api/v1/tickets/{id}/prints/{print_id}", operation_id = "getTicketPrint", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("print_id" = Uuid, Path, description = "Id of the PDF")),
    responses(
        (status = 200, body = PrintDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, print)): Path<(Uuid, Uuid)>,
) -> ApiResult<Json<PrintDto>> {
    let print = cases::get(&state.app, caller.caller(), id, print).await?;
    Ok(Json(print.into()))
}

/// Open a printed ticket
///
/// Only whoever asked for it opens it, for a day, and only while he may see the ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/prints/{print_id}/file", operation_id = "openTicketPrint", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("print_id" = Uuid, Path, description = "Id of the PDF")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn open(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, print)): Path<(Uuid, Uuid)>,
) -> ApiResult<Response> {
    let (number, bytes) = cases::open(&state.app, caller.caller(), id, print).await?;
    Ok(download(&format!("ticket-{number}.pdf"), "application/pdf", bytes))
}
