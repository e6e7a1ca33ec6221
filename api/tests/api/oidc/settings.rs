//! Providers as configuration.

use axum::http::StatusCode;
use integrations::http::Reach;
use serde_json::{Value, json};

use super::{Place, world};

#[tokio::test]
async fn providers_are_set_up_tested_and_removed() {
    let place = Place::new().await;
    let (world, admin) = (&place.world, &place.admin);
    let list = world.own("GET", "/api/v1/oidc-providers", admin, Value::Null).await;
    let one = &list.body["items"][0];
    assert_eq!(
        (&one["has_client_secret"], &one["redirect_uri"], &one["people"]),
        (
            &json!(true),
            &json!("http://localhost:8080/sign-in/callback"),
            &json!(0)
        )
    );
    assert!(!list.body.to_string().contains(super::SECRET));
    let open = world.call("GET", "/api/v1/auth/oidc/providers", &[], Value::Null).await;
    assert_eq!(open.body["items"], json!([{ "slug": "acme", "name": "Acme" }]));
    let path = format!("/api/v1/oidc-providers/{}", place.id);
    let good = world.own("POST", &format!("{path}/test"), admin, Value::Null).await;
    assert_eq!(
        (&good.body["ok"], &good.body["keys"], &good.body["algorithms"]),
        (&json!(true), &json!(1), &json!(["EdDSA"]))
    );
    *place.provider.down.lock().unwrap() = true;
    let away = world.own("POST", &format!("{path}/test"), admin, Value::Null).await;
    assert_eq!(
        (&away.body["ok"], &away.body["code"]),
        (&json!(false), &json!("sso_provider_unreachable"))
    );
    // Another issuer does not get the secret of this one.
    let moved = world
        .act(
            admin,
            "PATCH",
            &path,
            Some(1),
            json!({ "issuer": "https://other.test" }),
        )
        .await;
    assert_eq!(moved.body["errors"][0]["pointer"], "/client_secret");
    assert_eq!(
        world
            .act(admin, "PATCH", &path, Some(9), json!({ "name": "B" }))
            .await
            .status,
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(
        world
            .act(admin, "PATCH", &path, Some(1), json!({ "slug": "b" }))
            .await
            .body["errors"][0]["code"],
        "fixed"
    );
    place.set(json!({ "enabled": false })).await;
    let open = world.call("GET", "/api/v1/auth/oidc/providers", &[], Value::Null).await;
    assert_eq!(open.body["items"], json!([]));
    let start = json!({ "locale": "fr" });
    assert_eq!(
        world.post("/api/v1/auth/oidc/acme/start", start).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.act(admin, "DELETE", &path, Some(2), Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    let lines = world
        .db
        .texts("SELECT action FROM audit_log WHERE action LIKE 'oidc_provider.%' ORDER BY id")
        .await;
    assert_eq!(
        lines,
        ["oidc_provider.create", "oidc_provider.change", "oidc_provider.delete"]
    );
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let place = Place::new().await;
    let make = async |with: Value| {
        let mut body = json!({ "slug": "two", "name": "Two", "issuer": "https://two.test", "client_id": "x" });
        for (name, value) in with.as_object().unwrap() {
            body[name] = value.clone();
        }
        place
            .world
            .own("POST", "/api/v1/oidc-providers", &place.admin, body)
            .await
    };
    let wrong = [
        ("/slug", "invalid_slug", json!({ "slug": "Two/../x" })),
        ("/slug", "taken", json!({ "slug": "acme" })),
        ("/issuer", "taken", json!({ "issuer": place.provider.url })),
        ("/issuer", "invalid_issuer", json!({ "issuer": "javascript:alert(1)" })),
        ("/name", "invalid_name", json!({ "name": "a\nb" })),
        ("/client_id", "invalid_client_id", json!({ "client_id": "" })),
        ("/scopes", "invalid_scopes", json!({ "scopes": ["a b"] })),
        (
            "/allowed_domains",
            "invalid_domain",
            json!({ "allowed_domains": ["no domain"] }),
        ),
        (
            "/trust_email",
            "trust_needed",
            json!({ "trust_email": false, "registration": true }),
        ),
        (
            "/trust_email",
            "trust_needed",
            json!({ "trust_email": false, "allowed_domains": ["x.test"] }),
        ),
    ];
    for (pointer, code, with) in wrong {
        let refused = make(with.clone()).await;
        let error = &refused.body["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{with}: {:?}",
            refused.body
        );
    }
    // Google's issuer is fixed.
    let google = make(json!({ "slug": "google", "preset": "google", "issuer": "https://evil.test" })).await;
    assert_eq!(
        (google.status, &google.body["issuer"]),
        (StatusCode::CREATED, &json!("https://accounts.google.com"))
    );
    place.world.db.execute("UPDATE sessions SET factor_at = NULL").await;
    let me = place.world.me(&place.admin).await.body["id"].clone();
    place
        .world
        .state
        .sessions
        .forget_user(serde_json::from_value(me).unwrap());
    assert_eq!(make(json!({})).await.code(), "step_up_required");
}

#[tokio::test]
async fn issuers_inside_are_not_called() {
    let world = world(Reach::Public).await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    let inside = super::Provider::start().await;
    let port = inside.url.rsplit(':').next().unwrap();
    let issuers = [
        inside.url.clone(),
        format!("https://127.0.0.1:{port}"),
        format!("https://localhost:{port}"),
        format!("https://2130706433:{port}"),
        format!("https://[::ffff:127.0.0.1]:{port}"),
        "https://169.254.169.254/latest".to_owned(),
        "http://example.com".to_owned(),
    ];
    for (n, issuer) in issuers.iter().enumerate() {
        let settings =
            json!({ "slug": format!("p{n}"), "name": "P", "issuer": issuer, "client_id": "x", "enabled": true });
        let made = world.own("POST", "/api/v1/oidc-providers", &admin, settings).await;
        assert_eq!(made.status, StatusCode::CREATED, "{issuer}: {:?}", made.body);
        let path = format!("/api/v1/oidc-providers/{}/test", made.body["id"].as_str().unwrap());
        let tested = world.own("POST", &path, &admin, Value::Null).await;
        assert_eq!(
            tested.body["code"], "sso_address_refused",
            "{issuer}: {:?}",
            tested.body
        );
        let start = world
            .post(&format!("/api/v1/auth/oidc/p{n}/start"), json!({ "locale": "fr" }))
            .await;
        assert_eq!(
            (start.status, start.code()),
            (StatusCode::CONFLICT, "sso_address_refused"),
            "{issuer}"
        );
    }
}
