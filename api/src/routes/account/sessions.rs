//! One's sessions and the history of one's logins.

use app::account::sessions;
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::login::{self, Filter, Line};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// A session of the signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSession {
    /// Id.
    pub id: Uuid,
    /// It is the one that asks.
    pub current: bool,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// Address it began from.
    pub ip: Option<String>,
    /// Address it was refreshed from last.
    pub last_ip: Option<String>,
    /// User agent of the browser.
    pub user_agent: Option<String>,
    /// How the person proved who he is: `pwd`, `magic`, `otp`, `sms`, `backup`, `webauthn`, `oidc`.
    pub methods: Vec<String>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSessions {
    /// Last used first.
    pub items: Vec<OwnSession>,
}

/// A try to sign in to one's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginLine {
    /// Place in the journal.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `success`, `challenge`, `failure` or `blocked`.
    pub outcome: String,
    /// `password`, `magic_link`, `totp` and so on.
    pub method: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// From a browser that one signed in with before.
    pub known_device: bool,
    /// Source address.
    pub ip: Option<String>,
    /// User agent.
    pub user_agent: Option<String>,
}

impl From<Line> for LoginLine {
    fn from(line: Line) -> Self {
        Self {
            id: line.id,
            at: line.at,
            outcome: line.outcome,
            method: line.method,
            reason: line.reason,
            known_device: line.known_device,
            ip: line.ip,
            user_agent: line.user_agent,
        }
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(own_sessions, revoke_others))
        .routes(routes!(revoke_session))
        .routes(routes!(own_logins))
}

/// Ends what this process keeps of sessions.
pub(in crate::routes) fn close(state: &ApiState, sessions: &[Uuid]) {
    for session in sessions {
        state.sessions.forget(*session);
        state.hub.close_session(*session);
    }
}

/// One's sessions
#[utoipa::path(get, path = "/api/v1/me/sessions", operation_id = "mySessions", tag = "account", security(("bearer" = [])),
    responses(
        (status = 200, body = OwnSessions),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own_sessions(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<OwnSessions>> {
    user.in_person()?;
    let this = user.session().session_id;
    let rows = sessions::list(&state.app, user.caller()).await?;
    let items = rows.into_iter().map(|row| OwnSession {
        id: row.id,
        current: row.id == this,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        ip: row.ip,
        last_ip: row.last_ip,
        user_agent: row.user_agent,
        methods: row.amr,
        expires_at: row.expires_at.min(row.idle_expires_at),
    });
    Ok(Json(OwnSessions { items: items.collect() }))
}

/// End all of one's other sessions
#[utoipa::path(delete, path = "/api/v1/me/sessions", operation_id = "revokeOtherSessions", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "They are over"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn revoke_others(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<StatusCode> {
    user.in_person()?;
    let ended = sessions::revoke_others(&state.app, user.caller(), user.session().session_id).await?;
    close(&state, &ended);
    Ok(StatusCode::NO_CONTENT)
}

/// End one of one's sessions
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", operation_id = "revokeSession", tag = "account",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "It is over"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn revoke_session(
    user: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    user.in_person()?;
    sessions::revoke(&state.app, user.caller(), id).await?;
    close(&state, &[id]);
    Ok(StatusCode::NO_CONTENT)
}

/// The history of logins to one's account
#[utoipa::path(get, path = "/api/v1/me/logins", operation_id = "myLogins", tag = "account", security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<LoginLine>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own_logins(user: CurrentUser, State(state): State<ApiState>, page: Page) -> ApiResult<Json<List<LoginLine>>> {
    user.in_person()?;
    let scope = format!("logins:{}", user.user_id);
    let filter = Filter {
        user_id: Some(user.user_id),
        ..Filter::default()
    };
    let after = page.after::<i64>(&scope)?;
    let rows = login::lines(&mut *state.app.conn().await?, &filter, after, page.fetch()).await?;
    Ok(Json(page.list(&scope, rows, |line| line.id, LoginLine::from)))
}
