//! Puts routes and middleware together.

use app::wall;
use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower::util::option_layer;

use crate::{
    docs,
    middleware::{client, cors, guard, headers, idempotency, limit, request_id, same_origin},
    openapi::documented,
    problem::Problem,
    state::ApiState,
    web,
};

/// Everything the API process serves.
pub fn router(state: ApiState) -> Router {
    let (router, openapi) = documented().split_for_parts();
    router
        .merge(docs::routes(&openapi))
        .fallback(fallback)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), idempotency::layer))
        .layer(from_fn_with_state(state.clone(), same_origin::layer))
        .layer(from_fn_with_state(state.clone(), limit::layer))
        .layer(from_fn(guard::bound))
        .layer(from_fn_with_state(state.clone(), guard::admit))
        .layer(from_fn_with_state(state.clone(), client::layer))
        .layer(from_fn(guard::catch_panic))
        .layer(option_layer(cors::layer(&state.config.cors_origins)))
        .layer(from_fn_with_state(state.clone(), headers::layer))
        .layer(from_fn_with_state(state.clone(), guard::measure))
        .layer(from_fn(request_id::layer))
        .layer(from_fn(async |request, next: Next| {
            wall::scope(next.run(request)).await
        }))
        .with_state(state)
}

/// Unknown paths of the API are problems; everything else belongs to the web application.
async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    web::serve(&request)
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        axum::http::StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address does not take this method; the `Allow` header says which it takes.",
    )
}
