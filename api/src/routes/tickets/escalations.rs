//! How far a ticket was escalated, and who has taken note.

use app::ticket::escalation as cases;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::ticket::escalation::Escalation;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(acknowledge))
}

/// An escalation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketEscalation)]
struct EscalationDto {
    /// Id.
    id: Uuid,
    /// Link of the chain, from 1; `null` for a rule.
    #[schema(required = true)]
    level: Option<i16>,
    /// Clock of the chain; `null` for a rule.
    #[schema(required = true)]
    clock: Option<String>,
    /// Name of the rule; `null` for a chain.
    #[schema(required = true)]
    rule: Option<String>,
    /// When.
    at: DateTime<Utc>,
    /// Names of those who were told.
    told: Vec<String>,
    /// When somebody took note.
    #[schema(required = true)]
    acknowledged_at: Option<DateTime<Utc>>,
    /// His name.
    #[schema(required = true)]
    acknowledged_by: Option<String>,
}

impl From<Escalation> for EscalationDto {
    fn from(row: Escalation) -> Self {
        Self {
            id: row.id,
            level: row.level,
            clock: row.clock,
            rule: row.rule,
            at: row.at,
            told: row.told,
            acknowledged_at: row.acknowledged_at,
            acknowledged_by: row.acknowledged_by,
        }
    }
}

/// The escalations of a ticket, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketEscalations)]
struct EscalationsDto {
    /// The last 200 of them.
    items: Vec<EscalationDto>,
}

impl From<Vec<Escalation>> for EscalationsDto {
    fn from(rows: Vec<Escalation>) -> Self {
        Self {
            items: rows.into_iter().map(Into::into).collect(),
        }
    }
}

/// List the escalations of a ticket
#[utoipa::path(get, path = "/api/v1/tickets/{id}/escalations", operation_id = "ticketEscalations", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 200, body = EscalationsDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<EscalationsDto>> {
    let rows = cases::list(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into()))
}

/// Take note of a ticket's escalations
///
/// Of all that nobody has taken note of yet.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/escalations/acknowledge", operation_id = "acknowledgeEscalations", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 200, body = EscalationsDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`no_escalation`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn acknowledge(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<EscalationsDto>> {
    let rows = cases::acknowledge(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into()))
}
