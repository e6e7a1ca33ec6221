//! Sections of the knowledge base.

use app::knowledge::{self as cases, SectionDraft};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use store::knowledge::Section as Row;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, delete))
}

/// Names in the languages of the product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SectionNames {
    /// French.
    #[schema(min_length = 1, max_length = 80)]
    fr: String,
    /// English.
    #[schema(min_length = 1, max_length = 80)]
    en: String,
    /// Arabic.
    #[schema(min_length = 1, max_length = 80)]
    ar: String,
}

/// A section as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KnowledgeSectionInput {
    /// The section it stands in; none for the top.
    parent_id: Option<Uuid>,
    /// Its address; empty for the one that its names propose.
    #[serde(default)]
    #[schema(max_length = 80)]
    slug: String,
    /// Names.
    names: SectionNames,
    /// Place among its siblings; those with the same one go by name.
    #[serde(default)]
    position: i32,
}

impl From<KnowledgeSectionInput> for SectionDraft {
    fn from(input: KnowledgeSectionInput) -> Self {
        Self {
            parent_id: input.parent_id,
            slug: input.slug,
            names: [input.names.fr, input.names.en, input.names.ar],
            position: input.position,
        }
    }
}

/// A section.
#[derive(Debug, Serialize, ToSchema)]
struct KnowledgeSection {
    /// Id.
    id: Uuid,
    /// The section it stands in.
    #[schema(required = true)]
    parent_id: Option<Uuid>,
    /// Its address.
    slug: String,
    /// Names.
    names: SectionNames,
    /// Place among its siblings.
    position: i32,
    /// Articles in it, drafts and archived ones included.
    articles: i64,
    /// The ETag.
    version: i32,
}

impl From<Row> for KnowledgeSection {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            parent_id: row.parent_id,
            slug: row.slug,
            names: SectionNames {
                fr: row.name_fr,
                en: row.name_en,
                ar: row.name_ar,
            },
            position: row.position,
            articles: row.articles,
            version: row.version,
        }
    }
}

fn shown(row: Row) -> Versioned<KnowledgeSection> {
    Versioned {
        version: row.version,
        body: row.into(),
    }
}

/// List the sections of the knowledge base
///
/// All of them in their order: there are 100 at most.
#[utoipa::path(get, path = "/api/v1/knowledge/sections", operation_id = "listKnowledgeSections", tag = "help",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<KnowledgeSection>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<KnowledgeSection>>> {
    let rows = cases::sections(&state.app, &caller).await?;
    Ok(Json(List {
        items: rows.into_iter().map(KnowledgeSection::from).collect(),
        next_cursor: None,
    }))
}

/// Add a section
#[utoipa::path(post, path = "/api/v1/knowledge/sections", operation_id = "createKnowledgeSection", tag = "help",
    security(("bearer" = [])), request_body = KnowledgeSectionInput,
    responses(
        (status = 201, body = KnowledgeSection),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<KnowledgeSectionInput>,
) -> ApiResult<Response> {
    let made = cases::create_section(&state.app, &caller, input.into()).await?;
    let at = format!("/api/v1/knowledge/sections/{}", made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], shown(made)).into_response())
}

/// Change a section
#[utoipa::path(put, path = "/api/v1/knowledge/sections/{id}", operation_id = "changeKnowledgeSection", tag = "help",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the section"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = KnowledgeSectionInput,
    responses(
        (status = 200, body = KnowledgeSection),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<KnowledgeSectionInput>,
) -> ApiResult<Versioned<KnowledgeSection>> {
    Ok(shown(
        cases::change_section(&state.app, &caller, id, version, input.into()).await?,
    ))
}

/// Delete a section in which nothing stands
#[utoipa::path(delete, path = "/api/v1/knowledge/sections/{id}", operation_id = "deleteKnowledgeSection", tag = "help",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the section"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`section_not_empty`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    cases::delete_section(&state.app, &caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
