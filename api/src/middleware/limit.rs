//! Turns away callers who send too many requests, and tells the others how many they may send.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    auth::{Credential, SessionUser},
    extract::{Source, identify},
    limits::{Class, Taken, WINDOW, Who},
    problem::Problem,
    state::ApiState,
};

/// What holds for the class (draft-ietf-httpapi-ratelimit-headers).
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What is left of it.
pub const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Counts the request on whoever proves who he is, else on the address that it comes from.
pub async fn layer(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let limited = route
        .and_then(|route| Class::of(request.method(), route))
        .and_then(|class| Some((class, state.limits.of(class)?)));
    let Some((class, limit)) = limited else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let Ok(source) = Source::from_request_parts(&mut parts, &state).await;
    let user = match parts.headers.contains_key(header::AUTHORIZATION) {
        true => identify(&parts.headers, &source, &state).await.ok(),
        false => None,
    };
    let who = user.as_deref().map_or_else(|| Who::at(source.ip), of);
    let Some(taken) = state.limits.take(class, who, state.app.now()) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let mut response = if taken.granted {
        // Asked once, the answer serves the handler as well.
        if let Some(user) = user {
            parts.extensions.insert::<Arc<SessionUser>>(user);
        }
        next.run(Request::from_parts(parts, body)).await
    } else {
        refusal(limit, taken).into_response()
    };
    let name = class.name();
    let headers = response.headers_mut();
    for (header, value) in [
        (POLICY, format!("\"{name}\";q={limit};w={WINDOW}")),
        (LEFT, format!("\"{name}\";r={};t={}", taken.left, taken.seconds)),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(header, value);
        }
    }
    response
}

/// A program's requests are its own, not those of the person it acts for.
fn of(user: &SessionUser) -> Who {
    match user.credential {
        Credential::Session => Who::Id(user.user.id),
        Credential::ApiToken => Who::Id(user.session_id),
    }
}

fn refusal(limit: u32, taken: Taken) -> Problem {
    let detail = format!(
        "You sent {limit} requests of this kind within a minute, which is the most allowed. Wait {} seconds, then go on more slowly.",
        taken.seconds
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(taken.seconds)
}
