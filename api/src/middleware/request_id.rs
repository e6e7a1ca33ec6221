//! Every request has an id: the caller's `X-Request-Id` when it is well-formed, a fresh UUIDv7 otherwise. It is in the
//! answer's header, in problem bodies, in the log and in audit lines. With a collector of traces it is a span as well: below the
//! caller's `traceparent` when there is one, and above the jobs that it starts.

use app::trace;
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

/// The header that carries the id.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id taken from a caller.
const MAX_LEN: usize = 128;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request being served; empty outside one.
#[must_use]
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Carries the id of the present request into a task of its own.
pub fn scoped<F: Future>(work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(current(), work)
}

/// Gives the request its id and a tracing span.
pub async fn layer(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|id| acceptable(id))
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
    let span = tracing::info_span!(
        "request",
        %id,
        http.request.method = %request.method(),
        url.path = request.uri().path(),
        http.response.status_code = tracing::field::Empty,
        otel.kind = "server",
        trace = tracing::field::Empty,
    );
    let parent = request
        .headers()
        .get(trace::HEADER)
        .and_then(|value| value.to_str().ok());
    // Routes, not paths: a trace's names are grouped by.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str);
    if let Some(trace) = trace::begin(&span, parent, format!("{} {route}", request.method())) {
        span.record("trace", tracing::field::display(trace));
    }
    let header = HeaderValue::from_str(&id).ok();
    let mut response = CURRENT.scope(id, next.run(request)).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        trace::failed(&span);
    }
    if let Some(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}

fn acceptable(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_LEN && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}
