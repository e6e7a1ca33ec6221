//! The knowledge base as it is read: by everybody, without signing in. Who sends a token reads what is for him as well.

use app::knowledge as cases;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    knowledge::{State as ArticleStateRule, Visibility},
    locale::Locale,
};
use serde::{Deserialize, Serialize};
use store::knowledge::{Entry, Image, Section};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::me::Language;
use crate::{
    extract::{Anyone, CurrentUser, Json, Page, PageParams, Path, Query},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// How long a browser keeps a picture, in seconds: who may no longer see it does not for much longer.
const PICTURE: HeaderValue = HeaderValue::from_static("private, max-age=300");

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(home))
        .routes(routes!(section))
        .routes(routes!(search))
        .routes(routes!(article))
        .routes(routes!(image))
        .routes(routes!(vote))
        .routes(routes!(solved))
        .routes(routes!(suggest))
        .routes(routes!(for_ticket))
}

own_words! {
    /// Where an article stands.
    ArticleState of ArticleStateRule {
        /// Being written; only editors see it.
        Draft,
        /// Read by those it is for.
        Published,
        /// Out of use, and kept.
        Archived,
    }
}

own_words! {
    /// Whom an article is for.
    ArticleVisibility of Visibility {
        /// Everybody, without signing in.
        Public,
        /// Whoever is signed in.
        Customers,
        /// Staff.
        Staff,
    }
}

impl ArticleVisibility {
    pub(super) fn of(text: &str) -> Self {
        match text {
            "public" => Self::Public,
            "customers" => Self::Customers,
            _ => Self::Staff,
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HelpParams {
    /// The language wanted; French unless given.
    locale: Option<Language>,
}

impl HelpParams {
    fn wanted(&self) -> Locale {
        self.locale.map(Locale::from).unwrap_or_default()
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HelpSearchParams {
    /// What is looked for: words, phrases in quotes, `OR`, `-`.
    #[param(max_length = 500)]
    q: String,
    /// The language wanted; French unless given.
    locale: Option<Language>,
}

/// A section of the knowledge base.
#[derive(Debug, Serialize, ToSchema)]
struct HelpSection {
    /// Its address.
    slug: String,
    /// Address of the section it stands in.
    #[schema(required = true)]
    parent: Option<String>,
    /// Name.
    name: String,
    /// Articles in it that the reader may see.
    articles: i64,
}

/// An article in a list.
#[derive(Debug, Serialize, ToSchema)]
struct HelpEntry {
    /// Its address.
    slug: String,
    /// Title.
    title: String,
    /// What it is about.
    summary: String,
    /// Language of both.
    locale: Language,
    /// Whom it is for.
    visibility: ArticleVisibility,
    /// Name of its section.
    section: String,
    /// When this text changed last.
    updated_at: DateTime<Utc>,
}

/// The first page of the knowledge base.
#[derive(Debug, Serialize, ToSchema)]
struct HelpHome {
    /// Sections in which there is something to read.
    sections: Vec<HelpSection>,
    /// The latest articles.
    latest: Vec<HelpEntry>,
}

/// What stands in a section.
#[derive(Debug, Serialize, ToSchema)]
struct HelpSectionPage {
    /// The section.
    section: HelpSection,
    /// The section it stands in.
    #[schema(required = true)]
    parent: Option<HelpSection>,
    /// Sections in it.
    sections: Vec<HelpSection>,
    /// Its articles by title.
    articles: Vec<HelpEntry>,
    /// Where the next page of them begins; `null` on the last page.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A word that is looked for instead of the one that was typed.
#[derive(Debug, Serialize, ToSchema)]
struct HelpCorrection {
    /// As typed.
    given: String,
    /// What is looked for.
    used: String,
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
struct HelpResults {
    /// Articles, the best first; 100 at most.
    articles: Vec<HelpEntry>,
    /// Words that were replaced.
    corrections: Vec<HelpCorrection>,
    /// No article holds all the words; these hold some.
    some_words: bool,
}

/// An article.
#[derive(Debug, Serialize, ToSchema)]
struct HelpArticle {
    /// Its address.
    slug: String,
    /// Title.
    title: String,
    /// What it is about.
    summary: String,
    /// What it says: sanitised HTML whose headings begin at the second level.
    html: String,
    /// Language it is shown in: the one wanted, or another one when it is not there in that.
    locale: Language,
    /// Languages it is there in.
    locales: Vec<Language>,
    /// Whom it is for.
    visibility: ArticleVisibility,
    /// The sections it stands in, the outermost first.
    path: Vec<HelpSection>,
    /// When this text changed last.
    updated_at: DateTime<Utc>,
}

/// Whether an article helped.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HelpVote {
    /// It did.
    helpful: bool,
    /// Something that the browser made up, for whoever is not signed in. It is not kept: only a mark of it that holds for this article
    /// alone.
    visitor: Option<Uuid>,
}

/// A ticket in the making.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuggestionInput {
    /// Subject.
    #[schema(max_length = 255)]
    subject: String,
    /// What is written so far.
    body: String,
    /// The language wanted.
    locale: Language,
}

fn name_in(section: &Section, wanted: Locale) -> String {
    match wanted {
        Locale::Fr => &section.name_fr,
        Locale::En => &section.name_en,
        Locale::Ar => &section.name_ar,
    }
    .clone()
}

fn section_of(section: &Section, all: &[Section], wanted: Locale) -> HelpSection {
    let parent = all.iter().find(|other| Some(other.id) == section.parent_id);
    HelpSection {
        slug: section.slug.clone(),
        parent: parent.map(|parent| parent.slug.clone()),
        name: name_in(section, wanted),
        articles: section.articles,
    }
}

fn entry_of(entry: Entry, sections: &[Section], wanted: Locale) -> HelpEntry {
    let section = sections.iter().find(|section| section.id == entry.section_id);
    HelpEntry {
        slug: entry.slug,
        title: entry.title,
        summary: entry.summary,
        locale: Language::of(&entry.locale),
        visibility: ArticleVisibility::of(&entry.visibility),
        section: section.map(|section| name_in(section, wanted)).unwrap_or_default(),
        updated_at: entry.updated_at,
    }
}

fn entries_of(entries: Vec<Entry>, sections: &[Section], wanted: Locale) -> Vec<HelpEntry> {
    entries
        .into_iter()
        .map(|entry| entry_of(entry, sections, wanted))
        .collect()
}

/// Address of a picture.
pub(super) fn address_of(image: &Image) -> String {
    format!("/api/v1/help/images/{}", image.id)
}

/// Renders Markdown apart from the threads that serve requests.
pub(super) async fn rendered(state: &ApiState, body: String, images: &[Image]) -> ApiResult<String> {
    let (render, identity) = (state.app.render_markdown, state.app.identity.clone());
    let images: Vec<String> = images.iter().map(address_of).collect();
    let work = move || render(&body, &identity.public_url, &images);
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
}

/// Read the first page of the knowledge base
///
/// Wants no token; with one, what is for its holder is there as well.
#[utoipa::path(get, path = "/api/v1/help", operation_id = "helpHome", tag = "help", params(HelpParams),
    responses(
        (status = 200, body = HelpHome),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn home(
    anyone: Anyone,
    State(state): State<ApiState>,
    Query(params): Query<HelpParams>,
) -> ApiResult<Json<HelpHome>> {
    let wanted = params.wanted();
    let found = cases::home(&state.app, anyone.caller(), wanted).await?;
    let all = &found.sections;
    Ok(Json(HelpHome {
        sections: all.iter().map(|section| section_of(section, all, wanted)).collect(),
        latest: entries_of(found.latest, all, wanted),
    }))
}

/// Read a section of the knowledge base
#[utoipa::path(get, path = "/api/v1/help/sections/{slug}", operation_id = "helpSection", tag = "help",
    params(("slug" = String, Path, description = "Address of the section"), HelpParams, PageParams),
    responses(
        (status = 200, body = HelpSectionPage),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn section(
    anyone: Anyone,
    State(state): State<ApiState>,
    Path(slug): Path<String>,
    page: Page,
    Query(params): Query<HelpParams>,
) -> ApiResult<Json<HelpSectionPage>> {
    let wanted = params.wanted();
    let scope = format!("help {slug} {}", wanted.as_str());
    let after: Option<(String, Uuid)> = page.after(&scope)?;
    let (section, all, entries) =
        cases::section(&state.app, anyone.caller(), &slug, wanted, after.as_ref(), page.fetch()).await?;
    let articles = page.list(
        &scope,
        entries,
        |entry| (entry.title.clone(), entry.id),
        |entry| entry_of(entry, &all, wanted),
    );
    let show = |section: &Section| section_of(section, &all, wanted);
    Ok(Json(HelpSectionPage {
        parent: all.iter().find(|other| Some(other.id) == section.parent_id).map(show),
        sections: all
            .iter()
            .filter(|inner| inner.parent_id == Some(section.id))
            .map(show)
            .collect(),
        articles: articles.items,
        next_cursor: articles.next_cursor,
        section: show(&section),
    }))
}

/// Search the knowledge base
///
/// Words are found in every form they take in French, English and Arabic, and with a letter wrong.
#[utoipa::path(get, path = "/api/v1/help/search", operation_id = "helpSearch", tag = "help", params(HelpSearchParams),
    responses(
        (status = 200, body = HelpResults),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn search(
    anyone: Anyone,
    State(state): State<ApiState>,
    Query(params): Query<HelpSearchParams>,
) -> ApiResult<Json<HelpResults>> {
    let wanted = params.locale.map(Locale::from).unwrap_or_default();
    let found = cases::search(&state.app, anyone.caller(), &params.q, wanted).await?;
    let corrections = found.corrections.into_iter().map(|one| HelpCorrection {
        given: one.given,
        used: one.used,
    });
    Ok(Json(HelpResults {
        articles: entries_of(found.entries, &found.sections, wanted),
        corrections: corrections.collect(),
        some_words: found.some_words,
    }))
}

/// Read an article
///
/// In the language wanted, or else in French, English or Arabic, in this order.
#[utoipa::path(get, path = "/api/v1/help/articles/{slug}", operation_id = "helpArticle", tag = "help",
    params(("slug" = String, Path, description = "Address of the article"), HelpParams),
    responses(
        (status = 200, body = HelpArticle),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn article(
    anyone: Anyone,
    State(state): State<ApiState>,
    Path(slug): Path<String>,
    Query(params): Query<HelpParams>,
) -> ApiResult<Json<HelpArticle>> {
    let wanted = params.wanted();
    let found = cases::opened(&state.app, anyone.caller(), &slug, wanted).await?;
    let html = rendered(&state, found.shown.body, &found.images).await?;
    let entry = found.shown.entry;
    Ok(Json(HelpArticle {
        slug: entry.slug,
        title: entry.title,
        summary: entry.summary,
        html,
        locale: Language::of(&entry.locale),
        locales: found.shown.locales.iter().map(|locale| Language::of(locale)).collect(),
        visibility: ArticleVisibility::of(&entry.visibility),
        path: found
            .path
            .iter()
            .map(|section| section_of(section, &found.path, wanted))
            .collect(),
        updated_at: entry.updated_at,
    }))
}

/// Read a picture of an article
///
/// For whoever may read the article; editors read those of drafts as well.
#[utoipa::path(get, path = "/api/v1/help/images/{id}", operation_id = "helpImage", tag = "help",
    params(("id" = Uuid, Path, description = "Id of the picture")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "image/*"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn image(anyone: Anyone, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let (image, bytes) = cases::picture(&state.app, anyone.caller(), id).await?;
    // Its type is one of four kinds of picture, judged by its content; nothing in it can run.
    let kind = HeaderValue::from_str(&image.content_type).map_err(|_| Problem::internal())?;
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    let head = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, PICTURE),
    ];
    Ok((head, bytes).into_response())
}

/// Say whether an article helped
///
/// Once for each reader and article; saying something else changes it. Wants no token.
#[utoipa::path(put, path = "/api/v1/help/articles/{slug}/vote", operation_id = "voteForArticle", tag = "help",
    params(("slug" = String, Path, description = "Address of the article")), request_body = HelpVote,
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn vote(
    anyone: Anyone,
    State(state): State<ApiState>,
    Path(slug): Path<String>,
    Json(vote): Json<HelpVote>,
) -> ApiResult<StatusCode> {
    cases::helped(&state.app, anyone.caller(), vote.visitor, &slug, vote.helpful).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say that an article spared one a ticket
///
/// Counted once for each customer and article.
#[utoipa::path(put, path = "/api/v1/help/articles/{slug}/solved", operation_id = "solvedByArticle", tag = "help",
    security(("bearer" = [])), params(("slug" = String, Path, description = "Address of the article")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn solved(caller: CurrentUser, State(state): State<ApiState>, Path(slug): Path<String>) -> ApiResult<StatusCode> {
    cases::solved(&state.app, &caller, &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List articles that may spare one a ticket
///
/// Three at most, the best first, by what is written so far. Nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/help/suggestions", operation_id = "suggestArticles", tag = "help", security(("bearer" = [])),
    request_body = SuggestionInput,
    responses(
        (status = 200, body = Vec<HelpEntry>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn suggest(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<SuggestionInput>,
) -> ApiResult<Json<Vec<HelpEntry>>> {
    let wanted = Locale::from(input.locale);
    let found = cases::suggest(&state.app, &caller, &input.subject, &input.body, wanted).await?;
    Ok(Json(entries_of(found, &[], wanted)))
}

/// List articles that have to do with a ticket
///
/// Three at most, the best first, in the language of the requester. Those whose `visibility` is `staff` are not for the customer.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/articles", operation_id = "ticketArticles", tag = "help", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 200, body = Vec<HelpEntry>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn for_ticket(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<HelpEntry>>> {
    let found = cases::for_ticket(&state.app, &caller, id).await?;
    Ok(Json(entries_of(found, &[], Locale::default())))
}
