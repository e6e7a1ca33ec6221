//! Which other sites' pages may call the API: a fixed list, empty unless configured. They use access tokens; cookies are
//! never allowed across sites, so no answer permits credentials.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::{idempotency, limit, request_id};

/// For how long a browser need not ask again.
const MAX_AGE: Duration = Duration::from_secs(600);

/// A site, as its browsers name it.
pub type Origin = HeaderValue;

/// The text as an origin, if it is one as browsers send it: scheme, host, perhaps a port, nothing after.
#[must_use]
pub fn origin(text: &str) -> Option<Origin> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let exact = matches!(scheme, "http" | "https")
        && format!("{scheme}://{authority}") == text
        && !text.contains(|c: char| c == '@' || c.is_ascii_uppercase());
    exact.then(|| HeaderValue::from_str(text).ok())?
}

/// Answers preflights and marks answers for the sites on the list; nothing when the list is empty.
pub fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            idempotency::KEY,
            request_id::HEADER,
            HeaderName::from_static("last-event-id"),
            HeaderName::from_static(app::trace::HEADER),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            idempotency::REPLAYED,
            limit::LEFT,
            limit::POLICY,
            request_id::HEADER,
        ])
        .max_age(MAX_AGE);
    (!origins.is_empty()).then_some(layer)
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn origins_are_exact() {
        for good in ["https://shop.example", "http://localhost:5173", "https://[::1]:8443"] {
            assert!(origin(good).is_some(), "{good}");
        }
        for wrong in [
            "",
            "*",
            "null",
            "https://",
            "https://x/",
            "https://x?y",
            "https://X",
            "HTTPS://x",
            "shop.example",
            "https://a@b",
            "ftp://x",
        ] {
            assert!(origin(wrong).is_none(), "{wrong}");
        }
    }
}
