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

/// A NUL as addresses write it; the database knows none.
const NUL: &str = "%00";

/// Parameters from the path. One that cannot be read, or holds a NUL, names nothing, so the answer is 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

/// Parameters from the query. The database knows no NUL and nobody types one, so that it is left out.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains(NUL) {
            return Err(Problem::not_found());
        }
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
        let read = if query.contains(NUL) {
            let mut clean = query.to_owned();
            // Taking one out may leave another one behind.
            while clean.contains(NUL) {
                clean = clean.replace(NUL, "");
            }
            let clean = format!("/?{clean}").parse();
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
