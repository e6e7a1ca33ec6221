//! Bodies: JSON that says where it is wrong, and raw bytes; both under the route's limit and a time limit.

use std::{error::Error, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequest, OptionalFromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::problem::Problem;

/// The largest body of the matched route, in bytes; put into the request by the limits middleware.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

impl BodyLimit {
    /// For routes without a limit of their own.
    pub const DEFAULT: Self = Self(1_000_000);

    /// How long a body of this size may take to arrive.
    const fn patience(self) -> Duration {
        if self.0 <= Self::DEFAULT.0 {
            Duration::from_secs(10)
        } else {
            Duration::from_secs(120)
        }
    }
}

/// A JSON body, in and out.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// The bytes of the body.
#[derive(Debug, Clone)]
pub struct RawBody(pub Bytes);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send JSON with `Content-Type: application/json`.",
            ));
        }
        let bytes = read(request).await?;
        if bytes.windows(NUL.len()).any(|part| part == NUL) {
            return without_nul(&bytes).map(Self);
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| wrong_json(&error))?;
        json.end()
            .map_err(|_| Problem::bad_request("malformed_json", "There is something after the JSON value."))?;
        Ok(Self(value))
    }
}

/// A NUL as JSON writes it; the database knows none, and nobody types one, so that it is left out.
const NUL: &[u8] = br"\u0000";

fn without_nul<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut value: Value = serde_json::from_slice(bytes)
        .map_err(|error| Problem::bad_request("malformed_json", format!("The body is not JSON: {error}.")))?;
    strip(&mut value);
    serde_path_to_error::deserialize(value).map_err(|error| wrong_json(&error))
}

/// No deeper than the parser goes: it refuses more than 128 levels.
fn strip(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(parts) => parts.iter_mut().for_each(strip),
        Value::Object(fields) => {
            let clean = std::mem::take(fields).into_iter().map(|(mut key, mut value)| {
                key.retain(|c| c != '\0');
                strip(&mut value);
                (key, value)
            });
            *fields = clean.collect();
        }
        _ => {}
    }
}

/// A body that may be left out.
impl<S: Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

/// Bytes that a body has room for from the start, which is enough for most; a page of a list grows from there by doubling.
const ROOM: usize = 8 * 1024;

impl<T: Serialize> IntoResponse for Json<T> {
    /// Written into a plain vector: axum's own writer grows from 128 bytes and takes its pieces one by one, a tenth of what a list costs.
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(ROOM);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written as JSON");
                Problem::internal().into_response()
            }
        }
    }
}

impl<S: Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self(read(request).await?))
    }
}

/// Reads the whole body under the route's limits.
///
/// # Errors
/// 413 when it is too long, 408 when it is too slow, 400 when the connection breaks.
pub async fn read(request: Request) -> Result<Bytes, Problem> {
    let limit = request
        .extensions()
        .get::<BodyLimit>()
        .copied()
        .unwrap_or(BodyLimit::DEFAULT);
    collect(request.into_body(), limit).await
}

async fn collect(body: Body, limit: BodyLimit) -> Result<Bytes, Problem> {
    match tokio::time::timeout(limit.patience(), axum::body::to_bytes(body, limit.0)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error))
            if error
                .source()
                .is_some_and(<dyn Error>::is::<http_body_util::LengthLimitError>) =>
        {
            Err(too_large(limit))
        }
        Ok(Err(_)) => Err(Problem::bad_request("broken_body", "The body did not arrive in full.")),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "slow_body",
            "The body took too long to arrive.",
        )),
    }
}

/// 413 that names the limit.
pub fn too_large(limit: BodyLimit) -> Problem {
    let detail = format!("The body is larger than {} bytes.", limit.0);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn wrong_json(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let inner = error.inner();
    if inner.is_data() {
        let pointer: String = error.path().iter().map(pointer_part).collect();
        return Problem::invalid(&pointer, "invalid_value", inner);
    }
    Problem::bad_request("malformed_json", format!("The body is not JSON: {inner}."))
}

fn pointer_part(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => String::new(),
    }
}
