//! Looking at mail, and deciding about mail that needs a person.

use app::mail as cases;
use axum::{extract::State, response::Response};
use domain::permission::Permission;
use serde::Deserialize;
use store::{attachment, mail};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{MailJourney, MailSummary};
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query},
    problem::{ApiResult, Problem, ProblemBody},
    routes::uploads::download,
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(raw))
        .routes(routes!(release))
        .routes(routes!(reprocess))
        .routes(routes!(drop_mail))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// States, separated by commas.
    state: Option<String>,
    /// Class.
    class: Option<String>,
    /// Why it is where it is.
    reason: Option<String>,
    /// Part of the sender's address or the subject.
    #[param(max_length = 200)]
    q: Option<String>,
}

/// List mail, newest first
#[utoipa::path(get, path = "/api/v1/mails", operation_id = "listMails", tag = "mail", security(("bearer" = [])),
    params(ListParams, PageParams),
    responses(
        (status = 200, body = List<MailSummary>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ListParams>,
    page: Page,
) -> ApiResult<Json<List<MailSummary>>> {
    caller.need(Permission::MailView)?;
    let clean = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
    let (class, reason, text) = (clean(params.class), clean(params.reason), clean(params.q));
    let states: Vec<String> = clean(params.state)
        .map(|states| states.split(',').map(|s| s.trim().to_owned()).collect())
        .unwrap_or_default();
    let scope = format!("mails {states:?} {class:?} {reason:?} {text:?}");
    let before: Option<Uuid> = page.after(&scope)?;
    let mut conn = state.app.conn().await?;
    let rows = mail::list(
        &mut conn,
        &states,
        class.as_deref(),
        reason.as_deref(),
        text.as_deref(),
        before,
        page.fetch(),
    )
    .await
    .map_err(app::AppError::from)?;
    Ok(Json(page.list(&scope, rows, |row| row.id, MailSummary::from)))
}

async fn show(caller: &CurrentUser, state: &ApiState, id: Uuid) -> ApiResult<Json<MailJourney>> {
    caller.need(Permission::MailView)?;
    let mut conn = state.app.conn().await?;
    let found = mail::find(&mut conn, id).await.map_err(app::AppError::from)?;
    let files = attachment::of_mail(&mut conn, id).await.map_err(app::AppError::from)?;
    Ok(Json(MailJourney::new(found, files, caller.may(Permission::MailManage))))
}

/// A mail's journey: what it is, where it went and why
#[utoipa::path(get, path = "/api/v1/mails/{id}", operation_id = "getMail", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mail")),
    responses(
        (status = 200, body = MailJourney),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<MailJourney>> {
    show(&caller, &state, id).await
}

/// The message as it came in
#[utoipa::path(get, path = "/api/v1/mails/{id}/raw", operation_id = "getRawMail", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mail")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "message/rfc822"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn raw(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    caller.need(Permission::MailView)?;
    let found = mail::find(&mut *state.app.conn().await?, id)
        .await
        .map_err(app::AppError::from)?;
    if found.sha256.is_empty() {
        return Err(Problem::not_found());
    }
    let bytes = state.app.blobs.get(&found.sha256).await?;
    Ok(download(&format!("{id}.eml"), "message/rfc822", bytes))
}

/// Where a quarantined mail goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReleaseDto {
    /// Ticket it joins; without it, it becomes one of its own.
    ticket_id: Option<Uuid>,
    /// Its sender's mail is let in from now on, whatever its points: the rule about his address says so.
    #[serde(default)]
    allow_sender: bool,
}

/// Let a quarantined mail in
#[utoipa::path(post, path = "/api/v1/mails/{id}/release", operation_id = "releaseMail", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mail")),
    request_body = ReleaseDto,
    responses(
        (status = 200, body = MailJourney),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn release(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<ReleaseDto>,
) -> ApiResult<Json<MailJourney>> {
    cases::release(&state.app, caller.caller(), id, wanted.ticket_id, wanted.allow_sender).await?;
    show(&caller, &state, id).await
}

/// Process a mail again by the rules of today
#[utoipa::path(post, path = "/api/v1/mails/{id}/reprocess", operation_id = "reprocessMail", tag = "mail",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mail")),
    responses(
        (status = 200, body = MailJourney),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn reprocess(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<MailJourney>> {
    cases::reprocess(&state.app, caller.caller(), id).await?;
    show(&caller, &state, id).await
}

/// Why a mail is dropped.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DropDto {
    /// A sentence for the record.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Drop a quarantined mail; its bytes and the decision are kept
#[utoipa::path(post, path = "/api/v1/mails/{id}/drop", operation_id = "dropMail", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mail")),
    request_body = DropDto,
    responses(
        (status = 200, body = MailJourney),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn drop_mail(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<DropDto>,
) -> ApiResult<Json<MailJourney>> {
    cases::drop_mail(&state.app, caller.caller(), id, &wanted.reason).await?;
    show(&caller, &state, id).await
}
