//! Exports of tickets that are mailed again and again.

use app::{
    AppError,
    ticket::{
        Wanted,
        scheduled::{self as cases, Draft, Kept},
    },
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::locale::Locale;
use serde::{Deserialize, Serialize};
use store::ticket::scheduled::Run;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{dto::Agent, read::ListParams};
use crate::{
    csv,
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Versioned, fields},
    problem::{ApiResult, Problem, ProblemBody},
    routes::me::Language,
    state::ApiState,
    words::{TicketExportCadenceWord, TicketExportPauseWord, TicketExportRunStateWord, TicketExportTroubleWord},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(colleagues))
        .routes(routes!(get, change, delete))
        .routes(routes!(runs, run_now))
        .routes(routes!(run))
        .routes(routes!(open))
}

/// One time that an export was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketExportRun)]
struct RunDto {
    /// Id.
    id: Uuid,
    /// Export.
    export_id: Uuid,
    /// What it is called.
    name: String,
    /// When it was due.
    due_at: DateTime<Utc>,
    /// What its file is called.
    file_name: String,
    /// Its owner wanted it out of turn.
    manual: bool,
    /// Where it stands.
    state: TicketExportRunStateWord,
    /// Tickets in it.
    rows: i64,
    /// Size in bytes.
    size: i64,
    /// The file went with the mails.
    attached: bool,
    /// Mails that were queued.
    mails: i32,
    /// Why it failed.
    #[schema(required = true)]
    error: Option<TicketExportTroubleWord>,
    /// Its file can be downloaded.
    available: bool,
    /// When it was queued.
    created_at: DateTime<Utc>,
    /// When it ended.
    #[schema(required = true)]
    finished_at: Option<DateTime<Utc>>,
}

impl From<Run> for RunDto {
    fn from(row: Run) -> Self {
        Self {
            id: row.id,
            export_id: row.export_id,
            file_name: cases::file_name(&row),
            name: row.name,
            due_at: row.due_at,
            manual: row.manual,
            state: TicketExportRunStateWord::stored(row.state),
            rows: row.rows,
            size: row.size,
            attached: row.attached,
            mails: row.mails,
            error: row.error.map(TicketExportTroubleWord::stored),
            available: row.available,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

/// An export of tickets that is mailed again and again, with what its owner may see.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketExport)]
struct ExportDto {
    /// Id.
    id: Uuid,
    /// What it is called.
    name: String,
    /// What the list is narrowed to.
    filter: ListParams,
    /// Language of heads and words.
    locale: String,
    /// How often.
    every: TicketExportCadenceWord,
    /// Day of the week (Monday is 1) or of the month.
    #[schema(required = true)]
    day: Option<i16>,
    /// Minute of the local day.
    minute: i16,
    /// Time zone.
    zone: String,
    /// Who gets it, by name.
    recipients: Vec<Agent>,
    /// When it is made next.
    #[schema(required = true)]
    next_at: Option<DateTime<Utc>>,
    /// Why it is paused.
    #[schema(required = true)]
    paused: Option<TicketExportPauseWord>,
    /// Its latest run.
    #[schema(required = true)]
    last_run: Option<RunDto>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

impl TryFrom<Kept> for ExportDto {
    type Error = Problem;

    fn try_from(Kept { row, recipients, last }: Kept) -> Result<Self, Problem> {
        let filter: Wanted =
            serde_json::from_value(row.filter).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(Self {
            id: row.id,
            name: row.name,
            filter: filter.into(),
            locale: row.locale,
            every: TicketExportCadenceWord::stored(row.every),
            day: row.day,
            minute: row.minute,
            zone: row.zone,
            recipients: recipients.into_iter().map(Agent::from).collect(),
            next_at: row.next_at,
            paused: row.paused.map(TicketExportPauseWord::stored),
            last_run: last.map(Into::into),
            created_at: row.created_at,
            version: row.version,
        })
    }
}

fn shown(kept: Kept) -> ApiResult<Versioned<ExportDto>> {
    Ok(Versioned {
        version: kept.row.version,
        body: kept.try_into()?,
    })
}

/// An export as it is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketExportInput {
    /// What it is called.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What the list is narrowed to; `sort` does not matter, and `me` is its owner.
    #[serde(default, deserialize_with = "fields::known")]
    filter: ListParams,
    /// Language of heads and words; the account's when absent.
    #[serde(default)]
    locale: Option<Language>,
    /// How often.
    every: TicketExportCadenceWord,
    /// Day of the week (Monday is 1) or of the month; the last one of a month that is shorter.
    #[serde(default)]
    day: Option<i16>,
    /// Minute of the local day, 0 to 1439. A time that the clocks skip is the first one after it.
    minute: i16,
    /// Time zone of the hour and of the times in the file, such as `Africa/Algiers`.
    #[schema(max_length = 64)]
    zone: String,
    /// Who gets it: people who may export tickets themselves.
    #[schema(max_items = 20)]
    recipient_ids: Vec<Uuid>,
    /// It waits until this is taken away.
    #[serde(default)]
    paused: bool,
}

impl TicketExportInput {
    fn draft(self, caller: &CurrentUser) -> ApiResult<Draft> {
        let account = || Locale::from_tag(&caller.session().user.locale).unwrap_or_default();
        Ok(Draft {
            name: self.name,
            filter: Wanted::from(&self.filter),
            locale: self.locale.map_or_else(account, Into::into),
            zone: self.zone,
            cadence: self
                .every
                .known()
                .ok_or_else(|| AppError::Internal("a rhythm that is none".to_owned()))?,
            day: self.day,
            minute: self.minute,
            recipients: self.recipient_ids,
            paused: self.paused,
        })
    }
}

/// List one's own scheduled exports
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/ticket-exports", operation_id = "listTicketExports", tag = "tickets", security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<ExportDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<ExportDto>>> {
    let scope = format!("ticket-exports {}", caller.user_id);
    let after: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let kept = cases::own(&state.app, caller.caller(), after, page.fetch()).await?;
    let rows: Vec<ExportDto> = kept.into_iter().map(ExportDto::try_from).collect::<Result<_, _>>()?;
    Ok(Json(page.list(&scope, rows, |row| (row.created_at, row.id), |row| row)))
}

/// Schedule an export of tickets
///
/// What the list with this filter shows its owner is mailed as CSV to these people, at this hour of these days: with the mail up to 5 MB,
/// else as a link for those who sign in. It is made with what its owner may see then, 64 MB at most. It stops by itself, and tells its
/// owner, when he or all who get it lose `tickets.export`, and after three failures in a row.
#[utoipa::path(post, path = "/api/v1/ticket-exports", operation_id = "createTicketExport", tag = "tickets", security(("bearer" = [])),
    request_body = TicketExportInput,
    responses(
        (status = 201, body = ExportDto, headers(
            ("ETag" = String, description = "Version, for If-Match"), ("Location" = String, description = "Where it is"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<TicketExportInput>,
) -> ApiResult<Response> {
    let kept = cases::create(&state.app, caller.caller(), input.draft(&caller)?).await?;
    let url = format!("/api/v1/ticket-exports/{}", kept.row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, url)], shown(kept)?).into_response())
}

/// People whom exports can be mailed to
#[utoipa::path(get, path = "/api/v1/ticket-exports/recipients", operation_id = "listTicketExportRecipients", tag = "tickets",
    security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<Agent>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn colleagues(caller: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<Agent>>> {
    const SCOPE: &str = "ticket-export-recipients";
    let after: Option<(String, Uuid)> = page.after(SCOPE)?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let rows = cases::colleagues(&state.app, caller.caller(), after, page.fetch()).await?;
    Ok(Json(page.list(
        SCOPE,
        rows,
        |one| (one.name.clone(), one.id),
        Agent::from,
    )))
}

/// Read a scheduled export
#[utoipa::path(get, path = "/api/v1/ticket-exports/{id}", operation_id = "getTicketExport", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the export")),
    responses(
        (status = 200, body = ExportDto, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<ExportDto>> {
    shown(cases::get(&state.app, caller.caller(), id).await?)
}

/// Change, pause or resume a scheduled export
///
/// One that stopped by itself goes on when `paused` is taken away.
#[utoipa::path(put, path = "/api/v1/ticket-exports/{id}", operation_id = "changeTicketExport", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the export"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = TicketExportInput,
    responses(
        (status = 200, body = ExportDto, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<TicketExportInput>,
) -> ApiResult<Versioned<ExportDto>> {
    shown(cases::change(&state.app, caller.caller(), id, version, input.draft(&caller)?).await?)
}

/// Delete a scheduled export
///
/// With its runs and their files; mails that have not left yet do not leave.
#[utoipa::path(delete, path = "/api/v1/ticket-exports/{id}", operation_id = "deleteTicketExport", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the export"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    cases::delete(&state.app, caller.caller(), id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the runs of a scheduled export
///
/// The newest first; they are kept for 30 days with their files.
#[utoipa::path(get, path = "/api/v1/ticket-exports/{id}/runs", operation_id = "listTicketExportRuns", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the export"), PageParams),
    responses(
        (status = 200, body = List<RunDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn runs(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
) -> ApiResult<Json<List<RunDto>>> {
    let scope = format!("ticket-export-runs {id}");
    let after: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let rows = cases::runs(&state.app, caller.caller(), id, after, page.fetch()).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.created_at, row.id),
        Into::into,
    )))
}

/// Make a scheduled export now
///
/// Out of turn, also while it is paused; one at a time. The live event `ticket_export.updated` says when it is over.
#[utoipa::path(post, path = "/api/v1/ticket-exports/{id}/runs", operation_id = "runTicketExport", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the export")),
    responses(
        (status = 202, body = RunDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn run_now(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let run = cases::run_now(&state.app, caller.caller(), id).await?;
    Ok((StatusCode::ACCEPTED, Json(RunDto::from(run))).into_response())
}

/// Read a run of a scheduled export
///
/// For its owner and for those who get it.
#[utoipa::path(get, path = "/api/v1/ticket-export-runs/{id}", operation_id = "getTicketExportRun", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the run")),
    responses(
        (status = 200, body = RunDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn run(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<RunDto>> {
    Ok(Json(cases::run(&state.app, caller.caller(), id).await?.into()))
}

/// Download the file of a run
///
/// For its owner and for those who get it, while they may export tickets. Each download is logged.
#[utoipa::path(get, path = "/api/v1/ticket-export-runs/{id}/file", operation_id = "openTicketExportRun", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the run")),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn open(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let (name, bytes) = cases::open(&state.app, caller.caller(), id).await?;
    Ok(csv::download(&name, bytes))
}
