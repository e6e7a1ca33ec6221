//! Optimistic concurrency: `ETag` on reads, `If-Match` on changes.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::Json;
use crate::problem::Problem;

/// The version that the caller read, from `If-Match: "<version>"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i32);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "if_match_required",
                "Send `If-Match` with the ETag that you read, so that no change of somebody else is lost.",
            ));
        };
        parse(value).map(Self).ok_or_else(|| {
            Problem::bad_request(
                "invalid_if_match",
                "`If-Match` holds one ETag as given by a read, such as \"3\".",
            )
        })
    }
}

fn parse(value: &HeaderValue) -> Option<i32> {
    value
        .to_str()
        .ok()?
        .trim()
        .strip_prefix('"')?
        .strip_suffix('"')?
        .parse()
        .ok()
}

/// A JSON answer with its version as `ETag`.
#[derive(Debug)]
pub struct Versioned<T> {
    /// Version of the entity.
    pub version: i32,
    /// The entity.
    pub body: T,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}
