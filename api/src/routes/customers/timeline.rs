//! What happened around a customer.

use app::customer as cases;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::customer::{Figures, MemberLogin, MemberSecurity, Moment};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(timeline))
        .routes(routes!(figures))
        .routes(routes!(security))
}

/// Something that happened around a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerMoment)]
struct MomentDto {
    /// Tells this moment from others.
    key: String,
    /// When.
    at: DateTime<Utc>,
    /// `change`, `ticket` or `mail`.
    kind: String,
    /// What happened, `subject.verb`.
    action: String,
    /// Who did it.
    actor: Option<String>,
    /// What it is about: a ticket's subject and the like.
    title: Option<String>,
    /// Ticket it leads to.
    ticket_id: Option<Uuid>,
    /// Changed fields and other facts.
    data: serde_json::Value,
}

impl From<Moment> for MomentDto {
    fn from(row: Moment) -> Self {
        Self {
            key: row.key,
            at: row.at,
            kind: row.kind,
            action: row.action,
            actor: row.actor,
            title: row.title,
            ticket_id: row.ticket_id,
            data: row.data,
        }
    }
}

/// List what happened around a customer, newest first
#[utoipa::path(get, path = "/api/v1/customers/{id}/timeline", operation_id = "customerTimeline", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), PageParams),
    responses(
        (status = 200, body = List<MomentDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn timeline(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
) -> ApiResult<Json<List<MomentDto>>> {
    let list = format!("timeline {id}");
    let before: Option<(DateTime<Utc>, String)> = page.after(&list)?;
    let rows = cases::timeline(&state.app, caller.caller(), id, before, page.fetch()).await?;
    Ok(Json(page.list(
        &list,
        rows,
        |row| (row.at, row.key.clone()),
        Into::into,
    )))
}

/// What hangs on a customer, in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerFigures)]
struct FiguresDto {
    /// Tickets that are not over.
    open_tickets: i64,
    /// All tickets.
    tickets: i64,
    /// People who act for him.
    members: i64,
    /// Documents.
    documents: i64,
    /// Notes.
    notes: i64,
    /// When he last wrote, or was written to.
    last_message_at: Option<DateTime<Utc>>,
}

impl From<Figures> for FiguresDto {
    fn from(row: Figures) -> Self {
        Self {
            open_tickets: row.open_tickets,
            tickets: row.tickets,
            members: row.members,
            documents: row.documents,
            notes: row.notes,
            last_message_at: row.last_message_at,
        }
    }
}

/// Count what hangs on a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}/figures", operation_id = "customerFigures", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = FiguresDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn figures(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<FiguresDto>> {
    Ok(Json(cases::figures(&state.app, caller.caller(), id).await?.into()))
}

/// Security of an account that acts for a customer.
#[derive(Debug, Serialize, ToSchema)]
struct MemberSecurityDto {
    /// Account.
    user_id: Uuid,
    /// Name.
    name: String,
    /// State of the account.
    status: String,
    /// When the person signed in last.
    last_login_at: Option<DateTime<Utc>>,
    /// When the password was changed last.
    password_changed_at: Option<DateTime<Utc>>,
    /// Second factors that the person has now; the strongest first.
    second_factors: Vec<MemberFactorDto>,
    /// Sessions that are open now.
    sessions: i64,
    /// Tries to sign in that failed within thirty days.
    failures: i64,
}

/// A second factor of somebody who acts for a customer.
#[derive(Debug, Serialize, ToSchema)]
struct MemberFactorDto {
    /// `passkey`, `totp` or `sms`.
    method: &'static str,
    /// Since when.
    since: DateTime<Utc>,
}

impl From<MemberSecurity> for MemberSecurityDto {
    fn from(row: MemberSecurity) -> Self {
        let factors = [
            ("passkey", row.passkey_since),
            ("totp", row.totp_since),
            ("sms", row.sms_since),
        ];
        let factors = factors
            .into_iter()
            .filter_map(|(method, since)| since.map(|since| MemberFactorDto { method, since }));
        Self {
            second_factors: factors.collect(),
            user_id: row.user_id,
            name: row.name,
            status: row.status,
            last_login_at: row.last_login_at,
            password_changed_at: row.password_changed_at,
            sessions: row.sessions,
            failures: row.failures,
        }
    }
}

/// A try to sign in.
#[derive(Debug, Serialize, ToSchema)]
struct MemberLoginDto {
    /// Place in the journal.
    id: i64,
    /// When.
    at: DateTime<Utc>,
    /// Name of the person.
    name: String,
    /// `success`, `challenge`, `failure` or `blocked`.
    outcome: String,
    /// How the person signed in.
    method: String,
    /// From a browser that was known.
    known_device: bool,
    /// From where.
    ip: Option<String>,
    /// User agent.
    user_agent: Option<String>,
    /// Why it failed.
    reason: Option<String>,
}

impl From<MemberLogin> for MemberLoginDto {
    fn from(row: MemberLogin) -> Self {
        Self {
            id: row.id,
            at: row.at,
            name: row.name,
            outcome: row.outcome,
            method: row.method,
            known_device: row.known_device,
            ip: row.ip,
            user_agent: row.user_agent,
            reason: row.reason,
        }
    }
}

/// How the people who act for a customer sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerSecurity)]
struct SecurityDto {
    /// Their accounts.
    accounts: Vec<MemberSecurityDto>,
    /// Their last tries to sign in, newest first.
    logins: Vec<MemberLoginDto>,
}

/// Show how the people who act for a customer sign in
#[utoipa::path(get, path = "/api/v1/customers/{id}/security", operation_id = "customerSecurity", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = SecurityDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn security(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<SecurityDto>> {
    let (accounts, logins) = cases::security(&state.app, caller.caller(), id).await?;
    Ok(Json(SecurityDto {
        accounts: accounts.into_iter().map(Into::into).collect(),
        logins: logins.into_iter().map(Into::into).collect(),
    }))
}
