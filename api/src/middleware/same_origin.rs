//! Routes that act on a cookie accept requests from our own pages only: by `Sec-Fetch-Site`, which browsers set and pages
//! cannot forge, else by `Origin`. A program that sends neither has no cookie of a browser to abuse.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{problem::Problem, state::ApiState};

/// Where cookies mean something. Everywhere else only a bearer token does, which no page of another site can add.
const COOKIE_ROUTES: &str = "/api/v1/auth/";

/// Refuses a change that another site's page asks for with 403 `cross_site`.
pub async fn layer(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let changes = !request.method().is_safe() && request.uri().path().starts_with(COOKIE_ROUTES);
    if changes && !from_own_page(request.headers(), &state.config.public_url) {
        let detail = "This request comes from a page of another site.";
        return Problem::new(StatusCode::FORBIDDEN, "cross_site", detail).into_response();
    }
    next.run(request).await
}

fn from_own_page(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str());
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            origin == public_url || (authority.is_some() && authority == host)
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn check(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        from_own_page(&headers, "https://cm.test")
    }

    #[test]
    fn only_our_own_pages() {
        assert!(check(&[("sec-fetch-site", "same-origin")]));
        assert!(check(&[("sec-fetch-site", "none")]));
        assert!(!check(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://cm.test")
        ]));
        assert!(!check(&[("sec-fetch-site", "cross-site")]));
        assert!(check(&[("origin", "https://cm.test")]));
        assert!(check(&[("origin", "http://127.0.0.1:9"), ("host", "127.0.0.1:9")]));
        assert!(!check(&[("origin", "https://evil.test"), ("host", "cm.test")]));
        assert!(!check(&[("origin", "null"), ("host", "cm.test")]));
        assert!(check(&[]));
    }
}
