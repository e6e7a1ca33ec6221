//! What articles said once.

use app::knowledge as cases;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::knowledge::Revision as Row;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::articles::{KnowledgeArticle, shown};
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::{help::rendered, me::Language},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(restore))
}

/// A text as it was written once.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleRevision {
    /// Id.
    id: Uuid,
    /// Language.
    locale: Language,
    /// Title.
    title: String,
    /// What it was about.
    summary: String,
    /// The text was taken away then.
    removed: bool,
    /// When.
    at: DateTime<Utc>,
    /// Name of who did it; the product itself has none.
    #[schema(required = true)]
    by: Option<String>,
}

impl From<Row> for ArticleRevision {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            locale: Language::of(&row.locale),
            title: row.title,
            summary: row.summary,
            removed: row.removed,
            at: row.at,
            by: row.by,
        }
    }
}

/// A text as it was written once, whole.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleRevisionText {
    /// What lists say of it.
    revision: ArticleRevision,
    /// Markdown.
    body: String,
    /// Sanitised HTML.
    html: String,
}

/// List what an article said once
///
/// Every text that was ever saved, the latest first; the present ones are among them.
#[utoipa::path(get, path = "/api/v1/knowledge/articles/{id}/revisions", operation_id = "listArticleRevisions", tag = "help",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the article"), PageParams),
    responses(
        (status = 200, body = List<ArticleRevision>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
) -> ApiResult<Json<List<ArticleRevision>>> {
    let scope = id.to_string();
    let part = (page.after(&scope)?, page.fetch());
    let rows = cases::revisions(&state.app, &caller, id, part).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row: &Row| (row.at, row.id),
        ArticleRevision::from,
    )))
}

/// Read what an article said once
#[utoipa::path(get, path = "/api/v1/knowledge/articles/{id}/revisions/{revision_id}", operation_id = "getArticleRevision", tag = "help",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the article"), ("revision_id" = Uuid, Path, description = "Id of the revision")),
    responses(
        (status = 200, body = ArticleRevisionText),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, revision)): Path<(Uuid, Uuid)>,
) -> ApiResult<Json<ArticleRevisionText>> {
    let row = cases::revision(&state.app, &caller, id, revision).await?;
    let images = cases::preview(&state.app, &caller, "", Some(id)).await?;
    Ok(Json(ArticleRevisionText {
        html: rendered(&state, row.body.clone(), &images).await?,
        body: row.body.clone(),
        revision: row.into(),
    }))
}

/// Let an article say again what it said once
///
/// What it says now stays in its history.
#[utoipa::path(post, path = "/api/v1/knowledge/articles/{id}/revisions/{revision_id}/restore", operation_id = "restoreArticleRevision",
    tag = "help", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the article"), ("revision_id" = Uuid, Path, description = "Id of the revision"),
        ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = KnowledgeArticle),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn restore(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, revision)): Path<(Uuid, Uuid)>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<KnowledgeArticle>> {
    Ok(shown(cases::restore(&state.app, &caller, id, version, revision).await?))
}
