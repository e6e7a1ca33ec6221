//! Internal notes about a customer.

use app::customer::{self as cases, NoteInput};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::customer::Note;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::tickets::Named,
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(edit, delete))
}

/// A note to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteInputDto {
    /// Text.
    #[schema(min_length = 1, max_length = 20_000)]
    body: String,
    /// Keep it on top.
    #[serde(default)]
    pinned: bool,
    /// Agents to tell.
    #[serde(default)]
    mentions: Vec<Uuid>,
}

impl From<NoteInputDto> for NoteInput {
    fn from(dto: NoteInputDto) -> Self {
        Self {
            body: dto.body,
            pinned: dto.pinned,
            mentions: dto.mentions,
        }
    }
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerNote)]
struct NoteDto {
    /// Id.
    id: Uuid,
    /// Who wrote it.
    author: Named,
    /// Text.
    body: String,
    /// Kept on top.
    pinned: bool,
    /// Agents it mentions.
    mentions: Vec<Named>,
    /// For `If-Match`, in quotes.
    version: i32,
    /// When it was written.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
    /// The caller wrote it, and may change and delete it.
    mine: bool,
}

impl NoteDto {
    fn new(note: Note, caller: &CurrentUser) -> Self {
        Self {
            mine: note.author_id == caller.user_id,
            id: note.id,
            author: Named {
                id: note.author_id,
                name: note.author_name,
            },
            body: note.body,
            pinned: note.pinned,
            mentions: note
                .mentions
                .into_iter()
                .zip(note.mention_names)
                .map(|(id, name)| Named { id, name })
                .collect(),
            version: note.version,
            created_at: note.created_at,
            updated_at: note.updated_at,
        }
    }
}

/// List the notes about a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}/notes", operation_id = "customerNotes", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = Vec<NoteDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<NoteDto>>> {
    let rows = cases::notes(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into_iter().map(|row| NoteDto::new(row, &caller)).collect()))
}

/// Write a note
#[utoipa::path(post, path = "/api/v1/customers/{id}/notes", operation_id = "addCustomerNote", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = NoteInputDto,
    responses(
        (status = 201, body = NoteDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<NoteInputDto>,
) -> ApiResult<Response> {
    let row = cases::add_note(&state.app, caller.caller(), id, wanted.into()).await?;
    Ok((StatusCode::CREATED, Json(NoteDto::new(row, &caller))).into_response())
}

/// Change a note
///
/// Its author changes all of it, anybody else only whether it is pinned.
#[utoipa::path(put, path = "/api/v1/customers/{id}/notes/{note_id}", operation_id = "editCustomerNote", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("note_id" = Uuid, Path, description = "Id of the note"),
        ("If-Match" = String, Header, description = "Version of the note as read, in quotes")),
    request_body = NoteInputDto,
    responses(
        (status = 200, body = NoteDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn edit(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, note)): Path<(Uuid, Uuid)>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<NoteInputDto>,
) -> ApiResult<Versioned<NoteDto>> {
    let row = cases::edit_note(&state.app, caller.caller(), id, note, wanted.into(), version).await?;
    Ok(Versioned {
        version: row.version,
        body: NoteDto::new(row, &caller),
    })
}

/// Delete one's own note
#[utoipa::path(delete, path = "/api/v1/customers/{id}/notes/{note_id}", operation_id = "deleteCustomerNote", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("note_id" = Uuid, Path, description = "Id of the note")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, note)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    cases::delete_note(&state.app, caller.caller(), id, note).await?;
    Ok(StatusCode::NO_CONTENT)
}
