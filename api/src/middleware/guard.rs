//! Counts requests, turns panics into 500, and bounds number, time and body size.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;

use crate::{
    extract::{BodyLimit, too_large},
    problem::Problem,
    routes::mails::CEILING,
    state::ApiState,
};

/// Longest time a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The same for routes that take large bodies over slow lines.
const LARGE_TIME_LIMIT: Duration = Duration::from_secs(180);

/// Routes that take more than the default body: how much of one may be held in memory, and how much may arrive. Of a mail
/// above the limit the route keeps the header section only.
const LARGE_BODIES: &[(&str, BodyLimit, usize)] = &[
    ("/api/v1/mail/inbound", BodyLimit(40 << 20), CEILING),
    ("/api/v1/uploads", BodyLimit(25_000_000), 25_000_000),
    ("/api/v1/customers/imports", BodyLimit(20_000_000), 20_000_000),
    (
        "/api/v1/knowledge/articles/{id}/images",
        BodyLimit(6_000_000),
        6_000_000,
    ),
    ("/api/v1/customers/{id}/documents", BodyLimit(25_000_000), 25_000_000),
    (
        "/api/v1/customers/{id}/kyc/documents",
        BodyLimit(12_000_000),
        12_000_000,
    ),
];

/// Counts the request by its route, never by its path: paths hold ids and would grow without bound.
pub async fn measure(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    let elapsed = began.elapsed();
    state.metrics.observe(&method, &route, status, elapsed);
    let ms = elapsed.as_secs_f64() * 1000.0;
    if status.is_server_error() {
        tracing::warn!(status = status.as_u16(), ms, "answered");
    } else {
        tracing::debug!(status = status.as_u16(), ms, "answered");
    }
    response
}

/// Turns a panic into a 500 that carries the request id only.
pub async fn catch_panic(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let message = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            tracing::error!(message, "a handler panicked");
            Problem::internal().into_response()
        }
    }
}

/// Turns requests away when too many are being served. Probes are always let in: a busy process is not a dead one. A live
/// stream counts until it begins.
pub async fn admit(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let probe = matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics");
    let place = state.room.try_acquire();
    if place.is_err() && !probe {
        let detail = "Too many requests are being served. Try again in a moment.";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail)
            .retry_after(1)
            .into_response();
    }
    next.run(request).await
}

/// Bounds the time, and announces the body limit to whoever reads the body; a body that says it is too long is not read.
pub async fn bound(mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let large = LARGE_BODIES
        .iter()
        .find(|(path, ..)| route == Some(*path) && request.method() == Method::POST);
    let (limit, most, time) = match large {
        Some((_, limit, most)) => (*limit, *most, LARGE_TIME_LIMIT),
        None => (BodyLimit::DEFAULT, BodyLimit::DEFAULT.0, TIME_LIMIT),
    };
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return too_large(BodyLimit(most)).into_response();
    }
    request.extensions_mut().insert(limit);
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", "This took too long. Try again.").into_response()
        }
    }
}
