//! Whether the process lives, whether it can work, and its figures.

use std::time::Duration;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::permission::Permission;
use futures::future::join_all;
use jobs::Queue;
use serde::Serialize;
use store::ledger;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, Source, authenticate},
    metrics::{Moment, Queues},
    middleware::client::FORWARDED,
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// Longest wait for what a probe asks.
const PATIENCE: Duration = Duration::from_secs(3);

/// State of the process.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok` or `unavailable`.
    pub status: &'static str,
    /// What is asked, and whether it answers.
    pub checks: Vec<HealthCheck>,
}

/// One thing the process depends on.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthCheck {
    /// Its name.
    pub name: &'static str,
    /// Whether it answers.
    pub ok: bool,
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
}

/// The process lives
#[utoipa::path(get, path = "/healthz", operation_id = "healthz", tag = "operations", responses((status = 200, body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health {
        status: "ok",
        checks: Vec::new(),
    })
}

/// The process can serve: what it depends on answers
#[utoipa::path(get, path = "/readyz", operation_id = "readyz", tag = "operations",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
async fn readyz(State(state): State<ApiState>) -> Response {
    let database = async {
        let mut conn = state.app.conn().await?;
        store::event::newest(&mut conn).await?;
        Ok::<_, app::AppError>(())
    };
    let database = answered("database", async { database.await.is_ok() });
    let others = state.checks.iter().map(|check| answered(check.name(), check.ready()));
    let (first, others) = tokio::join!(database, join_all(others));
    let checks: Vec<HealthCheck> = std::iter::once(first).chain(others).collect();
    if checks.iter().all(|check| check.ok) {
        Json(Health { status: "ok", checks }).into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(Health {
                status: "unavailable",
                checks,
            }),
        )
            .into_response()
    }
}

/// Whether it answers in time; whoever asks does not wait longer.
async fn answered(name: &'static str, check: impl Future<Output = bool>) -> HealthCheck {
    let ok = tokio::time::timeout(PATIENCE, check).await.unwrap_or(false);
    HealthCheck { name, ok }
}

/// What waits; none when the database does not say in time.
async fn queues(state: &ApiState) -> Option<Queues> {
    let names: Vec<&str> = Queue::ALL.iter().map(|queue| queue.as_str()).collect();
    let look = async {
        let mut conn = state.app.conn().await?;
        let switches = ledger::switches(&mut conn).await?;
        Ok::<_, app::AppError>(Queues {
            depths: ledger::depths(&mut conn, &names).await?,
            switched_off: switches.into_iter().map(|switch| switch.queue).collect(),
            workers: ledger::workers(&mut conn).await?,
        })
    };
    tokio::time::timeout(PATIENCE, look).await.ok()?.ok()
}

/// Figures in the Prometheus text format
///
/// For callers on the same machine, and for those who hold `metrics.view`.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "operations",
    security((), ("bearer" = [])),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn metrics(State(state): State<ApiState>, source: Source, headers: HeaderMap) -> ApiResult<Response> {
    // A proxy on this machine speaks for strangers; it says so by this header.
    let local = source.ip.is_some_and(|ip| ip.is_loopback()) && !headers.contains_key(FORWARDED);
    if !local
        && !authenticate(&headers, &source, &state)
            .await?
            .permissions
            .contains(&Permission::MetricsView)
    {
        return Err(Problem::forbidden());
    }
    let most_in_flight = state.config.max_requests;
    let text = state.metrics.render(&Moment {
        in_flight: most_in_flight.saturating_sub(state.room.available_permits()),
        most_in_flight,
        pool: state.app.pool.usage(),
        listeners: state.hub.listeners(),
        queues: queues(&state).await,
    });
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response())
}
