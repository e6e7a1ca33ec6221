//! Articles: written, published, archived, with their pictures.

use app::knowledge::{self as cases, Draft, Found, TextDraft};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{locale::Locale, permission::Permission};
use serde::{Deserialize, Serialize};
use store::knowledge::{Filter, Image, Listed, Text};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, RawBody, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::{
        help::{ArticleState, ArticleVisibility, address_of, rendered},
        me::Language,
        uploads,
    },
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(preview))
        .routes(routes!(get, change))
        .routes(routes!(set_state))
        .routes(routes!(check))
        .routes(routes!(add_image))
}

/// What an article says in one language.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArticleTextInput {
    /// Title.
    #[schema(max_length = 150)]
    title: String,
    /// What it is about, in one or two sentences.
    #[schema(max_length = 300)]
    summary: String,
    /// Markdown (CommonMark with tables and strikethrough). HTML in it is text.
    #[schema(max_length = 50000)]
    body: String,
}

/// What an article says in each language in which it says something.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArticleTextsInput {
    /// French.
    fr: Option<ArticleTextInput>,
    /// English.
    en: Option<ArticleTextInput>,
    /// Arabic.
    ar: Option<ArticleTextInput>,
}

/// An article as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArticleInput {
    /// Its section.
    section_id: Uuid,
    /// Its address; empty for the one that its titles propose. It stays once the article was published.
    #[serde(default)]
    #[schema(max_length = 80)]
    slug: String,
    /// Whom it is for.
    visibility: ArticleVisibility,
    /// What it says; a language that is absent is taken away, and kept in the history.
    texts: ArticleTextsInput,
}

impl From<ArticleInput> for Draft {
    fn from(input: ArticleInput) -> Self {
        let ArticleTextsInput { fr, en, ar } = input.texts;
        let texts = [(Locale::Fr, fr), (Locale::En, en), (Locale::Ar, ar)];
        Self {
            section_id: input.section_id,
            slug: input.slug,
            visibility: input.visibility.into(),
            texts: texts
                .into_iter()
                .filter_map(|(locale, text)| {
                    text.map(|text| TextDraft {
                        locale,
                        title: text.title,
                        summary: text.summary,
                        body: text.body,
                    })
                })
                .collect(),
        }
    }
}

/// What an article says in one language.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleText {
    /// Language.
    locale: Language,
    /// Title.
    title: String,
    /// What it is about.
    summary: String,
    /// Markdown.
    body: String,
    /// When it changed last.
    updated_at: DateTime<Utc>,
}

impl From<Text> for ArticleText {
    fn from(text: Text) -> Self {
        Self {
            locale: Language::of(&text.locale),
            title: text.title,
            summary: text.summary,
            body: text.body,
            updated_at: text.updated_at,
        }
    }
}

/// A picture of an article.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleImage {
    /// Id.
    id: Uuid,
    /// File name.
    name: String,
    /// Its address, as it stands in Markdown.
    url: String,
    /// Size in bytes.
    size: i64,
}

impl From<Image> for ArticleImage {
    fn from(image: Image) -> Self {
        Self {
            url: address_of(&image),
            id: image.id,
            name: image.name,
            size: image.size,
        }
    }
}

/// An article with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KnowledgeArticle {
    /// Id.
    id: Uuid,
    /// Its section.
    section_id: Uuid,
    /// Its address.
    slug: String,
    /// Where it stands.
    state: ArticleState,
    /// Whom it is for.
    visibility: ArticleVisibility,
    /// What it says.
    texts: Vec<ArticleText>,
    /// Its pictures.
    images: Vec<ArticleImage>,
    /// When it was published first.
    #[schema(required = true)]
    published_at: Option<DateTime<Utc>>,
    /// When somebody last wrote it or found it still right.
    checked_at: DateTime<Utc>,
    /// When it changed last.
    updated_at: DateTime<Utc>,
    /// Readers whom it helped.
    helpful: i64,
    /// Readers whom it did not help.
    unhelpful: i64,
    /// Customers whom it spared a ticket, as they said.
    solved: i64,
    /// The ETag.
    version: i32,
}

fn state_of(text: &str) -> ArticleState {
    match text {
        "published" => ArticleState::Published,
        "archived" => ArticleState::Archived,
        _ => ArticleState::Draft,
    }
}

pub(super) fn shown(found: Found) -> Versioned<KnowledgeArticle> {
    let article = found.article;
    Versioned {
        version: article.version,
        body: KnowledgeArticle {
            id: article.id,
            section_id: article.section_id,
            slug: article.slug,
            state: state_of(&article.state),
            visibility: ArticleVisibility::of(&article.visibility),
            texts: found.texts.into_iter().map(ArticleText::from).collect(),
            images: found.images.into_iter().map(ArticleImage::from).collect(),
            published_at: article.published_at,
            checked_at: article.checked_at,
            updated_at: article.updated_at,
            helpful: article.helpful,
            unhelpful: article.unhelpful,
            solved: article.solved,
            version: article.version,
        },
    }
}

/// An article in the editors' list.
#[derive(Debug, Serialize, ToSchema)]
struct ListedArticle {
    /// Id.
    id: Uuid,
    /// Its address.
    slug: String,
    /// Title in the language asked for, or in another one.
    title: String,
    /// Languages it is there in.
    locales: Vec<Language>,
    /// Its section.
    section_id: Uuid,
    /// Where it stands.
    state: ArticleState,
    /// Whom it is for.
    visibility: ArticleVisibility,
    /// When somebody last wrote it or found it still right.
    checked_at: DateTime<Utc>,
    /// When it changed last.
    updated_at: DateTime<Utc>,
    /// Readers whom it helped.
    helpful: i64,
    /// Readers whom it did not help.
    unhelpful: i64,
    /// Customers whom it spared a ticket, as they said.
    solved: i64,
}

impl From<Listed> for ListedArticle {
    fn from(listed: Listed) -> Self {
        let article = listed.article;
        Self {
            id: article.id,
            slug: article.slug,
            title: listed.title,
            locales: listed.locales.iter().map(|locale| Language::of(locale)).collect(),
            section_id: article.section_id,
            state: state_of(&article.state),
            visibility: ArticleVisibility::of(&article.visibility),
            checked_at: article.checked_at,
            updated_at: article.updated_at,
            helpful: article.helpful,
            unhelpful: article.unhelpful,
            solved: article.solved,
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ArticleFilter {
    /// Words in titles, summaries or addresses.
    q: Option<String>,
    /// Where it stands.
    #[param(inline)]
    state: Option<ArticleState>,
    /// In this section or one that stands in it.
    section_id: Option<Uuid>,
    /// Not there in this language.
    #[param(inline)]
    missing: Option<Language>,
    /// Only those that are published and that nobody looked at for 180 days.
    outdated: Option<bool>,
    /// Language of the titles; French unless given.
    #[param(inline)]
    locale: Option<Language>,
}

const fn locale_word(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr",
        Language::En => "en",
        Language::Ar => "ar",
    }
}

/// List the articles of the knowledge base
///
/// The one that changed last first.
#[utoipa::path(get, path = "/api/v1/knowledge/articles", operation_id = "listKnowledgeArticles", tag = "help",
    security(("bearer" = [])), params(PageParams, ArticleFilter),
    responses(
        (status = 200, body = List<ListedArticle>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<ArticleFilter>,
) -> ApiResult<Json<List<ListedArticle>>> {
    let scope = format!("{filter:?}");
    let wanted = Filter {
        text: filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()),
        state: filter.state.map(|state| domain::knowledge::State::from(state).as_str()),
        section: filter.section_id,
        missing: filter.missing.map(locale_word),
        checked_before: None,
    };
    let locale = filter.locale.map(Locale::from).unwrap_or_default();
    let outdated = filter.outdated.unwrap_or_default();
    let part = (page.after(&scope)?, page.fetch());
    let rows = cases::list(&state.app, &caller, &wanted, outdated, locale, part).await?;
    let key = |row: &Listed| (row.article.updated_at, row.article.id);
    Ok(Json(page.list(&scope, rows, key, ListedArticle::from)))
}

/// Add an article
///
/// It is a draft until it is published.
#[utoipa::path(post, path = "/api/v1/knowledge/articles", operation_id = "createKnowledgeArticle", tag = "help",
    security(("bearer" = [])), request_body = ArticleInput,
    responses(
        (status = 201, body = KnowledgeArticle),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<ArticleInput>,
) -> ApiResult<Response> {
    let made = cases::create(&state.app, &caller, input.into()).await?;
    let at = format!("/api/v1/knowledge/articles/{}", made.article.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], shown(made)).into_response())
}

/// Read an article as its editors do
#[utoipa::path(get, path = "/api/v1/knowledge/articles/{id}", operation_id = "getKnowledgeArticle", tag = "help",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the article")),
    responses(
        (status = 200, body = KnowledgeArticle),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<KnowledgeArticle>> {
    Ok(shown(cases::find(&state.app, &caller, id).await?))
}

/// Change an article
///
/// What it said before stays in its history. A published one is read as changed at once.
#[utoipa::path(put, path = "/api/v1/knowledge/articles/{id}", operation_id = "changeKnowledgeArticle", tag = "help",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the article"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ArticleInput,
    responses(
        (status = 200, body = KnowledgeArticle),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<ArticleInput>,
) -> ApiResult<Versioned<KnowledgeArticle>> {
    Ok(shown(
        cases::change(&state.app, &caller, id, version, input.into()).await?,
    ))
}

/// Where an article is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArticleStateInput {
    /// Where it is to stand.
    state: ArticleState,
}

/// Publish, withdraw or archive an article
#[utoipa::path(put, path = "/api/v1/knowledge/articles/{id}/state", operation_id = "setKnowledgeArticleState", tag = "help",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the article"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ArticleStateInput,
    responses(
        (status = 200, body = KnowledgeArticle),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`state_not_allowed`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn set_state(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<ArticleStateInput>,
) -> ApiResult<Versioned<KnowledgeArticle>> {
    Ok(shown(
        cases::move_to(&state.app, &caller, id, version, input.state.into()).await?,
    ))
}

/// Say that an article is still right
///
/// It counts as outdated no longer.
#[utoipa::path(put, path = "/api/v1/knowledge/articles/{id}/checked", operation_id = "checkKnowledgeArticle", tag = "help",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the article"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = KnowledgeArticle),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn check(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<KnowledgeArticle>> {
    Ok(shown(cases::mark_right(&state.app, &caller, id, version).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImageParams {
    /// Name of the file.
    #[param(min_length = 1, max_length = 255)]
    filename: String,
}

/// Add a picture to an article
///
/// PNG, JPEG, GIF or WebP, judged by its content; 5 MB and 50 pictures at most. Whoever may read the article may see it.
#[utoipa::path(post, path = "/api/v1/knowledge/articles/{id}/images", operation_id = "addArticleImage", tag = "help",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the article"), ImageParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = ArticleImage),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add_image(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<ImageParams>,
    RawBody(bytes): RawBody,
) -> ApiResult<Response> {
    caller.need(Permission::KnowledgeEdit)?;
    let upload = uploads::checked(&params.filename, bytes)?;
    let image = cases::add_image(&state.app, &caller, id, upload).await?;
    Ok((StatusCode::CREATED, Json(ArticleImage::from(image))).into_response())
}

/// Markdown to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ArticlePreviewInput {
    /// The article whose pictures it shows.
    article_id: Option<Uuid>,
    /// Markdown.
    #[schema(max_length = 50000)]
    body: String,
}

/// Rendered Markdown.
#[derive(Debug, Serialize, ToSchema)]
struct ArticlePreview {
    /// Sanitised HTML.
    html: String,
}

/// Render Markdown without keeping it
#[utoipa::path(post, path = "/api/v1/knowledge/preview", operation_id = "previewKnowledgeArticle", tag = "help",
    security(("bearer" = [])), request_body = ArticlePreviewInput,
    responses(
        (status = 200, body = ArticlePreview),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn preview(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<ArticlePreviewInput>,
) -> ApiResult<Json<ArticlePreview>> {
    let images = cases::preview(&state.app, &caller, &input.body, input.article_id).await?;
    let html = rendered(&state, input.body, &images).await?;
    Ok(Json(ArticlePreview { html }))
}
