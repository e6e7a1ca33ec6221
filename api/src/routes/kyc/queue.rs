//! Verifications that wait.

use app::kyc as cases;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::kyc::{Order, Waiting};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(queue))
}

/// A case that waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KycWaiting)]
struct WaitingDto {
    /// Customer.
    customer_id: Uuid,
    /// His number.
    number: i64,
    /// His name.
    name: String,
    /// `individual` or `corporate`.
    kind: String,
    /// `submitted` or `in_review`.
    state: String,
    /// Who reviews it.
    reviewer: Option<String>,
    /// When it was handed in.
    submitted_at: DateTime<Utc>,
    /// When the case began; it may have been handed in several times since.
    opened_at: DateTime<Utc>,
    /// Seconds since it was handed in.
    waiting_seconds: i64,
    /// It renews an approval that is still in force.
    renewal: bool,
}

impl WaitingDto {
    fn new(row: Waiting, now: DateTime<Utc>) -> Self {
        Self {
            opened_at: row.opened_at,
            waiting_seconds: (now - row.submitted_at).num_seconds().max(0),
            customer_id: row.customer_id,
            number: row.number,
            name: row.name,
            kind: row.kind,
            state: row.state,
            reviewer: row.reviewer_name,
            submitted_at: row.submitted_at,
            renewal: row.renewal,
        }
    }
}

/// Where a case that waits stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WaitingState {
    /// For a reviewer.
    Submitted,
    /// With one.
    InReview,
}

/// Which verifications are wanted.
#[derive(Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QueueFilter {
    /// Where they stand.
    #[param(inline)]
    state: Option<WaitingState>,
    /// With the caller alone.
    #[serde(default)]
    mine: bool,
    /// In which order; longest waiting first when absent.
    #[param(inline)]
    #[serde(default)]
    sort: QueueOrder,
}

/// An order of the queue.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize, ToSchema)]
enum QueueOrder {
    /// Longest waiting first.
    #[default]
    #[serde(rename = "submitted_at")]
    Submitted,
    /// Handed in last first.
    #[serde(rename = "-submitted_at")]
    SubmittedLast,
    /// The oldest case first.
    #[serde(rename = "opened_at")]
    Opened,
    /// The newest case first.
    #[serde(rename = "-opened_at")]
    OpenedLast,
}

impl From<QueueOrder> for Order {
    fn from(order: QueueOrder) -> Self {
        match order {
            QueueOrder::Submitted => Self::Submitted,
            QueueOrder::SubmittedLast => Self::SubmittedLast,
            QueueOrder::Opened => Self::Opened,
            QueueOrder::OpenedLast => Self::OpenedLast,
        }
    }
}

/// List the verifications that wait
#[utoipa::path(get, path = "/api/v1/kyc/queue", operation_id = "kycQueue", tag = "kyc", security(("bearer" = [])),
    params(PageParams, QueueFilter),
    responses(
        (status = 200, body = List<WaitingDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn queue(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<QueueFilter>,
) -> ApiResult<Json<List<WaitingDto>>> {
    let scope = serde_json::to_string(&filter).unwrap_or_default();
    let after: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let order = Order::from(filter.sort);
    let stands = filter.state.map(|state| match state {
        WaitingState::Submitted => domain::kyc::State::Submitted,
        WaitingState::InReview => domain::kyc::State::InReview,
    });
    let rows = cases::queue(
        &state.app,
        caller.caller(),
        (stands, filter.mine),
        order,
        after,
        page.fetch(),
    )
    .await?;
    let now = state.app.now();
    Ok(Json(page.list(
        &scope,
        rows,
        |row| row.place(order),
        |row| WaitingDto::new(row, now),
    )))
}
