//! Path and query parameters.

use axum::{
    extract::FromRequestParts,
    http::{
        request::Parts,
        uri::{InvalidUri, Uri},
    },
};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Parameters from the path. One that cannot be read names nothing, so the answer is 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

/// Parameters from the query. The database knows no NUL and nobody types one, so that it is left out.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Problem::not_found())
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let read = if query.contains("%00") {
            let clean = format!("/?{}", query.replace("%00", "")).parse();
            let clean: Uri =
                clean.map_err(|error: InvalidUri| Problem::bad_request("invalid_query", error.to_string()))?;
            axum::extract::Query::<T>::try_from_uri(&clean)
        } else {
            axum::extract::Query::<T>::try_from_uri(&parts.uri)
        };
        read.map(|query| Self(query.0))
            .map_err(|error| Problem::bad_request("invalid_query", error.body_text()))
    }
}
