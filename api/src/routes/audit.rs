//! The audit trail: read with filters, exported, and everybody's own part of it.

use app::AppError;
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{audit::own, permission::Permission};
use futures::stream;
use serde::{Deserialize, Serialize};
use store::audit::explore::{self, Filter, Shown};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    csv,
    extract::{CurrentUser, Json, List, Page, PageParams, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// Most lines of one export.
const EXPORT_MAX: usize = 100_000;
/// Lines read at once.
const CHUNK: i64 = 1000;

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(export))
        .routes(routes!(own_activity))
}

/// Which lines are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditFilter {
    /// Account that acted.
    actor_id: Option<Uuid>,
    /// `user`, `mail` or `system`.
    actor_kind: Option<String>,
    /// Beginning of the action, such as `ticket.`.
    action: Option<String>,
    /// Kind of subject, such as `ticket`.
    subject_type: Option<String>,
    /// Subject.
    subject_id: Option<Uuid>,
    /// Source address.
    ip: Option<String>,
    /// Request.
    request_id: Option<String>,
    /// Session.
    session_id: Option<Uuid>,
    /// At or after.
    from: Option<DateTime<Utc>>,
    /// Before.
    to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    fn store(&self) -> Filter {
        let text = |given: &Option<String>| {
            given
                .as_ref()
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        Filter {
            actor_id: self.actor_id,
            actor_kind: text(&self.actor_kind),
            action: text(&self.action),
            subject_type: text(&self.subject_type),
            subject_id: self.subject_id,
            ip: text(&self.ip),
            request_id: text(&self.request_id),
            session_id: self.session_id,
            from: self.from,
            to: self.to,
        }
    }

    fn scope(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A line of the trail.
#[derive(Debug, Serialize, ToSchema)]
struct AuditLine {
    /// Place in the trail.
    id: i64,
    /// When.
    at: DateTime<Utc>,
    /// `user`, `mail` (a person known by address only) or `system`.
    actor_kind: String,
    /// Account that acted.
    #[schema(required = true)]
    actor: Option<AuditActor>,
    /// What was done, `subject.verb`.
    action: String,
    /// Kind of subject.
    subject_type: String,
    /// Subject.
    #[schema(required = true)]
    subject_id: Option<Uuid>,
    /// Facts; changed fields as `{"field": {"from": …, "to": …}}`. Nothing secret.
    data: serde_json::Value,
    /// Source address.
    #[schema(required = true)]
    ip: Option<String>,
    /// User agent.
    #[schema(required = true)]
    user_agent: Option<String>,
    /// Request, as in `X-Request-Id`.
    #[schema(required = true)]
    request_id: Option<String>,
    /// Session.
    #[schema(required = true)]
    session_id: Option<Uuid>,
}

/// The account that acted, as it is called now.
#[derive(Debug, Serialize, ToSchema)]
struct AuditActor {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Address.
    email: String,
}

impl From<Shown> for AuditLine {
    fn from(row: Shown) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor_kind: row.actor_kind,
            actor: row.actor_id.map(|id| AuditActor {
                id,
                name: row.actor_name.unwrap_or_default(),
                email: row.actor_email.unwrap_or_default(),
            }),
            action: row.action,
            subject_type: row.subject_type,
            subject_id: row.subject_id,
            data: row.data,
            ip: row.ip,
            user_agent: row.user_agent,
            request_id: row.request_id,
            session_id: row.session_id,
        }
    }
}

async fn page_of(state: &ApiState, filter: &AuditFilter, page: &Page) -> ApiResult<List<AuditLine>> {
    let scope = filter.scope();
    let before: Option<i64> = page.after(&scope)?;
    let rows = explore::list(&mut *state.app.conn().await?, &filter.store(), before, page.fetch()).await?;
    Ok(page.list(&scope, rows, |row| row.id, AuditLine::from))
}

/// List lines of the audit trail, newest first
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "listAudit", tag = "audit", security(("bearer" = [])),
    params(PageParams, AuditFilter),
    responses(
        (status = 200, body = List<AuditLine>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<AuditFilter>,
) -> ApiResult<Json<List<AuditLine>>> {
    caller.need(Permission::AuditView)?;
    Ok(Json(page_of(&state, &filter, &page).await?))
}

/// Which of one's own lines are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OwnFilter {
    /// Beginning of the action, such as `ticket.`.
    action: Option<String>,
    /// Kind of subject, such as `ticket`.
    subject_type: Option<String>,
    /// At or after.
    from: Option<DateTime<Utc>>,
    /// Before.
    to: Option<DateTime<Utc>>,
}

/// List what one did oneself, newest first
///
/// Facts that could name others are left out: of what is not about oneself, `data` holds states, kinds and figures.
#[utoipa::path(get, path = "/api/v1/me/activity", operation_id = "listOwnActivity", tag = "audit", security(("bearer" = [])),
    params(PageParams, OwnFilter),
    responses(
        (status = 200, body = List<AuditLine>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own_activity(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(wanted): Query<OwnFilter>,
) -> ApiResult<Json<List<AuditLine>>> {
    let reader = caller.user_id;
    let filter = AuditFilter {
        actor_id: Some(reader),
        action: wanted.action,
        subject_type: wanted.subject_type,
        from: wanted.from,
        to: wanted.to,
        ..AuditFilter::default()
    };
    let mut lines = page_of(&state, &filter, &page).await?;
    for line in &mut lines.items {
        let subject = (line.subject_type.as_str(), line.subject_id);
        line.data = own::facts(reader, &line.action, subject, line.data.take());
    }
    Ok(Json(lines))
}

const COLUMNS: [&str; 13] = [
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "actor_email",
    "action",
    "subject_type",
    "subject_id",
    "data",
    "ip",
    "user_agent",
    "request_id",
];

fn cells(row: &Shown) -> [String; 13] {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        row.id.to_string(),
        row.at.to_rfc3339(),
        row.actor_kind.clone(),
        id(row.actor_id),
        text(&row.actor_name),
        text(&row.actor_email),
        row.action.clone(),
        row.subject_type.clone(),
        id(row.subject_id),
        row.data.to_string(),
        text(&row.ip),
        text(&row.user_agent),
        text(&row.request_id),
    ]
}

/// Export lines of the audit trail as CSV
///
/// The newest 100,000 lines that fit the filter; narrow it by time for more. The export is itself a line of the trail. Needs
/// a fresh proof of identity.
#[utoipa::path(get, path = "/api/v1/audit/export", operation_id = "exportAudit", tag = "audit", security(("bearer" = [])),
    params(AuditFilter),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn export(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(filter): Query<AuditFilter>,
) -> ApiResult<Response> {
    let facts = serde_json::to_value(&filter).unwrap_or_default();
    let newest = app::audit::exported(&state.app, caller.caller(), facts).await?;
    let filter = filter.store();
    let head = csv::head(&COLUMNS.map(str::to_owned))?;
    let lines = stream::try_unfold((Some(newest), 0), move |(before, sent)| {
        let (app, filter) = (state.app.clone(), filter.clone());
        async move {
            let Some(before) = before.filter(|_| sent < EXPORT_MAX) else {
                return Ok(None);
            };
            let rows = explore::list(&mut *app.conn().await?, &filter, Some(before), CHUNK).await?;
            let Some(last) = rows.last().map(|row| row.id) else {
                return Ok(None);
            };
            Ok::<_, AppError>(Some((
                csv::rows(rows.iter().map(cells))?,
                (Some(last), sent + rows.len()),
            )))
        }
    });
    let first = stream::once(async move { Ok(head) });
    Ok(csv::download("audit.csv", futures::StreamExt::chain(first, lines)))
}
