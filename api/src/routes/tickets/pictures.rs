//! Pictures that a message names on servers of others.

use app::ticket::pictures::{self as cases, Pictures};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use store::ticket::picture::Picture;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    routes::uploads::download,
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(get))
        .routes(routes!(open))
}

/// How the pictures of a message stand that are on servers of others.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessagePictures)]
pub struct PicturesDto {
    /// `blocked` before anybody asked for them, `queued` while they are fetched, `done`.
    state: String,
    /// Those of which it is known what became of them. What the message names besides stays away: there are more than 50.
    items: Vec<PictureDto>,
}

/// A picture that was fetched, or not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessagePicture)]
pub struct PictureDto {
    /// Place among the message's, from 0.
    position: i32,
    /// Its address, as `data-remote-src` of the message's HTML has it.
    url: String,
    /// `fetched`, `refused` by the rules, or `failed` at its server.
    state: String,
    /// Why it is not here: `address`, `redirects`, `kind`, `size`, `total`, `infected`, `missing`, `unreachable` or `timed_out`.
    #[schema(required = true)]
    reason: Option<String>,
}

impl From<Picture> for PictureDto {
    fn from(row: Picture) -> Self {
        Self {
            position: row.position,
            url: row.url,
            state: row.state,
            reason: row.reason,
        }
    }
}

impl From<Pictures> for PicturesDto {
    fn from(pictures: Pictures) -> Self {
        Self {
            state: pictures.state,
            items: pictures.items.into_iter().map(PictureDto::from).collect(),
        }
    }
}

/// Ask for the pictures of a message that are on servers of others
///
/// A job fetches them, once for all who read the message, from the addresses that the message names and from no others: PNG, JPEG, GIF and
/// WebP by their content, 5 MB each, 50 of them and 20 MB together at most, from public hosts. The live event `ticket.pictures` of the
/// ticket says when they are here. Their senders learn that this server asked, and nothing of who reads. Asked again, nothing is fetched.
#[utoipa::path(post, path = "/api/v1/messages/{id}/pictures", operation_id = "fetchPictures", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the message")),
    responses(
        (status = 202, body = PicturesDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn ask(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let pictures = cases::ask(&state.app, caller.caller(), id).await?;
    Ok((StatusCode::ACCEPTED, Json(PicturesDto::from(pictures))).into_response())
}

/// Look how the pictures of a message stand that are on servers of others
#[utoipa::path(get, path = "/api/v1/messages/{id}/pictures", operation_id = "messagePictures", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the message")),
    responses(
        (status = 200, body = PicturesDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<PicturesDto>> {
    let pictures = cases::get(&state.app, caller.caller(), id).await?;
    Ok(Json(pictures.into()))
}

/// Open a picture of a message that was fetched
#[utoipa::path(get, path = "/api/v1/messages/{id}/pictures/{position}", operation_id = "openPicture", tag = "tickets",
    security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "Id of the message"),
        ("position" = i32, Path, description = "Place of the picture among the message's, from 0")
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn open(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, position)): Path<(Uuid, i32)>,
) -> ApiResult<Response> {
    let (kind, bytes) = cases::open(&state.app, caller.caller(), id, position).await?;
    let name = format!("picture-{position}.{}", kind.rsplit('/').next().unwrap_or_default());
    Ok(download(&name, &kind, bytes))
}
