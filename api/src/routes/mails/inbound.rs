//! The door for mail that a provider or a script posts.

use app::mail::{Arrival, arrive};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{mail::limits::MailLimits, permission::Permission};
use serde::{Deserialize, Serialize};
use store::mailbox::{self, Mailbox};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{intake::Intake, signature};
use crate::{
    extract::{Json, Query, Source, authenticate},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(inbound))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InboundParams {
    /// Address of the mailbox; without it, the one that a recipient header names, or the first one.
    #[param(max_length = 254)]
    mailbox: Option<String>,
}

/// A mail taken in.
#[derive(Debug, Serialize, ToSchema)]
struct Accepted {
    /// Id; its journey is at `/api/v1/mails/{id}`.
    id: Uuid,
    /// `received`.
    state: String,
}

/// Signed mails that one process reads at the same time; a provider repeats what finds no room.
static UNPROVEN: Semaphore = Semaphore::const_new(64);

/// Take a mail in
///
/// The body is the raw message. Authenticated by a bearer token that holds `mail.ingest`, or by a Standard Webhooks
/// signature made with the mailbox's secret. Of a message above 40 MB the header section is kept: it gets a ticket that says
/// so, and its sender is told. Above 160 MB the answer is 413, with an `Idempotency-Key` above 40 MB already.
#[utoipa::path(post, path = "/api/v1/mail/inbound", operation_id = "inboundMail", tag = "mail", security(("bearer" = [])),
    params(InboundParams),
    request_body(content = Vec<u8>, content_type = "message/rfc822"),
    responses(
        (status = 202, body = Accepted),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn inbound(
    State(state): State<ApiState>,
    Query(params): Query<InboundParams>,
    source: Source,
    headers: HeaderMap,
    request: Request,
) -> ApiResult<Response> {
    let mailboxes = mailbox::all(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    let wanted = params.mailbox.as_deref().map(|address| address.trim().to_lowercase());
    // Who may post is settled before the body is read, as far as that can be.
    let signed = headers.contains_key(signature::HEADER);
    if !signed {
        let session = authenticate(&headers, &source, &state).await?;
        if !session.permissions.contains(&Permission::MailIngest) {
            return Err(Problem::forbidden());
        }
    }
    // Until its signature is checked at its end, a body is anybody's: it may take its time, but not the place of other requests.
    let unproven = signed.then(|| UNPROVEN.try_acquire());
    if let Some(Err(_)) = unproven {
        let detail = "Too many mails are being handed over. Try again in a moment.";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).retry_after(1));
    }
    let mut intake = Intake::new(request.into_body(), MailLimits::default());
    let found = target(&mailboxes, wanted.as_deref(), intake.header().await?);
    let (posted, event_id) = if signed {
        let target = found.ok_or_else(Problem::unauthenticated)?;
        let sealed = target.webhook_secret.as_deref().ok_or_else(Problem::unauthenticated)?;
        let secret = state
            .app
            .keys
            .open(&format!("mailboxes.webhook_secret.{}", target.id), sealed)?;
        let mut check =
            signature::Check::new(&headers, &secret, state.app.now()).ok_or_else(Problem::unauthenticated)?;
        let posted = intake.finish(|bytes| check.update(bytes)).await?;
        let id = check.verify().ok_or_else(Problem::unauthenticated)?;
        (posted, Some(id))
    } else {
        let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
        (intake.finish(|_| {}).await?, id.map(str::to_owned))
    };
    if posted.raw.is_empty() {
        return Err(Problem::bad_request(
            "empty_mail",
            "The body is empty: send the raw message.",
        ));
    }
    let Some(target) = found else {
        return Err(Problem::bad_request(
            "unknown_mailbox",
            "There is no such mailbox; create it first.",
        ));
    };
    if !target.enabled {
        return Err(Problem::bad_request(
            "mailbox_disabled",
            "This mailbox takes no mail: it is disabled.",
        ));
    }
    let arrival = Arrival {
        mailbox_id: target.id,
        uid: None,
        event_id,
        internal_date: None,
        raw: posted.raw,
        full_size: posted.full_size,
    };
    let (id, _) = arrive(&state.app, arrival).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(Accepted {
            id,
            state: "received".to_owned(),
        }),
    )
        .into_response())
}

/// The mailbox that is meant: the one asked for, or the one named in a recipient header, or the first one.
fn target<'a>(mailboxes: &'a [Mailbox], wanted: Option<&str>, raw: &[u8]) -> Option<&'a Mailbox> {
    if let Some(wanted) = wanted {
        return mailboxes.iter().find(|mailbox| mailbox.address == wanted);
    }
    let header = MailLimits::default().header_of(raw);
    let head = String::from_utf8_lossy(&header[..header.len().min(64 * 1024)]).to_lowercase();
    let recipients: String = head
        .lines()
        .scan(false, |inside, line| {
            if !line.starts_with([' ', '\t']) {
                *inside = ["delivered-to:", "x-original-to:", "envelope-to:", "to:", "cc:"]
                    .iter()
                    .any(|h| line.starts_with(h));
            }
            Some(if *inside { line } else { "" })
        })
        .collect::<Vec<_>>()
        .join("\n");
    mailboxes
        .iter()
        .find(|mailbox| recipients.contains(&mailbox.address))
        .or_else(|| mailboxes.first())
}
