//! Whether the process lives, whether it can work, and its counters.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::permission::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, Source, authenticate},
    middleware::client::FORWARDED,
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

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
    let database = match state.app.conn().await {
        Ok(mut conn) => store::event::newest(&mut conn).await.is_ok(),
        Err(_) => false,
    };
    let mut checks = vec![HealthCheck {
        name: "database",
        ok: database,
    }];
    for check in &state.checks {
        checks.push(HealthCheck {
            name: check.name(),
            ok: check.ready().await,
        });
    }
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

/// Counters in the Prometheus text format
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
    let (in_use, size) = state.app.pool.usage();
    let text = state.metrics.render(in_use, size, state.hub.listeners());
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response())
}
