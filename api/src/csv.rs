//! Downloads of CSV whose rows are made while they run.

use app::AppError;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures::Stream;

use crate::{problem::Problem, routes::uploads};

/// These rows as CSV, see [`domain::csv`].
///
/// # Errors
/// Not in practice: it writes to memory.
pub fn rows<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> Result<Bytes, AppError> {
    domain::csv::rows(rows).map(Bytes::from).map_err(broken)
}

/// What a file begins with: its mark and the heads of its columns.
///
/// # Errors
/// Not in practice: it writes to memory.
pub fn head(cells: &[String]) -> Result<Bytes, Problem> {
    Ok(domain::csv::head(cells).map(Bytes::from).map_err(broken)?)
}

fn broken(error: impl ToString) -> AppError {
    AppError::Internal(error.to_string())
}

/// A download whose rows are made while it runs.
pub fn download<S, E>(name: &str, stream: S) -> Response
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let mut response = uploads::download(name, "text/csv; charset=utf-8", Bytes::new());
    *response.body_mut() = Body::from_stream(stream);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
