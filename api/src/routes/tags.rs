//! Tags: the words that tickets are marked with.

use app::tag::{self as cases, Draft};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::ticket::colour::Colour;
use serde::{Deserialize, Serialize};
use store::tag::{Counted, Tag as Row};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::TagColourWord,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(statistics))
        .routes(routes!(change, delete))
        .routes(routes!(merge))
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
struct Tag {
    /// Id.
    id: Uuid,
    /// The word.
    name: String,
    /// Its colour.
    colour: TagColourWord,
    /// No longer offered.
    retired: bool,
    /// Its tickets are being given this one instead; it goes when the last of them has it.
    #[schema(required = true)]
    moving_to: Option<String>,
    /// The ETag.
    version: i32,
}

impl From<Row> for Tag {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            colour: TagColourWord::stored(row.colour),
            retired: row.retired,
            moving_to: row.moving_to,
            version: row.version,
        }
    }
}

/// A tag with how many tickets have it.
#[derive(Debug, Serialize, ToSchema)]
struct TagStatistics {
    /// The tag.
    tag: Tag,
    /// All tickets that have it.
    tickets: i64,
    /// Those neither resolved nor closed.
    open: i64,
    /// Those that were opened within 30 days.
    recent: i64,
}

impl From<Counted> for TagStatistics {
    fn from(row: Counted) -> Self {
        Self {
            tag: row.tag.into(),
            tickets: row.tickets,
            open: row.open,
            recent: row.recent,
        }
    }
}

/// A tag to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTag {
    /// The word.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// Its colour.
    colour: TagColourWord,
}

/// A tag as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TagInput {
    /// The word; another one renames it on every ticket.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// Its colour.
    colour: TagColourWord,
    /// No longer offered.
    retired: bool,
}

/// Which tag stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TagMerge {
    /// The tag that its tickets get instead.
    into_id: Uuid,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TagFilter {
    /// Letters of the word.
    q: Option<String>,
}

fn shown(row: Row) -> Versioned<Tag> {
    Versioned {
        version: row.version,
        body: row.into(),
    }
}

fn colour(word: &TagColourWord) -> Colour {
    word.known().unwrap_or(Colour::Grey)
}

/// List tags by name
///
/// All of them, 2,000 at most.
#[utoipa::path(get, path = "/api/v1/tags", operation_id = "listTags", tag = "tickets", security(("bearer" = [])),
    responses(
        (status = 200, body = List<Tag>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<Tag>>> {
    let rows = cases::all(&state.app, &caller).await?;
    Ok(Json(List {
        items: rows.into_iter().map(Tag::from).collect(),
        next_cursor: None,
    }))
}

/// Add a tag that no ticket has yet
#[utoipa::path(post, path = "/api/v1/tags", operation_id = "createTag", tag = "tickets", security(("bearer" = [])),
    request_body = NewTag,
    responses(
        (status = 201, body = Tag),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`tag_exists`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(caller: CurrentUser, State(state): State<ApiState>, Json(new): Json<NewTag>) -> ApiResult<Response> {
    let made = cases::create(&state.app, &caller, &new.name, colour(&new.colour)).await?;
    let at = format!("/api/v1/tags/{}", made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], shown(made)).into_response())
}

/// List tags with how many tickets have them
#[utoipa::path(get, path = "/api/v1/tags/statistics", operation_id = "tagStatistics", tag = "tickets", security(("bearer" = [])),
    params(PageParams, TagFilter),
    responses(
        (status = 200, body = List<TagStatistics>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn statistics(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<TagFilter>,
) -> ApiResult<Json<List<TagStatistics>>> {
    let text = filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let scope = format!("tags {}", text.unwrap_or_default());
    let after: Option<String> = page.after(&scope)?;
    let rows = cases::counted(&state.app, &caller, text, after.as_deref(), page.fetch()).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| row.tag.name.clone(),
        TagStatistics::from,
    )))
}

/// Change, rename or retire a tag
///
/// A renamed one stays until a job has given its tickets the other word.
#[utoipa::path(put, path = "/api/v1/tags/{id}", operation_id = "changeTag", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the tag"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = TagInput,
    responses(
        (status = 200, body = Tag),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`tag_exists`, `tag_moving`, `tag_in_rules`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<TagInput>,
) -> ApiResult<Versioned<Tag>> {
    let draft = Draft {
        colour: colour(&input.colour),
        name: input.name,
        retired: input.retired,
    };
    Ok(shown(cases::change(&state.app, &caller, id, version, draft).await?))
}

/// Make one tag of two
///
/// A job gives its tickets the other one; then it goes.
#[utoipa::path(post, path = "/api/v1/tags/{id}/merge", operation_id = "mergeTag", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the tag that goes"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = TagMerge,
    responses(
        (status = 200, body = Tag),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`tag_moving`, `tag_in_rules`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn merge(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<TagMerge>,
) -> ApiResult<Versioned<Tag>> {
    Ok(shown(
        cases::merge(&state.app, &caller, id, version, wanted.into_id).await?,
    ))
}

/// Delete a tag that no ticket has
#[utoipa::path(delete, path = "/api/v1/tags/{id}", operation_id = "deleteTag", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the tag"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`tag_in_use`, `tag_moving`, `tag_in_rules`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    cases::delete(&state.app, &caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
