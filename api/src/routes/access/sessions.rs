//! Everybody's sessions, for those in charge.

use app::oversight as cases;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::session::OpenSession as Row;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which sessions are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SessionFilter {
    /// Part of a name or mail address, or a whole source address.
    #[param(max_length = 254)]
    q: Option<String>,
}

/// A session that is live.
#[derive(Debug, Serialize, ToSchema)]
struct LiveSession {
    /// Id.
    id: Uuid,
    /// Account.
    user_id: Uuid,
    /// Its name.
    name: String,
    /// Its mail address.
    email: String,
    /// The one that asks.
    current: bool,
    /// When it began.
    created_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    last_seen_at: DateTime<Utc>,
    /// Address it was used from last.
    #[schema(required = true)]
    ip: Option<String>,
    /// User agent of the browser.
    #[schema(required = true)]
    user_agent: Option<String>,
    /// How the person proved who he is.
    methods: Vec<String>,
    /// When it ends at the latest.
    expires_at: DateTime<Utc>,
}

/// List everybody's live sessions, the newest first
///
/// One is ended at its account.
#[utoipa::path(get, path = "/api/v1/sessions", operation_id = "listSessions", tag = "access", security(("bearer" = [])),
    params(PageParams, SessionFilter),
    responses(
        (status = 200, body = List<LiveSession>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<SessionFilter>,
) -> ApiResult<Json<List<LiveSession>>> {
    let scope = serde_json::to_string(&filter).unwrap_or_default();
    let words = filter.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let before: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let rows = cases::sessions(&state.app, caller.caller(), words, before, page.fetch()).await?;
    let this = caller.session().session_id;
    let shown = |row: Row| LiveSession {
        id: row.id,
        user_id: row.user_id,
        name: row.name,
        email: row.email,
        current: row.id == this,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        ip: row.ip,
        user_agent: row.user_agent,
        methods: row.amr,
        expires_at: row.ends_at,
    };
    Ok(Json(page.list(&scope, rows, |row| (row.created_at, row.id), shown)))
}
