//! Routes that act on a cookie accept requests from our own pages only: by `Sec-Fetch-Site`, which browsers set and pages
//! cannot forge, else by `Origin`. A program that sends neither has no cookie of a browser to abuse.

use axum::http::{HeaderMap, StatusCode, header};

use crate::problem::Problem;

/// Refuses a request that another site's page makes.
///
/// # Errors
/// 403 `cross_site`.
pub fn same_origin(headers: &HeaderMap, public_url: &str) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let allowed = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str());
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            origin == public_url || (authority.is_some() && authority == host)
        }
        (None, None) => true,
    };
    if allowed {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "This request comes from a page of another site.",
    ))
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
        same_origin(&headers, "https://cm.test").is_ok()
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
