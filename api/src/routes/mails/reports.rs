//! The doors for what providers of outgoing mail report by themselves.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::RawBody,
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(sendgrid)).routes(routes!(ses))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// Take in what SendGrid reports about mail
///
/// Its signed Event Webhook. What became of mail of ours is noted once, however often it is posted; what is about nothing of ours is
/// counted and let go.
#[utoipa::path(post, path = "/api/v1/mail/reports/sendgrid", operation_id = "sendgridReport", tag = "mail",
    params(("X-Twilio-Email-Event-Webhook-Signature" = Option<String>, Header, description = "ECDSA over the moment and the body, in base64"),
        ("X-Twilio-Email-Event-Webhook-Timestamp" = Option<String>, Header, description = "The moment")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "As SendGrid posts it"),
    responses(
        (status = 204, description = "Taken"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn sendgrid(State(state): State<ApiState>, headers: HeaderMap, RawBody(body): RawBody) -> ApiResult<StatusCode> {
    let signature = header(&headers, "x-twilio-email-event-webhook-signature");
    let timestamp = header(&headers, "x-twilio-email-event-webhook-timestamp");
    app::mail::provider::sendgrid(&state.app, signature, timestamp, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take in what Amazon SES reports about mail
///
/// The notifications of one topic of Amazon SNS, signed with SHA-256, and its question whether they are wanted.
#[utoipa::path(post, path = "/api/v1/mail/reports/ses", operation_id = "sesReport", tag = "mail",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "As SNS posts it"),
    responses(
        (status = 204, description = "Taken"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ses(State(state): State<ApiState>, RawBody(body): RawBody) -> ApiResult<StatusCode> {
    app::mail::provider::ses(&state.app, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}
