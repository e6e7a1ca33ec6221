//! Documents of a customer.

use app::customer as cases;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::customer::Document;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, Path, Query, RawBody, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::uploads::{checked, download},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(read, share, delete))
}

/// What a document is about.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DocumentCategory {
    Contract,
    Identity,
    Fiscal,
    Correspondence,
    Other,
}

impl DocumentCategory {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Identity => "identity",
            Self::Fiscal => "fiscal",
            Self::Correspondence => "correspondence",
            Self::Other => "other",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DocumentParams {
    /// Name of the file.
    #[param(min_length = 1, max_length = 255)]
    filename: String,
    /// What it is about.
    #[param(inline)]
    category: DocumentCategory,
    /// The customer's members see it; what a member uploads is always shared.
    shared: Option<bool>,
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerDocument)]
struct DocumentDto {
    /// Id.
    id: Uuid,
    /// File name.
    name: String,
    /// `contract`, `identity`, `fiscal`, `correspondence` or `other`.
    category: String,
    /// The customer's members see it.
    shared: bool,
    /// Type by content.
    content_type: String,
    /// Size in bytes.
    size: i64,
    /// Who uploaded it.
    uploaded_by: Option<String>,
    /// When.
    created_at: DateTime<Utc>,
    /// Counts changes; the ETag to change it with.
    version: i32,
}

impl From<Document> for DocumentDto {
    fn from(row: Document) -> Self {
        Self {
            id: row.id,
            name: row.name,
            category: row.category,
            shared: row.shared,
            content_type: row.content_type,
            size: row.size,
            uploaded_by: row.uploaded_by_name,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// List the documents of a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}/documents", operation_id = "customerDocuments", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = Vec<DocumentDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<DocumentDto>>> {
    let rows = cases::documents(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Add a document
#[utoipa::path(post, path = "/api/v1/customers/{id}/documents", operation_id = "addCustomerDocument", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), DocumentParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = DocumentDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<DocumentParams>,
    RawBody(bytes): RawBody,
) -> ApiResult<Response> {
    let file = checked(&params.filename, bytes)?;
    let shared = params.shared.unwrap_or(false);
    let row = cases::add_document(&state.app, caller.caller(), id, params.category.as_str(), shared, file).await?;
    Ok((StatusCode::CREATED, Json(DocumentDto::from(row))).into_response())
}

/// Download a document
#[utoipa::path(get, path = "/api/v1/customers/{id}/documents/{document_id}", operation_id = "readCustomerDocument",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("document_id" = Uuid, Path, description = "Id of the document")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn read(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, document)): Path<(Uuid, Uuid)>,
) -> ApiResult<Response> {
    let (row, bytes) = cases::read_document(&state.app, caller.caller(), id, document).await?;
    Ok(download(&row.name, &row.content_type, bytes))
}

/// Who sees a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SharingDto {
    /// The customer's members see it.
    shared: bool,
}

/// Share a document with the customer's members, or no longer
#[utoipa::path(put, path = "/api/v1/customers/{id}/documents/{document_id}", operation_id = "shareCustomerDocument",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("document_id" = Uuid, Path, description = "Id of the document"),
        ("If-Match" = String, Header, description = "ETag as read")),
    request_body = SharingDto,
    responses(
        (status = 200, body = DocumentDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn share(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, document)): Path<(Uuid, Uuid)>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<SharingDto>,
) -> ApiResult<Versioned<DocumentDto>> {
    let row = cases::share_document(&state.app, caller.caller(), id, (document, version), wanted.shared).await?;
    Ok(Versioned {
        version: row.version,
        body: row.into(),
    })
}

/// Delete a document
#[utoipa::path(delete, path = "/api/v1/customers/{id}/documents/{document_id}", operation_id = "deleteCustomerDocument",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("document_id" = Uuid, Path, description = "Id of the document")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, document)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    cases::delete_document(&state.app, caller.caller(), id, document).await?;
    Ok(StatusCode::NO_CONTENT)
}
