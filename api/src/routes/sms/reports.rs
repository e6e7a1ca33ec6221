//! The door for reports of what became of text messages.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Path, RawBody},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// Largest report that is looked at.
const MAX: usize = 64 * 1024;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(report))
}

/// Take in what a provider reports about text messages
///
/// Authenticated by the provider's signature (Twilio) or by the code that was sent along with the message (Infobip). Reports about
/// messages that are not there, repeated and late ones change nothing.
#[utoipa::path(post, path = "/api/v1/sms/reports/{provider}", operation_id = "smsReport", tag = "sms",
    params(("provider" = String, Path, max_length = 20, description = "`twilio` or `infobip`: the one that is set up")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "As the provider posts it"),
    responses(
        (status = 204, description = "Taken"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn report(
    State(state): State<ApiState>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> ApiResult<StatusCode> {
    let reader = state
        .app
        .sms
        .reports
        .as_ref()
        .filter(|reader| reader.provider() == provider);
    let reader = reader.ok_or_else(Problem::not_found)?;
    if body.len() > MAX {
        return Err(Problem::unauthenticated());
    }
    let signature = headers.get("x-twilio-signature").and_then(|value| value.to_str().ok());
    let reports = reader.read(query.as_deref().unwrap_or_default(), signature, &body);
    let reports = reports.ok_or_else(Problem::unauthenticated)?;
    app::sms::report(&state.app, reader.provider(), &reports).await?;
    Ok(StatusCode::NO_CONTENT)
}
