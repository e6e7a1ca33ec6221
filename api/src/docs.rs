//! `/api/openapi.json` and `/api/docs`: the API's description, for programs and for people. The page needs nothing from
//! other hosts.

use std::sync::Arc;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{problem::Problem, state::ApiState, web};

/// Draws the page from the document; served under its own address so that the page's policy needs no inline script.
const SCRIPT: &str = include_str!("../assets/docs.js");
const STYLE: &str = include_str!("../assets/docs.css");
const PAGE: &str = include_str!("../assets/docs.html");

/// The routes.
pub fn routes(openapi: &utoipa::openapi::OpenApi) -> Router<ApiState> {
    let json: Arc<str> = openapi.to_json().unwrap_or_default().into();
    Router::new()
        .route(
            "/api/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json.to_string()) }),
        )
        .route("/api/docs", get(page))
        .route(
            "/api/docs/docs.js",
            get(|| async { ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT) }),
        )
        .route(
            "/api/docs/docs.css",
            get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }),
        )
}

async fn page() -> Response {
    match web::nonce() {
        Some(nonce) => web::page(PAGE.to_owned(), &nonce),
        None => Problem::internal().into_response(),
    }
}
