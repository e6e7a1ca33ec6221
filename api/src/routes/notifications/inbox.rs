//! One's own notification centre.

use app::notification as cases;
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::notification::inbox::Notification;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::NotificationTopicWord,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(unread))
        .routes(routes!(mark_all))
        .routes(routes!(mark))
}

#[derive(Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NotificationFilter {
    /// Unread ones alone.
    #[serde(default)]
    unread: bool,
}

/// A piece of news.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
struct NotificationDto {
    /// Id.
    id: Uuid,
    /// What it is about.
    topic: NotificationTopicWord,
    /// One line, in the language that the person had when it was written.
    title: String,
    /// Page of the web application that shows it.
    path: String,
    /// When it was written.
    created_at: DateTime<Utc>,
    /// When it was read; `null` while it is not.
    #[schema(required = true)]
    read_at: Option<DateTime<Utc>>,
}

impl From<Notification> for NotificationDto {
    fn from(row: Notification) -> Self {
        Self {
            id: row.id,
            topic: NotificationTopicWord::stored(row.topic),
            title: row.title,
            path: row.path,
            created_at: row.created_at,
            read_at: row.read_at,
        }
    }
}

/// How much one has not read.
#[derive(Debug, Serialize, ToSchema)]
struct UnreadNotifications {
    /// Unread; 100 means that or more.
    unread: i64,
}

/// Whether one has read it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationMark {
    /// Read, or unread again.
    read: bool,
}

/// How far one has read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadUpTo {
    /// When the newest one on the screen was written: what came since stays unread.
    up_to: DateTime<Utc>,
}

/// List one's own notifications, newest first
#[utoipa::path(get, path = "/api/v1/notifications", operation_id = "listNotifications", tag = "notifications", security(("bearer" = [])),
    params(PageParams, NotificationFilter),
    responses(
        (status = 200, body = List<NotificationDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<NotificationFilter>,
) -> ApiResult<Json<List<NotificationDto>>> {
    let scope = serde_json::to_string(&filter).unwrap_or_default();
    let before: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let rows = cases::list(&state.app, caller.caller(), filter.unread, before, page.fetch()).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.created_at, row.id),
        NotificationDto::from,
    )))
}

/// Count one's own unread notifications
#[utoipa::path(get, path = "/api/v1/notifications/unread", operation_id = "unreadNotifications", tag = "notifications", security(("bearer" = [])),
    responses(
        (status = 200, body = UnreadNotifications),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn unread(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<UnreadNotifications>> {
    let unread = cases::unread(&state.app, caller.caller()).await?;
    Ok(Json(UnreadNotifications { unread }))
}

/// Mark a notification of one's own as read or unread
#[utoipa::path(put, path = "/api/v1/notifications/{id}/read", operation_id = "markNotification", tag = "notifications", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the notification")),
    request_body = NotificationMark,
    responses(
        (status = 204, description = "Done"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn mark(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(input): Json<NotificationMark>,
) -> ApiResult<StatusCode> {
    cases::mark(&state.app, caller.caller(), id, input.read).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mark one's own notifications as read
#[utoipa::path(post, path = "/api/v1/notifications/read", operation_id = "markNotifications", tag = "notifications", security(("bearer" = [])),
    request_body = ReadUpTo,
    responses(
        (status = 204, description = "Done"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn mark_all(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<ReadUpTo>,
) -> ApiResult<StatusCode> {
    cases::mark_all(&state.app, caller.caller(), input.up_to).await?;
    Ok(StatusCode::NO_CONTENT)
}
