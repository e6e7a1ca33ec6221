//! Every request has an id: the caller's `X-Request-Id` when it is well-formed, a fresh UUIDv7 otherwise. It is in the
//! answer's header, in problem bodies, in the log and in audit lines. It also has a place in a trace: below the caller's
//! `traceparent` when there is one. Jobs that it starts carry the trace on.

use app::ambient::{self, Ambient, Trace};
use axum::{
    extract::Request,
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
    let parent: Option<Trace> = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let trace = parent.map_or_else(Trace::start, Trace::child);
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = request.uri().path(),
        trace = %trace,
        parent_span = tracing::field::Empty,
        status = tracing::field::Empty,
    );
    if let Some(parent) = parent {
        span.record("parent_span", parent.span_id);
    }
    let header = HeaderValue::from_str(&id).ok();
    let ambient = Ambient {
        trace: Some(trace),
        key: None,
    };
    let served = ambient::scope(ambient, CURRENT.scope(id, next.run(request)));
    let mut response = served.instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    if let Some(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}

fn acceptable(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_LEN && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}
