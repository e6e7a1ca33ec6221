//! What holds for every route: shapes, headers, limits, and who may come in.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::client::World;

/// Routes that answer a stranger with something else than 401: they have no account to protect, or check by themselves.
const OPEN: &[(&str, &str)] = &[
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/.well-known/jwks.json"),
    ("post", "/api/v1/auth/login"),
    ("post", "/api/v1/auth/refresh"),
    ("post", "/api/v1/auth/logout"),
    ("post", "/api/v1/auth/second-factor"),
    ("post", "/api/v1/auth/second-factor/sms"),
    // Signed by the provider.
    ("post", "/api/v1/sms/reports/{provider}"),
    ("post", "/api/v1/mail/reports/sendgrid"),
    ("post", "/api/v1/mail/reports/ses"),
    ("post", "/api/v1/auth/passkeys/login/options"),
    ("post", "/api/v1/auth/passkeys/login"),
    ("post", "/api/v1/auth/passkeys/second-factor/options"),
    ("post", "/api/v1/auth/passkeys/second-factor"),
    ("post", "/api/v1/auth/register"),
    ("post", "/api/v1/auth/register/confirm"),
    ("post", "/api/v1/auth/link"),
    ("post", "/api/v1/auth/magic-link"),
    ("post", "/api/v1/auth/magic-link/redeem"),
    ("post", "/api/v1/auth/password-reset"),
    ("post", "/api/v1/auth/password-reset/confirm"),
    ("post", "/api/v1/auth/email-change/confirm"),
    ("post", "/api/v1/auth/invitation/accept"),
    ("post", "/api/v1/auth/membership"),
    ("post", "/api/v1/auth/membership/join"),
    // The link of the mail opens them.
    ("post", "/api/v1/survey"),
    ("post", "/api/v1/survey/answer"),
    // Help for everybody; what is for customers or staff shows itself to nobody else.
    ("get", "/api/v1/help"),
    ("get", "/api/v1/help/sections/{slug}"),
    ("get", "/api/v1/help/search"),
    ("get", "/api/v1/help/articles/{slug}"),
    ("get", "/api/v1/help/images/{id}"),
    ("put", "/api/v1/help/articles/{slug}/vote"),
    ("get", "/api/v1/auth/oidc/providers"),
    ("get", "/api/v1/auth/oidc/waiting"),
    ("post", "/api/v1/auth/oidc/{slug}/start"),
    ("post", "/api/v1/auth/oidc/callback"),
    // The secret in the address opens it.
    ("get", "/api/v1/calendar.ics"),
    // Signed in the mail that it comes from.
    ("get", "/api/v1/unsubscribe/{token}"),
    ("post", "/api/v1/unsubscribe/{token}"),
];

#[tokio::test]
async fn strangers_are_turned_away_everywhere() {
    let world = World::new().await;
    let document = serde_json::to_value(api::openapi()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut checked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(
                operation["operationId"].is_string() && operation["summary"].is_string(),
                "{method} {path}"
            );
            if OPEN.contains(&(method.as_str(), path.as_str())) {
                continue;
            }
            let filled = path
                .replace("{id}", "01890000-0000-7000-8000-000000000000")
                .replace(['{', '}'], "x");
            let answer = world.call(&method.to_uppercase(), &filled, &[], Value::Null).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::UNAUTHORIZED, "unauthenticated"),
                "{method} {path}"
            );
            checked += 1;
        }
    }
    assert!(checked > 3);
}

#[tokio::test]
async fn problems_have_one_shape() {
    let world = World::new().await;
    let login = "/api/v1/auth/login";
    let cases = [
        (("GET", "/api/v1/nothing", None, ""), 404, "not_found"),
        (("GET", "/api", None, ""), 404, "not_found"),
        (("TRACE", "/api/v1/me", None, ""), 405, "method_not_allowed"),
        (("POST", login, Some("text/plain"), "{}"), 415, "unsupported_media_type"),
        (("POST", login, Some("application/json"), "{"), 400, "malformed_json"),
        (("POST", login, Some("application/json"), "{}"), 422, "invalid"),
        (
            (
                "POST",
                login,
                Some("application/json"),
                r#"{"email":"a","password":"b","x":1}"#,
            ),
            422,
            "invalid",
        ),
    ];
    for ((method, path, kind, body), status, code) in cases {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-request-id", "req-1");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = world.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{method} {path} {body}"
        );
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.headers["x-request-id"], "req-1");
        assert_eq!(answer.body["request_id"], "req-1");
        assert_eq!(answer.body["status"], status);
        for key in ["type", "title", "detail", "errors"] {
            assert!(!answer.body[key].is_null(), "{key} in {}", answer.body);
        }
    }
    let wrong = world
        .call("POST", login, &[], json!({"email": 5, "password": "x"}))
        .await;
    assert_eq!(wrong.body["errors"][0]["pointer"], "/email");
    let large = world
        .call(
            "POST",
            login,
            &[],
            json!({"email": "a", "password": "x".repeat(1_000_001)}),
        )
        .await;
    assert_eq!(
        (large.status, large.code()),
        (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large")
    );
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let world = World::new().await;
    for path in [
        "/",
        "/assets/none.js",
        "/api/nothing",
        "/api/v1/me",
        "/api/docs",
        "/api/openapi.json",
        "/healthz",
        "/readyz",
    ] {
        let response = world.raw(Request::get(path).body(Body::empty()).unwrap()).await;
        let headers = response.headers();
        for name in [
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "permissions-policy",
            "content-security-policy",
            "strict-transport-security",
            "cache-control",
            "x-request-id",
        ] {
            assert!(headers.contains_key(name), "{path} lacks {name}");
        }
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        assert!(!headers.contains_key(header::SERVER) && !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    }
    let missing = world
        .send(Request::get("/assets/gone-123.js").body(Body::empty()).unwrap())
        .await;
    assert_eq!(
        (missing.status, missing.body),
        (StatusCode::NOT_FOUND, json!("not found\n"))
    );
    let ready = world.call("GET", "/readyz", &[], Value::Null).await;
    assert_eq!(
        (ready.status, &ready.body["checks"][0]["ok"]),
        (StatusCode::OK, &json!(true))
    );
    let metrics = world.call("GET", "/metrics", &[], Value::Null).await;
    assert_eq!(metrics.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_badly_formed_request_id_is_replaced() {
    let world = World::new().await;
    let answer = world
        .call("GET", "/healthz", &[("x-request-id", "a b\"c")], Value::Null)
        .await;
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 7);
}
