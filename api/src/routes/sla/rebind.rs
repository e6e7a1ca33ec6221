//! Binding open tickets to the present policies, after a look at what would change.

use app::sla::{Preview, PreviewItem};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::sla;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(state, start))
}

/// A policy at a version.
#[derive(Debug, Serialize, ToSchema)]
struct PolicyAt {
    /// Name.
    name: String,
    /// Version.
    number: i32,
}

/// What a ticket would be bound to.
#[derive(Debug, Serialize, ToSchema)]
struct RebindItem {
    /// Ticket.
    id: Uuid,
    /// Its number.
    number: i64,
    /// Its subject.
    subject: String,
    /// Policy now.
    from: PolicyAt,
    /// Policy afterwards.
    to: PolicyAt,
    /// When it is due now.
    due_before: Option<DateTime<Utc>>,
    /// When it would be due.
    due_after: Option<DateTime<Utc>>,
    /// Promises that would be broken at once.
    breaches: usize,
}

/// What binding all open tickets anew would do.
#[derive(Debug, Serialize, ToSchema)]
struct RebindPreview {
    /// Tickets looked at.
    seen: usize,
    /// Of them, how many would change.
    changed: usize,
    /// There are more that were not looked at.
    more: bool,
    /// Promises that would be broken at once.
    breaches: usize,
    /// The first hundred of those that would change.
    items: Vec<RebindItem>,
}

impl From<PreviewItem> for RebindItem {
    fn from(item: PreviewItem) -> Self {
        let at = |at: app::sla::PolicyAt| PolicyAt {
            name: at.policy,
            number: at.number,
        };
        Self {
            id: item.id,
            number: item.number,
            subject: item.subject,
            from: at(item.from),
            to: at(item.to),
            due_before: item.due_before,
            due_after: item.due_after,
            breaches: item.breaches,
        }
    }
}

impl From<Preview> for RebindPreview {
    fn from(preview: Preview) -> Self {
        Self {
            seen: preview.seen,
            changed: preview.changed,
            more: preview.more,
            breaches: preview.breaches,
            items: preview.items.into_iter().map(RebindItem::from).collect(),
        }
    }
}

/// How far binding anew is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RebindStateWord {
    /// It was never asked for.
    Never,
    /// A worker will begin.
    Queued,
    /// A worker is at it.
    Running,
    /// Done.
    Done,
    /// Its job ended before it was done; ask for it again.
    Failed,
}

/// Binding anew as it was asked for last.
#[derive(Debug, Serialize, ToSchema)]
struct RebindState {
    /// How far it is.
    state: RebindStateWord,
    /// Tickets looked at.
    seen: i32,
    /// Tickets bound anew.
    changed: i32,
    /// When it was asked for.
    asked_at: Option<DateTime<Utc>>,
    /// When it was done.
    finished_at: Option<DateTime<Utc>>,
}

impl From<Option<sla::Rebind>> for RebindState {
    fn from(row: Option<sla::Rebind>) -> Self {
        Self {
            state: match row.as_ref().map(|row| row.state.as_str()) {
                None => RebindStateWord::Never,
                Some("queued") => RebindStateWord::Queued,
                Some("running") => RebindStateWord::Running,
                Some("done") => RebindStateWord::Done,
                Some(_) => RebindStateWord::Failed,
            },
            seen: row.as_ref().map_or(0, |row| row.seen),
            changed: row.as_ref().map_or(0, |row| row.changed),
            asked_at: row.as_ref().map(|row| row.created_at),
            finished_at: row.and_then(|row| row.finished_at),
        }
    }
}

/// See which open tickets would change, and how
///
/// Of many, the first two thousand are looked at.
#[utoipa::path(get, path = "/api/v1/sla/rebind/preview", operation_id = "previewSlaRebind", tag = "sla", security(("bearer" = [])),
    responses(
        (status = 200, body = RebindPreview),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn preview(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<RebindPreview>> {
    let preview = app::sla::preview(&state.app, caller.caller()).await?;
    Ok(Json(preview.into()))
}

/// How far binding anew is
#[utoipa::path(get, path = "/api/v1/sla/rebind", operation_id = "slaRebind", tag = "sla", security(("bearer" = [])),
    responses(
        (status = 200, body = RebindState),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn state(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<RebindState>> {
    let row = app::sla::rebind_state(&state.app, caller.caller()).await?;
    Ok(Json(row.into()))
}

/// Bind open tickets to the present policies
///
/// A job does it; the time that was used up is kept.
#[utoipa::path(post, path = "/api/v1/sla/rebind", operation_id = "startSlaRebind", tag = "sla", security(("bearer" = [])),
    responses(
        (status = 202, body = RebindState),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn start(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<(StatusCode, Json<RebindState>)> {
    let row = app::sla::start_rebind(&state.app, caller.caller()).await?;
    Ok((StatusCode::ACCEPTED, Json(Some(row).into())))
}
