//! What staff who watch over security read: tries to sign in, and alerts.

use app::account::alerts as cases;
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::{
    alert::{self, Alert},
    login::{self, Filter, Line},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(journal))
        .routes(routes!(alerts))
        .routes(routes!(acknowledge))
}

/// Which tries are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct JournalFilter {
    /// Of this account.
    user_id: Option<Uuid>,
    /// With this address.
    #[param(max_length = 254)]
    email: Option<String>,
    /// `success`, `challenge`, `failure` or `blocked`.
    outcome: Option<String>,
    /// From this source address.
    ip: Option<String>,
}

/// A try to sign in.
#[derive(Debug, Serialize, ToSchema)]
struct JournalLine {
    /// Place in the journal.
    id: i64,
    /// When.
    at: DateTime<Utc>,
    /// Address as typed.
    email: String,
    /// Account, when there is one.
    #[schema(required = true)]
    user_id: Option<Uuid>,
    /// `success`, `challenge`, `failure` or `blocked`.
    outcome: String,
    /// How, such as `password`.
    method: String,
    /// Why it failed.
    #[schema(required = true)]
    reason: Option<String>,
    /// From a browser that the account was used with before.
    known_device: bool,
    /// Source address.
    #[schema(required = true)]
    ip: Option<String>,
    /// User agent.
    #[schema(required = true)]
    user_agent: Option<String>,
    /// The session that began.
    #[schema(required = true)]
    session_id: Option<Uuid>,
}

impl From<Line> for JournalLine {
    fn from(row: Line) -> Self {
        Self {
            id: row.id,
            at: row.at,
            email: row.email,
            user_id: row.user_id,
            outcome: row.outcome,
            method: row.method,
            reason: row.reason,
            known_device: row.known_device,
            ip: row.ip,
            user_agent: row.user_agent,
            session_id: row.session_id,
        }
    }
}

/// List tries to sign in, newest first
#[utoipa::path(get, path = "/api/v1/login-journal", operation_id = "listLoginJournal", tag = "audit", security(("bearer" = [])),
    params(PageParams, JournalFilter),
    responses(
        (status = 200, body = List<JournalLine>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn journal(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<JournalFilter>,
) -> ApiResult<Json<List<JournalLine>>> {
    caller.need(Permission::SecurityView)?;
    let scope = serde_json::to_string(&filter).unwrap_or_default();
    let text = |given: Option<String>| given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let wanted = Filter {
        user_id: filter.user_id,
        email: text(filter.email).map(|email| email.to_lowercase()),
        outcome: text(filter.outcome),
        ip: text(filter.ip),
    };
    let before: Option<i64> = page.after(&scope)?;
    let rows = login::lines(&mut *state.app.conn().await?, &wanted, before, page.fetch()).await?;
    Ok(Json(page.list(&scope, rows, |row| row.id, JournalLine::from)))
}

/// Which alerts are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AlertFilter {
    /// Only those nobody has taken note of.
    #[serde(default)]
    open: bool,
}

/// A security alert.
#[derive(Debug, Serialize, ToSchema)]
struct AlertDto {
    /// Id.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// What happened, such as `refresh_replayed`.
    kind: String,
    /// `info`, `warning` or `critical`.
    severity: String,
    /// Account concerned.
    #[schema(required = true)]
    user_id: Option<Uuid>,
    /// Its address.
    #[schema(required = true)]
    email: Option<String>,
    /// Source address.
    #[schema(required = true)]
    ip: Option<String>,
    /// Facts.
    data: serde_json::Value,
    /// When somebody took note of it.
    #[schema(required = true)]
    acknowledged_at: Option<DateTime<Utc>>,
    /// Who did.
    #[schema(required = true)]
    acknowledged_by: Option<Uuid>,
}

impl From<Alert> for AlertDto {
    fn from(row: Alert) -> Self {
        Self {
            id: row.id,
            at: row.at,
            kind: row.kind,
            severity: row.severity,
            user_id: row.user_id,
            email: row.email,
            ip: row.ip,
            data: row.data,
            acknowledged_at: row.acknowledged_at,
            acknowledged_by: row.acknowledged_by,
        }
    }
}

/// List security alerts, newest first
#[utoipa::path(get, path = "/api/v1/security-alerts", operation_id = "listSecurityAlerts", tag = "audit", security(("bearer" = [])),
    params(PageParams, AlertFilter),
    responses(
        (status = 200, body = List<AlertDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn alerts(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<AlertFilter>,
) -> ApiResult<Json<List<AlertDto>>> {
    caller.need(Permission::SecurityView)?;
    let scope = serde_json::to_string(&filter).unwrap_or_default();
    let before: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let rows = alert::list(&mut *state.app.conn().await?, filter.open, before, page.fetch()).await?;
    Ok(Json(page.list(&scope, rows, |row| (row.at, row.id), AlertDto::from)))
}

/// Take note of a security alert
#[utoipa::path(post, path = "/api/v1/security-alerts/{id}/acknowledge", operation_id = "acknowledgeSecurityAlert", tag = "audit",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the alert")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn acknowledge(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    cases::acknowledge(&state.app, caller.caller(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
