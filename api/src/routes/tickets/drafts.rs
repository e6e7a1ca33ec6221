//! What somebody writes to a ticket and has not sent.

use app::ticket::draft::{self as cases, Canned, Draft, Written};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::ticket::draft::Begun;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{AttachmentDto, write::MessageKind};
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(begun))
        .routes(routes!(read))
        .routes(routes!(keep, discard))
}

/// A canned reply that was put into a draft.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftCanned {
    /// Reply.
    id: Uuid,
    /// What it said.
    text: String,
}

/// What somebody writes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draft)]
struct DraftDto {
    /// `reply` or `note`.
    kind: String,
    /// Text as typed.
    body: String,
    /// Uploads that wait for the message; those that are gone are left out.
    attachments: Vec<AttachmentDto>,
    /// Canned replies in it.
    canned: Vec<DraftCanned>,
    /// Version: another with each change, and never one that an earlier draft had.
    version: i32,
    /// When it was kept last.
    updated_at: DateTime<Utc>,
}

impl From<Draft> for DraftDto {
    fn from(draft: Draft) -> Self {
        Self {
            kind: draft.row.kind,
            body: draft.row.body,
            attachments: draft.uploads.into_iter().map(Into::into).collect(),
            canned: serde_json::from_value(draft.row.canned).unwrap_or_default(),
            version: draft.row.version,
            updated_at: draft.row.updated_at,
        }
    }
}

/// That one has begun to write.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BegunDraft)]
struct BegunDto {
    /// Ticket.
    ticket_id: Uuid,
    /// `reply` or `note`.
    kind: String,
    /// When it was kept last.
    updated_at: DateTime<Utc>,
}

impl From<Begun> for BegunDto {
    fn from(row: Begun) -> Self {
        Self {
            ticket_id: row.ticket_id,
            kind: row.kind,
            updated_at: row.updated_at,
        }
    }
}

/// List the tickets one has begun to write to
///
/// Only one's own, the newest first, without what they say.
#[utoipa::path(get, path = "/api/v1/drafts", operation_id = "listDrafts", tag = "tickets", security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<BegunDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn begun(caller: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<BegunDto>>> {
    let scope = format!("drafts {}", caller.user_id);
    let after = page.after::<(DateTime<Utc>, Uuid, String)>(&scope)?;
    let rows = cases::begun(&state.app, caller.caller(), after, page.fetch()).await?;
    let key = |row: &Begun| (row.updated_at, row.ticket_id, row.kind.clone());
    Ok(Json(page.list(&scope, rows, key, Into::into)))
}

/// Read one's own drafts of a ticket
///
/// A reply, a note, both or none. Nobody reads those of another.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/drafts", operation_id = "ticketDrafts", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 200, body = List<DraftDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn read(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<List<DraftDto>>> {
    let drafts = cases::of_ticket(&state.app, caller.caller(), id).await?;
    Ok(Json(List {
        items: drafts.into_iter().map(Into::into).collect(),
        next_cursor: None,
    }))
}

/// A draft to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftInput {
    /// Text as typed; may be empty when files wait for it.
    body: String,
    /// Uploads that wait for the message, 20 at most.
    #[serde(default)]
    attachment_ids: Vec<Uuid>,
    /// Canned replies in it, 20 at most; staff only.
    #[serde(default)]
    canned: Vec<DraftCanned>,
    /// Version that it follows, 0 when there was none: refused with `draft_changed` when there is another by now. Without one it
    /// takes the place of whatever there is.
    #[schema(minimum = 0)]
    expected_version: Option<i32>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
struct KeptDraft {
    /// Version now.
    version: i32,
}

/// Keep what one has written so far
///
/// One draft of each kind for each person and ticket. Sending a message of the kind ends it, and so do 30 days without a change.
#[utoipa::path(put, path = "/api/v1/tickets/{id}/drafts/{kind}", operation_id = "keepDraft", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("kind" = MessageKind, Path, description = "`reply` or `note`")),
    request_body = DraftInput,
    responses(
        (status = 200, body = KeptDraft),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn keep(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, kind)): Path<(Uuid, MessageKind)>,
    Json(input): Json<DraftInput>,
) -> ApiResult<Versioned<KeptDraft>> {
    let canned = |one: DraftCanned| Canned {
        id: one.id,
        text: one.text,
    };
    let wanted = Written {
        body: input.body,
        attachment_ids: input.attachment_ids,
        canned: input.canned.into_iter().map(canned).collect(),
        expected_version: input.expected_version,
    };
    let version = cases::keep(&state.app, caller.caller(), id, kind == MessageKind::Note, wanted).await?;
    Ok(Versioned {
        version,
        body: KeptDraft { version },
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DiscardParams {
    /// Version that is thrown away, 0 when there was none: refused with `draft_changed` when there is another by now. Without one
    /// whatever there is goes.
    #[param(minimum = 0)]
    expected_version: Option<i32>,
}

/// Throw a draft away
#[utoipa::path(delete, path = "/api/v1/tickets/{id}/drafts/{kind}", operation_id = "discardDraft", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("kind" = MessageKind, Path, description = "`reply` or `note`"), DiscardParams),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn discard(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, kind)): Path<(Uuid, MessageKind)>,
    Query(params): Query<DiscardParams>,
) -> ApiResult<StatusCode> {
    let note = kind == MessageKind::Note;
    cases::discard(&state.app, caller.caller(), id, note, params.expected_version).await?;
    Ok(StatusCode::NO_CONTENT)
}
