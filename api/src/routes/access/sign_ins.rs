//! How somebody else signs in, for those in charge.

use app::oversight::{self as cases};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    routes::account::sessions::close,
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(sign_ins))
        .routes(routes!(end_all))
        .routes(routes!(end_one))
        .routes(routes!(reset_factors))
}

/// A session of somebody.
#[derive(Debug, Serialize, ToSchema)]
struct UserSession {
    /// Id.
    id: Uuid,
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

/// A browser that somebody signed in with.
#[derive(Debug, Serialize, ToSchema)]
struct UserDevice {
    /// Id.
    id: Uuid,
    /// User agent.
    #[schema(required = true)]
    user_agent: Option<String>,
    /// Address.
    #[schema(required = true)]
    ip: Option<String>,
    /// When it was seen first.
    created_at: DateTime<Utc>,
    /// When it was seen last.
    last_seen_at: DateTime<Utc>,
}

/// How somebody signs in.
#[derive(Debug, Serialize, ToSchema)]
struct UserSignIns {
    /// Live sessions, last used first.
    sessions: Vec<UserSession>,
    /// Second factors that he can be asked for; empty = none.
    methods: Vec<String>,
    /// Browsers, last used first.
    devices: Vec<UserDevice>,
}

/// Why second factors are taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactorReset {
    /// Reason, 5 to 500 characters; it is kept in the audit trail.
    #[schema(min_length = 5, max_length = 500)]
    reason: String,
}

/// How somebody signs in: sessions, second factors, browsers
#[utoipa::path(get, path = "/api/v1/users/{id}/sign-ins", operation_id = "userSignIns", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    responses(
        (status = 200, body = UserSignIns),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn sign_ins(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<UserSignIns>> {
    let found = cases::sign_ins(&state.app, caller.caller(), id).await?;
    let sessions = found.sessions.into_iter().map(|row| UserSession {
        id: row.id,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        ip: row.last_ip.or(row.ip),
        user_agent: row.user_agent,
        methods: row.amr,
        expires_at: row.expires_at.min(row.idle_expires_at),
    });
    let devices = found.devices.into_iter().map(|row| UserDevice {
        id: row.id,
        user_agent: row.user_agent,
        ip: row.ip,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
    });
    Ok(Json(UserSignIns {
        sessions: sessions.collect(),
        methods: found.factors.methods().into_iter().map(str::to_owned).collect(),
        devices: devices.collect(),
    }))
}

/// End all sessions of an account, within a second
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions", operation_id = "endUserSessions", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    responses(
        (status = 204, description = "They are over"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn end_all(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let ended = cases::end_sessions(&state.app, caller.caller(), id, None).await?;
    close(&state, &ended);
    Ok(StatusCode::NO_CONTENT)
}

/// End one session of an account, within a second
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions/{session_id}", operation_id = "endUserSession", tag = "access",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account"), ("session_id" = Uuid, Path, description = "Id of the session")),
    responses(
        (status = 204, description = "It is over"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn end_one(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, session)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    let ended = cases::end_sessions(&state.app, caller.caller(), id, Some(session)).await?;
    close(&state, &ended);
    Ok(StatusCode::NO_CONTENT)
}

/// Take away the second factors of somebody who lost his; his sessions end
///
/// Wants a proof of the last five minutes and a reason. He is told by mail, and those in charge by an alert.
#[utoipa::path(post, path = "/api/v1/users/{id}/second-factor/reset", operation_id = "resetUserFactors", tag = "access",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the account")),
    request_body = FactorReset,
    responses(
        (status = 204, description = "He signs in by his password alone and can set up another"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn reset_factors(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<FactorReset>,
) -> ApiResult<StatusCode> {
    let ended = cases::reset_factors(&state.app, caller.caller(), id, &wanted.reason).await?;
    close(&state, &ended);
    Ok(StatusCode::NO_CONTENT)
}
