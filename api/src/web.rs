//! The web application's files, embedded in the binary. In debug builds they are read from `web/dist` instead.

use aws_lc_rs::rand;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use data_encoding::HEXLOWER;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Dist;

/// What stands for the nonce in index.html.
const PLACEHOLDER: &str = "__CSP_NONCE__";

/// Content types by file ending.
const TYPES: &[(&str, &str)] = &[
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("txt", "text/plain; charset=utf-8"),
];

/// Serves a file, or index.html for the application's own addresses. A missing asset is 404: index.html in its place would
/// show as a wrong content type and hide what is wrong.
pub fn serve(request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::not_found().into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let known = !path.starts_with('.') && !path.ends_with(".br") && !path.ends_with(".gz") && path != "index.html";
    if known && let Some(file) = Dist::get(path) {
        return asset(path, &file, request.headers());
    }
    if path.starts_with("assets/") {
        return (StatusCode::NOT_FOUND, "not found\n").into_response();
    }
    index()
}

fn asset(path: &str, plain: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let encoded = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(name, _)| accepts(accepted, name))
        .find_map(|(name, ending)| Some((name, Dist::get(&format!("{path}.{ending}"))?)));
    let (encoding, file) = match &encoded {
        Some((name, file)) => (Some(*name), file),
        None => (None, plain),
    };
    let etag = format!("\"{}\"", HEXLOWER.encode(&file.metadata.sha256_hash()[..12]));
    let unchanged = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.to_vec()).into_response()
    };
    let out = response.headers_mut();
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let kind = TYPES
        .iter()
        .find(|(name, _)| *name == ending)
        .map_or("application/octet-stream", |(_, kind)| kind);
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    // Names under assets/ hold a hash of their content; others keep their name when they change.
    let hashed = path.starts_with("assets/");
    let cache = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        out.insert(header::ETAG, etag);
    }
    if let Some(name) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// Whether `Accept-Encoding` takes this coding.
fn accepts(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !words.any(|word| word.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0))
    })
}

fn index() -> Response {
    let Some(file) = Dist::get("index.html") else {
        let text =
            "The web application is not built into this binary: run `npm run build` in web/, then build again.\n";
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    let Some(nonce) = nonce() else {
        return Problem::internal().into_response();
    };
    let html = String::from_utf8_lossy(&file.data).replace(PLACEHOLDER, &nonce);
    page(html, &nonce)
}

/// A fresh nonce; `None` when the system has no randomness.
pub fn nonce() -> Option<String> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).ok()?;
    Some(STANDARD_NO_PAD.encode(bytes))
}

/// A page under the strict policy of the web application.
pub fn page(html: String, nonce: &str) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types cloudmanager-article cloudmanager-mail cloudmanager-worker"
    );
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: Method, path: &str) -> Response {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        serve(&request)
    }

    #[test]
    fn codings_are_taken_by_name_and_weight() {
        assert!(accepts("gzip, br", "br") && accepts("br;q=0.5", "br") && accepts("GZIP", "gzip"));
        assert!(!accepts("", "br") && !accepts("brx", "br") && !accepts("gzip, br;q=0", "br"));
    }

    #[test]
    fn each_page_has_its_own_nonce() {
        let (a, b) = (nonce().unwrap(), nonce().unwrap());
        assert_ne!(a, b);
        let policy = page(String::new(), &a).headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.contains(&format!("'nonce-{a}'")) && !policy.contains("unsafe"));
    }

    #[test]
    fn a_missing_asset_is_never_the_page_and_nothing_outside_is_served() {
        let missing = ask(Method::GET, "/assets/gone.js");
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert!(
            missing.headers()[header::CONTENT_TYPE]
                .to_str()
                .unwrap()
                .starts_with("text/plain")
        );
        assert_eq!(ask(Method::POST, "/tickets").status(), StatusCode::NOT_FOUND);
        for path in ["/assets/../../package.json", "/assets/%2e%2e/%2e%2e/package.json"] {
            assert_eq!(ask(Method::GET, path).status(), StatusCode::NOT_FOUND, "{path}");
        }
        // Whatever else is asked for is an address of the application: its page, or the hint that it is not built.
        for path in ["/../package.json", "/.vite/manifest.json", "/tickets/1"] {
            let kind = ask(Method::GET, path).headers()[header::CONTENT_TYPE]
                .to_str()
                .unwrap()
                .to_owned();
            assert!(kind.starts_with("text/"), "{path} is {kind}");
        }
    }
}
